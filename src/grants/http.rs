//! Requests a node may send.

use std::fmt;
use std::str::FromStr;

use crate::grants::endpoint::{bare_host, port_number, same_host, write_host, written_host};

/// `[METHOD ]HOST[:PORT][/PATH]`. Without a port the scheme's own is meant; without a path, all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HttpRule {
    pub(crate) method: Option<String>,
    /// A name, or an address without brackets.
    pub(crate) host: String,
    pub port: Option<u16>,
    /// Empty, or this path and all below it.
    pub path: String,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub(crate) method: &'a str,
    pub(crate) https: bool,
    pub(crate) host: &'a str,
    /// As written, if it is.
    pub port: Option<u16>,
    /// Without the query.
    pub path: &'a str,
}

impl Target<'_> {
    /// The port it goes to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.https { 443 } else { 80 })
    }
}

impl HttpRule {
    /// The least rule that allows this request's host.
    pub(crate) fn for_host(target: &Target<'_>) -> Option<Self> {
        let usual = if target.https { 443 } else { 80 };
        Some(Self {
            method: None,
            host: bare_host(target.host)?,
            port: target.port.filter(|p| *p != usual),
            path: String::new(),
        })
    }

    pub(crate) fn allows(&self, target: &Target<'_>) -> bool {
        let port = match self.port {
            Some(port) => port == target.port(),
            None => target.port.is_none_or(|p| p == if target.https { 443 } else { 80 }),
        };
        let method = self.method.as_ref().is_none_or(|m| m == target.method);
        port && method && same_host(&self.host, target.host) && self.covers_path(target.path)
    }

    /// The part of this rule that a request of this method uses.
    #[must_use]
    pub(crate) fn used_by(&self, target: &Target<'_>) -> Self {
        // What stands in a ledger is one of the guest's own making: no method that could not be written down.
        let plain = target.method.chars().all(|c| c.is_ascii_uppercase()) && !target.method.is_empty();
        Self { method: plain.then(|| target.method.to_owned()).or_else(|| self.method.clone()), ..self.clone() }
    }

    /// Whether this rule allows all that the other one does.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let method = self.method.is_none() || self.method == other.method;
        method && self.port == other.port && same_host(&self.host, &other.host) && self.covers_path(&other.path)
    }

    fn covers_path(&self, path: &str) -> bool {
        if self.path.is_empty() {
            return true;
        }
        // A server may read these as a way up and out of the prefix.
        let tricky = path.contains(['%', '\\']) || path.split('/').any(|part| part == ".." || part == ".");
        let whole = self.path.strip_suffix('/').unwrap_or(&self.path);
        let below = path.strip_prefix(whole);
        !tricky && !path.contains("//") && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl FromStr for HttpRule {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const HOW: &str = "expected [METHOD ]HOST[:PORT][/PATH], as in `api.stripe.com` or `POST api.stripe.com/v1`";
        let (method, rest) = match text.split_once(' ') {
            Some((method, rest)) if method.chars().all(|c| c.is_ascii_uppercase()) && !method.is_empty() => {
                (Some(method.to_owned()), rest)
            }
            Some(_) => return Err(HOW),
            None => (None, text),
        };
        if rest.contains("://") {
            return Err("expected a host without `http://` or `https://`, as in `api.stripe.com`");
        }
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port_number(port)?)),
            _ => (authority, None),
        };
        let host = written_host(host).ok_or(HOW)?;
        let matches_nothing =
            path.contains(['?', '#', '%', '\\', ' ']) || path.split('/').any(|p| p == "." || p == "..");
        if matches_nothing || path.contains("//") {
            return Err(
                "expected a path without a query, spaces, `%`, `\\`, `//`, `.` and `..`, as in `api.stripe.com/v1`",
            );
        }
        Ok(Self { method, host, port, path: path.to_owned() })
    }
}

impl fmt::Display for HttpRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = &self.method {
            write!(f, "{method} ")?;
        }
        write_host(f, &self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use crate::grants::http::*;

    fn to<'a>(host: &'a str, path: &'a str) -> Target<'a> {
        Target { method: "GET", https: true, host, port: None, path }
    }

    #[test]
    fn a_host_is_that_host_and_its_own_ports() {
        let rule: HttpRule = "api.stripe.com".parse().unwrap();
        assert!(rule.allows(&to("api.stripe.com", "/")));
        assert!(rule.allows(&Target { port: Some(443), ..to("API.Stripe.com.", "/any") }));
        assert!(rule.allows(&Target { https: false, port: Some(80), ..to("api.stripe.com", "/") }));
        for host in ["stripe.com", "api.stripe.com.evil.org", "evil-api.stripe.com", "127.0.0.1", ""] {
            assert!(!rule.allows(&to(host, "/")), "{host}");
        }
        assert!(!rule.allows(&Target { port: Some(8443), ..to("api.stripe.com", "/") }));
        let other: HttpRule = "[::1]:8080".parse().unwrap();
        assert!(other.allows(&Target { port: Some(8080), ..to("[::1]", "/") }));
        assert!(!other.allows(&to("[::1]", "/")));
    }

    #[test]
    fn a_prefix_can_not_be_left() {
        let rule: HttpRule = "GET api.x/v1/".parse().unwrap();
        for path in ["/v1", "/v1/", "/v1/a/b"] {
            assert!(rule.allows(&to("api.x", path)), "{path}");
        }
        for path in ["/", "/v1x", "/v2", "/v1/../v2", "/v1/%2e%2e/v2", "/v1//../v2", "/v1/..", "/v1\\..\\v2"] {
            assert!(!rule.allows(&to("api.x", path)), "{path}");
        }
        assert!(!rule.allows(&Target { method: "POST", ..to("api.x", "/v1") }));
    }
}
