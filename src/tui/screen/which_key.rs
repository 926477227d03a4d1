//! What may follow the keys that were pressed, in a box above the footer.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::tui::command::Context;
use crate::tui::screen::pen::Pen;
use crate::tui::screen::text;

pub(crate) fn draw(pen: &mut Pen, area: Rect) {
    let state = pen.state;
    if state.view.pending.is_empty() {
        return;
    }
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let next = state.view.keymap.following(Context::current(state), &state.view.pending);
    let keys: Vec<String> = next.iter().map(|(key, _)| key.to_string()).collect();
    let names: Vec<String> = next
        .iter()
        .map(|(_, what)| match what {
            Ok(command) => command.spec().map_or_else(String::new, |spec| spec.doc.to_owned()),
            Err(count) => format!("{} {}", text::count(*count, "command"), glyphs.more),
        })
        .collect();
    let widest = keys.iter().map(|key| text::width(key)).max().unwrap_or(0);
    let longest = names.iter().map(|s| text::width(s)).max().unwrap_or(0);
    let width = text::cells(widest + longest + 6).clamp(20, area.width.saturating_sub(4).max(20));
    let most = area.height.saturating_sub(5).max(1);
    let rows = text::cells(next.len()).min(most);
    let height = rows + 2;
    // The footer stays to be seen, and so does the frame of the pane below.
    let place = Rect {
        x: area.right().saturating_sub(width + 2),
        y: area.bottom().saturating_sub(height + 2),
        width: width.min(area.width),
        height,
    };
    pen.clear(place);
    let begun: Vec<String> = state.view.pending.iter().map(ToString::to_string).collect();
    Block::bordered()
        .border_set(glyphs.border)
        .border_style(theme.accent)
        .title(Line::from(Span::styled(format!(" {} ", begun.join(" ")), theme.strong)))
        .render(place, pen.buffer);
    let inside = Rect { x: place.x + 2, y: place.y + 1, width: place.width.saturating_sub(4), height: rows };
    for (row, (key, name)) in keys.iter().zip(&names).take(usize::from(rows)).enumerate() {
        let key = Span::styled(format!("{key:<widest$}  "), theme.button);
        pen.row(inside, row, [key, Span::styled(name.clone(), theme.text)]);
    }
}
