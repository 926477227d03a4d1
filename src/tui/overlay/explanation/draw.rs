//! Why two ports do not fit: both sides as WIT, every difference, what comes near, and the fixes with their keys.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::explain::{Explanation, Near};
use crate::model::diagnostic::Place;
use crate::model::difference::Difference;
use crate::model::graph::End;
use crate::model::port::short;
use crate::tui::hit::Target;
use crate::tui::pane::graph::wiring::Explaining;
use crate::tui::screen::pen::Pen;
use crate::tui::screen::text;

type Spans = Vec<Span<'static>>;

/// From so many columns on the two sides stand beside each other.
const ABREAST: usize = 92;

pub(crate) fn draw(pen: &mut Pen, area: Rect, explaining: &Explaining) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let explanation = &explaining.explanation;
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
    let width = body.width.saturating_sub(2).min(150);
    let room = usize::from(width.saturating_sub(4));
    let rows = rows(pen, explaining, room);
    let fixes = fixes(pen, explaining, room);
    let wanted = text::cells(rows.len() + fixes.len() + 4);
    let place = Rect { x: body.x + (body.width - width) / 2, y: body.y, width, height: wanted.min(body.height) };
    pen.hits.add(area, Target::Outside);
    pen.shade(area);
    pen.clear(place);
    pen.hits.add(place, Target::Inside);
    let foot = text::cells(fixes.len() + 1).min(place.height.saturating_sub(6));
    let inside =
        Rect { x: place.x + 2, y: place.y + 1, width: width.saturating_sub(4), height: place.height.saturating_sub(2) };
    let upper = Rect { height: inside.height.saturating_sub(foot), ..inside };
    let lower = Rect { y: upper.bottom(), height: foot, ..inside };
    let rest = rows.len().saturating_sub(usize::from(upper.height));
    let top = explaining.top.min(rest);
    pen.hits.set_explain_rest(rest);
    let more =
        if top < rest { format!(" {} more {} (pagedown) ", rest - top, glyphs.directions[2]) } else { String::new() };
    Block::bordered()
        .border_set(glyphs.border)
        .border_style(theme.accent)
        .title(Line::styled(
            format!(" {} ", text::fit(&title(explanation, glyphs.arrow), room, glyphs.more)),
            theme.strong,
        ))
        .title_bottom(Line::styled(more, theme.muted).right_aligned())
        .render(place, pen.buffer);
    for (row, spans) in rows.into_iter().skip(top).take(usize::from(upper.height)).enumerate() {
        pen.row(upper, row, spans);
    }
    pen.row(lower, 0, [Span::styled(glyphs.rule.repeat(room), theme.faint)]);
    let last = fixes.iter().rposition(|(fix, _)| *fix == Some(explaining.selected)).unwrap_or(0);
    let hidden = last.saturating_sub(usize::from(foot.saturating_sub(2)));
    for (row, (fix, spans)) in fixes.into_iter().skip(hidden).enumerate() {
        if let Some(index) = fix {
            if index == explaining.selected {
                pen.highlight(lower, row + 1, theme.selection);
            }
            pen.target(lower, row + 1, Target::Fix(index));
        }
        pen.row(lower, row + 1, spans);
    }
}

fn title(explanation: &Explanation, arrow: &str) -> String {
    let name = |end: &End| format!("{}.{}", end.node, short(&end.port));
    match &explanation.export {
        Some(export) => format!("{} {arrow} {}", name(&explanation.import), name(export)),
        None => name(&explanation.import),
    }
}

fn rows(pen: &Pen, explaining: &Explaining, width: usize) -> Vec<Spans> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let explanation = &explaining.explanation;
    let wired = if explanation.wired { "is wired" } else { "is not wired" };
    let harm = explanation.differences.iter().filter(|d| !d.harmless).count();
    let verdict = match (&explanation.export, explanation.fits) {
        (None, _) => (glyphs.bad, theme.bad, "no export here resembles it".to_owned()),
        (Some(_), true) => (glyphs.ok, theme.good, format!("fits, and {wired}")),
        (Some(_), false) => {
            (glyphs.bad, theme.bad, format!("does not fit ({}), and {wired}", text::count(harm, "difference")))
        }
    };
    let mut rows = vec![vec![Span::styled(format!("{} {}", verdict.0, verdict.2), verdict.1)]];
    let done = explaining.done.iter().map(|d| (d.clone(), theme.good));
    for (line, style) in done.chain(explanation.note.iter().map(|n| (n.clone(), theme.muted))) {
        rows.extend(text::wrap(&line, width).into_iter().map(|l| vec![Span::styled(l, style)]));
    }
    rows.push(Vec::new());
    rows.extend(sides(pen, explanation, width));
    if !explanation.differences.is_empty() {
        rows.push(Vec::new());
    }
    for difference in &explanation.differences {
        rows.extend(difference_rows(pen, explanation, difference, width));
    }
    if !explanation.nearest.is_empty() {
        rows.push(Vec::new());
        rows.push(vec![Span::styled("similar exports", theme.muted)]);
        rows.extend(explanation.nearest.iter().map(|near| near_row(pen, near, width)));
    }
    rows
}

