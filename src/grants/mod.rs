//! What each node of a composition may do. What is not granted is denied.
//!
//! A grant is one [`Capability`], written the same everywhere: `http=api.stripe.com` on the command line is
//! `http = ["api.stripe.com"]` below `[grants.NODE]` in `studio.toml`.

pub(crate) mod endpoint;
pub(crate) mod folder;
pub(crate) mod http;
pub(crate) mod ledger;
pub(crate) mod protected;
pub(crate) mod stand_in;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::guest_text;

pub(crate) use endpoint::{Endpoint, same_host};
pub(crate) use folder::{Folder, Mode};
pub(crate) use http::{HttpRule, Target};
pub(crate) use ledger::NO_FOLDER;
pub(crate) use ledger::Row;
pub use ledger::{Entry, Ledger, Use};
#[cfg(unix)]
pub(crate) use protected::Built;
pub(crate) use protected::{PROTECTED, Protected};
pub use stand_in::StandIn;

/// The kinds of capabilities, as `studio.toml` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Folders of this machine.
    Files,
    /// Environment variables.
    Env,
    /// Arguments of a command.
    Args,
    /// studio's own standard input.
    Stdin,
    /// Outgoing TCP connections.
    Tcp,
    /// UDP datagrams, both ways.
    Udp,
    /// Incoming TCP connections.
    Listen,
    /// Names that may be looked up.
    Dns,
    /// Outgoing HTTP requests.
    Http,
    /// Values of `wasi:config`.
    Config,
    /// The time of day.
    Clock,
    /// Unpredictable random numbers.
    Random,
}

impl Kind {
    pub(crate) const ALL: [Self; 12] = [
        Self::Files,
        Self::Env,
        Self::Args,
        Self::Stdin,
        Self::Tcp,
        Self::Udp,
        Self::Listen,
        Self::Dns,
        Self::Http,
        Self::Config,
        Self::Clock,
        Self::Random,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Env => "env",
            Self::Args => "args",
            Self::Stdin => "stdin",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Listen => "listen",
            Self::Dns => "dns",
            Self::Http => "http",
            Self::Config => "config",
            Self::Clock => "clock",
            Self::Random => "random",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// How a grant of this kind is written, with an example.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Files => "FOLDER[:GUEST][:ro|rw], as in `files=scratch:/data:rw`",
            Self::Env => "NAME or NAME=VALUE, as in `env=HOME` or `env=MODE=test`",
            Self::Args => "one argument, as in `args=--fast`",
            Self::Stdin => "`true`, as in `stdin` or `stdin=true`",
            Self::Tcp => "HOST:PORT, as in `tcp=db.internal:5432`",
            Self::Udp => "HOST:PORT, as in `udp=127.0.0.1:53`",
            Self::Listen => "ADDRESS:PORT of this machine, as in `listen=127.0.0.1:8080` or `listen=[::1]:*`",
            Self::Dns => "a name, or `*` for every name, as in `dns=db.internal`",
            Self::Http => "[METHOD ]HOST[:PORT][/PATH], as in `http=api.stripe.com`",
            Self::Config => "KEY=VALUE, as in `config=currency=EUR`",
            Self::Clock => "`real`, as in `clock` or `clock=real`",
            Self::Random => "`real`, as in `random` or `random=real`",
        }
    }

    /// Kinds that are granted or not, without anything to choose: their value in `studio.toml`.
    pub(crate) fn only_value(self) -> Option<&'static str> {
        match self {
            Self::Stdin => Some("true"),
            Self::Clock | Self::Random => Some("real"),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing a node may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// A folder of the host, and all below it.
    Files(Folder),
    /// A variable: studio's own of that name, or with a value given here.
    Env {
        /// Of the variable.
        name: String,
        /// `None` passes studio's own on, where it is set.
        value: Option<String>,
    },
    /// One argument.
    Args(String),
    /// studio's own standard input.
    Stdin,
    /// Connecting to it.
    Tcp(Endpoint),
    /// Sending to it and receiving from it.
    Udp(Endpoint),
    /// Taking connections at this address of the machine, from anyone who reaches it.
    Listen(Endpoint),
    /// Looking up this name; `*` is every name.
    Dns(String),
    /// Sending requests that this rule allows.
    Http(HttpRule),
    /// A value of `wasi:config`.
    Config {
        /// As the guest asks for it.
        key: String,
        /// What it gets; may be empty.
        value: String,
    },
    /// The time of day instead of a fixed one.
    Clock,
    /// Unpredictable random numbers instead of seeded ones.
    Random,
}

