//! What a picture holds, against the cells it was made of.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::look::{Background, Depth, Glyphs, Theme};
use crate::tui::fixture::Session;
use crate::tui::screen::tests::draw;
use crate::tui::svg::*;

const DARK: Colours = Colours::of_ground(Background::Dark);

fn of(buffer: &Buffer) -> String {
    picture(buffer, &DARK, "a <test> & more")
}

/// Every text of a picture by its first cell, and how many cells the viewer is told that it takes.
fn texts(svg: &str) -> BTreeMap<(i32, i32), String> {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}:\n{svg}"));
    let columns = document.root_element().attribute("width").unwrap().parse::<i32>().unwrap() / WIDTH;
    let mut texts = BTreeMap::new();
    for text in document.descendants().filter(|n| n.has_tag_name("text")) {
        let number = |name: &str| text.attribute(name).unwrap().parse::<f64>().unwrap();
        #[allow(clippy::cast_possible_truncation)]
        let (x, y) = ((number("x") * 2.0) as i32, number("y") as i32);
        let row = (y - BASELINE) / HEIGHT;
        assert_eq!(row * HEIGHT + BASELINE, y, "between two rows");
        let said = text.text().unwrap();
        if text.attribute("text-anchor") == Some("middle") {
            let width = i32::from(text::cells(text::width(said).max(1)));
            let whole = x - width * WIDTH;
            // What is cut at the right edge is in the middle of what is left of its cells.
            let is_cut = whole % (2 * WIDTH) != 0 || whole / (2 * WIDTH) + width > columns;
            let cells = if is_cut { (2 * WIDTH * columns - x) / WIDTH } else { width };
            assert!(texts.insert(((x - cells * WIDTH) / (2 * WIDTH), row), said.to_owned()).is_none());
            continue;
        }
        let letters: Vec<char> = said.chars().collect();
        let width = text.attribute("textLength").map_or(WIDTH, |w| w.parse().unwrap());
        assert_eq!(width, i32::try_from(letters.len()).unwrap() * WIDTH, "{said}: a letter a cell");
        assert!(!said.starts_with(' ') && !said.ends_with(' ') && !said.contains("  "), "{said:?}");
        for (nth, letter) in letters.into_iter().enumerate() {
            let column = x / (2 * WIDTH) + i32::try_from(nth).unwrap();
            if letter != ' ' {
                assert!(texts.insert((column, row), letter.to_string()).is_none(), "two texts in one cell");
            }
        }
    }
    texts
}

/// The corner points of everything that is drawn as a shape, in cells.
fn shapes(svg: &str) -> Vec<(f64, f64)> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let mut points = Vec::new();
    for path in document.descendants().filter(|n| n.has_tag_name("path")).skip(1) {
        let (mut x, mut y) = (0.0, 0.0);
        let d = path.attribute("d").unwrap();
        let spaced: String =
            d.chars().flat_map(|c| if c.is_ascii_alphabetic() { vec![' ', c, ' '] } else { vec![c] }).collect();
        let mut words = spaced.split_whitespace();
        let number = |words: &mut std::str::SplitWhitespace| words.next().unwrap().parse::<f64>().unwrap();
        while let Some(command) = words.next() {
            match command {
                "M" | "L" => (x, y) = (number(&mut words), number(&mut words)),
                "H" => x = number(&mut words),
                "V" => y = number(&mut words),
                "Q" => {
                    points.push((number(&mut words) / f64::from(WIDTH), number(&mut words) / f64::from(HEIGHT)));
                    (x, y) = (number(&mut words), number(&mut words));
                }
                "Z" => {}
                other => panic!("{other} in {d}"),
            }
            points.push((x / f64::from(WIDTH), y / f64::from(HEIGHT)));
        }
    }
    points
}