/// One of the two sides of a port.
struct Half<'a> {
    title: String,
    place: Option<&'a Place>,
    lines: &'a [String],
    /// Which lines differ, by what they are about, and the words that do.
    marks: Vec<(&'a str, Option<&'a str>, bool)>,
}

fn subject_of(path: &str) -> &str {
    path.split(['.', '[', '(']).next().unwrap_or(path)
}

/// What a line of WIT is about.
fn subject(line: &str) -> &str {
    match line.split_once(' ') {
        Some(("record" | "variant" | "enum" | "flags" | "resource" | "type", rest)) => {
            rest.split([' ', ';', '{']).next().unwrap_or(rest)
        }
        _ => line.split(':').next().unwrap_or(line),
    }
}

fn sides(pen: &Pen, explanation: &Explanation, width: usize) -> Vec<Spans> {
    let half = |what: &str, end: Option<&End>, import: bool| {
        let differences = &explanation.differences;
        let at = differences.iter().find_map(|d| if import { d.import_at.as_ref() } else { d.export_at.as_ref() });
        Half {
            title: end.map_or_else(|| what.to_owned(), |end| format!("{what} of {}", end.node)),
            place: at,
            lines: if import { &explanation.import_wit } else { &explanation.export_wit },
            marks: differences
                .iter()
                .map(|d| {
                    let words = if import { d.import.as_deref() } else { d.export.as_deref() };
                    (subject_of(&d.path), words, d.harmless)
                })
                .collect(),
        }
    };
    let import = half("import", Some(&explanation.import), true);
    let export = half("export", explanation.export.as_ref(), false);
    if width < ABREAST {
        let mut rows = side(pen, &import, width);
        if explanation.export.is_some() {
            rows.push(Vec::new());
            rows.extend(side(pen, &export, width));
        }
        return rows;
    }
    let each = (width - 3) / 2;
    let (left, right) = (side(pen, &import, each), side(pen, &export, each));
    let count = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    let bar = if pen.glyphs().is_ascii() { " | " } else { " │ " };
    (0..count)
        .map(|_| {
            let mut row = left.next().unwrap_or_default();
            let used: usize = row.iter().map(Span::width).sum();
            row.push(Span::raw(" ".repeat(each.saturating_sub(used))));
            row.push(Span::styled(bar, pen.theme().faint));
            row.extend(right.next().unwrap_or_default());
            row
        })
        .collect()
}

fn side(pen: &Pen, half: &Half, width: usize) -> Vec<Spans> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let mut head = vec![Span::styled(text::fit(&half.title, width, glyphs.more).into_owned(), theme.strong)];
    let used = text::width(&half.title) + 2;
    if let Some(place) = half.place.filter(|_| used + 8 < width) {
        let place = text::fit_end(&place.to_string(), width - used, glyphs.more).into_owned();
        head.extend([Span::raw("  "), Span::styled(place, theme.muted)]);
    }
    let mut rows = vec![head];
    if half.lines.is_empty() {
        rows.push(vec![Span::styled("  its types are not known", theme.muted)]);
    }
    for line in half.lines {
        let about: Vec<_> = half
            .marks
            .iter()
            .filter(|(path, words, _)| {
                *path == subject(line) || path.is_empty() && words.is_some_and(|w| line.contains(w))
            })
            .collect();
        let bad = about.iter().any(|(_, _, harmless)| !harmless);
        let (sign, style) = match (about.is_empty(), bad) {
            (true, _) => (" ", theme.muted),
            (false, true) => (glyphs.bad, theme.bad),
            (false, false) => (glyphs.dot, theme.warn),
        };
        for (n, part) in text::wrap(line, width.saturating_sub(4)).into_iter().enumerate() {
            let mut row = vec![Span::styled(if n == 0 { format!("{sign} ") } else { "    ".into() }, style)];
            let plain = if about.is_empty() { theme.muted } else { theme.text };
            row.extend(marked(&part, about.iter().filter_map(|(_, words, _)| *words), plain, style));
            rows.push(row);
        }
    }
    rows
}

