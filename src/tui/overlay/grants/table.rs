//! Commands of a node's grants.

use crate::tui::command::Context::{Grants, Graph, Project};
use crate::tui::command::{Command, Group, row, unless};
use crate::tui::overlay::grants::{self, Row};

pub(crate) const GROUP: Group = Group {
    title: "Grants of a node",
    contexts: &[Grants],
    rows: &[
        row(Command::Grants, "grants", "grants", "show and change what a node is granted")
            .keys(&[(Graph, "g"), (Project, "g")])
            .rank(70)
            .when(|state| unless(grants::node(state).is_none(), "no node of the graph is selected"))
            .does(|state, _| {
                grants::open(state);
                Vec::new()
            }),
        row(Command::AddGrant, "add-grant", "add", "add a grant")
            .keys(&[(Grants, "a")])
            .rank(2)
            .when(|state| unless(grants::shown(state).is_none(), "no node's grants are shown"))
            .does(|state, _| {
                grants::add(state);
                Vec::new()
            }),
        row(Command::Revoke, "revoke", "revoke", "revoke the selected grant")
            .keys(&[(Grants, "x"), (Grants, "delete")])
            .rank(3)
            .when(|state| match (grants::shown(state), grants::selected(state)) {
                (None, _) => Err("no node's grants are shown"),
                (Some(_), Some(Row::Granted { .. })) => Ok(()),
                _ => Err("nothing that is granted is selected"),
            })
            .does(|state, _| grants::revoke(state)),
    ],
};
