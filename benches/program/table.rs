//! The table that the bench prints.

use std::time::Duration;

pub(crate) fn walls(what: &str, ours: Duration, bare: Duration) {
    let (mine, floor) = (ours.as_secs_f64(), bare.as_secs_f64());
    row([what, &format!("{mine:.3} s"), &format!("{floor:.3} s"), &ratio(mine / floor)]);
}

pub(crate) fn row(cells: [&str; 4]) {
    let [what, ours, bare, ratio] = cells;
    println!("{what:<46} {ours:>14} {bare:>14} {ratio:>8}");
}

pub(crate) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

pub(crate) fn ratio(ratio: f64) -> String {
    format!("{ratio:.1}x")
}

/// Prints the median and the 99th percentile of times; gives the median.
pub(crate) fn percentiles(what: &str, times: &mut [Duration]) -> Duration {
    let middle = median(times);
    let rare = times[(times.len() * 99 / 100).min(times.len() - 1)];
    row([what, &format!("p50 {}", millis(middle)), "", ""]);
    row(["", &format!("p99 {}", millis(rare)), "", ""]);
    middle
}

/// The value in the middle; leaves them in order.
pub(crate) fn median<T: Ord + Copy>(values: &mut [T]) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}
