//! Times as the clock on the user's wall shows them.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Where the user's clock hangs. By itself UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl From<TimeZone> for Zone {
    fn from(zone: TimeZone) -> Self {
        Self(zone)
    }
}

impl Zone {
    /// `12:01:07.220`.
    pub fn clock(&self, time: SystemTime) -> String {
        let t = self.at(time);
        format!("{:02}:{:02}:{:02}.{:03}", t.hour(), t.minute(), t.second(), t.millisecond())
    }

    /// `12:01:07`.
    pub(crate) fn clock_seconds(&self, time: SystemTime) -> String {
        let t = self.at(time);
        format!("{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second())
    }

    /// A time that no calendar holds is the epoch.
    fn at(&self, time: SystemTime) -> DateTime {
        self.0.to_datetime(Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use crate::log::clock::*;

    #[test]
    fn each_time_has_the_offset_of_its_own_day() {
        let zone = Zone::from(TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap());
        // 2026-03-29, when the clocks are put forward at 01:00 UTC.
        let forward = UNIX_EPOCH + Duration::from_hours(492_985);
        assert_eq!(zone.clock(forward - Duration::from_millis(1)), "01:59:59.999");
        assert_eq!(zone.clock(forward), "03:00:00.000");
        assert_eq!(zone.clock_seconds(forward + Duration::from_secs(61)), "03:01:01");
    }

    #[test]
    fn without_a_zone_it_is_utc_and_before_the_epoch_is_a_time_too() {
        assert_eq!(Zone::default().clock(UNIX_EPOCH + Duration::from_millis(43_267_220)), "12:01:07.220");
        assert_eq!(Zone::default().clock(UNIX_EPOCH - Duration::from_secs(1)), "23:59:59.000");
    }
}
