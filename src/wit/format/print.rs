//! Parts → text: what fits on a line stands on it, and what does not is broken at its outermost brackets first.

use crate::wit::format::comment::HERE;

/// Columns of a line.
const WIDTH: usize = 100;

/// A piece of a layout.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Text(String),
    /// A comment up to the end of its line, which never makes a line too long.
    LineComment(String),
    Space,
    /// A line break where the brackets around it are broken; else a space, or nothing.
    Soft {
        space: bool,
        blank: bool,
    },
    /// A line break, with an empty line before the next where `blank`.
    Hard {
        blank: bool,
    },
    /// What stands there only where the brackets around it are broken.
    IfBroken(&'static str),
    /// Where brackets that may be broken begin and end.
    Open,
    Close,
    Indent,
    Dedent,
}

/// The text of the parts, with `unit` spaces a level.
pub(super) fn print(parts: &[Part], unit: usize) -> String {
    let mut printer = Printer {
        parts,
        widths: flat_widths(parts),
        out: String::new(),
        column: 0,
        indent: 0,
        unit,
        broken: vec![true],
    };
    for at in 0..parts.len() {
        printer.part(at);
    }
    let mut out = printer.out;
    let end = out.trim_end().len();
    out.truncate(end);
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

struct Printer<'p> {
    parts: &'p [Part],
    /// For each `Open`, the columns up to its `Close` on one line; `None` where it cannot be one line.
    widths: Vec<Option<usize>>,
    out: String,
    column: usize,
    indent: usize,
    /// Spaces of a level.
    unit: usize,
    /// Of the brackets around, the innermost last.
    broken: Vec<bool>,
}

impl Printer<'_> {
    fn part(&mut self, at: usize) {
        let is_broken = self.broken.last().copied().unwrap_or(true);
        match self.parts.get(at) {
            Some(Part::Text(text) | Part::LineComment(text)) => self.text(text),
            Some(Part::Space) => self.text(" "),
            Some(Part::Hard { blank }) => self.line(*blank),
            Some(Part::Soft { blank, .. }) if is_broken => self.line(*blank),
            Some(Part::Soft { space: true, .. }) => self.text(" "),
            Some(Part::IfBroken(text)) if is_broken => self.text(text),
            Some(Part::Open) => {
                let width = self.widths.get(at).copied().flatten();
                let fits = width.is_some_and(|width| self.column + width + self.behind(at) <= WIDTH);
                self.broken.push(!fits);
            }
            Some(Part::Close) => drop(self.broken.pop()),
            Some(Part::Indent) => self.indent += 1,
            Some(Part::Dedent) => self.indent = self.indent.saturating_sub(1),
            Some(Part::Soft { .. } | Part::IfBroken(_)) | None => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.column == 0 && !text.trim().is_empty() {
            self.column = self.indent * self.unit;
            self.out.extend(std::iter::repeat_n(' ', self.column));
        }
        // A comment of several lines brings its own.
        let indent = " ".repeat(self.indent * self.unit);
        let text = if text.contains(HERE) { text.replace(HERE, &indent) } else { text.to_owned() };
        let last = text.rsplit('\n').next().unwrap_or_default();
        self.column = columns(last) + if last.len() == text.len() { self.column } else { 0 };
        self.out.push_str(&text);
    }

    fn line(&mut self, blank: bool) {
        let end = self.out.trim_end_matches([' ', '\t']).len();
        self.out.truncate(end);
        self.out.push_str(if blank { "\n\n" } else { "\n" });
        self.column = 0;
    }

    /// The columns of what stands behind the brackets at `open` up to where the line may be broken.
    fn behind(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        let mut parts = self.parts.iter().skip(open);
        for part in parts.by_ref() {
            match part {
                Part::Open => depth += 1,
                Part::Close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        // Brackets further on stay on one line if these can be broken instead.
        let (mut width, mut outer, mut inner) = (0, self.broken.len(), 0_usize);
        for part in parts {
            match part {
                Part::Text(text) => width += columns(text),
                Part::Space => width += 1,
                Part::Soft { .. }
                    if inner == 0 && self.broken.get(outer.saturating_sub(1)).copied().unwrap_or(true) =>
                {
                    break;
                }
                Part::Soft { space, .. } => width += usize::from(*space),
                Part::Open => inner += 1,
                Part::Close if inner > 0 => inner -= 1,
                Part::Close => outer = outer.saturating_sub(1),
                Part::Hard { .. } | Part::LineComment(_) => break,
                Part::IfBroken(_) | Part::Indent | Part::Dedent => {}
            }
        }
        width
    }
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

fn flat_widths(parts: &[Part]) -> Vec<Option<usize>> {
    let mut widths = vec![None; parts.len()];
    // Where each bracket opened, and its width so far.
    let mut open: Vec<(usize, Option<usize>)> = Vec::new();
    let add = |open: &mut Vec<(usize, Option<usize>)>, width: Option<usize>| {
        if let Some((_, sum)) = open.last_mut() {
            *sum = sum.zip(width).map(|(sum, width)| sum + width);
        }
    };
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Text(text) if text.contains('\n') => add(&mut open, None),
            Part::Text(text) => add(&mut open, Some(columns(text))),
            Part::Space => add(&mut open, Some(1)),
            Part::Soft { space, .. } => add(&mut open, Some(usize::from(*space))),
            Part::Hard { .. } | Part::LineComment(_) => add(&mut open, None),
            Part::Open => open.push((at, Some(0))),
            Part::Close => {
                if let Some((began, width)) = open.pop() {
                    if let Some(slot) = widths.get_mut(began) {
                        *slot = width;
                    }
                    add(&mut open, width);
                }
            }
            Part::IfBroken(_) | Part::Indent | Part::Dedent => {}
        }
    }
    widths
}
