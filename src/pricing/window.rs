//! Windows: hours of the day, on days of the week, in a time zone, at which other prices hold.
//!
//! Owns how they are written and whether a moment is in one. Reads no clock.

use std::fmt;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// When some rates hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub hours: Vec<Hours>,
    /// The days on which the hours begin; none is all.
    pub days: Vec<Weekday>,
    /// Days on which the hours do not begin, such as holidays.
    pub except: Vec<Date>,
    /// `UTC`, an offset such as `+08:00`, or a name of the system's list of zones.
    pub zone: String,
}

/// A span of the day in minutes since midnight; one that ends before it begins goes on into the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: u16,
    to: u16,
}

/// The days of the week as they are written.
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl Hours {
    /// `01:00-04:00`, `22:00-08:00`; `00:00-24:00` is the whole day, as are two times that are the same.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (minutes(from)?, minutes(to)?);
        if from == DAY {
            return None;
        }
        Some(if from == to { Self { from: 0, to: DAY } } else { Self { from, to } })
    }

    /// Whether a time is in the part of the span that lies on the day on which it begins.
    fn begun(self, minute: u16) -> bool {
        if self.from < self.to { (self.from..self.to).contains(&minute) } else { minute >= self.from }
    }

    /// Whether a time is in the part that lies on the day after.
    fn carried(self, minute: u16) -> bool {
        self.from > self.to && minute < self.to
    }
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, rest) = text.trim().split_once(':')?;
    let minutes = rest.strip_suffix(":00").unwrap_or(rest);
    let two =
        |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<u16>().ok());
    let (hours, minutes) = (two(hours)??, two(minutes)??);
    let whole = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && whole <= DAY).then_some(whole)
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.from / 60, self.from % 60, self.to / 60, self.to % 60)
    }
}

/// The day of the week of a name: `mon`, `Monday`.
pub(super) fn weekday(name: &str) -> Option<Weekday> {
    let name = name.to_ascii_lowercase();
    let full = |day: Weekday| format!("{day:?}").to_ascii_lowercase();
    DAYS.iter().find(|(short, day)| *short == name || full(*day) == name).map(|(_, day)| *day)
}

/// The short name of a day.
pub(super) fn weekday_name(day: Weekday) -> &'static str {
    DAYS.iter().find(|(_, known)| *known == day).map_or("", |(name, _)| name)
}

/// A zone by its name; a fixed offset needs no list of zones. `None` where the system does not know it.
pub fn time_zone(name: &str) -> Option<TimeZone> {
    if matches!(name, "" | "UTC" | "utc" | "Z") {
        return Some(TimeZone::UTC);
    }
    match name.as_bytes().first() {
        Some(sign @ (b'+' | b'-')) => {
            let minutes = i32::from(minutes(&name[1..])?);
            let seconds = if *sign == b'-' { -minutes * 60 } else { minutes * 60 };
            Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
        }
        _ => TimeZone::get(name).ok(),
    }
}

impl Window {
    /// Whether a moment is in the window; `None` where the system does not know the zone. The end is no part of it.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> Option<bool> {
        let there = at.to_zoned(time_zone(&self.zone)?);
        let (today, time) = (there.date(), minute(there.time()));
        let yesterday = today.checked_sub(1.day()).ok();
        let in_hours = |hours: &Hours| {
            let begun = hours.begun(time) && self.begins_on(today);
            begun || (hours.carried(time) && yesterday.is_some_and(|day| self.begins_on(day)))
        };
        Some(self.hours.iter().any(in_hours))
    }

    fn begins_on(&self, day: Date) -> bool {
        (self.days.is_empty() || self.days.contains(&day.weekday())) && !self.except.contains(&day)
    }
}

fn minute(time: Time) -> u16 {
    u16::try_from(time.hour()).unwrap_or(0) * 60 + u16::try_from(time.minute()).unwrap_or(0)
}

