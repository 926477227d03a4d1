//! All commands with their keys, searchable by what they do and by key; what can't be done now says why.

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::tui::command::Command;
use crate::tui::hit::Target;
use crate::tui::overlay::Help;
use crate::tui::overlay::draw::field;
use crate::tui::overlay::help::{HelpLine, found, lines};
use crate::tui::screen::pen::{Pen, scrolled};
use crate::tui::screen::text;

/// Columns for the keys.
const KEYS: usize = 18;

pub(crate) fn draw(pen: &mut Pen, area: Rect, help: &Help) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let width = area.width.saturating_sub(4).min(92);
    let height = area.height.saturating_sub(4).min(40);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    pen.hits.add(area, Target::Outside);
    pen.shade(area);
    pen.clear(place);
    let title = Line::from(Span::styled(" Keys and commands ", theme.strong));
    let commands = found(pen.state, help.query.text());
    let note = Line::styled(format!(" {} ", text::count(commands.len(), "command")), theme.muted).right_aligned();
    Block::bordered()
        .border_set(glyphs.border)
        .border_style(theme.accent)
        .title(title)
        .title(note)
        .render(place, pen.buffer);
    pen.hits.add(place, Target::Inside);
    let inside =
        Rect { x: place.x + 2, y: place.y + 1, width: width.saturating_sub(4), height: height.saturating_sub(2) };
    field(pen, inside, &help.query, "type to search by action or by key");

    let rows = Rect { y: inside.y + 2, height: inside.height.saturating_sub(2), ..inside };
    pen.hits.set_help(rows);
    if commands.is_empty() {
        pen.row(rows, 0, [Span::styled("No matching command. Search by action, or by key.", theme.muted)]);
        return;
    }
    let selected = help.selected.min(commands.len() - 1);
    let lines = lines(&commands);
    let at = lines.iter().position(|line| *line == HelpLine::Command(selected)).unwrap_or(0);
    // The title above the first command comes into sight with it.
    let first = if at == 1 { 0 } else { at };
    let offset = scrolled(pen.state.view.hits.offsets.help, first, at, lines.len(), rows.height);
    pen.hits.offsets.help = offset;
    for (row, line) in lines.iter().skip(offset).take(usize::from(rows.height)).enumerate() {
        match *line {
            HelpLine::Title(title) => {
                pen.row(rows, row, [Span::styled(title, theme.strong)]);
            }
            HelpLine::Command(index) => {
                if index == selected {
                    pen.highlight(rows, row, theme.selection);
                }
                draw_row(pen, rows, row, commands[index]);
                pen.target(rows, row, Target::HelpRow(index));
            }
        }
    }
}

fn draw_row(pen: &mut Pen, rows: Rect, line: usize, command: Command) {
    let Some(spec) = command.spec() else { return };
    let theme = pen.theme();
    let mut names: Vec<String> = Vec::new();
    for (_, key) in pen.state.view.keymap.keys(command) {
        let key = key.to_string();
        if !names.contains(&key) && names.iter().map(String::len).sum::<usize>() + names.len() + key.len() <= KEYS {
            names.push(key);
        }
    }
    let keys = names.join(" ");
    let refused = command.enabled(pen.state).err();
    let (key_style, doc_style) =
        if refused.is_some() { (theme.muted, theme.muted) } else { (theme.button, theme.text) };
    let mut spans = vec![Span::styled(format!("{keys:<KEYS$}  "), key_style), Span::styled(spec.doc, doc_style)];
    if let Some(reason) = refused {
        let room = usize::from(rows.width).saturating_sub(KEYS + 2 + text::width(spec.doc) + 3);
        let dash = pen.glyphs().dash;
        // The reason is worth more than the end of the description.
        if room < text::width(reason) {
            spans.truncate(1);
            spans.push(Span::styled(spec.name, theme.muted));
        }
        spans.push(Span::styled(format!(" {dash} {reason}"), theme.muted.add_modifier(Modifier::ITALIC)));
    }
    pen.row(rows, line, spans);
}
