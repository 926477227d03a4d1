//! What a name may be: words of letters and digits, joined by `-`, each all in lower or all in upper case.

/// Whether `text` (without `%`) is a name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.split('-').all(is_word)
}

fn is_word(word: &str) -> bool {
    let has = |class: fn(&char) -> bool| word.chars().any(|c| class(&c));
    !word.is_empty()
        && word.chars().all(|c| c.is_ascii_alphanumeric())
        && !(has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase))
}

/// The name that was likely meant by one of another spelling, as in `my-name` for `myName`, `my_name` and `My-Name`.
/// `None` where nothing comes of it.
#[must_use]
pub fn kebab(text: &str) -> Option<String> {
    use heck::ToKebabCase;
    let name = text.to_kebab_case();
    is_name(&name).then_some(name)
}

#[cfg(test)]
mod tests {
    use crate::wit::syntax::names::*;

    #[test]
    fn a_name_is_what_wit_parser_takes_for_one() {
        let names = [
            "a", "A", "a-b", "A-b", "a1", "a-1", "1a", "a--b", "-a", "a-", "aB", "a_b", "é", "", "A1-b2", "a-B-c",
            "abC-d", "_", "a-1b", "a-1B",
        ];
        for name in names {
            assert_eq!(is_name(name), wit_parser::validate_id(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn other_spellings_lead_to_a_name() {
        let kebabs = [
            ("myName", "my-name"),
            ("my_name", "my-name"),
            ("MyName", "my-name"),
            ("HTTPServer", "http-server"),
            ("a--b", "a-b"),
        ];
        for (other, name) in kebabs {
            assert_eq!(kebab(other).as_deref(), Some(name));
        }
        assert_eq!(kebab("_"), None);
        assert_eq!(kebab("1"), None);
    }
}