impl fmt::Display for Window {
    /// `01:00-04:00, 06:00-10:00 UTC on mon tue wed thu fri`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours: Vec<String> = self.hours.iter().map(ToString::to_string).collect();
        write!(f, "{} {}", hours.join(", "), self.zone)?;
        if !self.days.is_empty() {
            let days: Vec<&str> = self.days.iter().map(|day| weekday_name(*day)).collect();
            write!(f, " on {}", days.join(" "))?;
        }
        match self.except.len() {
            0 => Ok(()),
            1 => write!(f, " but for {}", self.except[0]),
            days => write!(f, " but for {days} days"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(hours: &[&str], days: &[&str], zone: &str) -> Window {
        Window {
            hours: hours.iter().map(|text| Hours::parse(text).unwrap()).collect(),
            days: days.iter().map(|name| weekday(name).unwrap()).collect(),
            except: Vec::new(),
            zone: zone.to_owned(),
        }
    }

    fn holds(window: &Window, at: &str) -> bool {
        window.holds(at.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_beginning_is_in_the_window_and_the_end_is_not() {
        let peak = window(&["01:00-04:00", "06:00-10:00"], &["mon", "tue", "wed", "thu", "fri"], "UTC");
        for (at, inside) in [
            ("2026-11-23T00:59:59Z", false),
            ("2026-11-23T01:00:00Z", true),
            ("2026-11-23T03:59:59Z", true),
            ("2026-11-23T04:00:00Z", false),
            ("2026-11-23T09:59:59.999Z", true),
            ("2026-11-23T10:00:00Z", false),
            ("2026-11-22T02:00:00Z", false),
        ] {
            assert_eq!(holds(&peak, at), inside, "{at}");
        }
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins_in_its_zone() {
        let night = window(&["22:00-08:00"], &["Friday"], "+08:00");
        // 22:00 on Friday the 27th in Shanghai is 14:00 there in UTC; it ends on Saturday at 00:00 UTC.
        for (at, inside) in [
            ("2026-11-27T13:59:00Z", false),
            ("2026-11-27T14:00:00Z", true),
            ("2026-11-27T23:59:00Z", true),
            ("2026-11-28T00:00:00Z", false),
            ("2026-11-26T23:00:00Z", false),
            ("2026-11-28T15:00:00Z", false),
        ] {
            assert_eq!(holds(&night, at), inside, "{at}");
        }
        let whole = window(&["00:00-24:00"], &["sat"], "UTC");
        assert!(holds(&whole, "2026-11-28T23:59:59Z") && !holds(&whole, "2026-11-29T00:00:00Z"));
    }

    #[test]
    fn a_day_that_is_excepted_is_not_in_it() {
        let mut peak = window(&["01:00-04:00"], &[], "UTC");
        peak.except.push("2026-10-01".parse().unwrap());
        assert!(!holds(&peak, "2026-10-01T02:00:00Z") && holds(&peak, "2026-10-02T02:00:00Z"));
    }

    #[test]
    fn what_is_no_span_of_hours_is_refused() {
        for text in
            ["", "1:00-2:00", "01:00", "25:00-26:00", "01:60-02:00", "24:00-01:00", "aa:00-bb:00", "01:00–02:00"]
        {
            assert_eq!(Hours::parse(text), None, "{text}");
        }
        assert_eq!(Hours::parse("16:30:00-00:30:00").unwrap().to_string(), "16:30-00:30");
        assert_eq!(Hours::parse("00:00-00:00"), Hours::parse("00:00-24:00"));
    }

    #[test]
    fn a_zone_that_nobody_knows_gives_no_answer() {
        let nowhere = window(&["01:00-04:00"], &[], "Mars/Olympus");
        assert_eq!(nowhere.holds("2026-10-01T02:00:00Z".parse().unwrap()), None);
        assert!(time_zone("-03:30").is_some() && time_zone("+99:00").is_none());
    }
}
