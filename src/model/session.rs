//! How a folder was left: what is remembered from one session to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::marks::Marks;

/// Everything may be missing, and what nobody knows any more is passed over: an older or newer studio wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// The pane with the keys.
    pub(crate) focus: Option<Pane>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) zoom: bool,
    /// What shows where graph, source and inspector share a place.
    pub(crate) upper: Option<Pane>,
    pub(crate) tab: Option<Tab>,
    /// The row of the project with the cursor: what [`Session::toggled`] calls it, or a file.
    pub(crate) row: Option<String>,
    pub graph: Graph,
    pub log: Log,
    /// Where the edges between panes stand, in thousandths.
    pub(crate) splits: Splits,
    /// Rows of the project that are folded or unfolded otherwise than by themselves.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) toggled: BTreeSet<String>,
    /// The open file that shows.
    pub(crate) shown: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Pane {
    Project,
    Graph,
    Source,
    Output,
    Inspector,
    /// One that this studio does not have.
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tab {
    Logs,
    Problems,
    Requests,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Graph {
    /// The node that has the focus, or whose port has.
    pub node: Option<String>,
    /// Full names.
    pub import: Option<String>,
    pub export: Option<String>,
    /// Nodes whose host imports are listed one by one.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unfolded: BTreeSet<String>,
    /// The sign and colour of every node.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) marks: Marks,
}

/// How the log is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Log {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) wrap: bool,
    pub(crate) times: Option<Times>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Times {
    Clock,
    Run,
    Delta,
    Off,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Splits {
    pub project: Option<u16>,
    pub source: Option<u16>,
    pub(crate) inspector: Option<u16>,
    pub output: Option<u16>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Below the project's root.
    pub path: PathBuf,
    /// 1-based.
    #[serde(default)]
    pub line: usize,
    /// The first line in sight; 0 where nobody knows.
    #[serde(default)]
    pub(crate) top: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks so
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use crate::model::session::*;

    fn all() -> Session {
        Session {
            focus: Some(Pane::Source),
            zoom: true,
            upper: Some(Pane::Inspector),
            tab: Some(Tab::Requests),
            row: Some("src/lib.rs".into()),
            log: Log { filter: "level:warn \"a b\"".into(), wrap: true, times: Some(Times::Delta) },
            graph: Graph {
                node: Some("logger".into()),
                export: Some("neon:core/log-handler@0.1.0".into()),
                import: None,
                unfolded: ["core-logic".into()].into(),
                marks: [("logger".into(), 13)].into(),
            },
            splits: Splits { project: Some(250), output: Some(600), ..Splits::default() },
            toggled: ["logger".into()].into(),
            shown: 1,
            files: vec![
                File { path: "a b/lib.rs".into(), line: 3, top: 1 },
                File { path: "x.wit".into(), line: 1, top: 1 },
            ],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for session in [all(), Session::default()] {
            let text = toml::to_string(&session).unwrap();
            assert_eq!(toml::from_str::<Session>(&text).unwrap(), session, "{text}");
        }
    }

    #[test]
    fn what_another_studio_wrote_is_read_as_far_as_it_is_known() {
        let session: Session =
            toml::from_str("focus = 'requests'\nzoom = true\nlater = [1]\n[graph]\nlevel = 'dots'\nx = 1\n").unwrap();
        let expected = Session { focus: Some(Pane::Unknown), zoom: true, ..Session::default() };
        assert_eq!(session, expected);
    }
}
