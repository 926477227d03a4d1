//! Component values as WAVE text, clamped.

use std::fmt::Write as _;

use wasmtime::component::Val;

/// Longest text shown, in bytes: a result is read by a person.
const LONGEST: usize = 64 * 1024;

/// `value` as WAVE. What WAVE has no words for (handles, streams, maps) is named in angle brackets.
pub(super) fn text(value: &Val) -> String {
    let mut out = String::new();
    write(&mut out, value);
    if out.len() > LONGEST {
        out.truncate(out.floor_char_boundary(LONGEST));
        out.push('…');
    }
    out
}

fn write(out: &mut String, value: &Val) {
    if out.len() > LONGEST {
        return;
    }
    match value {
        Val::List(items) | Val::FixedLengthList(items) => sequence(out, '[', items.iter(), ']', write),
        Val::Tuple(items) => sequence(out, '(', items.iter(), ')', write),
        Val::Map(entries) => sequence(out, '{', entries.iter(), '}', |out, (key, value)| {
            write(out, key);
            out.push_str(": ");
            write(out, value);
        }),
        Val::Record(fields) if fields.is_empty() => out.push_str("{:}"),
        Val::Record(fields) => sequence(out, '{', fields.iter(), '}', |out, (name, value)| {
            out.push_str(name);
            out.push_str(": ");
            write(out, value);
        }),
        Val::Variant(name, payload) => case(out, name, payload.as_deref()),
        Val::Enum(name) => out.push_str(name),
        Val::Option(None) => out.push_str("none"),
        Val::Option(some) => case(out, "some", some.as_deref()),
        Val::Result(Ok(payload)) => case(out, "ok", payload.as_deref()),
        Val::Result(Err(payload)) => case(out, "err", payload.as_deref()),
        Val::Flags(names) => sequence(out, '{', names.iter(), '}', |out, name| out.push_str(name)),
        Val::Resource(_) => out.push_str("<resource>"),
        Val::Future(_) => out.push_str("<future>"),
        Val::Stream(_) => out.push_str("<stream>"),
        Val::ErrorContext(_) => out.push_str("<error-context>"),
        Val::String(long) if long.len() > LONGEST => {
            let head = long.get(..long.floor_char_boundary(LONGEST)).unwrap_or_default();
            write(out, &Val::String(head.into()));
            out.push('…');
        }
        scalar => match scalar.to_wave() {
            Ok(text) => out.push_str(&text),
            Err(e) => {
                let _ = write!(out, "<{e}>");
            }
        },
    }
}

fn case(out: &mut String, name: &str, payload: Option<&Val>) {
    out.push_str(name);
    if let Some(payload) = payload {
        out.push('(');
        write(out, payload);
        out.push(')');
    }
}

fn sequence<T>(
    out: &mut String,
    open: char,
    items: impl Iterator<Item = T>,
    close: char,
    each: impl Fn(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if out.len() > LONGEST {
            break;
        }
        if index > 0 {
            out.push_str(", ");
        }
        each(out, item);
    }
    out.push(close);
}

#[cfg(test)]
mod tests {
    use crate::run::wave::*;

    #[test]
    fn every_shape_has_words() {
        let some = |v| Val::Option(Some(Box::new(v)));
        let cases = [
            (Val::S32(-5), "-5"),
            (Val::String("a \"b\"".into()), r#""a \"b\"""#),
            (Val::Char('x'), "'x'"),
            (Val::Float64(f64::NAN), "nan"),
            (Val::List(vec![Val::U8(1), Val::U8(2)]), "[1, 2]"),
            (Val::Tuple(vec![Val::Bool(true), some(Val::Enum("red".into()))]), "(true, some(red))"),
            (Val::Record(vec![("x".into(), Val::U8(1)), ("y".into(), Val::Option(None))]), "{x: 1, y: none}"),
            (Val::Result(Err(Some(Box::new(Val::String("no".into()))))), r#"err("no")"#),
            (Val::Result(Ok(None)), "ok"),
            (Val::Variant("v".into(), Some(Box::new(Val::U64(9)))), "v(9)"),
            (Val::Flags(vec!["a".into(), "b".into()]), "{a, b}"),
            (Val::Map(vec![(Val::String("k".into()), Val::U8(1))]), r#"{"k": 1}"#),
        ];
        for (value, expected) in cases {
            assert_eq!(text(&value), expected);
        }
    }

    #[test]
    fn a_huge_value_is_clamped() {
        let huge = Val::List(vec![Val::String("ä".repeat(1000)); 1000]);
        assert!(text(&huge).len() < LONGEST + 10);
    }
}