/// A line with the words that differ set off.
fn marked<'w>(line: &str, words: impl Iterator<Item = &'w str>, plain: Style, style: Style) -> Spans {
    let found = words.filter(|w| w.len() < line.len()).find_map(|w| Some((line.find(w)?, w.len())));
    let Some((at, length)) = found else { return vec![Span::styled(line.to_owned(), plain)] };
    let (before, rest) = line.split_at(at);
    let (word, after) = rest.split_at(length);
    vec![
        Span::styled(before.to_owned(), plain),
        Span::styled(word.to_owned(), style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED)),
        Span::styled(after.to_owned(), plain),
    ]
}

/// A difference as a sentence, and where it is written on both sides.
fn difference_rows(pen: &Pen, explanation: &Explanation, difference: &Difference, width: usize) -> Vec<Spans> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let (sign, style) = if difference.harmless { (glyphs.dot, theme.muted) } else { (glyphs.bad, theme.bad) };
    let provider = explanation.export.as_ref().map_or("the export", |end| end.node.as_str());
    let mut sentence = difference.sentence(&explanation.import.node, provider);
    if difference.harmless {
        sentence.push_str(" (compatible)");
    }
    let mut rows = Vec::new();
    for (n, line) in text::wrap(&sentence, width.saturating_sub(2)).into_iter().enumerate() {
        rows.push(vec![Span::styled(if n == 0 { format!("{sign} ") } else { "  ".into() }, style), Span::raw(line)]);
    }
    // The heads of the two sides have these.
    let differences = &explanation.differences;
    let first =
        (differences.iter().find_map(|d| d.import_at.as_ref()), differences.iter().find_map(|d| d.export_at.as_ref()));
    if first == (difference.import_at.as_ref(), difference.export_at.as_ref()) {
        return rows;
    }
    let places = [("import", &difference.import_at), ("export", &difference.export_at)];
    let places: Vec<String> = places.into_iter().filter_map(|(s, p)| Some(format!("{s} {}", p.as_ref()?))).collect();
    if !places.is_empty() {
        let line = format!("  {}", places.join(&format!(" {} ", glyphs.dot)));
        rows.push(vec![Span::styled(text::fit_end(&line, width, glyphs.more).into_owned(), theme.muted)]);
    }
    rows
}

fn near_row(pen: &Pen, near: &Near, width: usize) -> Spans {
    let theme = pen.theme();
    let (style, verdict) = match (near.cycle, near.fits) {
        (true, _) => (theme.warn, "would make a cycle".to_owned()),
        (_, true) => (theme.good, "fits".to_owned()),
        _ => (theme.muted, text::count(near.differences, "difference")),
    };
    let place = if near.placed { "" } else { " (not in the composition)" };
    let name = format!("{}.{}{place}", near.end.node, near.end.port);
    let name = text::fit(&name, width.saturating_sub(verdict.len() + 4), pen.glyphs().more).into_owned();
    vec![Span::raw("  "), Span::raw(name), Span::raw("  "), Span::styled(verdict, style)]
}

/// The rows of the fixes, and of which each is; a sentence that does not fit goes on in the next row.
fn fixes(pen: &Pen, explaining: &Explaining, width: usize) -> Vec<(Option<usize>, Spans)> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let fixes = &explaining.explanation.fixes;
    if fixes.is_empty() {
        let (text, style) = if explaining.explanation.fits {
            ("nothing to fix", theme.good)
        } else {
            ("no automatic fix: change the WIT of one side at the lines above", theme.warn)
        };
        return vec![(None, vec![Span::styled(text::fit(text, width, glyphs.more).into_owned(), style)])];
    }
    let rows = |(n, fix): (usize, &crate::explain::Fix)| {
        let number = format!("{} ", n + 1);
        let indent = " ".repeat(number.len());
        let lines = text::wrap(&fix.what, width.saturating_sub(number.len())).into_iter().enumerate();
        let row = move |(line, what): (usize, String)| {
            let head = if line == 0 { number.clone() } else { indent.clone() };
            (Some(n), vec![Span::styled(head, theme.button), Span::raw(what)])
        };
        lines.map(row).collect::<Vec<_>>()
    };
    fixes.iter().enumerate().flat_map(rows).collect()
}