/// What must be true of the picture of any cells.
fn check(buffer: &Buffer) {
    let svg = of(buffer);
    assert_eq!(svg, of(buffer), "the same cells are the same bytes");
    assert!(svg.chars().all(|c| c == '\n' || !c.is_control()), "control characters");
    let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{error}:\n{svg}"));
    let root = document.root_element();
    let (width, height) = (i32::from(buffer.area.width) * WIDTH, i32::from(buffer.area.height) * HEIGHT);
    assert_eq!(root.attribute("width"), Some(width.to_string().as_str()));
    assert_eq!(root.attribute("height"), Some(height.to_string().as_str()));
    assert_eq!(root.attribute("viewBox"), Some(format!("0 0 {width} {height}").as_str()));
    let known = ["svg", "title", "path", "text"];
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(known.contains(&node.tag_name().name()), "{node:?}");
        assert!(node.attributes().all(|a| !a.name().contains("href") && !a.name().starts_with("on")), "{node:?}");
    }
    let mut wanted = BTreeMap::new();
    let mut drawn = Vec::new();
    for row in 0..i32::from(buffer.area.height) {
        let mut column = 0;
        while column < i32::from(buffer.area.width) {
            let cell = cell(buffer, column, row).unwrap();
            let symbol = shown(cell);
            match symbol.chars().next() {
                Some('\u{2500}'..='\u{259f}') if symbol.chars().count() == 1 => drawn.push((column, row)),
                _ if symbol.trim().is_empty() => {}
                _ => drop(wanted.insert((column, row), symbol)),
            }
            column += i32::from(text::cells(text::width(cell.symbol()).max(1)));
        }
    }
    assert_eq!(texts(&svg), wanted);
    if !drawn.is_empty() {
        assert!(!shapes(&svg).is_empty());
    }
}

#[test]
fn a_small_picture() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 4));
    buffer.set_string(0, 0, "╭ a<b ─────╮", Style::new().fg(Color::DarkGray));
    buffer.set_string(0, 1, "│", Style::new());
    buffer.set_string(2, 1, "日本", Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::BOLD));
    buffer.set_string(7, 1, "e\u{301}é ok", Style::new().fg(Color::Indexed(208)).add_modifier(Modifier::ITALIC));
    buffer.set_string(1, 2, "x & y", Style::new().bg(Color::Blue).add_modifier(Modifier::UNDERLINED));
    buffer.set_string(7, 2, "dim", Style::new().add_modifier(Modifier::DIM));
    buffer.set_string(10, 2, "r", Style::new().add_modifier(Modifier::REVERSED));
    buffer.set_string(0, 3, "╰━┅╋═╬▄░ ✔", Style::new());
    check(&buffer);
    insta::assert_snapshot!("small", of(&buffer));
}

#[test]
fn any_cells_make_a_whole_picture() {
    const SYMBOLS: &[&str] = &[
        " ",
        "",
        "a",
        "Z",
        "<",
        ">",
        "&",
        "\"",
        "'",
        "é",
        "─",
        "│",
        "╭",
        "╋",
        "┅",
        "╳",
        "█",
        "▒",
        "▟",
        "✔",
        "●",
        "…",
        "日",
        "語",
        "👩‍🚀",
        "❤\u{fe0f}",
        "e\u{301}",
        "\u{301}",
        "\u{1b}[2J",
        "\u{7}",
        "\n",
        "\u{85}",
        "\u{202e}x",
        "\u{fffe}",
        "א",
        "ab",
        "\u{a0}",
        "\u{ad}",
        "]]>",
        "<!--",
    ];
    const COLOURS: &[Color] =
        &[Color::Reset, Color::Black, Color::LightRed, Color::White, Color::Indexed(200), Color::Rgb(9, 8, 7)];
    arbtest::arbtest(|u| {
        let area = Rect::new(u.int_in_range(0..=3)?, 0, u.int_in_range(0..=24)?, u.int_in_range(0..=5)?);
        let mut buffer = Buffer::empty(area);
        for cell in &mut buffer.content {
            if u.ratio(1, 3)? {
                continue;
            }
            cell.set_symbol(u.choose(SYMBOLS)?);
            cell.fg = *u.choose(COLOURS)?;
            cell.bg = *u.choose(COLOURS)?;
            cell.modifier = Modifier::from_bits_truncate(u.int_in_range(0..=0x1ff)?);
        }
        check(&buffer);
        Ok(())
    });
}

