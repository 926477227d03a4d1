//! Which command a key is where: the command table's keys, and the user's `keys.toml` over them.

pub(crate) mod key;
#[cfg(test)]
mod tests;
pub(crate) mod user;

pub(crate) use key::{Key, Keys};
pub(crate) use user::FILE;

use crate::tui::command::{Command, Context, commands};

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    context: Context,
    keys: Keys,
    /// `None` for keys that do nothing here, whatever they do further out.
    command: Option<Command>,
}

/// In the order of the command table, the favourite key of a command first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keymap(Vec<Row>);

/// What keys mean that were pressed so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Command(Command),
    /// More keys are awaited.
    Begun,
    Nothing,
}

impl Default for Keymap {
    /// The command table's own keys.
    fn default() -> Self {
        let rows = commands().flat_map(|spec| spec.keys.iter().map(|(context, keys)| (*context, *keys, spec.command)));
        let row =
            |(context, keys, command)| Keys::parse(keys).ok().map(|keys| Row { context, keys, command: Some(command) });
        Self(rows.filter_map(row).collect())
    }
}

impl Keymap {
    /// What `pressed` means, asked of the innermost context first.
    pub(crate) fn meaning(&self, contexts: &[Context], pressed: &[Key]) -> Meaning {
        for context in contexts {
            let mut here = self.0.iter().filter(|row| row.context == *context);
            let Some(row) = here.find(|row| row.keys.as_slice().starts_with(pressed)) else { continue };
            return match row.command {
                _ if row.keys.as_slice().len() > pressed.len() => Meaning::Begun,
                Some(command) => Meaning::Command(command),
                None => Meaning::Nothing,
            };
        }
        Meaning::Nothing
    }

    /// What may follow `pressed`: each next key with its command, or with the number of commands it leads to.
    pub(crate) fn following(&self, contexts: &[Context], pressed: &[Key]) -> Vec<(Key, Result<Command, usize>)> {
        let mut next: Vec<(Key, Result<Command, usize>)> = Vec::new();
        // Only the innermost context that knows these keys answers to them.
        let knows = |context: &&Context| self.0.iter().any(|r| r.context == **context && leads(r, pressed));
        let Some(context) = contexts.iter().find(knows) else { return next };
        for row in self.0.iter().filter(|row| row.context == *context && leads(row, pressed)) {
            let (Some(key), Some(command)) = (row.keys.as_slice().get(pressed.len()), row.command) else { continue };
            let last = row.keys.as_slice().len() == pressed.len() + 1;
            match next.iter_mut().find(|(known, _)| known == key) {
                Some((_, Err(count))) => *count += 1,
                Some(_) => {}
                None => next.push((*key, if last { Ok(command) } else { Err(1) })),
            }
        }
        next.sort_by_cached_key(|(key, _)| key.to_string());
        next
    }

    /// The keys of a command, the favourite first.
    pub(crate) fn keys(&self, command: Command) -> impl Iterator<Item = (Context, &Keys)> {
        self.0.iter().filter(move |row| row.command == Some(command)).map(|row| (row.context, &row.keys))
    }

    /// The keys that do this in these contexts, as the footer shows them: those that nothing nearer takes.
    pub(crate) fn key(&self, contexts: &[Context], command: Command) -> Option<&Keys> {
        let reached = |keys: &Keys| self.meaning(contexts, keys.as_slice()) == Meaning::Command(command);
        self.keys(command).find(|(context, keys)| contexts.contains(context) && reached(keys)).map(|(_, keys)| keys)
    }
}

fn leads(row: &Row, pressed: &[Key]) -> bool {
    row.keys.as_slice().len() > pressed.len() && row.keys.as_slice().starts_with(pressed)
}
