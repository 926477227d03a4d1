//! What a capability lets a node do, in words: half a sentence behind the node's name.

use crate::grants::{Capability, Endpoint, Folder, Mode};

impl Capability {
    /// As in `may read the folder data`.
    pub(crate) fn right(&self) -> String {
        match self {
            Self::Files(folder) => of_folder(folder),
            Self::Env { name, value: None } => format!("may read the variable {name} of your environment"),
            Self::Env { name, value: Some(value) } => format!("gets the variable {name} with the value {value}"),
            Self::Args(argument) => format!("gets the argument {argument}"),
            Self::Stdin => "may read what is typed".into(),
            Self::Tcp(endpoint) => format!("may connect to {} (TCP)", at(endpoint)),
            Self::Udp(endpoint) => format!("may exchange packets with {} (UDP)", at(endpoint)),
            Self::Listen(endpoint) => format!("may take connections at {}", at(endpoint)),
            Self::Dns(name) if name == "*" => "may look up every host name".into(),
            Self::Dns(name) => format!("may look up the host name {name}"),
            Self::Http(rule) => format!("may send HTTP requests to {rule}"),
            Self::Config { key, value } => format!("gets the configuration {key} with the value {value}"),
            Self::Clock => "may read the time of day".into(),
            Self::Random => "gets random numbers that nobody can predict".into(),
        }
    }
}

fn at(endpoint: &Endpoint) -> String {
    match endpoint.port {
        Some(_) => endpoint.to_string(),
        None => format!("{}, at every port", endpoint.host),
    }
}

fn of_folder(folder: &Folder) -> String {
    let may = if folder.mode == Mode::ReadWrite { "read and write" } else { "read" };
    let host = folder.host.to_string_lossy();
    let mut right = format!("may {may} the folder {host}");
    if *host != folder.guest {
        right += &format!(", which it sees as {}", folder.guest);
    }
    if folder.sources {
        right += ", also what the project is built from";
    }
    if folder.special {
        right += ", also pipes, devices and sockets";
    }
    right
}

#[cfg(test)]
mod tests {
    use crate::grants::*;

    #[test]
    fn every_right_is_a_sentence() {
        for (grant, says) in [
            ("files=data:/data:rw", "may read and write the folder data, which it sees as /data"),
            ("files=data", "may read the folder data"),
            (
                "files=.:rw,sources,special",
                "may read and write the folder ., also what the project is built from, also pipes, devices and sockets",
            ),
            ("env=HOME", "may read the variable HOME of your environment"),
            ("env=MODE=test", "gets the variable MODE with the value test"),
            ("tcp=db.internal:5432", "may connect to db.internal:5432 (TCP)"),
            ("tcp=db.internal:*", "may connect to db.internal, at every port (TCP)"),
            ("listen=127.0.0.1:8080", "may take connections at 127.0.0.1:8080"),
            ("dns=*", "may look up every host name"),
            ("http=GET api.x/v1", "may send HTTP requests to GET api.x/v1"),
            ("clock", "may read the time of day"),
        ] {
            assert_eq!(grant.parse::<Capability>().unwrap().right(), says);
        }
    }
}