#[test]
fn whole_screens_in_every_look() {
    let looks: [(Depth, Glyphs); 4] = [
        (Depth::True, Glyphs::unicode()),
        (Depth::Indexed, Glyphs::unicode()),
        (Depth::Sixteen, Glyphs::ascii()),
        (Depth::Mono, Glyphs::ascii()),
    ];
    for (depth, glyphs) in looks {
        let mut session = Session::new(true);
        session.broken().keys("3");
        session.state.view.look.theme = Theme::new(depth, Background::Dark);
        session.state.view.look.glyphs = glyphs;
        let buffer = draw(&mut session, 120, 36);
        check(&buffer);
        let svg = of(&buffer);
        if depth == Depth::Mono {
            // What the terminal's own letters and background are, and the first of them dimmed: no other colour.
            let colours: std::collections::BTreeSet<&str> = svg.split("=\"#").skip(1).map(|s| &s[..6]).collect();
            let dimmed = Hex(mixed(DARK.text, DARK.background, 6)).to_string();
            assert!(colours.iter().all(|c| ["e6edf3", "0d1117", &dimmed[1..]].contains(c)), "{colours:?}");
            assert!(!svg.contains('─') && svg.contains("font-weight=\"bold\""));
        }
    }
}

#[test]
fn lines_touch_from_cell_to_cell() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 3));
    for (row, text) in ["┌──┐", "│  │", "└──┘"].into_iter().enumerate() {
        buffer.set_string(0, u16::try_from(row).unwrap(), text, Style::new());
    }
    let svg = of(&buffer);
    let paths: Vec<&str> = svg.lines().filter(|l| l.contains("stroke=")).collect();
    // A box is four strokes, whole from corner to corner.
    assert_eq!(paths, ["<path fill=\"none\" stroke=\"#e6edf3\" d=\"M4 9.5H32M4 47.5H32M4.5 9V48M31.5 9V48\"/>"]);
    for symbol in '\u{2500}'..='\u{259f}' {
        let mut one = Buffer::empty(Rect::new(0, 0, 1, 1));
        one[(0, 0)].set_char(symbol);
        let points = shapes(&of(&one));
        assert!(!points.is_empty(), "{symbol}");
        assert!(points.iter().all(|(x, y)| (0.0..=1.0).contains(x) && (0.0..=1.0).contains(y)), "{symbol}: {points:?}");
        let is_whole = |c: char| !matches!(c, '┄'..='┋' | '╌'..='╏' | '╱'..='╳' | '\u{2580}'..);
        for (side, arm) in
            lines::arms_of(symbol).into_iter().enumerate().filter(|(_, arm)| *arm > 0 && is_whole(symbol))
        {
            let at = |(x, y): (f64, f64)| [y, 1.0 - x, 1.0 - y, x][side];
            assert!(points.iter().any(|p| at(*p).abs() < 1e-9), "{symbol} does not reach side {side} ({arm})");
        }
    }
}

#[test]
fn what_the_graph_draws_is_known_here() {
    // A mask of two bits a direction: nothing, light or heavy; what is dashed has no corners of its own.
    let masks = (1..=u8::MAX).filter(|mask| (0..4).all(|side| (mask >> (2 * side)) & 3 != 1));
    for mask in masks {
        let symbol = crate::draw::canvas::glyph::UNICODE.line(mask, false);
        for (side, arm) in lines::arms_of(symbol).into_iter().enumerate() {
            assert_eq!(arm, ((mask >> (2 * side)) & 3).saturating_sub(1), "{symbol} {mask:08b}");
        }
    }
}
