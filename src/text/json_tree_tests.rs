use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::text::tests::any_text;
use crate::text::{StyleRole, clean, width as cells};

fn tree(text: &str) -> JsonTree {
    JsonTree::read(text, 40).unwrap()
}

fn plain(tree: &JsonTree) -> Vec<String> {
    (0..tree.len()).map(|row| tree.line(row).plain()).collect()
}

#[test]
fn each_member_is_a_row_and_brackets_fold_with_their_count() {
    let mut tree = tree(r#"{"a":[1,2,3],"b":{},"c":"x"}"#);
    let whole = [
        "▾ {",
        "  ▾ \"a\": [",
        "      1,",
        "      2,",
        "      3",
        "    ],",
        "    \"b\": {},",
        "    \"c\": \"x\"",
        "  }",
    ];
    assert_eq!(plain(&tree), whole);
    tree.select(3);
    tree.toggle();
    assert_eq!(plain(&tree), ["▾ {", "  ▸ \"a\": [ … 3 ],", "    \"b\": {},", "    \"c\": \"x\"", "  }"]);
    assert_eq!((tree.selected(), tree.pointer().as_str(), tree.value()), (1, "/a", "[1,2,3]"));
    tree.toggle();
    assert_eq!(plain(&tree), whole);
    tree.select(3);
    assert_eq!((tree.pointer().as_str(), tree.value()), ("/a/1", "2"));
}

#[test]
fn levels_fold_all_at_once_and_the_selection_stays_at_what_hides_it() {
    let mut tree = tree(r#"{"a":{"b":{"c":1}},"d":[[2]]}"#);
    tree.select(3);
    assert_eq!(tree.pointer(), "/a/b/c");
    tree.fold_levels(true);
    assert_eq!((tree.pointer().as_str(), tree.len()), ("/a/b", 8));
    tree.fold_levels(true);
    assert_eq!(plain(&tree), ["▾ {", "  ▸ \"a\": { … 1 },", "  ▸ \"d\": [ … 1 ]", "  }"]);
    assert_eq!(tree.pointer(), "/a");
    tree.fold_levels(true);
    assert_eq!(plain(&tree), ["▸ { … 2 }"]);
    for _ in 0..3 {
        tree.fold_levels(false);
    }
    assert_eq!(tree.len(), 12);
}

#[test]
fn a_long_string_is_cut_and_the_rest_is_reached_by_unfolding_it() {
    let mut tree = tree(&format!(r#"{{"a":"{}"}}"#, "0123456789".repeat(10)));
    assert_eq!(plain(&tree)[1], "  ▸ \"a\": \"01234567890123456789012345678…");
    tree.select(1);
    tree.toggle();
    let shown = plain(&tree);
    assert_eq!(shown[1], "  ▾ \"a\": \"012345678901234567890123456789");
    assert_eq!(
        shown[1..shown.len() - 1].concat().matches("0123456789").count(),
        9,
        "but for those that break: {shown:?}"
    );
    tree.toggle();
    assert_eq!((tree.len(), tree.selected()), (3, 1));
}

#[test]
fn strings_are_shown_as_they_are_meant_or_as_they_are_written() {
    let mut tree = tree(r#"["one\ntwo\u001b[31m"]"#);
    assert_eq!(plain(&tree)[1], "  ▸ \"one↵two␛[31m\"");
    tree.select(1);
    tree.toggle();
    assert_eq!(plain(&tree)[1..3], ["  ▾ \"one", "    two␛[31m\""]);
    tree.show(StringForm::Raw);
    assert_eq!(plain(&tree)[1], r#"  ▾ "one\ntwo\u001b[31m""#);
}

#[test]
fn what_is_found_is_unfolded_and_selected_and_the_hits_go_round() {
    let mut tree = tree(r#"{"city":"Tokyo","at":{"city":"Kyoto","note":"caf\u00e9"}}"#);
    tree.fold_levels(true);
    tree.fold_levels(true);
    assert_eq!(tree.len(), 1);
    assert!(tree.find("kyoto"));
    tree.go(true, true);
    assert_eq!((tree.pointer().as_str(), tree.hits()), ("/at/city", 1));
    assert!(tree.find("city"));
    tree.go(true, false);
    assert_eq!(tree.pointer(), "/city", "it goes on at the beginning");
    tree.go(true, false);
    assert_eq!(tree.pointer(), "/at/city");
    tree.go(false, false);
    assert_eq!(tree.pointer(), "/city");
    assert!(tree.find("café"), "what is written with escapes is found as it is meant");
    assert!(!tree.find("Osaka"));
    tree.go(true, true);
    assert_eq!(tree.pointer(), "/city", "nothing is found, so nothing moves");
    let inks: Vec<StyleRole> = {
        tree.find("city");
        tree.line(1).spans.iter().map(|span| span.ink.role).collect()
    };
    assert!(inks.contains(&StyleRole::SearchHit), "{inks:?}");
}

#[test]
fn a_hit_far_within_a_long_string_is_on_the_selected_row() {
    let mut tree = tree(&format!(r#"{{"a":"{}needle"}}"#, "x".repeat(5000)));
    assert!(tree.find("needle"));
    tree.go(true, true);
    assert!(tree.line(tree.selected()).plain().contains("needle"), "{}", tree.line(tree.selected()).plain());
}

#[test]
fn brackets_without_end_and_texts_that_are_no_json_are_no_harm() {
    let deep = 50_000;
    let mut tree = tree(&format!("{}1{}", "[".repeat(deep), "]".repeat(deep)));
    assert_eq!(tree.len(), 2 * deep + 1);
    assert!(tree.find("1"));
    tree.fold_levels(true);
    tree.go(true, true);
    assert_eq!((tree.value(), tree.selected()), ("1", deep));
    assert!(cells(&tree.line(deep).plain()) <= 40);
    for text in ["", "{", "[1,]", "{}{", "nul", "[1] x"] {
        assert!(JsonTree::read(text, 40).is_none(), "{text}");
    }
    assert!(JsonTree::read(&format!("[{}1]", "1,".repeat(MOST_ITEMS)), 40).is_none(), "bounded");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        any_text().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec((any_text(), inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

#[derive(Clone, Debug)]
enum Act {
    Select(usize),
    Toggle,
    Levels(bool),
    Fit(u16),
    Form(bool),
    Find(String),
    Go(bool),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..40_usize).prop_map(Act::Select),
        Just(Act::Toggle),
        any::<bool>().prop_map(Act::Levels),
        (1..60_u16).prop_map(Act::Fit),
        any::<bool>().prop_map(Act::Form),
        "[ae1]{0,2}".prop_map(Act::Find),
        any::<bool>().prop_map(Act::Go),
    ]
}

/// The JSON that the rows of a tree say, whose strings are whole when the rows are wide enough.
fn read_back(tree: &JsonTree) -> Value {
    let said: String = plain(tree).iter().map(|row| row.replacen(['▾', '▸'], "", 1)).collect();
    serde_json::from_str(&said).unwrap()
}

proptest! {
    #[test]
    fn every_member_appears_in_the_unfolded_tree(value in any_json()) {
        let text = value.to_string();
        let plain_text = !text.contains(['▾', '▸']) && crate::text::reveal(&text) == text;
        let mut tree = JsonTree::read(&text, u16::MAX).unwrap();
        tree.show(StringForm::Raw);
        if plain_text {
            prop_assert_eq!(read_back(&tree), value);
        }
    }

    #[test]
    fn whatever_is_done_a_row_is_selected_and_rows_are_safe(value in any_json(), acts in prop::collection::vec(act(), 1..20)) {
        let mut tree = JsonTree::read(&value.to_string(), 30).unwrap();
        let mut width = 30;
        for act in acts {
            let before = tree.pointer();
            match act {
                Act::Select(row) => tree.select(row),
                Act::Toggle => {
                    tree.toggle();
                    prop_assert!(before.starts_with(&tree.pointer()), "a fold leads up or stays");
                }
                Act::Levels(fewer) => {
                    tree.fold_levels(fewer);
                    prop_assert!(before.starts_with(&tree.pointer()));
                }
                Act::Fit(columns) => {
                    width = columns.max(4);
                    tree.fit(columns);
                }
                Act::Form(raw) => tree.show(if raw { StringForm::Raw } else { StringForm::Unescaped }),
                Act::Find(text) => {
                    tree.find(&text);
                }
                Act::Go(forward) => tree.go(forward, false),
            }
            prop_assert!(tree.selected() < tree.len());
            for row in plain(&tree) {
                prop_assert!(cells(&row) <= usize::from(width), "{} cells in {width}: {row:?}", cells(&row));
                prop_assert_eq!(clean(&row), row.as_str());
            }
        }
    }
}
