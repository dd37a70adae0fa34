//! The request that uses a feature, made as every request is made.

use serde_json::{Value, json};

use crate::api::RequestShape;
use crate::chat::{ChatRequest, Dialect, Remembered};
use crate::pricing::Feature;

/// The body of a small request that uses a feature of a model, as an endpoint of this dialect takes it.
#[must_use]
pub fn request(feature: Feature, model: &str, dialect: &Dialect) -> Value {
    let mut request = ChatRequest::new(model, vec![json!({"role": "user", "content": question(feature)})]);
    request.stream = feature == Feature::Streaming;
    match feature {
        Feature::Streaming | Feature::Vision => {}
        Feature::FunctionCalling => request.tools = vec![weather()],
        Feature::JsonMode => request.params.set("response_format", json!({"type": "json_object"})),
        Feature::StructuredOutput => request.params.set("response_format", person()),
        Feature::Reasoning => request.params.set("reasoning_effort", json!("low")),
    }
    let shape = RequestShape { dialect: dialect.clone(), ..RequestShape::default() };
    Value::Object(shape.body(&request, Remembered::default()))
}

fn question(feature: Feature) -> Value {
    match feature {
        Feature::Streaming => json!("Count from one to ten."),
        Feature::FunctionCalling => json!("Do I need an umbrella in Lyon?"),
        // Endpoints refuse JSON mode when no message says the word.
        Feature::JsonMode => json!("Name and age as JSON: Ada is 36."),
        Feature::StructuredOutput => json!("Ada is 36."),
        Feature::Vision => json!([
            {"type": "text", "text": "What is in this picture?"},
            {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}},
        ]),
        Feature::Reasoning => json!("Is 2027 a prime number?"),
    }
}

fn weather() -> Value {
    json!({
        "type": "function",
        "function": {
            "name": "forecast",
            "description": "The weather of a town today",
            "parameters": {
                "type": "object",
                "properties": {"town": {"type": "string"}},
                "required": ["town"],
            },
        },
    })
}

fn person() -> Value {
    json!({
        "type": "json_schema",
        "json_schema": {
            "name": "person",
            "strict": true,
            "schema": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
                "required": ["name", "age"],
                "additionalProperties": false,
            },
        },
    })
}
