//! Functions that a model may call, and its calls.

use serde_json::{Value, json};

/// A function offered to the model, in its wire form.
#[derive(Clone, Debug, PartialEq)]
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
}

impl ToolCall {
    /// The wire form in which the call goes back in an assistant message.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({"id": self.id, "type": "function", "function": {"name": self.name, "arguments": self.arguments}})
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
}
