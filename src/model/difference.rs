//! Where two interfaces differ, one thing at a time.

use serde::Serialize;

use super::diagnostic::Place;

/// What kind of thing differs. The import asks, the export answers: *missing* is what the export lacks, *extra* what
/// only the export has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// One side is an interface and the other a function.
    Item,
    Version,
    MissingFunction,
    ExtraFunction,
    MissingType,
    ExtraType,
    /// One side is `async` and the other is not.
    Async,
    ParameterCount,
    ParameterName,
    /// One side gives a result and the other does not.
    Result,
    Type,
    MissingField,
    ExtraField,
    FieldOrder,
    MissingCase,
    ExtraCase,
    CaseOrder,
    /// One side's case carries a value and the other's does not.
    CasePayload,
    MissingFlag,
    ExtraFlag,
    FlagOrder,
    Length,
    /// Owned on one side, borrowed on the other.
    Handle,
    /// The same name for resources of different owners.
    ResourceIdentity,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where inside the interface: `log.severity`, `level.warning`, `all.result[]`; empty for the interface itself.
    pub path: String,
    pub kind: DifferenceKind,
    /// What the import's side says there, as WIT; `None` where it has nothing.
    pub import: Option<String>,
    pub export: Option<String>,
    /// Where that is written, if there is a source.
    pub import_at: Option<Place>,
    pub export_at: Option<Place>,
    /// Whether the export still serves the import.
    #[serde(skip)]
    pub harmless: bool,
}

impl Difference {
    /// As a sentence.
    pub fn sentence(&self) -> String {
        use DifferenceKind as K;
        let at = if self.path.is_empty() { String::new() } else { format!("`{}`: ", self.path) };
        let import = self.import.as_deref().unwrap_or_default();
        let export = self.export.as_deref().unwrap_or_default();
        let missing = |what: &str| format!("{at}the {what} `{import}` is missing in the export");
        let extra = |what: &str| format!("{at}the export has a {what} more, `{export}`");
        match self.kind {
            K::MissingFunction => missing("function"),
            K::MissingType => missing("type"),
            K::MissingField => missing("field"),
            K::MissingCase => missing("case"),
            K::MissingFlag => missing("flag"),
            K::ExtraFunction => extra("function"),
            K::ExtraType => extra("type"),
            K::ExtraField => extra("field"),
            K::ExtraCase => extra("case"),
            K::ExtraFlag => extra("flag"),
            K::ResourceIdentity => format!(
                "{at}the import means the resource of {import}, the export that of {export}; take it from one interface \
                 on both sides to share it"
            ),
            K::Version => format!("{at}the import wants version {import}, the export has {export}"),
            K::FieldOrder | K::CaseOrder | K::FlagOrder => {
                format!("{at}the order differs: wanted is `{import}`, there is `{export}`")
            }
            K::Item
            | K::Async
            | K::ParameterCount
            | K::ParameterName
            | K::Result
            | K::Type
            | K::CasePayload
            | K::Length
            | K::Handle => {
                format!("{at}wanted is `{import}`, there is `{export}`")
            }
        }
    }
}
