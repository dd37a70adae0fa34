//! Times as people read them.

use std::time::Duration;

/// `312 ms`, `4.2 s`, `3 m 05 s`.
#[must_use]
pub fn duration(time: Duration) -> String {
    let millis = time.as_millis();
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        _ => format!("{} m {:02} s", millis / 60_000, millis / 1000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_the_unit_that_suits_it() {
        let shown = [0, 999, 1000, 59_999, 60_000, 3_605_000].map(|millis| duration(Duration::from_millis(millis)));
        assert_eq!(shown, ["0 ms", "999 ms", "1.0 s", "59.9 s", "1 m 00 s", "60 m 05 s"]);
    }
}
