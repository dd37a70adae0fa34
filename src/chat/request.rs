//! What is asked of a model, before any endpoint's dialect is applied.

use serde_json::{Map, Value};

use super::{Images, Params, WrittenMessages};

/// One request in provider-neutral form. Fields that the user did not set are absent from the body that is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatRequest {
    pub model: String,
    /// Messages in wire form (`{"role": …, "content": …}`), oldest first; images stand in them as references.
    pub messages: Vec<Value>,
    /// Further messages behind those, of a conversation that holds no images.
    pub written: WrittenMessages,
    /// What the references lead to.
    pub images: Images,
    /// The set params, by wire name.
    pub params: Params,
    /// Tool definitions in wire form; when empty the field is absent.
    pub tools: Vec<Value>,
    /// Whether the reply is streamed as server-sent events.
    pub stream: bool,
    /// Fields that are merged last into the body, as they are.
    pub extra: Map<String, Value>,
}

impl ChatRequest {
    /// A streamed request with nothing set.
    #[must_use]
    pub fn new(model: impl Into<String>, messages: Vec<Value>) -> Self {
        Self {
            model: model.into(),
            messages,
            written: WrittenMessages::default(),
            images: Images::default(),
            params: Params::default(),
            tools: Vec::new(),
            stream: true,
            extra: Map::new(),
        }
    }

    /// The same request with all its messages as values.
    #[must_use]
    pub fn unwritten(mut self) -> Self {
        self.messages.extend(std::mem::take(&mut self.written).to_values());
        self
    }
}
