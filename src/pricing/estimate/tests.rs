//! The estimate against true counts, and in any pieces.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Fixture {
    texts: Vec<Measured>,
}

#[derive(Deserialize)]
struct Measured {
    kind: String,
    o200k: u64,
    cl100k: u64,
    qwen: u64,
    text: String,
}

fn measured() -> Vec<Measured> {
    let fixture: Fixture = toml::from_str(include_str!("../../../tests/fixtures/tokens.toml")).unwrap();
    fixture.texts
}

/// How far an estimate is off, in thousandths of the truth.
fn off(estimate: u64, truth: u64) -> i64 {
    let (estimate, truth) = (i64::try_from(estimate).unwrap(), i64::try_from(truth).unwrap());
    (estimate - truth) * 1000 / truth
}

#[test]
fn the_estimate_of_a_text_is_off_by_no_more_than_the_documents_say() {
    // docs/money.md has the table: the bounds there are these.
    for text in measured() {
        let truths = [(Family::O200k, text.o200k), (Family::Cl100k, text.cl100k), (Family::Qwen, text.qwen)];
        let off = truths.map(|(family, truth)| off(family.tokens(&text.text), truth));
        eprintln!("{}: {off:?} thousandths", text.kind);
        let most = if text.kind.starts_with("English") || text.kind.starts_with("code") { 150 } else { 250 };
        assert!(off.iter().all(|off| off.abs() <= most), "{}: {off:?}", text.kind);
    }
}

#[test]
fn a_family_is_told_by_the_models_name() {
    let of = |model| Family::of("p", model);
    assert_eq!([of("gpt-5.1-2025-11-13"), of("gpt-4o-mini"), of("openai/o3"), of("anything")], [Family::O200k; 4]);
    assert_eq!([of("gpt-4-turbo"), of("gpt-3.5-turbo"), of("meta-llama/Llama-3.1-8B")], [Family::Cl100k; 3]);
    assert_eq!([of("qwen3-max"), of("Qwen/QwQ-32B")], [Family::Qwen; 2]);
    assert_eq!(Family::of("sandbox", "gpt-5.1"), Family::Sandbox);
}

#[test]
fn nothing_is_no_token_and_a_sign_is_one() {
    for family in [Family::O200k, Family::Cl100k, Family::Qwen, Family::Sandbox] {
        assert_eq!([family.tokens(""), family.tokens("a"), family.tokens(" ")], [0, 1, 1]);
    }
}

#[test]
fn hostile_texts_are_counted_in_one_pass_without_an_overflow() {
    for sign in ["a", " ", "\n", "=", "漢", "👩‍👩‍👧", "\u{200B}", "\0"] {
        let count = Family::O200k.tokens(&sign.repeat(100_000));
        assert!((1..=1_000_000).contains(&count), "{sign:?}: {count}");
    }
}

proptest! {
    #[test]
    fn a_text_in_pieces_counts_as_much_as_the_whole(pieces in prop::collection::vec("[ -~\n]{0,12}|\\PC{0,6}|[a-zA-Z ]{0,20}|[=#漢字かなカナ한 ]{0,9}", 0..12)) {
        for family in [Family::O200k, Family::Sandbox] {
            let mut count = family.count();
            let mut before = 0;
            for piece in &pieces {
                count.push(piece);
                before = count.tokens().max(before);
            }
            prop_assert_eq!(count.tokens(), family.tokens(&pieces.concat()));
        }
    }
}

#[test]
fn of_a_long_text_only_pieces_are_read_and_the_estimate_stays_near() {
    let lines = (0..9_000).map(|line| format!("Line {line}: the quick brown fox, 漢字 and {}.\n", line * 7));
    let text: String = lines.collect();
    assert!(text.len() > 5 * SAMPLE);
    let (all, some) = (Family::O200k.tokens(&text), Family::O200k.sampled(&text));
    assert!(some.abs_diff(all) * 50 < all, "{some} for {all}");
    assert_eq!(Family::O200k.sampled(&text[..900]), Family::O200k.tokens(&text[..900]));
}
