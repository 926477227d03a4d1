//! How much of the machine a run may have: `[run.limits]` of `studio.toml`.

use std::time::Duration;

/// Per run, or per request where it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory and tables of all instances of a run together, in bytes.
    pub memory: usize,
    /// What of it one HTTP request may have, in bytes.
    pub request_memory: usize,
    /// Core instances, tables and handles a command or a request may have at a time.
    pub instances: usize,
    /// How many, of all these instances together.
    pub tables: usize,
    /// How many resources, futures and streams guests may hold.
    pub handles: usize,
    /// Time on the processor of a command, or of a request; `None`: for ever.
    pub cpu: Option<Duration>,
    /// Instructions, more or less, of a command, or of a request: the same number in every run. `None`: as many as it
    /// likes.
    pub fuel: Option<u64>,
    /// How long a command may run; `None`: for ever.
    pub time: Option<Duration>,
    /// How long an HTTP request may take to its answer, and a client to take any of it.
    pub request: Duration,
    /// The longest body of an HTTP request, in bytes. None of it is kept: this protects guests, not studio.
    pub body: u64,
    /// HTTP requests answered at a time, each by an instance of its own.
    pub requests: usize,
    /// Bytes of output a second; who writes faster is held back. `None`: as fast as it is read.
    pub log: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 1 << 30,
            request_memory: 256 << 20,
            instances: 10_000,
            tables: 10_000,
            handles: 1 << 14,
            cpu: None,
            fuel: None,
            time: None,
            request: Duration::from_secs(30),
            body: 2 << 30,
            requests: 256,
            log: None,
        }
    }
}

/// What a command line says of it, before anything in `studio.toml`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    pub(crate) memory: Option<usize>,
    pub(crate) cpu: Option<Duration>,
    pub(crate) fuel: Option<u64>,
    pub(crate) time: Option<Duration>,
}

impl Overrides {
    pub(crate) fn over(self, limits: Limits) -> Limits {
        let memory = self.memory.unwrap_or(limits.memory);
        let (cpu, fuel, time) = (self.cpu.or(limits.cpu), self.fuel.or(limits.fuel), self.time.or(limits.time));
        Limits { memory, cpu, fuel, time, ..limits }
    }
}

/// `512 MiB`, `64k`, `1_000`: in bytes. A unit counts in 1024s, however it is spelled.
///
/// # Errors
/// With the way to write it.
pub fn size(text: &str) -> Result<usize, String> {
    let (number, unit) = split(text);
    let factor = match unit.to_ascii_lowercase().trim_end_matches('b').trim_end_matches('i') {
        "" => Some(1),
        "k" => Some(1usize << 10),
        "m" => Some(1 << 20),
        "g" => Some(1 << 30),
        _ => None,
    };
    let size = number.parse::<usize>().ok().zip(factor).and_then(|(n, f)| n.checked_mul(f));
    size.ok_or_else(|| format!("invalid size `{text}`: expected for example 512 MiB, 64 KiB or 1000000 (bytes)"))
}

/// `30s`, `500 ms`, `5 min`.
///
/// # Errors
/// With the way to write it.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let millis = match unit {
        "ms" => Some(1u64),
        "s" => Some(1_000),
        "min" | "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let millis = number.parse::<u64>().ok().zip(millis).and_then(|(n, m)| n.checked_mul(m)).filter(|m| *m > 0);
    millis
        .map(Duration::from_millis)
        .ok_or_else(|| format!("invalid time `{text}`: expected for example 30s, 500ms or 5min"))
}

/// A number without its `_`, and what stands behind it.
fn split(text: &str) -> (String, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number.replace('_', ""), unit.trim())
}

/// As a person says it: `30 s`, `500 ms`.
pub(crate) fn span(time: Duration) -> String {
    if time.subsec_millis() == 0 { format!("{} s", time.as_secs()) } else { format!("{} ms", time.as_millis()) }
}

#[cfg(test)]
mod tests {
    use crate::model::limits::*;

    #[test]
    fn sizes_are_read_as_a_person_writes_them() {
        for (text, n) in [("512 MiB", 512 << 20), ("64k", 64 << 10), ("1_000", 1000), ("2GB", 2 << 30), ("7 B", 7)] {
            assert_eq!(size(text), Ok(n), "{text}");
        }
        for text in ["", "MiB", "1.5 GiB", "-1", "12 parsecs", "99999999999 GiB"] {
            assert!(size(text).unwrap_err().contains("512 MiB"), "{text}");
        }
    }

    #[test]
    fn times_need_a_unit() {
        for (text, millis) in [("30s", 30_000), ("500 ms", 500), ("5min", 300_000), ("2 h", 7_200_000)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["30", "s", "0s", "1 year", ""] {
            assert!(duration(text).unwrap_err().contains("500ms"), "{text}");
        }
        assert_eq!(
            (span(Duration::from_secs(30)), span(Duration::from_millis(1500))),
            ("30 s".into(), "1500 ms".into())
        );
    }

    #[test]
    fn a_command_line_comes_first() {
        let said = Overrides { memory: Some(7), ..Overrides::default() };
        let of_file = Limits { cpu: Some(Duration::from_secs(1)), ..Limits::default() };
        assert_eq!(said.over(of_file), Limits { memory: 7, ..of_file });
    }
}