/// Why a text is no capability; reads as a sentence with the way to write it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseCapabilityError(pub String);

impl Capability {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Files(_) => Kind::Files,
            Self::Env { .. } => Kind::Env,
            Self::Args(_) => Kind::Args,
            Self::Stdin => Kind::Stdin,
            Self::Tcp(_) => Kind::Tcp,
            Self::Udp(_) => Kind::Udp,
            Self::Listen(_) => Kind::Listen,
            Self::Dns(_) => Kind::Dns,
            Self::Http(_) => Kind::Http,
            Self::Config { .. } => Kind::Config,
            Self::Clock => Kind::Clock,
            Self::Random => Kind::Random,
        }
    }

    /// Whether who has this has the other one too: a folder that may be written may be read, any port is every port.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Files(own), Self::Files(other)) => {
                let mode = own.mode == Mode::ReadWrite || other.mode == Mode::Read;
                own.is_same(other) && mode && own.sources >= other.sources && own.special >= other.special
            }
            (Self::Tcp(own), Self::Tcp(other))
            | (Self::Udp(own), Self::Udp(other))
            | (Self::Listen(own), Self::Listen(other)) => {
                same_host(&own.host, &other.host) && own.port.is_none_or(|port| other.port == Some(port))
            }
            (Self::Dns(own), Self::Dns(other)) => own == "*" || same_host(own, other),
            (Self::Http(own), Self::Http(other)) => own.covers(other),
            (own, other) => own == other,
        }
    }

    /// Whether this allows what a ledger's entry names.
    pub(crate) fn is_meant(&self, grant: &str) -> bool {
        grant.parse().is_ok_and(|other| self.covers(&other))
    }

    /// What stands behind `KIND=`, and in the lists of `studio.toml`.
    pub fn value(&self) -> String {
        match self {
            Self::Files(folder) => folder.to_string(),
            Self::Env { name, value: None } | Self::Dns(name) | Self::Args(name) => name.clone(),
            Self::Env { name, value: Some(value) } => format!("{name}={value}"),
            Self::Tcp(endpoint) | Self::Udp(endpoint) | Self::Listen(endpoint) => endpoint.to_string(),
            Self::Http(rule) => rule.to_string(),
            Self::Config { key, value } => format!("{key}={value}"),
            Self::Stdin | Self::Clock | Self::Random => self.kind().only_value().unwrap_or_default().into(),
        }
    }

    /// # Errors
    /// With a sentence that shows how such a value is written.
    pub fn parse(kind: Kind, value: &str) -> Result<Self, ParseCapabilityError> {
        let wrong = |how: &str| {
            ParseCapabilityError(format!("invalid value `{}` for `{kind}`: {how}", guest_text::one_line(value)))
        };
        let other = || wrong(&format!("expected {}", kind.expected()));
        if let Some(only) = kind.only_value() {
            let fits = value == only || value.is_empty();
            return match kind {
                Kind::Stdin if fits => Ok(Self::Stdin),
                Kind::Clock if fits => Ok(Self::Clock),
                Kind::Random if fits => Ok(Self::Random),
                _ => Err(other()),
            };
        }
        if value.is_empty() {
            return Err(ParseCapabilityError(format!("`{kind}` needs a value: {}", kind.expected())));
        }
        let raw = |c: char| if kind == Kind::Args { c == '\0' } else { c != '\t' && !guest_text::is_plain(c) };
        if value.contains(raw) {
            return Err(wrong("expected one line of text without control characters"));
        }
        Ok(match kind {
            Kind::Files => Self::Files(value.parse().map_err(|how: &str| wrong(how))?),
            Kind::Env => {
                let (name, value) = value.split_once('=').map_or((value, None), |(name, v)| (name, Some(v)));
                if name.is_empty() || name.starts_with('$') || name.contains(char::is_whitespace) {
                    return Err(other());
                }
                Self::Env { name: name.into(), value: value.map(str::to_owned) }
            }
            Kind::Args => Self::Args(value.into()),
            Kind::Tcp => Self::Tcp(value.parse().map_err(|how: &str| wrong(how))?),
            Kind::Udp => Self::Udp(value.parse().map_err(|how: &str| wrong(how))?),
            Kind::Listen => {
                let endpoint: Endpoint = value.parse().map_err(|_| other())?;
                // Another name may be anybody's.
                if endpoint.ip().is_none() && endpoint.host != "localhost" {
                    return Err(other());
                }
                Self::Listen(endpoint)
            }
            Kind::Dns if value != "*" && !endpoint::is_name(value) => return Err(other()),
            Kind::Dns => Self::Dns(value.to_ascii_lowercase()),
            Kind::Http => Self::Http(value.parse().map_err(|how: &str| wrong(how))?),
            _ => match value.split_once('=') {
                Some((key, value)) if !key.is_empty() => Self::Config { key: key.into(), value: value.into() },
                _ => return Err(other()),
            },
        })
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("stdin"),
            other => write!(f, "{}={}", other.kind(), other.value()),
        }
    }
}

