//! What answers in another's name during a run.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

/// `127.0.0.1:9000`; as `http://127.0.0.1:9000` it is spoken to plainly even where the guest asks for https.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// What is connected to instead.
    pub addr: SocketAddr,
    /// Speak HTTP with it even where the guest asks for https.
    pub plain: bool,
}

impl From<SocketAddr> for StandIn {
    fn from(addr: SocketAddr) -> Self {
        Self { addr, plain: false }
    }
}

impl FromStr for StandIn {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (rest, plain) = text.strip_prefix("http://").map_or((text, false), |rest| (rest, true));
        let addr = rest.trim_end_matches('/').parse().map_err(|_| {
            "Write an address with its port, as in `127.0.0.1:9000`, or `http://127.0.0.1:9000` to speak plain HTTP \
             with it even where the node asks for https."
        })?;
        Ok(Self { addr, plain })
    }
}

impl fmt::Display for StandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.plain { "http://" } else { "" }, self.addr)
    }
}

#[cfg(test)]
mod tests {
    use crate::grants::stand_in::*;

    #[test]
    fn an_address_with_its_port_plain_only_in_plain_sight() {
        let secured: StandIn = "127.0.0.1:9000".parse().unwrap();
        assert_eq!(secured, StandIn { addr: "127.0.0.1:9000".parse().unwrap(), plain: false });
        assert!("http://[::1]:9000".parse::<StandIn>().unwrap().plain);
        assert!(["localhost:1", "https://127.0.0.1:1", "127.0.0.1", ""].iter().all(|t| t.parse::<StandIn>().is_err()));
    }
}
