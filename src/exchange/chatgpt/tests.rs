use serde_json::json;

use super::*;
use crate::exchange;

fn node(parent: Option<&str>, children: &[&str], message: impl Into<Value>) -> Value {
    json!({"parent": parent, "children": children, "message": message.into()})
}

fn said(role: &str, text: &str) -> Value {
    json!({"author": {"role": role}, "content": {"content_type": "text", "parts": [text]}})
}

fn export(mapping: impl Into<Value>, current: &str) -> Value {
    json!([{"title": "T", "create_time": 1.5, "mapping": mapping.into(), "current_node": current}])
}

fn read_one(value: &Value) -> (Conversation, String) {
    let mut foreign = exchange::read(&value.to_string()).unwrap_or_else(|error| panic!("{value}: {error}"));
    (foreign.conversations.remove(0), foreign.skipped.to_string())
}

fn tree_of(conversation: &Conversation) -> Vec<(Option<usize>, Role, &str)> {
    conversation.messages.iter().map(|message| (message.parent, message.role, message.text.as_str())).collect()
}

#[test]
fn the_whole_tree_is_read_and_the_open_branch_is_known() {
    let (read, skipped) = read_one(&export(
        json!({
            "b2": node(Some("a"), &[], said("assistant", "second")),
            "root": node(None, &["a"], Value::Null),
            "a": node(Some("root"), &["b1", "b2"], said("user", "hi")),
            "b1": node(Some("a"), &["c"], said("assistant", "first")),
            "c": node(Some("b1"), &[], said("user", "more")),
        }),
        "b2",
    ));
    assert_eq!(
        tree_of(&read),
        [
            (None, Role::User, "hi"),
            (Some(0), Role::Assistant, "first"),
            (Some(1), Role::User, "more"),
            (Some(0), Role::Assistant, "second"),
        ]
    );
    assert_eq!((read.tip, read.title.as_deref(), read.begun, skipped.as_str()), (Some(3), Some("T"), Some(1500), ""));
}

#[test]
fn thoughts_belong_to_the_reply_below_and_calls_to_their_answers() {
    let thoughts = json!({"author": {"role": "assistant"}, "content": {"content_type": "thoughts",
        "thoughts": [{"summary": "Plan", "content": "Count."}]}});
    let call = json!({"author": {"role": "assistant"}, "recipient": "py.run", "metadata": {"model_slug": "m-1"},
        "content": {"content_type": "code", "language": "python", "text": "1+1"}});
    let answer = json!({"author": {"role": "tool", "name": "py.run"}, "content": {"content_type": "execution_output", "text": "2"}});
    let (read, skipped) = read_one(&export(
        json!({
            "a": node(None, &["t"], said("user", "1+1?")),
            "t": node(Some("a"), &["k"], thoughts),
            "k": node(Some("t"), &["o"], call),
            "o": node(Some("k"), &["e"], answer),
            "e": node(Some("o"), &[], said("assistant", "It is 2.")),
        }),
        "e",
    ));
    let [_, asks, answers, _] = read.messages.as_slice() else { panic!("{:?}", read.messages) };
    let expected =
        ToolCall { id: "k".into(), name: "py_run".into(), arguments: r#"{"input":"1+1"}"#.into(), extra: None };
    assert_eq!((asks.reasoning.as_str(), &asks.tool_calls), ("Plan\n\nCount.", &vec![expected]));
    assert_eq!((answers.text.as_str(), answers.answers.as_deref()), ("2", Some("k")));
    assert_eq!((read.asked.model.as_deref(), skipped.as_str()), (Some("m-1"), ""));
}

#[test]
fn what_is_not_taken_is_counted_by_reason() {
    let image = json!({"author": {"role": "user"}, "content": {"content_type": "multimodal_text",
        "parts": [{"content_type": "image_asset_pointer"}, "Look"]}});
    let hidden = json!({"author": {"role": "system"}, "content": {"parts": ["x"]},
        "metadata": {"is_visually_hidden_from_conversation": true}});
    let (read, skipped) = read_one(&export(
        json!({
            "h": node(None, &["s"], hidden),
            "s": node(Some("h"), &["i"], said("system", "")),
            "i": node(Some("s"), &["c"], image),
            "c": node(Some("i"), &["o"], said("critic", "bad")),
            "o": node(Some("c"), &[], said("tool", "nobody asked")),
            "x": node(Some("y"), &["y"], said("user", "round")),
            "y": node(Some("x"), &["x"], said("user", "and round")),
            "n": node(Some("gone"), &[], said("user", "an orphan is a root")),
        }),
        "nowhere",
    ));
    assert_eq!(tree_of(&read), [(None, Role::User, "Look"), (None, Role::User, "an orphan is a root")]);
    assert_eq!(read.tip, Some(1));
    assert_eq!(
        skipped,
        "1 × an empty message, 1 × a hidden message, 1 × a message of the unknown role `critic`, \
         1 × a part of the type `image_asset_pointer`, 1 × a tool's answer without its call, \
         2 × a message that hangs on nothing"
    );
}

#[test]
fn a_conversation_of_a_wrong_shape_is_named_by_its_place() {
    let good = export(json!({"a": node(None, &[], said("user", "hi"))}), "a")[0].clone();
    for (wrong, at) in [
        (json!({"mapping": []}), "conversation 2: line 1, column "),
        (json!({"mapping": {"a": 5}}), "conversation 2: message a: "),
    ] {
        let error = exchange::read(&json!([good, wrong]).to_string()).unwrap_err().to_string();
        assert!(error.starts_with(at), "{error}");
    }
}

#[test]
fn a_chain_of_many_thousand_messages_is_read_without_a_deep_stack() {
    let mut mapping = serde_json::Map::new();
    for place in 0..20_000_u32 {
        let parent = place.checked_sub(1).map(|above| above.to_string());
        mapping.insert(place.to_string(), node(parent.as_deref(), &[&(place + 1).to_string()], said("user", "x")));
    }
    let (read, _) = read_one(&export(Value::Object(mapping), "19999"));
    assert_eq!((read.messages.len(), read.tip), (20_000, Some(19_999)));
}