impl FromStr for Capability {
    type Err = ParseCapabilityError;

    fn from_str(text: &str) -> Result<Self, ParseCapabilityError> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let Some(kind) = Kind::parse(name) else {
            let all: Vec<_> = Kind::ALL.iter().map(|k| k.name()).collect();
            return Err(ParseCapabilityError(format!(
                "invalid grant `{}`: expected KIND=VALUE, as in `http=api.stripe.com` (kinds: {})",
                guest_text::one_line(text),
                all.join(", ")
            )));
        };
        Self::parse(kind, value)
    }
}

/// What one node may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGrants(pub Vec<Capability>);

impl NodeGrants {
    pub(crate) fn has(&self, capability: &Capability) -> bool {
        self.0.contains(capability)
    }

    /// Each folder under each of its names once, with all that its grants allow together.
    pub fn folders(&self) -> Vec<Folder> {
        let mut all: Vec<Folder> = Vec::new();
        for folder in self.0.iter().filter_map(|c| if let Capability::Files(f) = c { Some(f) } else { None }) {
            match all.iter_mut().find(|f| f.is_same(folder)) {
                Some(same) => same.join(folder),
                None => all.push(folder.clone()),
            }
        }
        all
    }

    /// What is granted now of this folder under this name.
    pub fn folder(&self, same: &Folder) -> Option<Folder> {
        let mut all = self.0.iter().filter_map(|c| match c {
            Capability::Files(f) if f.is_same(same) => Some(f),
            _ => None,
        });
        let mut folder = all.next()?.clone();
        all.for_each(|f| folder.join(f));
        Some(folder)
    }

    /// The first rule that allows a request to `target`.
    pub fn http(&self, target: &Target<'_>) -> Option<&HttpRule> {
        let mut rules = self.0.iter().filter_map(|c| if let Capability::Http(r) = c { Some(r) } else { None });
        rules.find(|rule| rule.allows(target))
    }

    /// The endpoints of one kind: those of TCP, of UDP, or to listen on.
    pub(crate) fn endpoints(&self, kind: Kind) -> impl Iterator<Item = &Endpoint> {
        self.0.iter().filter_map(move |c| match c {
            Capability::Tcp(e) if kind == Kind::Tcp => Some(e),
            Capability::Udp(e) if kind == Kind::Udp => Some(e),
            Capability::Listen(e) if kind == Kind::Listen => Some(e),
            _ => None,
        })
    }

