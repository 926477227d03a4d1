//! The stack of overlays, and who has the keys.
//!
//! Only the top of the stack gets keys, the mouse, enter and esc, and only it is drawn on top. Opening an overlay from
//! another pushes; closing one returns to what was below it. Every question of the kind "who gets this key" is answered
//! by [`State::owner`] and by nothing else.

use crate::tui::command::{Command, Context};
use crate::tui::pane::graph::wiring::{Explaining, Plan};
use crate::tui::state::State;
use crate::tui::view::Pane;

use crate::tui::overlay::{Choice, Help, Overlay};

/// Overlays, the last one on top.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overlays(Vec<Overlay>);

impl Overlays {
    pub(crate) fn push(&mut self, overlay: Overlay) {
        self.0.push(overlay);
    }

    pub(crate) fn pop(&mut self) -> Option<Overlay> {
        self.0.pop()
    }

    pub(crate) fn top(&self) -> Option<&Overlay> {
        self.0.last()
    }

    pub(crate) fn top_mut(&mut self) -> Option<&mut Overlay> {
        self.0.last_mut()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// From the lowest to the top.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Overlay> {
        self.0.iter()
    }

    /// Shows the help on top, or closes it where it is there already.
    pub(crate) fn toggle_help(&mut self) {
        if matches!(self.top(), Some(Overlay::Help(_))) {
            self.pop();
            return;
        }
        self.0.retain(|overlay| !matches!(overlay, Overlay::Help(_)));
        self.push(Overlay::Help(Help::default()));
    }

    /// Closes the lists of commands on top: the one that was chosen is meant for what lies below them.
    pub(crate) fn close_command_lists(&mut self) {
        while self.top().is_some_and(Overlay::lists_commands) {
            self.pop();
        }
    }

    #[cfg(test)]
    pub(crate) fn help(&self) -> Option<&Help> {
        self.0.iter().rev().find_map(|o| if let Overlay::Help(help) = o { Some(help) } else { None })
    }

    pub(crate) fn plan(&self) -> Option<&Plan> {
        self.0.iter().find_map(|o| if let Overlay::Plan(plan) = o { Some(plan) } else { None })
    }

    pub(crate) fn plan_mut(&mut self) -> Option<&mut Plan> {
        self.0.iter_mut().find_map(|o| if let Overlay::Plan(plan) = o { Some(plan) } else { None })
    }

    /// Takes the plan away, and the list that asks about it.
    pub(crate) fn take_plan(&mut self) -> Option<Plan> {
        let at = self.0.iter().position(|o| matches!(o, Overlay::Plan(_)))?;
        let Overlay::Plan(plan) = self.0.remove(at) else { return None };
        self.0.retain(|o| !o.offers(|choice| matches!(choice, Choice::Decide { .. })));
        Some(plan)
    }

    pub(crate) fn explaining(&self) -> Option<&Explaining> {
        self.0.iter().find_map(|o| if let Overlay::Explanation(e) = o { Some(&**e) } else { None })
    }

    pub(crate) fn explaining_mut(&mut self) -> Option<&mut Explaining> {
        self.0.iter_mut().find_map(|o| if let Overlay::Explanation(e) = o { Some(&mut **e) } else { None })
    }

    pub(crate) fn close_explanation(&mut self) {
        self.0.retain(|o| !matches!(o, Overlay::Explanation(_)));
    }
}

/// Who has the keys, the mouse, enter and esc.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner<'a> {
    /// The top of the stack.
    Overlay(&'a Overlay),
    /// The question whether the folder is trusted, which lies below all other overlays.
    Question,
    /// The line that is typed in the log: a filter, a search, or input for the program.
    LogLine,
    /// Labels in the graph, one of which is awaited.
    Jump,
    /// A wire that is being drawn.
    Wire,
    /// The focused pane.
    Pane(Pane),
}

