//! What `studio.toml` lets the running program do, as items of the list: its grants, and what else of it reaches beyond
//! the sandbox. Pure.

use std::path::Path;

use crate::model::limits::Limits;
use crate::model::project::Settings;
use crate::trust::item::{Item, Kind};

/// Digits of a digest that are shown and compared: 64 bits.
const SHOWN_DIGITS: usize = 16;

/// An item for each node with grants, and one for the whole run; a detail for each thing that is allowed. `content` tells
/// files of different content apart.
pub(super) fn items(root: &Path, settings: &Settings, content: impl Fn(&Path) -> String) -> Vec<Item> {
    let item = |node: &str, allowed: Vec<String>| {
        // What is new among the details is compared; the digest is not.
        let item = Item::new(Kind::Grant, root.join("studio.toml"), "-").named(node);
        (!allowed.is_empty()).then(|| allowed.iter().fold(item, |item, one| item.detail(one)))
    };
    let nodes = settings.grants.nodes().map(|(node, own)| item(node, own.0.iter().map(ToString::to_string).collect()));
    nodes.chain([item("", of_the_run(root, settings, content))]).flatten().collect()
}

fn of_the_run(root: &Path, settings: &Settings, content: impl Fn(&Path) -> String) -> Vec<String> {
    let grants = &settings.grants;
    // A granted name leads elsewhere: perhaps to a server that only this machine reaches.
    let mut all: Vec<String> =
        grants.hosts.iter().map(|(name, stand_in)| format!("{name:?} stands for {stand_in}")).collect();
    all.extend(grants.ca.iter().map(|file| {
        let (name, content) = (file.display().to_string(), content(&root.join(file)));
        // Whoever changes the file changes who is trusted.
        format!("certificates of {name:?} are trusted ({})", content.get(..SHOWN_DIGITS).unwrap_or(&content))
    }));
    all.extend(settings.addr.filter(|a| !a.ip().is_loopback()).map(|addr| format!("HTTP for other machines: {addr}")));
    let (now, usual) = (&settings.limits, Limits::default());
    let sizes = [
        ("memory", now.memory as u128, usual.memory as u128),
        ("request_memory", now.request_memory as u128, usual.request_memory as u128),
        ("instances", now.instances as u128, usual.instances as u128),
        ("tables", now.tables as u128, usual.tables as u128),
        ("handles", now.handles as u128, usual.handles as u128),
        ("body", u128::from(now.body), u128::from(usual.body)),
        ("requests", now.requests as u128, usual.requests as u128),
        ("request", now.request.as_secs().into(), usual.request.as_secs().into()),
    ];
    let raised = sizes.into_iter().filter(|(_, now, usual)| now > usual);
    all.extend(raised.map(|(name, now, usual)| format!("limit {name} = {now}, more than the usual {usual}")));
    all
}

/// What this item allows that the known one does not; `None` where that is nothing.
pub(super) fn beyond(known: Option<&Item>, now: &Item) -> Option<Item> {
    let is_known = |detail: &String| known.is_some_and(|known| known.details.contains(detail));
    let details: Vec<String> = now.details.iter().filter(|detail| !is_known(detail)).cloned().collect();
    (!details.is_empty()).then(|| Item { details, ..now.clone() })
}

#[cfg(test)]
mod tests {
    use crate::trust::rights::*;

    #[test]
    fn whatever_reaches_beyond_the_sandbox_is_listed() {
        let mut settings = Settings { addr: "127.0.0.1:8000".parse().ok(), ..Settings::default() };
        assert!(
            items(Path::new("/p"), &settings, |_| "0123456789abcdef01234567".into()).is_empty(),
            "served on this machine alone"
        );
        settings.grants.grant("a", "files=data:rw".parse().unwrap());
        settings.grants.grant("a", "dns=x.test".parse().unwrap());
        settings.grants.hosts.insert("x.test".into(), "http://127.0.0.1:1".parse().unwrap());
        settings.grants.ca = Some("ca.pem".into());
        settings.addr = "0.0.0.0:80".parse().ok();
        settings.limits.memory = 1 << 31;
        let [node, run] = items(Path::new("/p"), &settings, |_| "0123456789abcdef01234567".into()).try_into().unwrap();
        assert_eq!(
            (node.title(Path::new("/p")), node.details.join("; ")),
            ("what `a` may do: studio.toml".into(), "files=data:rw; dns=x.test".into())
        );
        let all = [
            "\"x.test\" stands for http://127.0.0.1:1",
            "certificates of \"ca.pem\" are trusted (0123456789abcdef)",
            "HTTP for other machines: 0.0.0.0:80",
            "limit memory = 2147483648, more than the usual 1073741824",
        ];
        assert_eq!(run.details, all);
    }

    #[test]
    fn less_than_before_is_nothing_new() {
        let item = |details: &[&str]| {
            details.iter().fold(Item::new(Kind::Grant, "/p/studio.toml", "-").named("a"), |item, d| item.detail(d))
        };
        assert_eq!(beyond(Some(&item(&["x", "y"])), &item(&["y"])), None);
        assert_eq!(beyond(Some(&item(&["x"])), &item(&["x", "y"])), Some(item(&["y"])));
        assert_eq!(beyond(None, &item(&["x"])), Some(item(&["x"])));
    }
}
