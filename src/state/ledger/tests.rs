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

fn of(rows: &[LedgerRow]) -> LedgerSums {
    let mut sums = LedgerSums::default();
    rows.iter().for_each(|row| sums.add(row));
    sums
}

/// Begins with a day and asks; gives the question's number.
fn asked(spending: &mut Spending, at: i64) -> u64 {
    spending.roll(at, &TimeZone::UTC);
    spending.question().unwrap().1
}

#[test]
fn what_is_entered_while_a_question_is_open_makes_its_answer_stale_since_nobody_knows_whether_it_has_it() {
    let mut spending = Spending::default();
    spending.enter(&spent(NOW, "9"));
    let first = asked(&mut spending, NOW);
    spending.roll(NOW + HOUR, &TimeZone::UTC);
    assert_eq!(spending.question(), None, "the same day is asked about once");
    spending.enter(&spent(NOW, "0.1"));
    assert_eq!(shown(&spending.today), ["¥0.1000"]);
    let before = of(&[spent(NOW - HOUR, "0.3")]);
    let all = of(&[spent(NOW - HOUR, "0.3"), spent(NOW, "0.1")]);
    spending.learn(first + 1, (before.clone(), before.clone()), true);
    assert_eq!(shown(&spending.today), ["¥0.1000"], "an answer to another question");
    for answer in [before, all.clone()] {
        let mut spending = spending.clone();
        spending.learn(first, (answer.clone(), answer), true);
        assert_eq!(shown(&spending.today), ["¥0.1000"], "it may have the row or not");
        let (_, second) = spending.question().unwrap();
        spending.learn(second, (all.clone(), all.clone()), true);
        spending.enter(&spent(NOW, "0.02"));
        assert_eq!((shown(&spending.today), shown(&spending.month)), (vec!["¥0.4200".into()], vec!["¥0.4200".into()]));
    }
}

#[test]
fn what_could_not_be_saved_is_not_lost_from_the_sums_by_asking_again() {
    let mut spending = Spending::default();
    let first = asked(&mut spending, NOW);
    let before = of(&[spent(NOW - HOUR, "0.3")]);
    spending.learn(first, (before.clone(), before.clone()), true);
    spending.enter(&spent(NOW, "0.1"));
    spending.wanted = true;
    let (_, second) = spending.question().unwrap();
    spending.learn(second, (before.clone(), before), false);
    assert_eq!(shown(&spending.today), ["¥0.4000"]);
}

#[test]
fn that_the_ledger_cannot_be_read_is_news_once_until_it_can_be_again() {
    let mut spending = Spending::default();
    let first = asked(&mut spending, NOW);
    assert!(spending.fail(first) && !spending.fail(first));
    spending.wanted = true;
    let (_, second) = spending.question().unwrap();
    assert!(!spending.fail(second));
    spending.wanted = true;
    let (_, third) = spending.question().unwrap();
    spending.learn(third, (LedgerSums::default(), LedgerSums::default()), true);
    spending.wanted = true;
    let (_, fourth) = spending.question().unwrap();
    assert!(spending.fail(fourth));
}

#[test]
fn at_midnight_and_when_the_clock_is_set_back_the_day_is_asked_about_anew() {
    let mut spending = Spending::default();
    asked(&mut spending, NOW);
    spending.enter(&spent(NOW, "0.1"));
    asked(&mut spending, NOW + 10 * HOUR);
    assert!(spending.today.is_empty() && spending.spans.unwrap().today.0 == NOW + 9 * HOUR + HOUR / 2);
    spending.enter(&spent(NOW, "0.1"));
    assert_eq!((shown(&spending.today), shown(&spending.month)), (Vec::new(), vec!["¥0.1000".to_owned()]));
    asked(&mut spending, NOW);
}
