//! When a session was worked on last, in a word that fits into a list.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// `today 14:05`, `yesterday`, `12 Nov`, or `2025-11-12` for another year; both moments in unix milliseconds.
pub(super) fn when(unix_ms: i64, now_ms: i64, zone: &TimeZone) -> String {
    let at = |unix_ms| Timestamp::from_millisecond(unix_ms).ok().map(|moment| moment.to_zoned(zone.clone()));
    let (Some(moment), Some(now)) = (at(unix_ms), at(now_ms)) else { return "n/a".to_owned() };
    let (day, today) = (moment.date(), now.date());
    if day == today {
        format!("today {:02}:{:02}", moment.hour(), moment.minute())
    } else if today.yesterday().is_ok_and(|yesterday| day == yesterday) {
        "yesterday".to_owned()
    } else if day.year() == today.year() && day < today {
        format!("{} {}", day.day(), month(day))
    } else {
        day.to_string()
    }
}

fn month(day: Date) -> &'static str {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    usize::try_from(day.month() - 1).ok().and_then(|place| MONTHS.get(place).copied()).unwrap_or("n/a")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(time: &str) -> i64 {
        time.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn a_day_is_told_by_how_far_away_it_is() {
        let told = |time: &str| when(ms(time), ms("2026-11-23T02:00:00Z"), &TimeZone::UTC);
        assert_eq!(told("2026-11-23T01:05:00Z"), "today 01:05");
        assert_eq!(told("2026-11-22T23:59:00Z"), "yesterday");
        assert_eq!(told("2026-11-12T10:00:00Z"), "12 Nov");
        assert_eq!(told("2025-12-31T10:00:00Z"), "2025-12-31");
        // A clock that was set back since.
        assert_eq!(told("2026-12-24T10:00:00Z"), "2026-12-24");
        assert_eq!(when(i64::MAX, 0, &TimeZone::UTC), "n/a");
    }

    #[test]
    fn days_begin_where_the_user_is() {
        let zone = TimeZone::fixed(jiff::tz::offset(-5));
        assert_eq!(when(ms("2026-11-22T14:00:00Z"), ms("2026-11-23T02:00:00Z"), &zone), "today 09:00");
    }
}
