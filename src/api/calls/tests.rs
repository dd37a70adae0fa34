use serde_json::json;

use super::*;
use crate::chat::{CallPiece, ToolCall};

fn piece<'a>(index: impl Into<Option<u64>>, id: &'a str, name: &'a str, arguments: &'a str) -> WirePiece<'a> {
    let meant = |text: &'a str| (!text.is_empty()).then_some(text);
    WirePiece { index: index.into(), id: meant(id), name: meant(name), arguments, extra: None }
}

/// The calls that the pieces make: id, name, arguments.
fn collected<'a>(pieces: impl IntoIterator<Item = WirePiece<'a>>) -> Vec<(String, String, String)> {
    let mut calls = Calls::default();
    let mut ids = Rng::with_seed(7);
    let mut placed: Vec<Placed> = pieces.into_iter().filter_map(|piece| calls.take(piece, &mut ids)).collect();
    placed.extend(calls.flush());
    let mut list = Vec::new();
    for Placed { index, id, name, arguments, extra } in &placed {
        let piece =
            CallPiece { index: *index, id: id.as_deref(), name: name.as_deref(), arguments, extra: extra.as_ref() };
        ToolCall::collect(&mut list, piece);
    }
    list.into_iter().map(|call| (call.id, call.name, call.arguments)).collect()
}

fn calls<const N: usize>(expected: [(&str, &str, &str); N]) -> Vec<(String, String, String)> {
    expected.map(|(id, name, arguments)| (id.to_owned(), name.to_owned(), arguments.to_owned())).to_vec()
}

/// Names and arguments, for calls whose ids are ours; the ids must be unique.
fn without_ids(list: Vec<(String, String, String)>) -> Vec<(String, String)> {
    let ids: HashSet<&String> = list.iter().map(|(id, ..)| id).collect();
    assert_eq!(ids.len(), list.len(), "{list:?}");
    list.into_iter().map(|(_, name, arguments)| (name, arguments)).collect()
}

fn named<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.map(|(name, arguments)| (name.to_owned(), arguments.to_owned())).to_vec()
}

#[test]
fn the_reference_order_is_collected_by_index() {
    let list = collected([
        piece(0, "c0", "read", ""),
        piece(0, "", "", "{\"p\""),
        piece(0, "", "", ":1}"),
        piece(1, "c1", "list", ""),
        piece(1, "", "", "[]"),
    ]);
    assert_eq!(list, calls([("c0", "read", "{\"p\":1}"), ("c1", "list", "[]")]));
}

#[test]
fn interleaved_calls_stay_apart() {
    let list = collected([
        piece(0, "c0", "read", "{"),
        piece(1, "c1", "list", "["),
        piece(0, "", "", "}"),
        piece(1, "", "", "]"),
    ]);
    assert_eq!(list, calls([("c0", "read", "{}"), ("c1", "list", "[]")]));
}

#[test]
fn indices_that_start_late_or_leave_gaps_are_numbered_from_zero() {
    let list = collected([piece(1, "c1", "a", "{"), piece(u64::MAX, "c7", "b", "{"), piece(1, "", "", "}")]);
    assert_eq!(list, calls([("c1", "a", "{}"), ("c7", "b", "{")]));
}

#[test]
fn a_repeated_id_and_name_are_set_and_not_appended() {
    let list = collected([
        piece(0, "c0", "read_file", "{\"a\""),
        piece(0, "c0", "read_file", ":"),
        piece(0, "c0", "read_file", "{}}"),
        piece(0, "c0", "read_file", ""),
    ]);
    assert_eq!(list, calls([("c0", "read_file", "{\"a\":{}}")]));
}

#[test]
fn later_pieces_without_a_name_continue_the_call() {
    let list = collected([piece(0, "c0", "f", "{"), piece(0, "c0", "", "}")]);
    assert_eq!(list, calls([("c0", "f", "{}")]));
}

#[test]
fn a_new_id_on_a_taken_index_is_a_new_call() {
    let list = collected([piece(0, "c0", "f", "{\"a\":1}"), piece(0, "c1", "f", "{\"a\":2}"), piece(0, "", "", " ")]);
    assert_eq!(list, calls([("c0", "f", "{\"a\":1}"), ("c1", "f", "{\"a\":2} ")]));
}

#[test]
fn another_id_on_every_nameless_piece_is_one_call() {
    let list = collected([piece(0, "r1", "f", ""), piece(0, "r2", "", "{\"a\""), piece(0, "r3", "", ":1}")]);
    assert_eq!(list, calls([("r1", "f", "{\"a\":1}")]));
}

#[test]
fn a_nameless_piece_with_a_known_id_on_the_wrong_index_finds_its_call() {
    let list = collected([piece(0, "a", "f", "{}"), piece(1, "b", "g", ""), piece(0, "b", "", "{\"x\":1}")]);
    assert_eq!(list, calls([("a", "f", "{}"), ("b", "g", "{\"x\":1}")]));
    let list = collected([piece(0, "a", "f", ""), piece(5, "a", "", "{\"x\":1}")]);
    assert_eq!(list, calls([("a", "f", "{\"x\":1}")]));
}

