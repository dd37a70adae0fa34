//! What queries say, and that none fails.

use proptest::prelude::*;

use super::*;

/// 2025-11-23, noon.
const NOW: i64 = 1_763_899_200_000;

fn parse(text: &str) -> Query {
    Query::parse(text, NOW, &TimeZone::UTC)
}

fn word(text: &str) -> Term {
    Term { text: text.into(), phrase: false, negated: false }
}

fn filters(text: &str) -> Vec<Field> {
    let query = parse(text);
    assert_eq!((query.terms.as_slice(), &query.problem), (&[][..], &None), "{text}");
    query.filters.into_iter().map(|filter| filter.of).collect()
}

fn problem(text: &str) -> String {
    parse(text).problem.unwrap()
}

#[test]
fn words_phrases_and_what_must_not_be_there() {
    let query = parse(r#" refund  "in three days" -draft -"no way" std::vec https://a.b 12:30 “左 右”"#);
    let expected = [
        word("refund"),
        Term { phrase: true, ..word("in three days") },
        Term { negated: true, ..word("draft") },
        Term { negated: true, phrase: true, ..word("no way") },
        word("std::vec"),
        word("https://a.b"),
        word("12:30"),
        Term { phrase: true, ..word("左 右") },
    ];
    assert_eq!(query, Query { terms: expected.into(), ..Query::default() });
}

#[test]
fn filters_are_read_in_either_case_and_may_be_negated() {
    let date = |year, month, day| Date::new(year, month, day).unwrap();
    assert_eq!(
        filters(r#"Model:gpt provider:"my box" tool:look tag:a has:error HAS:tools is:pinned deleted:yes"#),
        [
            Field::Model("gpt".into()),
            Field::Provider("my box".into()),
            Field::Tool("look".into()),
            Field::Tag("a".into()),
            Field::HasError,
            Field::HasTool,
            Field::Pinned,
            Field::Deleted
        ]
    );
    assert_eq!(
        filters("before:2025-03-01 after:7d after:2w before:3m after:1y after:today after:yesterday"),
        [
            Field::Before(date(2025, 3, 1)),
            Field::After(date(2025, 11, 16)),
            Field::After(date(2025, 11, 9)),
            Field::Before(date(2025, 8, 23)),
            Field::After(date(2024, 11, 23)),
            Field::After(date(2025, 11, 23)),
            Field::After(date(2025, 11, 22))
        ]
    );
    let negated = parse("-has:error");
    assert_eq!(negated.filters, [Filter { of: Field::HasError, negated: true }]);
}

#[test]
fn a_day_is_one_of_the_users_zone() {
    let late = NOW + 11 * 3_600_000 + 1_800_000;
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let after = |zone| Query::parse("after:today", late, zone).filters;
    let day = |day| vec![Filter { of: Field::After(Date::new(2025, 11, day).unwrap()), negated: false }];
    assert_eq!((after(&TimeZone::UTC), after(&zone)), (day(23), day(24)));
}

#[test]
fn an_amount_may_have_a_currency() {
    let cost = |bound, amount: &str, codes: &[&str]| Field::Cost {
        bound,
        amount: amount.parse().unwrap(),
        currencies: codes.iter().map(|code| (*code).to_owned()).collect(),
    };
    assert_eq!(
        filters("cost>0.5 cost<1 cost>¥2 Cost<$0.10 cost>3eur cost<GBP4"),
        [
            cost(Bound::More, "0.5", &[]),
            cost(Bound::Less, "1", &[]),
            cost(Bound::More, "2", &["CNY", "JPY"]),
            cost(Bound::Less, "0.1", &["USD"]),
            cost(Bound::More, "3", &["EUR"]),
            cost(Bound::Less, "4", &["GBP"]),
        ]
    );
    assert_eq!(parse("cost costs>1").terms, [word("cost"), word("costs>1")]);
}

#[test]
fn what_is_no_filter_is_told_and_looked_for_as_text() {
    let query = parse("colour:red");
    assert_eq!(query.terms, [word("colour:red")]);
    assert_eq!(
        query.problem.unwrap(),
        format!("`colour:` is no filter, so `colour:red` is looked for in the text. Filters are {FILTERS}.")
    );
}

#[test]
fn a_filter_that_is_not_finished_is_told_and_left_out() {
    for (text, told) in [
        ("model:", "`model:` wants a part of a model's name."),
        ("before:2025-1", "`before:` wants a date such as 2025-11-23, or 7d, 2w, 3m or 1y for so long ago."),
        ("after:9999999d", "`after:` wants a date such as 2025-11-23, or 7d, 2w, 3m or 1y for so long ago."),
        ("cost>", "`cost>` wants an amount, such as 0.5, ¥2 or 2USD."),
        ("cost>1.2.3", "`cost>1.2.3` wants an amount, such as 0.5, ¥2 or 2USD."),
        ("has:fun", "`has:` wants `error` or `tool`."),
        (
            "!!! ...",
            "`!!!` has neither letters nor digits, so it is not looked for. `...` has neither letters nor \
                     digits, so it is not looked for.",
        ),
    ] {
        assert_eq!(problem(text), told);
        assert_eq!(Query { problem: None, ..parse(text) }, Query::default(), "{text}");
    }
    assert!(problem(&"word ".repeat(100)).starts_with("Only the first 32 words"));
}

#[test]
fn a_problem_cannot_drive_a_terminal() {
    let told = problem("colour:\u{1b}[31mred");
    assert!(!told.contains('\u{1b}'), "{told:?}");
}

proptest! {
    #[test]
    fn no_query_fails_and_what_was_understood_is_read_again_as_the_same(
        text in r#"([a-z:<>"¥$0-9.\-“ 語é]|cost[<>]|model:|before:|after:|has:error|-|[0-9]{4}-[01][0-9]-[0-3][0-9]|[0-9]{1,3}[dwmy]|\PC){0,12}"#,
        now in -62_135_596_800_000_i64..253_402_300_799_000,
    ) {
        let query = Query::parse(&text, now, &TimeZone::UTC);
        let again = Query::parse(&query.to_string(), now, &TimeZone::UTC);
        prop_assert_eq!((&again.terms, &again.filters), (&query.terms, &query.filters), "{} then {}", text, query);
    }
}
