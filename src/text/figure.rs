//! Whole numbers for people.

/// `12,345`.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// `1 run`, `1,234 runs`: for nouns that take an s.
#[must_use]
pub fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// How large a file is: `187 B`, `12 kB`, `1.2 MB`.
#[must_use]
pub fn file_size(bytes: u64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", scaled(bytes, 1_000)),
        _ => format!("{} MB", scaled(bytes, 1_000_000)),
    }
}

/// A count in few signs: `187`, `3.1k`, `12k`, `1.2M`.
#[must_use]
pub fn short_count(count: u64) -> String {
    match count {
        ..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{}k", scaled(count, 1_000)),
        _ => format!("{}M", scaled(count, 1_000_000)),
    }
}

/// A quotient, with one decimal while it has one digit before it.
fn scaled(count: u64, unit: u64) -> String {
    if count < 10 * unit {
        format!("{}.{}", count / unit, count % unit * 10 / unit)
    } else {
        (count / unit).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_take_few_signs() {
        let shown = [0, 999, 1_000, 9_999, 12_345, 999_999, 1_250_000, 20_971_520].map(file_size);
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "9.9 kB", "12 kB", "999 kB", "1.2 MB", "20 MB"]);
        assert_eq!([7, 3_086, 260_000].map(short_count), ["7", "3.0k", "260k"]);
    }

    #[test]
    fn one_is_no_plural() {
        assert_eq!([0, 1, 1_234].map(|count| counted(count, "run")), ["0 runs", "1 run", "1,234 runs"]);
    }

    #[test]
    fn thousands_are_grouped() {
        let shown = [0, 999, 1_000, 1_047_576].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "1,047,576"]);
    }
}
