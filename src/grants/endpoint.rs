//! The other end of a socket.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// `host:port`; the host may be a name or an address, and the port `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// An address without brackets, or a name.
    pub(crate) host: String,
    /// `None`: any.
    pub port: Option<u16>,
}

impl Endpoint {
    /// The address it names, if it is one.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl FromStr for Endpoint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const HOW: &str = "expected HOST:PORT, as in `db.internal:5432`, `127.0.0.1:5432` or `[::1]:*`";
        let (host, port) = text.rsplit_once(':').ok_or(HOW)?;
        let port = match port {
            "*" => None,
            port => Some(port_number(port)?),
        };
        Ok(Self { host: written_host(host).ok_or(HOW)?, port })
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

/// # Errors
/// What a port is.
pub(crate) fn port_number(text: &str) -> Result<u16, &'static str> {
    let port = text.parse().ok().filter(|port| *port != 0);
    port.ok_or("expected a port from 1 to 65535 behind the last `:`, as in `db.internal:5432`")
}

/// A host as a person writes it: a name, an IPv4 address, or an IPv6 address in brackets.
pub(crate) fn written_host(text: &str) -> Option<String> {
    if text.contains(':') && !text.starts_with('[') {
        return None;
    }
    let host = bare_host(text)?;
    // Numbers at the end make an address of it, and a short or long one is none.
    let is_name = |label: &str| !label.is_empty() && !label.bytes().all(|b| b.is_ascii_digit());
    let labels = host.strip_suffix('.').unwrap_or(&host);
    let fits = host.parse::<IpAddr>().is_ok()
        || !labels.split('.').any(str::is_empty) && labels.rsplit('.').next().is_some_and(is_name);
    fits.then_some(host)
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
    let labels = text.strip_suffix('.').unwrap_or(text);
    text.chars().all(name) && !labels.split('.').any(str::is_empty)
}

pub(crate) fn write_host(f: &mut fmt::Formatter<'_>, host: &str) -> fmt::Result {
    if host.contains(':') { write!(f, "[{host}]") } else { f.write_str(host) }
}

/// Whether two texts name the same host: letters of either case, one dot at the end or none, and addresses by value
/// (an IPv4 address mapped into IPv6 is that IPv4 address).
pub(crate) fn same_host(a: &str, b: &str) -> bool {
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
