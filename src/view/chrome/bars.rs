//! Bars of amounts: beside each other as a sparkline, or one on a row.
//!
//! Both have signs for terminals that may lack the usual ones. Amounts of several currencies are never in one scale.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PLAIN_STEPS: [char; 8] = ['.', ':', '-', '=', '+', '*', '#', '@'];
/// Parts of a cell, in eighths from the first.
const PARTS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// Of a whole of `most`, so many of `parts`; 0 where nothing can be told.
fn share(amount: Decimal, most: Decimal, parts: u32) -> usize {
    if most <= Decimal::ZERO || amount <= Decimal::ZERO {
        return 0;
    }
    let share = amount.checked_div(most).and_then(|share| share.checked_mul(parts.into()));
    share.and_then(|share| share.round().to_usize()).unwrap_or(0).min(usize::try_from(parts).unwrap_or(0))
}

/// A sign for each amount, by how much of the largest it is; `?` for one that is not known.
pub(super) fn sparkline(amounts: &[Option<Decimal>], plain: bool) -> String {
    let most = amounts.iter().flatten().max().copied().unwrap_or_default();
    let steps = if plain { PLAIN_STEPS } else { STEPS };
    amounts.iter().map(|amount| amount.map_or('?', |amount| steps[share(amount, most, 7)])).collect()
}

/// A bar as long as the amount's share of the largest one; whatever is more than nothing has some length.
pub(super) fn bar(amount: Decimal, most: Decimal, columns: u16, plain: bool) -> String {
    if amount <= Decimal::ZERO || columns == 0 {
        return String::new();
    }
    if plain {
        return "#".repeat(share(amount, most, columns.into()).max(1));
    }
    let eighths = share(amount, most, u32::from(columns) * 8).max(1);
    let rest = (eighths % 8).checked_sub(1).map(|part| PARTS[part]);
    "█".repeat(eighths / 8) + &rest.map(String::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(texts: &[&str]) -> Vec<Option<Decimal>> {
        texts.iter().map(|text| text.parse().ok()).collect()
    }

    #[test]
    fn a_sparkline_goes_from_nothing_to_the_largest_and_marks_what_is_unknown() {
        let shown = amounts(&["0", "0.001", "0.0035", "n/a", "0.007"]);
        assert_eq!(sparkline(&shown, false), "▁▂▅?█");
        assert_eq!(sparkline(&shown, true), ".:+?@");
        assert_eq!(sparkline(&amounts(&["0", "0"]), false), "▁▁");
        assert_eq!(sparkline(&[], false), "");
    }

    #[test]
    fn a_bar_has_the_length_of_its_share_and_never_none_where_something_was_spent() {
        let bar = |amount: &str, plain| bar(amount.parse().unwrap(), Decimal::from(8), 8, plain);
        assert_eq!([bar("8", false), bar("4", false), bar("4.5", false)], ["████████", "████", "████▌"]);
        assert_eq!([bar("0.00001", false), bar("0", false)], ["▏", ""]);
        assert_eq!([bar("4", true), bar("0.00001", true)], ["####", "#"]);
        assert_eq!(super::bar(Decimal::MAX, Decimal::new(1, 28), 8, true), "#");
    }
}
