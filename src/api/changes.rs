//! Two bodies compared: which fields came, went or changed, each by its path.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// One field that two bodies do not have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// As a program would write it: `temperature`, `messages[3].content`, `logit_bias["50256"]`.
    pub path: String,
    pub kind: ChangeKind,
}

/// What became of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeKind {
    Added(Value),
    Removed(Value),
    Changed { from: Value, to: Value },
}

/// Every field in which a body differs from the one before: the earlier body's in its order, then what is new. Objects
/// are compared by their keys and lists by their places, as deep as both have the same kind of value.
#[must_use]
pub fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Change> {
    let mut out = Vec::new();
    objects(&mut String::new(), before, after, &mut out);
    out
}

fn objects(path: &mut String, before: &Map<String, Value>, after: &Map<String, Value>, out: &mut Vec<Change>) {
    for (key, old) in before {
        at(path, &step(path, key), |path| pair(path, Some(old), after.get(key), out));
    }
    for (key, new) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        at(path, &step(path, key), |path| pair(path, None, Some(new), out));
    }
}

fn lists(path: &mut String, before: &[Value], after: &[Value], out: &mut Vec<Change>) {
    for place in 0..before.len().max(after.len()) {
        at(path, &format!("[{place}]"), |path| pair(path, before.get(place), after.get(place), out));
    }
}

fn pair(path: &mut String, before: Option<&Value>, after: Option<&Value>, out: &mut Vec<Change>) {
    let kind = match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => return objects(path, old, new, out),
        (Some(Value::Array(old)), Some(Value::Array(new))) => return lists(path, old, new, out),
        (Some(old), Some(new)) if old == new => return,
        (Some(old), Some(new)) => ChangeKind::Changed { from: old.clone(), to: new.clone() },
        (Some(old), None) => ChangeKind::Removed(old.clone()),
        (None, Some(new)) => ChangeKind::Added(new.clone()),
        (None, None) => return,
    };
    out.push(Change { path: path.clone(), kind });
}

/// Goes one step further down for as long as `then` takes.
fn at(path: &mut String, step: &str, then: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push_str(step);
    then(path);
    path.truncate(length);
}

fn step(path: &str, key: &str) -> String {
    let is_name = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let mut step = String::new();
    if !key.is_empty() && key.chars().all(is_name) && !key.starts_with(|first: char| first.is_ascii_digit()) {
        step.push_str(if path.is_empty() { "" } else { "." });
        step.push_str(key);
    } else {
        // Writing to a string cannot fail.
        let _ = write!(step, "[{}]", Value::from(key));
    }
    step
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn shown(before: &Value, after: &Value) -> Vec<String> {
        let empty = Map::new();
        let of = |value: &Value| value.as_object().unwrap_or(&empty).clone();
        let line = |change: Change| match change.kind {
            ChangeKind::Added(new) => format!("+ {} {new}", change.path),
            ChangeKind::Removed(old) => format!("- {} {old}", change.path),
            ChangeKind::Changed { from, to } => format!("~ {} {from} → {to}", change.path),
        };
        changes(&of(before), &of(after)).into_iter().map(line).collect()
    }

    #[test]
    fn fields_are_told_by_their_paths() {
        let before = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "temperature": 0.2, "seed": 7,
            "logit_bias": {"50256": -100}, "stop": ["a", "b"]});
        let after = json!({"model": "m", "messages": [{"role": "user", "content": "ho"}, {"role": "user"}],
            "temperature": 0.9, "logit_bias": {"50256": -1, "a b": 1}, "stop": "a", "": null});
        assert_eq!(
            shown(&before, &after),
            [
                r#"~ messages[0].content "hi" → "ho""#,
                r#"+ messages[1] {"role":"user"}"#,
                "~ temperature 0.2 → 0.9",
                "- seed 7",
                r#"~ logit_bias["50256"] -100 → -1"#,
                r#"+ logit_bias["a b"] 1"#,
                r#"~ stop ["a","b"] → "a""#,
                r#"+ [""] null"#,
            ]
        );
    }

    #[test]
    fn an_order_of_keys_makes_no_difference() {
        assert_eq!(shown(&json!({"a": 1, "b": {"c": 2, "d": 3}}), &json!({"b": {"d": 3, "c": 2}, "a": 1})), [""; 0]);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(Value::Null), (0..3).prop_map(Value::from), "[ab]{0,2}".prop_map(Value::from)];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::vec(("[ab]{1,2}", inner), 0..3)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn bodies_are_the_same_when_nothing_changed_between_them(before in any_value(), after in any_value()) {
            let before = Map::from_iter([("k".to_owned(), before)]);
            let after = Map::from_iter([("k".to_owned(), after)]);
            prop_assert_eq!(changes(&before, &after).is_empty(), before == after);
        }
    }
}
