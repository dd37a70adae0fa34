//! Functions that a model may call, and its calls.

use serde_json::{Value, json};

/// A function offered to the model, in its wire form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    pub name: String,
    pub definition: Value,
}

impl Tool {
    /// Reads `{"type":"function","function":{"name":…}}`, or the bare function object, which is wrapped.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        let wrapped = value.get("function").is_some();
        let function = if wrapped { &value["function"] } else { value };
        let name = function.get("name")?.as_str().filter(|name| !name.is_empty())?.to_owned();
        let definition = if wrapped { value.clone() } else { json!({"type": "function", "function": value}) };
        Some(Self { name, definition })
    }
}

/// One request by the model to use a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// The server's id, or one of our own where it gave none; unique within a reply.
    pub id: String,
    pub name: String,
    /// The arguments exactly as they came: usually JSON, but never repaired.
    pub arguments: String,
    /// What the server put beside the call as `extra_content` and wants back (wire: Gemini's thought signature).
    pub extra: Option<Value>,
}

/// A piece of one call in a stream: `id`, `name` and `extra` replace what is there, `arguments` continues it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallPiece<'a> {
    /// The call's place among the calls of its reply, from 0.
    pub index: usize,
    pub id: Option<&'a str>,
    pub name: Option<&'a str>,
    pub arguments: &'a str,
    pub extra: Option<&'a Value>,
}

impl ToolCall {
    /// Whether the arguments came to their end. Endpoints that parse them refuse a history with half of one.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.arguments.trim().is_empty() || serde_json::from_str::<serde::de::IgnoredAny>(&self.arguments).is_ok()
    }

    /// The wire form in which the call goes back in an assistant message.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let function = json!({"name": self.name, "arguments": self.arguments});
        let mut call = json!({"id": self.id, "type": "function", "function": function});
        if let Some(extra) = &self.extra {
            call["extra_content"] = extra.clone();
        }
        call
    }

    /// Gives calls that have no id, or one that another has, an id of their own: an answer names its call by it.
    pub fn make_unique(calls: &mut [Self]) {
        let mut seen = std::collections::BTreeSet::new();
        for (place, call) in calls.iter_mut().enumerate() {
            let given = std::mem::take(&mut call.id);
            let named =
                |count: usize| if given.is_empty() { format!("call_{count}") } else { format!("{given}_{count}") };
            let own = Some(given.clone()).filter(|id| !id.is_empty());
            let mut ids = own.into_iter().chain((place..).map(named));
            call.id = ids.find(|id| !seen.contains(id)).unwrap_or_default();
            seen.insert(call.id.clone());
        }
    }

    /// Adds a piece to the calls of a reply. A place past the end is the next free one, so that no piece can leave a gap.
    pub fn collect(calls: &mut Vec<Self>, piece: CallPiece<'_>) {
        if piece.index >= calls.len() {
            calls.push(Self::default());
        }
        let at = piece.index.min(calls.len() - 1);
        let call = &mut calls[at];
        if let Some(id) = piece.id {
            id.clone_into(&mut call.id);
        }
        if let Some(name) = piece.name {
            name.clone_into(&mut call.name);
        }
        call.arguments.push_str(piece.arguments);
        if let Some(extra) = piece.extra {
            call.extra = Some(extra.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_function_is_wrapped_and_a_nameless_one_is_none() {
        let bare = json!({"name": "lookup", "parameters": {}});
        let tool = Tool::from_json(&bare).unwrap();
        assert_eq!(tool.definition, json!({"type": "function", "function": bare}));
        assert_eq!(Tool::from_json(&tool.definition), Some(tool.clone()));
        assert_eq!(Tool::from_json(&json!({"type": "function", "function": {}})), None);
    }

    #[test]
    fn pieces_set_names_and_continue_arguments() {
        let mut calls = Vec::new();
        let piece = |index, id, name, arguments| CallPiece { index, id, name, arguments, extra: None };
        ToolCall::collect(&mut calls, piece(0, Some("c0"), Some("read"), "{\"a\""));
        ToolCall::collect(&mut calls, piece(9, Some("c1"), Some("list"), ""));
        ToolCall::collect(&mut calls, piece(0, None, Some("read"), ":1}"));
        let call = |id: &str, name: &str, arguments: &str| ToolCall {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            extra: None,
        };
        assert_eq!(calls, [call("c0", "read", "{\"a\":1}"), call("c1", "list", "")]);
    }

    #[test]
    fn what_the_server_put_beside_a_call_goes_back_unchanged() {
        let extra = json!({"google": {"thought_signature": "c2ln"}});
        let mut calls = Vec::new();
        let piece = CallPiece { index: 0, id: Some("c"), name: Some("f"), arguments: "{}", extra: Some(&extra) };
        ToolCall::collect(&mut calls, piece);
        assert_eq!(
            calls[0].to_json(),
            json!({"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}, "extra_content": extra})
        );
    }
}