#[test]
fn names_without_an_index_are_new_calls_with_ids_of_our_own() {
    let list =
        collected([piece(None, "", "f", "{\"a\":1}"), piece(None, "", "f", "{\"a\":2}"), piece(None, "", "g", "")]);
    assert!(list.iter().all(|(id, ..)| id.len() == 9 && id.bytes().all(|b| b.is_ascii_alphanumeric())), "{list:?}");
    assert_eq!(without_ids(list), named([("f", "{\"a\":1}"), ("f", "{\"a\":2}"), ("g", "")]));
}

#[test]
fn pieces_without_an_index_continue_the_last_call_or_the_one_with_their_id() {
    let list = collected([
        piece(None, "a", "f", "{"),
        piece(None, "", "", "\"x\""),
        piece(None, "b", "g", "["),
        piece(None, "a", "f", ":1}"),
        piece(None, "b", "", "]"),
    ]);
    assert_eq!(list, calls([("a", "f", "{\"x\":1}"), ("b", "g", "[]")]));
}

#[test]
fn whole_calls_without_ids_on_one_index_are_two_calls() {
    let list = collected([piece(0, "", "f", "{\"a\":1}"), piece(0, "", "f", "{\"a\":2}"), piece(0, "", "g", "{}")]);
    assert_eq!(without_ids(list), named([("f", "{\"a\":1}"), ("f", "{\"a\":2}"), ("g", "{}")]));
}

#[test]
fn duplicate_ids_are_made_unique_and_both_calls_stay() {
    let list = collected([piece(0, "x", "f", "{\"a\":1}"), piece(1, "x", "g", ""), piece(1, "x", "", "{\"b\":2}")]);
    assert_eq!(list[0].0, "x");
    assert_eq!(without_ids(list), named([("f", "{\"a\":1}"), ("g", "{\"b\":2}")]));
    let list = collected([piece(0, "x", "f", "{\"a\":1}"), piece(0, "x", "f", "{\"a\":2}")]);
    assert_eq!(without_ids(list), named([("f", "{\"a\":1}"), ("f", "{\"a\":2}")]));
}

#[test]
fn an_id_that_comes_late_replaces_ours() {
    let list = collected([piece(0, "", "f", "{"), piece(0, "c9", "", "}")]);
    assert_eq!(list, calls([("c9", "f", "{}")]));
}

#[test]
fn a_name_in_pieces_is_put_together_before_the_arguments() {
    let list = collected([piece(0, "c", "get_", ""), piece(0, "", "weather", ""), piece(0, "", "", "{}")]);
    assert_eq!(list, calls([("c", "get_weather", "{}")]));
    let growing = collected([piece(0, "c", "get_", ""), piece(0, "c", "get_weather", "{}")]);
    assert_eq!(growing, calls([("c", "get_weather", "{}")]));
}

#[test]
fn an_empty_object_before_the_arguments_is_a_placeholder() {
    let list = collected([piece(0, "c", "f", "{}"), piece(0, "", "", "{\"a\""), piece(0, "", "", ":1}")]);
    assert_eq!(list, calls([("c", "f", "{\"a\":1}")]));
}

#[test]
fn an_empty_object_alone_is_the_arguments() {
    let list = collected([piece(0, "c", "f", "{}"), piece(0, "c", "f", ""), piece(1, "d", "g", "{}")]);
    assert_eq!(list, calls([("c", "f", "{}"), ("d", "g", "{}")]));
}

#[test]
fn braces_within_strings_close_nothing() {
    let list = collected([piece(0, "c", "f", "{\"a\":\"}\\\""), piece(0, "c", "f", "{ }\"}")]);
    assert_eq!(list, calls([("c", "f", "{\"a\":\"}\\\"{ }\"}")]));
}

#[test]
fn what_is_beside_a_call_is_passed_on() {
    let mut ids = Rng::with_seed(1);
    let extra = Some(json!({"google": {"thought_signature": "c2ln"}}));
    let placed = Calls::default().take(WirePiece { extra: extra.clone(), ..piece(0, "c", "f", "[1]") }, &mut ids);
    let expected =
        Placed { index: 0, id: Some("c".to_owned()), name: Some("f".to_owned()), arguments: "[1]".to_owned(), extra };
    assert_eq!(placed, Some(expected));
}

#[test]
fn a_piece_that_repeats_what_is_known_says_nothing() {
    let mut calls = Calls::default();
    let mut ids = Rng::with_seed(1);
    calls.take(piece(0, "c", "f", ""), &mut ids);
    assert_eq!(calls.take(piece(0, "c", "f", ""), &mut ids), None);
}
