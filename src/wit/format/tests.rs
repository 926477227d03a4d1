use crate::wit::format::*;

fn formatted(text: &str) -> String {
    let once = format(text).unwrap();
    assert_eq!(format(&once).unwrap(), once, "formatted twice");
    once
}

#[test]
fn an_item_stands_on_a_line() {
    let text = "package a:b@1.0.0;interface i{use t.{a,b as c};@since(version=1.0.0) f:func(a:u8,b:list<string,3>)->result<_,e>;\nresource r{constructor();get:static async func();}resource s;type t=own<r>;}";
    let expected = "\
package a:b@1.0.0;
interface i {
  use t.{a, b as c};
  @since(version = 1.0.0)
  f: func(a: u8, b: list<string, 3>) -> result<_, e>;
  resource r {
    constructor();
    get: static async func();
  }
  resource s;
  type t = own<r>;
}
";
    assert_eq!(formatted(text), expected);
}

#[test]
fn one_blank_line_is_kept_and_none_is_made() {
    let text = "\n\npackage a:b;\n\n\n\ninterface i {\n\n  f: func();\n\n\n  g: func();\n  h: func();\n\n}\ninterface j {}\n\n\n";
    let expected = "package a:b;\n\ninterface i {\n  f: func();\n\n  g: func();\n  h: func();\n}\ninterface j {}\n";
    assert_eq!(formatted(text), expected);
}

#[test]
fn members_stay_on_a_line_or_apart() {
    let text =
        "interface i {\n record r { a: u8, b: u8, }\n enum e {\n a, b }\n flags f {}\n variant v { a(u8),\nb }\n}";
    let expected = "\
interface i {
  record r { a: u8, b: u8 }
  enum e {
    a,
    b,
  }
  flags f {}
  variant v { a(u8), b }
}
";
    assert_eq!(formatted(text), expected);
}

#[test]
fn what_is_too_long_is_broken_outermost_first() {
    let text = "interface i {\n  open: func(path: string, how: open-flags, mode: permissions, timeout: option<duration>) -> result<descriptor, error-code>;\n use wasi:io/streams@0.2.0.{input-stream, output-stream, stream-error, pollable as stream-pollable};\n}";
    let expected = "\
interface i {
  open: func(
    path: string,
    how: open-flags,
    mode: permissions,
    timeout: option<duration>,
  ) -> result<descriptor, error-code>;
  use wasi:io/streams@0.2.0.{
    input-stream,
    output-stream,
    stream-error,
    pollable as stream-pollable,
  };
}
";
    assert_eq!(formatted(text), expected);
}

#[test]
fn comments_stay_where_they_are() {
    let text = "// head\n\n/// of i\ninterface i { // opens\n  // first\n  f: func(a: u8, // about a\n b: u8 /* about b */);  // behind f\n\n  /* alone */\n  record r { // r\n a: u8 // last\n }\n  g: func(/* none */);\n  // end\n} // behind\n// the end";
    let expected = "\
// head

/// of i
interface i { // opens
  // first
  f: func(
    a: u8, // about a
    b: u8, /* about b */
  ); // behind f

  /* alone */
  record r { // r
    a: u8, // last
  }
  g: func(/* none */);
  // end
} // behind
// the end
";
    assert_eq!(formatted(text), expected);
}

#[test]
fn lines_of_stars_stand_below_one_another() {
    let text = "interface i {\n  /**\n       * of f\n         * and more\n       */\n  f: func();\n/* free\n     text */\ng: func();\n}";
    let expected = "interface i {\n  /**\n   * of f\n   * and more\n   */\n  f: func();\n  /* free\n     text */\n  g: func();\n}\n";
    assert_eq!(formatted(text), expected);
}

#[test]
fn worlds_and_packages() {
    let text = "package a:b { world w { import a:b/c@1.0.0-rc.1+x;export run:func();import k:interface{f:func();}\ninclude o with{a as b,c as d}\nexport l:a:b/c; export m: n; } }\nuse a:b/c@0.2.0 as d;";
    let expected = "\
package a:b {
  world w {
    import a:b/c@1.0.0-rc.1+x;
    export run: func();
    import k: interface {
      f: func();
    }
    include o with { a as b, c as d }
    export l: a:b/c;
    export m: n;
  }
}
use a:b/c@0.2.0 as d;
";
    assert_eq!(formatted(text), expected);
}

#[test]
fn line_ends_and_the_byte_order_mark_stay() {
    assert_eq!(formatted("\u{feff}interface i{\r\nf:func();}"), "\u{feff}interface i {\r\n  f: func();\r\n}\r\n");
    assert_eq!(formatted(""), "");
    assert_eq!(formatted("// only this"), "// only this\n");
}

#[test]
fn four_spaces_a_level_stay_four() {
    let text = "interface i {\n    record r {\n      a: u8,\n    }\n}";
    assert_eq!(formatted(text), "interface i {\n    record r {\n        a: u8,\n    }\n}\n");
    assert_eq!(formatted("interface i {\n   f: func();\n}"), "interface i {\n  f: func();\n}\n");
}

#[test]
fn a_broken_text_stays_as_it_is() {
    assert!(!format("interface i { f: func() }").unwrap_err().is_empty());
}

/// The words of a text without commas that only end a list, and its comments without their space.
fn words(text: &str) -> (Vec<String>, Vec<String>) {
    use crate::wit::syntax::SyntaxKind as K;
    let tree = parse(text).tree();
    let tokens: Vec<_> = tree.descendants_with_tokens().filter_map(rowan::NodeOrToken::into_token).collect();
    let words: Vec<_> = tokens.iter().filter(|token| !token.kind().is_trivia()).collect();
    let ends =
        |at: usize| matches!(words.get(at + 1).map(|w| w.kind()), Some(K::RightBrace | K::RightParen | K::GreaterThan));
    let kept = words.iter().enumerate().filter(|(at, word)| word.kind() != K::Comma || !ends(*at));
    let comments = tokens.iter().filter(|token| token.kind().is_comment());
    let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    (kept.map(|(_, word)| word.text().to_owned()).collect(), comments.map(|comment| spaced(comment.text())).collect())
}

#[test]
fn a_layout_keeps_words_and_comments_and_is_its_own() {
    const PIECES: [&str; 8] = [" /* a */ ", "// b\n", "\n", "\n\n\n", "  ", "/* c\n   d */", "\n/// e\n", "\t"];
    arbtest::arbtest(|u| {
        let mut text = crate::wit::sample::EVERYTHING.to_owned();
        for _ in 0..u.int_in_range(0..=12)? {
            // Between two words.
            let spaces: Vec<usize> =
                text.match_indices([' ', '\n', ',', ';', '(']).map(|(at, found)| at + found.len()).collect();
            let at = *u.choose(&spaces)?;
            text.insert_str(at, u.choose(&PIECES)?);
        }
        let Ok(once) = format(&text) else { return Ok(()) };
        assert_eq!(words(&text), words(&once), "{text}");
        assert_eq!(format(&once).as_deref(), Ok(once.as_str()), "{text}");
        Ok(())
    })
    .budget(std::time::Duration::from_secs(2));
}
