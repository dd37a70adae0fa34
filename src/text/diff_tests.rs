use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::Piece::{Added, Removed, Same};
use super::*;
use crate::text::tests::any_text;

fn of_old<'a>(pieces: &[Piece<'a>]) -> Vec<&'a str> {
    let part = |piece: &Piece<'a>| match piece {
        Same(text) | Removed(text) => Some(*text),
        Added(_) => None,
    };
    pieces.iter().filter_map(part).collect()
}

fn of_new<'a>(pieces: &[Piece<'a>]) -> Vec<&'a str> {
    let part = |piece: &Piece<'a>| match piece {
        Same(text) | Added(text) => Some(*text),
        Removed(_) => None,
    };
    pieces.iter().filter_map(part).collect()
}

#[test]
fn whole_words_change_and_neighbours_make_a_phrase() {
    assert_eq!(
        word_diff("Refunds take thirty days, always.", "Refunds take two weeks, mostly."),
        [Same("Refunds take "), Removed("thirty days, always"), Added("two weeks, mostly"), Same(".")]
    );
    assert_eq!(word_diff("walking", "walked"), [Removed("walking"), Added("walked")]);
}

#[test]
fn a_word_that_comes_or_goes_takes_one_blank_with_it() {
    assert_eq!(word_diff("one two three", "one three"), [Same("one "), Removed("two "), Same("three")]);
    assert_eq!(word_diff("one three", "one two three"), [Same("one "), Added("two "), Same("three")]);
    assert_eq!(word_diff("one", "one two"), [Same("one"), Added(" two")]);
}

#[test]
fn scripts_without_blanks_change_by_character() {
    assert_eq!(
        word_diff("三十日以内に返金します。", "十四日以内に返金します。"),
        [Removed("三"), Same("十"), Added("四"), Same("日以内に返金します。")]
    );
    assert_eq!(word_diff("한글을", "한글은"), [Same("한글"), Removed("을"), Added("은")]);
}

#[test]
fn markdown_signs_around_a_kept_word_are_changes_of_their_own() {
    assert_eq!(
        word_diff("within 30 days of receipt", "within **30 days** of receipt"),
        [Same("within "), Added("**"), Same("30 days"), Added("**"), Same(" of receipt")]
    );
}

#[test]
fn a_chance_word_beside_a_large_change_is_part_of_them_and_a_kept_phrase_is_not() {
    let pieces = word_diff("Cats sleep all day the whole year round", "Every dog runs about the yard, barks and digs");
    assert_eq!(pieces.len(), 2, "{pieces:?}");
    let pieces = word_diff("Read or watch just enough of a parrot.", "Ask the shop for labels within a week.");
    assert_eq!(pieces.len(), 3, "{pieces:?}");
    assert_eq!(word_diff("I like cats", "You like dogs").len(), 5);
    assert_eq!(
        word_diff("We like the old red house here", "They saw the old red house there"),
        [Removed("We like"), Added("They saw"), Same(" the old red house "), Removed("here"), Added("there")]
    );
}

#[test]
fn a_paragraph_is_compared_with_its_like_and_not_with_its_place() {
    let first = "Wind is air that moves from high pressure to low pressure.";
    let second = "Rain falls when clouds grow heavy with water.";
    let [old, new] = [format!("{first}\n\n{second}\n"), format!("Weather in short:\n\n{first}\n\n{second} Often.\n")];
    assert_eq!(
        word_diff(&old, &new),
        [Added("Weather in short:\n\n"), Same(&old[..old.len() - 1]), Added(" Often."), Same("\n")]
    );
}

#[test]
fn a_changed_line_end_is_a_change() {
    assert_eq!(word_diff("a\nb", "a\n\nb"), [Same("a\n"), Added("\n"), Same("b")]);
    assert_eq!(word_diff("a b", "a\nb"), [Same("a"), Removed(" "), Added("\n"), Same("b")]);
}

#[test]
fn blanks_that_stay_on_either_side_of_a_new_paragraph_are_no_change() {
    assert_eq!(
        word_diff("c x\n\nb y", "d x\n\nnew\n\nb z"),
        [Removed("c"), Added("d"), Same(" x\n\n"), Added("new\n\n"), Same("b "), Removed("y"), Added("z")]
    );
}

