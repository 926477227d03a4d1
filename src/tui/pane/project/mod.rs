//! The project as a tree: components, compositions and interface packages, the files of those that are unfolded, and what was
//! passed over.

pub(crate) mod draw;
pub(crate) mod table;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::model::outline::{Outline, OutlineFiles};
use crate::model::project::Component;
use crate::tui::state::State;
use crate::tui::view::Row;

/// Up to so many components are unfolded until they are folded.
const FEW: usize = 3;

impl State {
    /// The rows of the project pane, top to bottom.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for index in 0..self.app.project.components.len() {
            rows.push(Row::Component(index));
            if self.is_unfolded(Row::Component(index)) {
                rows.extend((0..self.files_of(Row::Component(index)).len()).map(|n| Row::ComponentFile(index, n)));
            }
        }
        rows.extend((0..self.app.project.compositions.len()).map(Row::Composition));
        for index in 0..self.app.project.interface_packages.len() {
            rows.push(Row::InterfacePackage(index));
            if self.is_unfolded(Row::InterfacePackage(index)) {
                rows.extend(
                    (0..self.files_of(Row::InterfacePackage(index)).len()).map(|n| Row::InterfacePackageFile(index, n)),
                );
            }
        }
        rows.extend(self.outline.settings.as_ref().map(|_| Row::Settings));
        rows.extend(self.outline.workspace.as_ref().map(|_| Row::Workspace));
        if !self.app.project.passed_over.is_empty() {
            rows.push(Row::PassedOver);
            if self.is_unfolded(Row::PassedOver) {
                rows.extend((0..self.app.project.passed_over.len()).map(Row::PassedOverOne));
            }
        }
        rows
    }

    pub(crate) fn selected_row(&self) -> Option<Row> {
        let rows = self.rows();
        rows.get(self.view.project.min(rows.len().saturating_sub(1))).copied()
    }

    /// The selected component, or the one that the selected file is of.
    pub(crate) fn selected_component(&self) -> Option<&Component> {
        match self.selected_row()? {
            Row::Component(index) | Row::ComponentFile(index, _) => self.app.project.components.get(index),
            Row::Composition(_)
            | Row::InterfacePackage(_)
            | Row::InterfacePackageFile(..)
            | Row::Settings
            | Row::Workspace
            | Row::PassedOver
            | Row::PassedOverOne(_) => None,
        }
    }

    /// The files below a component or an interface package that show.
    pub(crate) fn files_of(&self, row: Row) -> &[PathBuf] {
        let files = match row {
            Row::Component(index) | Row::ComponentFile(index, _) => {
                self.app.project.components.get(index).and_then(|c| self.outline.components.get(&c.name))
            }
            Row::InterfacePackage(index) | Row::InterfacePackageFile(index, _) => self
                .app
                .project
                .interface_packages
                .get(index)
                .and_then(|c| self.outline.interface_packages.get(&c.folder)),
            Row::Composition(_) | Row::Settings | Row::Workspace | Row::PassedOver | Row::PassedOverOne(_) => None,
        };
        let shown = if self.view.shows_generated { OutlineFiles::all } else { OutlineFiles::written };
        files.map_or(&[], shown)
    }

    /// How many rows are below a row when it is unfolded.
    pub fn below(&self, row: Row) -> usize {
        match row {
            Row::PassedOver | Row::PassedOverOne(_) => self.app.project.passed_over.len(),
            row => self.files_of(row).len(),
        }
    }

    /// The file that a row is.
    pub(crate) fn file_of(&self, row: Row) -> Option<&PathBuf> {
        match row {
            Row::ComponentFile(_, n) | Row::InterfacePackageFile(_, n) => self.files_of(row).get(n),
            Row::PassedOverOne(n) => self.app.project.passed_over.get(n).map(|p| &p.file),
            Row::Settings => self.outline.settings.as_ref(),
            Row::Workspace => self.outline.workspace.as_ref(),
            Row::Component(_) | Row::Composition(_) | Row::InterfacePackage(_) | Row::PassedOver => None,
        }
    }

    /// Whether nobody wrote this file by hand.
    pub(crate) fn is_generated(&self, file: &Path) -> bool {
        let all = self.outline.components.values().chain(self.outline.interface_packages.values());
        all.into_iter().any(|files| files.generated().iter().any(|generated| generated == file))
    }

    pub(crate) fn is_unfolded(&self, row: Row) -> bool {
        let by_itself = matches!(row, Row::Component(_)) && self.app.project.components.len() <= FEW;
        self.below(row) > 0 && self.key(row).is_some_and(|key| by_itself != self.view.toggled.contains(&key))
    }

    /// The name by which it is remembered that a row was folded or unfolded.
    fn key(&self, row: Row) -> Option<String> {
        match row {
            Row::Component(index) | Row::ComponentFile(index, _) => {
                self.app.project.components.get(index).map(|c| c.name.clone())
            }
            Row::InterfacePackage(index) | Row::InterfacePackageFile(index, _) => {
                self.app.project.interface_packages.get(index).map(|c| c.folder.display().to_string())
            }
            Row::PassedOver | Row::PassedOverOne(_) => Some("passed over".to_owned()),
            Row::Composition(_) | Row::Settings | Row::Workspace => None,
        }
    }
}

