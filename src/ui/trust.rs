//! The question that stands before anything of a folder runs.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use super::pen::Pen;
use super::text;
use crate::app::command::{Command, Context};
use crate::app::hit::Target;

const MEANING: &str = "Building runs code of this folder on your machine: build scripts, procedural macros, and the \
                       programs its .cargo/config.toml names. The components themselves run in a sandbox.";
const UNTIL: &str = "Until you trust it nothing of it runs. Its graph and its text can be looked at.";

pub fn draw(pen: &mut Pen, area: Rect) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let width = area.width.saturating_sub(6).min(66);
    let room = usize::from(width).saturating_sub(6);
    let folder = pen.state.options.root.display().to_string();
    let mut lines = vec![
        Line::default(),
        Line::styled("Do you trust this folder?", theme.strong),
        Line::styled(text::fit_end(&folder, room, glyphs.more).into_owned(), theme.accent),
        Line::default(),
    ];
    lines.extend(text::wrap(MEANING, room).into_iter().map(Line::from));
    lines.push(Line::default());
    lines.extend(text::wrap(UNTIL, room).into_iter().map(|l| Line::styled(l, theme.muted)));
    lines.push(Line::default());
    let keys = lines.len();
    lines.push(Line::default());
    let height = text::cells(lines.len() + 3).min(area.height);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    pen.hits.add(area, Target::Inside);
    pen.shade(area);
    pen.clear(place);
    Block::bordered().border_set(glyphs.border).border_style(theme.warn).render(place, pen.buffer);
    pen.hits.add(place, Target::Inside);
    let inside = Rect { x: place.x + 3, y: place.y + 1, width: width.saturating_sub(6), height: height - 2 };
    for (row, line) in lines.into_iter().enumerate() {
        pen.row(inside, row, line.spans.into_iter().map(|s| s.patch_style(line.style)));
    }
    let mut x = inside.x;
    for (label, command) in
        [("trust, build and run", Command::Trust), ("look only", Command::Back), ("quit", Command::Quit)]
    {
        let key = pen.state.view.keymap.key(Context::current(pen.state), command);
        let Some(key) = key.map(ToString::to_string) else { continue };
        let spans: Vec<Span> = pen.key_hint(key, label);
        let at = Rect { x, width: inside.right().saturating_sub(x), y: inside.y + text::cells(keys), height: 1 };
        let used = pen.row(at, 0, spans);
        pen.hits.add(Rect { width: used, ..at }, Target::Command(command));
        x += used + 3;
    }
}