    /// The grant that lets this name be looked up.
    pub(crate) fn dns(&self, name: &str) -> Option<&Capability> {
        self.0.iter().find(|c| matches!(c, Capability::Dns(n) if n == "*" || same_host(n, name)))
    }
}

/// What every node may do, and what names stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    nodes: BTreeMap<String, NodeGrants>,
    /// Names that stand for another address in this run, as in `api.stripe.com` → `127.0.0.1:9000`; a name may have a
    /// port, and then stands for requests to that port alone.
    pub hosts: BTreeMap<String, StandIn>,
    /// A file of certificates that https trusts besides the machine's, relative to the project.
    pub ca: Option<std::path::PathBuf>,
    /// What the project is built from, besides what is known by its name: globs relative to the project.
    pub sources: Vec<String>,
}

impl Grants {
    pub(crate) fn node(&self, node: &str) -> &NodeGrants {
        static NOTHING: NodeGrants = NodeGrants(Vec::new());
        self.nodes.get(node).unwrap_or(&NOTHING)
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = (&str, &NodeGrants)> {
        self.nodes.iter().map(|(node, grants)| (node.as_str(), grants))
    }

    /// Whether that was new.
    pub fn grant(&mut self, node: &str, capability: Capability) -> bool {
        let grants = self.nodes.entry(node.to_owned()).or_default();
        let new = !grants.has(&capability);
        if new {
            grants.0.push(capability);
        }
        new
    }

    /// What stands for this name in this run.
    pub fn stand_in(&self, host: &str) -> Option<StandIn> {
        self.hosts.iter().find(|(name, _)| same_host(name, host)).map(|(_, stand_in)| *stand_in)
    }

    /// What stands for this name at this port.
    pub(crate) fn stand_in_at(&self, host: &str, port: u16) -> Option<StandIn> {
        let exact = self.hosts.iter().find(|(name, _)| {
            let parts = name.rsplit_once(':').filter(|(name, _)| !name.contains(':') || name.ends_with(']'));
            parts.is_some_and(|(name, p)| p.parse() == Ok(port) && same_host(name, host))
        });
        exact.map(|(_, stand_in)| *stand_in).or_else(|| self.stand_in(host))
    }
}

#[cfg(test)]
mod tests {
    use crate::grants::*;

    #[test]
    fn capabilities_are_written_as_they_are_read() {
        for text in [
            "files=scratch:ro",
            "files=/tmp/x:/data:rw",
            "env=HOME",
            "env=MODE=a=b",
            "args=--fast",
            "stdin",
            "tcp=127.0.0.1:5432",
            "udp=[::1]:53",
            "listen=127.0.0.1:*",
            "dns=*",
            "dns=db.internal",
            "http=api.stripe.com",
            "http=POST api.stripe.com:8443/v1/charges",
            "config=currency=EUR",
            "clock=real",
            "random=real",
        ] {
            let capability: Capability = text.parse().unwrap();
            assert_eq!(capability.to_string(), text);
            let again = Capability::parse(capability.kind(), &capability.value()).unwrap();
            assert_eq!(again, capability);
        }
        assert_eq!("clock".parse(), Ok(Capability::Clock));
        assert_eq!("files=scratch".parse::<Capability>().unwrap().to_string(), "files=scratch:ro", "the least");
    }

