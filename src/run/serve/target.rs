//! Whom a request is for: one host, the same wherever the request names it.
//!
//! | request | answer |
//! |---|---|
//! | HTTP/1.1 without `Host`, or no host named at all | 400 |
//! | more than one `Host` | 400 |
//! | a `Host` or target with userinfo (`user@host`), no host, or characters that no host has | 400 |
//! | HTTP/2 whose `host` differs from its `:authority` | 400 |
//! | an absolute target (`GET http://a/`) whose `Host` differs | the target's counts (RFC 9112, 3.2.2) |
//!
//! What frames a body twice (`Content-Length` beside `Transfer-Encoding`, two lengths) is hyper's to refuse or to close.

use hyper::http::uri::Authority;
use hyper::{HeaderMap, Request, Version, header};

/// Why a request is refused, as the answer's text; what the guest reads as its host is made unambiguous.
///
/// # Errors
/// One sentence for whoever sent it.
pub(crate) fn settle<B>(request: &mut Request<B>) -> Result<(), &'static str> {
    let version = request.version();
    let target = match request.uri().authority() {
        Some(authority) => Some(host(authority.as_str()).ok_or("the target's host is not valid\n")?),
        None => None,
    };
    let named = named(request.headers())?;
    match (target, named) {
        (None, None) => Err("a request needs a Host header\n"),
        (Some(_), None) if version == Version::HTTP_11 => Err("a request needs a Host header\n"),
        (Some(target), Some(named)) if target != named => {
            if version >= Version::HTTP_2 {
                return Err("`host` and `:authority` differ\n");
            }
            let value =
                header::HeaderValue::from_str(target.as_str()).map_err(|_| "the target's host is not valid\n")?;
            request.headers_mut().insert(header::HOST, value);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn named(headers: &HeaderMap) -> Result<Option<Authority>, &'static str> {
    let mut all = headers.get_all(header::HOST).iter();
    let Some(first) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err("a request has one Host header\n");
    }
    let text = first.to_str().map_err(|_| INVALID)?;
    host(text.trim()).map(Some).ok_or(INVALID)
}

const INVALID: &str = "the Host header is not HOST or HOST:PORT\n";

/// `host` or `host:port`.
fn host(text: &str) -> Option<Authority> {
    let authority: Authority = text.parse().ok()?;
    let port = match text.strip_prefix(authority.host())? {
        "" => true,
        rest => rest.strip_prefix(':').is_some_and(|p| p.is_empty() || p.parse::<u16>().is_ok()),
    };
    (port && !authority.host().is_empty()).then_some(authority)
}

#[cfg(test)]
mod tests {
    use crate::run::serve::target::*;

    fn settled(version: Version, target: &str, hosts: &[&str]) -> Result<String, &'static str> {
        let mut request = Request::builder().version(version).uri(target);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        let mut request = request.body(()).unwrap();
        settle(&mut request)?;
        let host = request.headers().get(header::HOST).map(|h| h.to_str().unwrap().to_owned());
        Ok(host.unwrap_or_default())
    }

    #[test]
    fn a_request_is_for_one_host() {
        for hosts in
            [&["a", "a"][..], &["a", "b"], &["user@a"], &["user:secret@a:80"], &["@a"], &[""], &["a b"], &["a/b"]]
                .into_iter()
                .chain([&["a:99999"][..], &["a:x"], &["[::1"], &["a,b@c"], &[":80"], &["a\t@b"]])
        {
            assert!(settled(Version::HTTP_11, "/", hosts).is_err(), "{hosts:?}");
        }
        for host in ["a", "a:80", "a:", "127.0.0.1:8080", "[::1]:8080", "A.test", "xn--bcher-kva.test", "a_b"] {
            assert_eq!(settled(Version::HTTP_11, "/", &[host]), Ok(host.into()));
        }
        assert!(settled(Version::HTTP_11, "/", &[]).is_err());
        assert!(settled(Version::HTTP_11, "http://a/", &[]).is_err());
        assert_eq!(settled(Version::HTTP_10, "http://a/", &[]), Ok(String::new()));
        assert!(settled(Version::HTTP_11, "http://user@a/", &["a"]).is_err());
        assert_eq!(settled(Version::HTTP_11, "http://a/", &["b"]), Ok("a".into()), "the target's counts");
        assert_eq!(settled(Version::HTTP_2, "http://a/", &[]), Ok(String::new()));
        assert!(settled(Version::HTTP_2, "http://a/", &["b"]).is_err());
        assert!(settled(Version::HTTP_2, "http://user@a/", &[]).is_err());
    }
}