#[test]
fn equal_and_empty_texts_have_no_changes() {
    assert_eq!(word_diff("", ""), []);
    assert_eq!(word_diff("a b\n", "a b\n"), [Same("a b\n")]);
    assert_eq!(word_diff("", "x"), [Added("x")]);
}

#[test]
fn a_stretch_too_long_for_words_is_replaced_between_its_equal_ends() {
    let words = |word: &str| format!("{word} ").repeat(MOST_COMPARED / 2 + 1);
    let [old, new] = [format!("start {}end", words("a")), format!("start {}end", words("b"))];
    let [a, b] = [words("a"), words("b")].map(|text| text.trim_end().to_owned());
    assert_eq!(word_diff(&old, &new), [Same("start "), Removed(&a), Added(&b), Same(" end")]);
}

#[test]
fn the_tally_counts_words_and_says_what_it_means() {
    let tally = Tally::of(&word_diff("one two three four", "one 2 three four five"));
    assert_eq!(tally, Tally { same: 3, removed: 1, added: 2, differs: true });
    assert_eq!(tally.to_string(), "1 word removed, 2 added, 66 % the same");
    assert_eq!(Tally::of(&word_diff("one", "one!")).to_string(), "the same words; blanks or signs differ");
    assert_eq!(Tally::of(&word_diff("one", "one")).to_string(), "the same text");
}

fn prose() -> impl Strategy<Value = String> {
    let words =
        prop::sample::select(vec!["a", "the ", "red ", "box", ", ", ". ", "\n", "\n\n", "日", "本", " ", "don't "]);
    prop::collection::vec(words, 0..40).prop_map(|words| words.concat())
}

fn check(old: &str, new: &str) -> Result<(), TestCaseError> {
    let pieces = word_diff(old, new);
    prop_assert_eq!(word_diff(old, new), pieces.clone(), "not the same twice");
    prop_assert_eq!(pieces.iter().all(|piece| matches!(piece, Same(_))), old == new);
    for pair in pieces.windows(2) {
        let out_of_order =
            matches!(pair, [Same(_), Same(_)] | [Removed(_), Removed(_)] | [Added(_), Added(_) | Removed(_)]);
        prop_assert!(!out_of_order, "{pieces:?}");
    }
    for (whole, parts) in [(old, of_old(&pieces)), (new, of_new(&pieces))] {
        let cut: Vec<&str> = parts.iter().flat_map(|part| part.graphemes(true)).collect();
        prop_assert_eq!(cut, whole.graphemes(true).collect::<Vec<_>>());
        prop_assert_eq!(parts.concat(), whole);
    }
    Ok(())
}

proptest! {
    #[test]
    fn the_pieces_make_both_texts_and_cut_no_cluster(old in any_text(), new in any_text()) {
        check(&old, &new)?;
        check(&old, &[&old[..], &new].concat())?;
    }

    #[test]
    fn prose_is_put_together_again(old in prose(), new in prose()) {
        check(&old, &new)?;
    }

    #[test]
    fn one_changed_word_in_any_text_changes_no_other(before in "([a-z]{1,5} ){0,9}", after in "( [a-z]{1,5}){0,9}") {
        let [old, new] = [format!("{before}OLD{after}"), format!("{before}NEW{after}")];
        let expected: Vec<_> = [Same(&before[..]), Removed("OLD"), Added("NEW"), Same(&after[..])].into_iter()
            .filter(|piece| !matches!(piece, Same(""))).collect();
        prop_assert_eq!(word_diff(&old, &new), expected);
    }
}

/// Lines that have but their ends for themselves, each followed by one that both texts have.
fn ends_differ(lines: usize, words: usize, end: &str) -> String {
    let middle: String = (0..words).map(|at| format!("w{at} ")).collect();
    (0..lines).map(|line| format!("{end}{line} {middle}{end}\nLine {line} is the same.\n")).collect()
}

#[test]
fn the_work_on_two_texts_has_an_end_however_many_long_stretches_differ() {
    let compared = |lines: usize, words: usize| {
        let (old, new) = (ends_differ(lines, words, "old"), ends_differ(lines, words, "new"));
        let pieces = word_diff(&old, &new);
        assert_eq!((of_old(&pieces).concat(), of_new(&pieces).concat()), (old.clone(), new.clone()));
        pieces.iter().filter(|piece| matches!(piece, Same(text) if text.contains("w9 "))).count()
    };
    assert_eq!([compared(16, 7_500), compared(300, 20)], [4, 300]);
}
