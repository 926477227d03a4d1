//! The name somebody probably meant who wrote another.

use crate::model::port::{short, unversioned};

/// The one of `names` that is written most like `wanted`; `None` where none comes near.
pub(crate) fn alike<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = beginning(wanted);
    let length = wanted.chars().count();
    let room = (length / 3).clamp(1, 4);
    let near = |form: &&str| form.chars().count().abs_diff(length) <= room;
    let far = |name: &str| {
        let forms = forms(name).map(beginning).filter(near);
        forms.map(|form| strsim::osa_distance(wanted, form)).min().unwrap_or(usize::MAX)
    };
    names.take(MOST).map(|name| (far(name), name)).filter(|(far, _)| *far <= room).min().map(|(_, name)| name)
}

/// Names that are looked through; somebody who has more of them is not helped by one.
const MOST: usize = 10_000;

/// No name is longer; more is not compared.
const LONGEST: usize = 128;

fn beginning(name: &str) -> &str {
    name.char_indices().nth(LONGEST).map_or(name, |(end, _)| &name[..end])
}

/// How a name may be written: in full, without its version, by its last segment.
fn forms(name: &str) -> impl Iterator<Item = &str> {
    let bare = unversioned(name);
    [name, bare, short(name)].into_iter()
}

#[cfg(test)]
mod tests {
    use crate::model::alike::alike;

    #[test]
    fn a_slip_is_seen_and_another_name_is_not() {
        let names = || ["logger", "core-logic", "cyber:core/log-handler@0.2.1"].into_iter();
        for (wanted, meant) in [
            ("loger", Some("logger")),
            ("lgoger", Some("logger")),
            ("core_logic", Some("core-logic")),
            ("log-handlr", Some("cyber:core/log-handler@0.2.1")),
            ("cyber:core/log-handler@0.2.2", Some("cyber:core/log-handler@0.2.1")),
            ("cyber:cor/log-handler", Some("cyber:core/log-handler@0.2.1")),
            ("prices", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(alike(wanted, names()), meant, "{wanted}");
        }
    }
}