impl State {
    pub(crate) fn owner(&self) -> Owner<'_> {
        if let Some(top) = self.view.overlays.top() {
            Owner::Overlay(top)
        } else if self.asks_for_trust() {
            Owner::Question
        } else {
            self.pane_owner()
        }
    }

    /// Who has the keys where nothing lies over the panes.
    pub(crate) fn pane_owner(&self) -> Owner<'_> {
        let view = &self.view;
        if self.in_logs() && view.log.typing.is_some() {
            Owner::LogLine
        } else if view.graph.jump.is_some() {
            Owner::Jump
        } else if view.wire.is_some() {
            Owner::Wire
        } else {
            Owner::Pane(view.focus)
        }
    }

    /// Whether something lies over the panes, so that neither keys nor the mouse reach them.
    pub(crate) fn panes_are_covered(&self) -> bool {
        match self.owner() {
            Owner::Overlay(top) => top.covers_panes(),
            Owner::Question => true,
            Owner::LogLine | Owner::Jump | Owner::Wire | Owner::Pane(_) => false,
        }
    }

    /// Whether the keys are free for something that arrives late, as an explanation that was asked for a moment ago:
    /// nothing takes them from what the user has opened or begun to type meanwhile.
    pub(crate) fn takes_late_overlay(&self) -> bool {
        matches!(self.owner(), Owner::Pane(_) | Owner::Wire)
    }
}

/// An [`Owner`] by its kind alone: what a frame remembers of the one it showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnerKind {
    Help,
    Picker,
    Prompt,
    Grants,
    Plan,
    Explanation,
    Question,
    LogLine,
    Jump,
    Wire,
    Pane(Pane),
}

impl Owner<'_> {
    pub(crate) fn kind(self) -> OwnerKind {
        match self {
            Self::Overlay(Overlay::Help(_)) => OwnerKind::Help,
            Self::Overlay(Overlay::Picker(_)) => OwnerKind::Picker,
            Self::Overlay(Overlay::Prompt(_)) => OwnerKind::Prompt,
            Self::Overlay(Overlay::Grants(_)) => OwnerKind::Grants,
            Self::Overlay(Overlay::Plan(_)) => OwnerKind::Plan,
            Self::Overlay(Overlay::Explanation(_)) => OwnerKind::Explanation,
            Self::Question => OwnerKind::Question,
            Self::LogLine => OwnerKind::LogLine,
            Self::Jump => OwnerKind::Jump,
            Self::Wire => OwnerKind::Wire,
            Self::Pane(pane) => OwnerKind::Pane(pane),
        }
    }

    /// The contexts that keys are asked of, innermost first.
    pub(crate) fn contexts(self, state: &State) -> &'static [Context] {
        match self {
            Self::Overlay(overlay) => overlay.contexts(),
            Self::Question => &[Context::Question, Context::Everywhere],
            Self::LogLine => &[Context::LogLine, Context::Everywhere],
            Self::Wire => &[Context::Wiring, Context::Panes, Context::Everywhere],
            Self::Jump => Context::of_pane(state.view.focus, state.tab()),
            Self::Pane(pane) => Context::of_pane(pane, state.tab()),
        }
    }

    /// Whether a command may be done while this has the keys.
    ///
    /// # Errors
    /// What is to be closed first.
    pub(crate) fn allows(self, command: Command) -> Result<(), &'static str> {
        match self {
            // What is chosen in a list of commands is done after the list is closed.
            Self::Overlay(overlay) => overlay.allows(command),
            Self::Question => match command {
                Command::Trust
                | Command::Up
                | Command::Down
                | Command::PageUp
                | Command::PageDown
                | Command::Top
                | Command::Bottom
                | Command::Back
                | Command::Help
                | Command::Messages
                | Command::Quit
                | Command::Suspend
                | Command::Redraw
                | Command::ReleaseMouse
                | Command::SavePicture => Ok(()),
                _ => Err("the question comes first (esc looks only)"),
            },
            Self::LogLine | Self::Jump | Self::Wire | Self::Pane(_) => Ok(()),
        }
    }
}
