use super::*;
use crate::chat::{Cost, Currency, Money};

/// Monday, 23 November 2026, 14:30 UTC.
const NOW: i64 = 1_795_444_200_000;
const HOUR: i64 = 3_600_000;

fn spent(at: i64, amount: &str) -> LedgerRow {
    let money = Money { amount: amount.parse().unwrap(), currency: Currency::new("CNY").unwrap() };
    LedgerRow { cost: Cost::Known(money), ..LedgerRow::new(at, "lab", "sage-1") }
}

fn shown(sums: &LedgerSums) -> Vec<String> {
    sums.costs(false).map(|cost| cost.to_string()).collect()
}

#[test]
fn days_and_months_begin_in_the_zone_and_not_in_greenwich() {
    let shanghai = TimeZone::fixed(jiff::tz::offset(8));
    let spans = LedgerSpans::around(NOW + 2 * HOUR, &shanghai).unwrap();
    // 00:30 on the 24th in Shanghai.
    assert_eq!(spans.today.0, NOW + 2 * HOUR - HOUR / 2);
    assert_eq!(spans.today.1 - spans.today.0, 24 * HOUR);
    assert_eq!((spans.month.1 - spans.month.0) / (24 * HOUR), 30);
    assert_eq!(LedgerSpans::around(i64::MAX, &shanghai), None);
}

#[test]
fn what_is_spent_while_the_question_is_open_is_counted_once() {
    let mut spending = Spending::default();
    spending.enter(&spent(NOW, "9"));
    let (_, serial) = spending.roll(NOW, &TimeZone::UTC).unwrap();
    assert_eq!(spending.roll(NOW + HOUR, &TimeZone::UTC), None, "the same day is asked about once");
    spending.enter(&spent(NOW, "0.1"));
    assert_eq!(shown(&spending.today), ["¥0.1000"]);
    let mut before = LedgerSums::default();
    before.add(&spent(NOW - HOUR, "0.3"));
    spending.learn(serial + 1, before.clone(), before.clone());
    assert_eq!(shown(&spending.today), ["¥0.1000"], "an answer to another question");
    spending.learn(serial, before.clone(), before.clone());
    spending.learn(serial, before.clone(), before);
    spending.enter(&spent(NOW, "0.02"));
    assert_eq!((shown(&spending.today), shown(&spending.month)), (vec!["¥0.4200".into()], vec!["¥0.4200".into()]));
}

#[test]
fn at_midnight_and_when_the_clock_is_set_back_the_day_is_asked_about_anew() {
    let mut spending = Spending::default();
    spending.roll(NOW, &TimeZone::UTC);
    spending.enter(&spent(NOW, "0.1"));
    let (next, _) = spending.roll(NOW + 10 * HOUR, &TimeZone::UTC).unwrap();
    assert!(spending.today.is_empty() && next.today.0 == NOW + 9 * HOUR + HOUR / 2);
    spending.enter(&spent(NOW, "0.1"));
    assert_eq!((shown(&spending.today), shown(&spending.month)), (Vec::new(), vec!["¥0.1000".to_owned()]));
    assert!(spending.roll(NOW, &TimeZone::UTC).is_some());
}