    #[test]
    fn what_cannot_be_read_says_how_it_is_written() {
        for (text, says) in [
            ("fly=high", "kinds: files, env"),
            ("clock=fake", "expected `real`, as in `clock`"),
            ("stdin=no", "expected `true`"),
            ("tcp=nowhere", "HOST:PORT"),
            ("tcp=a:b", "1 to 65535"),
            ("udp=a:0", "1 to 65535"),
            ("tcp=127.1:80", "HOST:PORT"),
            ("tcp=::1:80", "[::1]"),
            ("tcp=a..b:80", "HOST:PORT"),
            ("listen", "`listen` needs a value: ADDRESS:PORT of this machine, as in `listen=127.0.0.1:8080`"),
            ("listen=tcp:9001", "invalid value `tcp:9001` for `listen`: expected ADDRESS:PORT"),
            ("listen=9001", "ADDRESS:PORT"),
            ("listen=127.0.0.1", "ADDRESS:PORT"),
            ("http=", "`http` needs a value"),
            ("http=user@host", "HOST"),
            ("http=https://x.org", "without `http://`"),
            ("http=get x.org", "METHOD"),
            ("http=x.org:0", "1 to 65535"),
            ("http=x.org/a?b=c", "without a query"),
            ("http=x.org/a/../b", "without a query"),
            ("env=$HOME", "env=HOME"),
            ("env=A B", "env=HOME"),
            ("dns=a..b", "db.internal"),
            ("dns=x:80", "db.internal"),
            ("files=data:RW", "`ro`, `rw`"),
            ("files=data:rw:ro", "`ro`, `rw`"),
            ("files=data:rwx", "`ro`, `rw`"),
            ("files=~/data", "without `~`"),
            ("files=../data", "without `..`"),
            ("files=", "files=scratch"),
            ("config=x", "currency=EUR"),
            ("env==x", "HOME"),
            ("files=a:b:c:d", "FOLDER"),
            ("dns=http://x", "db.internal"),
            ("dns=x\nclock = \"real\"", "one line"),
            ("files=a\u{202e}b", "one line"),
            ("env=A=\u{1b}[2J", "one line"),
        ] {
            let error = text.parse::<Capability>().unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn what_covers_another_allows_all_of_it() {
        for (own, other) in [
            ("files=s:rw", "files=s:ro"),
            ("tcp=db.internal:*", "tcp=DB.internal:5432"),
            ("dns=*", "dns=x.org"),
            ("http=api.x", "http=GET api.x/v1"),
            ("http=api.x/v1", "http=GET api.x/v1/charges"),
            ("clock", "clock"),
        ] {
            let (own, other): (Capability, Capability) = (own.parse().unwrap(), other.parse().unwrap());
            assert!(own.covers(&other) && (own == other || !other.covers(&own)), "{own} and {other}");
        }
        for (own, other) in [
            ("http=GET api.x", "http=POST api.x"),
            ("http=api.x", "http=api.x:8443"),
            ("http=api.x/v1", "http=api.x"),
            ("http=api.x/v1", "http=api.x/v10"),
            ("files=s:rw", "files=t:ro"),
            ("tcp=a:1", "udp=a:1"),
        ] {
            assert!(!own.parse::<Capability>().unwrap().is_meant(other), "{own} and {other}");
        }
    }

    #[test]
    fn a_node_without_grants_may_nothing() {
        let mut grants = Grants::default();
        assert!(grants.grant("a", Capability::Clock));
        assert!(!grants.grant("a", Capability::Clock));
        assert!(grants.node("a").has(&Capability::Clock));
        assert!(grants.node("b").0.is_empty());
        for (name, addr) in [("api.x", "127.0.0.1:1"), ("api.x:443", "127.0.0.1:2"), ("[::1]:80", "127.0.0.1:3")] {
            grants.hosts.insert(name.into(), addr.parse().unwrap());
        }
        assert_eq!(grants.stand_in("API.X.").unwrap().addr.port(), 1);
        assert_eq!(grants.stand_in_at("api.x", 80).unwrap().addr.port(), 1);
        assert_eq!(grants.stand_in_at("api.x", 443).unwrap().addr.port(), 2, "its own port comes first");
        assert_eq!(grants.stand_in_at("[::1]", 80).unwrap().addr.port(), 3);
        assert_eq!(grants.stand_in_at("[::1]", 81), None);
    }
}