impl State {
    /// What a row is called from one session to the next.
    pub(crate) fn row_name(&self, row: Row) -> Option<String> {
        let path = match row {
            Row::ComponentFile(..)
            | Row::InterfacePackageFile(..)
            | Row::Settings
            | Row::Workspace
            | Row::PassedOverOne(_) => self.file_of(row)?,
            Row::Composition(index) => self.app.project.compositions.get(index)?,
            Row::Component(_) | Row::InterfacePackage(_) | Row::PassedOver => return self.key(row),
        };
        Some(self.app.project.relative(path).display().to_string())
    }
}

/// The row that stands for all of its files.
fn parent(row: Row) -> Row {
    match row {
        Row::ComponentFile(index, _) => Row::Component(index),
        Row::InterfacePackageFile(index, _) => Row::InterfacePackage(index),
        Row::PassedOverOne(_) => Row::PassedOver,
        other => other,
    }
}

pub(crate) fn can_fold(state: &State) -> bool {
    state.selected_row().is_some_and(|row| state.below(row) > 0)
}

/// Shows what is below the selected row, or hides it.
pub(crate) fn fold(state: &mut State) {
    let Some(row) = state.selected_row() else { return };
    set(state, parent(row), !state.is_unfolded(parent(row)));
}

pub(crate) fn has_generated(state: &State) -> bool {
    let mut all = state.outline.components.values().chain(state.outline.interface_packages.values());
    all.any(|files| !files.generated().is_empty())
}

/// Shows the files that are generated, or hides them; what is selected stays selected where it shows.
pub(crate) fn show_generated(state: &mut State) {
    let row = state.selected_row();
    let file = row.and_then(|row| state.file_of(row)).cloned();
    state.view.shows_generated ^= true;
    let again = file.and_then(|file| state.rows().into_iter().find(|r| state.file_of(*r) == Some(&file)));
    if let Some(row) = again.or(row.map(parent)) {
        select(state, row);
    }
}

/// Right unfolds, left goes to what a file belongs to and folds it.
pub(crate) fn sideways(state: &mut State, left: bool) {
    match state.selected_row() {
        Some(row) if left && parent(row) != row => select(state, parent(row)),
        Some(row) => set(state, row, !left),
        None => {}
    }
}

fn set(state: &mut State, row: Row, unfolded: bool) {
    if state.below(row) == 0 || state.is_unfolded(row) == unfolded {
        return;
    }
    if let Some(key) = state.key(row)
        && !state.view.toggled.remove(&key)
    {
        state.view.toggled.insert(key);
    }
    select(state, row);
}

/// Selects a row, if it shows.
pub(crate) fn select(state: &mut State, row: Row) {
    if let Some(place) = state.rows().iter().position(|r| *r == row) {
        state.view.project = place;
    }
}

/// The files were listed; what is selected stays selected.
pub(crate) fn listed(state: &mut State, outline: Outline) {
    let row = state.selected_row();
    let file = row.and_then(|row| state.file_of(row)).cloned();
    state.outline = outline;
    if let Some(wanted) = state.view.row_wanted.take() {
        let found = state.rows().into_iter().find(|row| state.row_name(*row).as_ref() == Some(&wanted));
        if let Some(found) = found {
            return select(state, found);
        }
    }
    let Some(row) = row else { return };
    let again = file.and_then(|file| state.rows().into_iter().find(|r| state.file_of(*r) == Some(&file)));
    select(state, again.unwrap_or(parent(row)));
}
