//! The name somebody probably meant who wrote another.

/// The one of `names` that is written most like `wanted`; `None` where none comes near.
pub fn alike<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = wanted.chars().take(LONGEST).collect();
    let room = (wanted.len() / 3).clamp(1, 4);
    let near = |form: &&str| {
        form.len() <= 4 * (wanted.len() + room) && form.chars().take(LONGEST).count().abs_diff(wanted.len()) <= room
    };
    let far = |name: &str| forms(name).filter(near).map(|form| distance(&wanted, form)).min().unwrap_or(usize::MAX);
    names.take(MOST).map(|name| (far(name), name)).filter(|(far, _)| *far <= room).min().map(|(_, name)| name)
}

/// Names that are looked through; somebody who has more of them is not helped by one.
const MOST: usize = 10_000;

/// No name is longer; more is not compared.
const LONGEST: usize = 128;

/// How a name may be written: in full, without its version, by its last segment.
fn forms(name: &str) -> impl Iterator<Item = &str> {
    let bare = name.split('@').next().unwrap_or(name);
    [name, bare, crate::model::port::short(name)].into_iter()
}

/// How many characters are to be added, left out, exchanged, or swapped with their neighbour.
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().take(LONGEST).collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=a.len()).collect()];
    for line in 1..=b.len() {
        let above = &rows[line - 1];
        let mut row = vec![line];
        for column in 1..=a.len() {
            let change = above[column - 1] + usize::from(a[column - 1] != b[line - 1]);
            let mut least = change.min(above[column] + 1).min(row[column - 1] + 1);
            let swapped = line > 1 && column > 1 && a[column - 1] == b[line - 2] && a[column - 2] == b[line - 1];
            if swapped {
                least = least.min(rows[line - 2][column - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(0)
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
