//! Where two interfaces differ, one thing at a time.

use serde::Serialize;

use crate::model::diagnostic::Place;
use crate::model::port::{PortKind, is_host, unversioned};

/// What kind of thing differs. The import asks, the export answers: *missing* is what the export lacks, *extra* what
/// only the export has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// One side is an interface and the other a function.
    Item,
    /// Another version of the same interface.
    Version,
    /// A function that the import names.
    MissingFunction,
    /// A function that only the export has: harmless.
    ExtraFunction,
    /// A type that the import names.
    MissingType,
    /// A type that only the export has: harmless.
    ExtraType,
    /// One side is `async` and the other is not.
    Async,
    /// A function has more or fewer parameters.
    ParameterCount,
    /// A parameter at the same place is called otherwise.
    ParameterName,
    /// One side gives a result and the other does not.
    Result,
    /// Another type: of a parameter, a result, or inside one.
    Type,
    /// A field of a record.
    MissingField,
    /// A field of a record: its layout is another one.
    ExtraField,
    /// The same fields of a record, in another order.
    FieldOrder,
    /// A case of a variant or an enum.
    MissingCase,
    /// A case of a variant or an enum: the importer would not know it.
    ExtraCase,
    /// The same cases of a variant or an enum, in another order.
    CaseOrder,
    /// One side's case carries a value and the other's does not.
    CasePayload,
    /// One name of a flags type.
    MissingFlag,
    /// One name of a flags type.
    ExtraFlag,
    /// The same flags, in another order.
    FlagOrder,
    /// A tuple or a fixed-length list has more or fewer elements.
    Length,
    /// Owned on one side, borrowed on the other.
    Handle,
    /// The same name for resources of different owners.
    ResourceIdentity,
    /// Nobody knows what the export's side has: its component is not there, or cannot be read.
    Unknown,
    /// The composer's own check refuses, of components that were built: in its words.
    Composer,
}

/// One thing that is not equal in an import and an export that were compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where inside the interface: `log.severity`, `level.warning`, `all.result[]`; empty for the interface itself.
    pub path: String,
    /// Says how `import` and `export` are to be read.
    pub kind: DifferenceKind,
    /// What the import's side says there, as WIT; `None` where it has nothing.
    pub import: Option<String>,
    pub(crate) export: Option<String>,
    /// Where that is written, if there is a source.
    pub import_at: Option<Place>,
    /// The same of the export's side.
    pub export_at: Option<Place>,
    /// Whether the export still serves the import.
    #[serde(skip)]
    pub harmless: bool,
}

impl Difference {
    /// One that keeps the export from serving, and of which no place is known.
    pub(crate) fn new(path: &str, kind: DifferenceKind, import: Option<String>, export: Option<String>) -> Self {
        Self { path: path.to_owned(), kind, import, export, import_at: None, export_at: None, harmless: false }
    }

    /// As what two imports of one interface ask for otherwise; the one stands where an import would, the other where an
    /// export would.
    pub(crate) fn between_imports(&self, one: &str, other: &str) -> String {
        let at = if self.path.is_empty() { String::new() } else { format!("for `{}` ", self.path) };
        let side = |text: &Option<String>| text.as_ref().map_or_else(|| "nothing".into(), |text| format!("`{text}`"));
        format!("{at}`{one}` wants {}, `{other}` wants {}", side(&self.import), side(&self.export))
    }

    /// As a sentence; `user` is the node that imports, `provider` the one that exports.
    pub fn sentence(&self, user: &str, provider: &str) -> String {
        use DifferenceKind as K;
        let at = if self.path.is_empty() { String::new() } else { format!("`{}`: ", self.path) };
        let import = self.import.as_deref().unwrap_or_default();
        let export = self.export.as_deref().unwrap_or_default();
        let missing = |what: &str| format!("{at}the {what} `{import}` is missing in the export");
        let extra = |what: &str| format!("{at}the export has an extra {what}, `{export}`");
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
            K::ResourceIdentity => identity((user, import), (provider, export)),
            K::Unknown => {
                format!("what `{provider}` exports is not known: its component is missing, or its WIT cannot be read")
            }
            K::Composer => format!("the composer refuses the built components: {export}"),
            K::Version => format!("{at}the import wants version {import}, the export has {export}"),
            K::FieldOrder | K::CaseOrder | K::FlagOrder => {
                format!("{at}the order differs: expected `{import}`, found `{export}`")
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
                format!("{at}expected {}, found {}", quoted(import), quoted(export))
            }
        }
    }
}

/// Code in backticks; what is said in words without.
fn quoted(text: &str) -> String {
    let is_phrase = PortKind::ALL.iter().any(|kind| kind.phrase() == text);
    if is_phrase { text.to_owned() } else { format!("`{text}`") }
}

/// Whose resource each side means: `resource r` is its own, `use a:b/c.{r}` that interface's.
fn identity(import: (&str, &str), export: (&str, &str)) -> String {
    let ((user, import), (provider, export)) = (import, export);
    let taken = |text: &str| {
        let (interface, name) = text.strip_prefix("use ")?.split_once(".{")?;
        let interface = unversioned(interface);
        let whose = if is_host(interface) { "the host's " } else { "" };
        Some((format!("{whose}`{interface}`"), name.trim_end_matches('}').to_owned()))
    };
    match (taken(import), taken(export)) {
        (Some((owner, name)), None) => {
            format!("`{provider}` defines its own `{name}`; take it from {owner} to share one")
        }
        (None, Some((owner, name))) => format!(
            "`{user}` means the `{name}` that its provider defines, and `{provider}` takes its from {owner}; take it \
             from there to share one"
        ),
        (Some((wanted, name)), Some((found, _))) => format!(
            "`{user}` means the `{name}` of {wanted}, `{provider}` that of {found}; take it from one of them to share one"
        ),
        (None, None) => format!("`{user}` and `{provider}` each define their own `{import}`"),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::difference::*;

    #[test]
    fn whose_resource_it_is_is_said_with_names() {
        let said = |import: &str, export: &str| {
            let difference = Difference {
                path: "output-stream".into(),
                kind: DifferenceKind::ResourceIdentity,
                import: Some(import.into()),
                export: Some(export.into()),
                import_at: None,
                export_at: None,
                harmless: false,
            };
            difference.sentence("core-logic", "logger")
        };
        let hosts = "use wasi:io/streams@0.2.3.{output-stream}";
        assert_eq!(
            said(hosts, "resource output-stream"),
            "`logger` defines its own `output-stream`; take it from the host's `wasi:io/streams` to share one"
        );
        assert_eq!(
            said("resource output-stream", hosts),
            "`core-logic` means the `output-stream` that its provider defines, and `logger` takes its from the host's \
             `wasi:io/streams`; take it from there to share one"
        );
        assert_eq!(
            said(hosts, "use a:b/c.{output-stream}"),
            "`core-logic` means the `output-stream` of the host's `wasi:io/streams`, `logger` that of `a:b/c`; take it \
             from one of them to share one"
        );
    }
}
