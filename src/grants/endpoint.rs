//! The other end of a socket.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// `host:port`; the host may be a name or an address, and the port `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// An address without brackets, or a name.
    pub host: String,
    /// `None`: any.
    pub port: Option<u16>,
}

impl Endpoint {
    /// The address it names, if it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl FromStr for Endpoint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const HOW: &str = "it is host:port, as in `127.0.0.1:5432`, `db.internal:5432` or `[::1]:*`";
        let (host, port) = text.rsplit_once(':').ok_or(HOW)?;
        let port = if port == "*" { None } else { Some(port.parse().map_err(|_| HOW)?) };
        Ok(Self { host: bare_host(host).ok_or(HOW)?, port })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_host(f, &self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => f.write_str(":*"),
        }
    }
}

/// A host as it is compared: without brackets and in lower case.
pub(crate) fn bare_host(text: &str) -> Option<String> {
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let fits = bare.parse::<IpAddr>().is_ok() || (bare.chars().all(name) && bare == text);
    (fits && !bare.is_empty()).then(|| bare.to_ascii_lowercase())
}

/// Whether a text is a name that could be looked up.
pub(crate) fn is_name(text: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    !text.is_empty() && text.chars().all(name)
}

pub(crate) fn write_host(f: &mut fmt::Formatter<'_>, host: &str) -> fmt::Result {
    if host.contains(':') { write!(f, "[{host}]") } else { f.write_str(host) }
}

/// Whether two texts name the same host: letters of either case, one dot at the end or none, and addresses by value
/// (an IPv4 address mapped into IPv6 is that IPv4 address).
pub fn same_host(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        let text = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
        text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase()
    };
    let (a, b) = (plain(a), plain(b));
    match (a.parse::<IpAddr>(), b.parse::<IpAddr>()) {
        (Ok(a), Ok(b)) => a.to_canonical() == b.to_canonical(),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use crate::grants::endpoint::*;

    #[test]
    fn hosts_are_the_same_by_what_they_mean() {
        assert!(same_host("API.stripe.com.", "api.stripe.com"));
        assert!(same_host("::ffff:127.0.0.1", "127.0.0.1"));
        assert!(same_host("[::1]", "0:0:0:0:0:0:0:1"));
        assert!(!same_host("api.stripe.com", "api.stripe.com.evil.org"));
        assert!(!same_host("127.1", "127.0.0.1"), "no address in any short form");
    }
}
