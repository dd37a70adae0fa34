//! Calls for prompts, judged as a client would.

use serde_json::{Value, json};

use super::*;

fn tools() -> Value {
    let tool = |name: &str, description: &str, parameters: Value| {
        json!({"type": "function", "function":
        {"name": name, "description": description, "parameters": parameters}})
    };
    json!([
        tool(
            "get_weather",
            "Current weather of a city",
            json!({"type": "object", "required": ["city"], "properties":
            {"city": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]}}})
        ),
        tool(
            "lookup_order",
            "Finds an order by its id",
            json!({"type": "object", "required": ["order_id"], "properties":
            {"order_id": {"type": "string", "pattern": "^[A-Z]-\\d+$"}}})
        ),
        tool(
            "calculate",
            "Does sums",
            json!({"type": "object", "required": ["expression"], "properties":
            {"expression": {"type": "string"}}})
        ),
    ])
}

fn calls(question: &str, more: &Value) -> Vec<(String, Value)> {
    let mut body = json!({"model": "sandbox", "tools": tools(), "messages": [{"role": "user", "content": question}]});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    let ask = Ask::parse(body.to_string().as_bytes()).unwrap();
    let wanted = wanted(&ask);
    let mut calls: Vec<(String, String)> = Vec::new();
    if wanted.is_empty() {
        return Vec::new();
    }
    for piece in pieces(&ask, &wanted, fastrand::Rng::with_seed(1)) {
        match piece {
            Piece::Call { name, .. } => calls.push((name, String::new())),
            Piece::Arguments { index, text } => calls[index].1.push_str(&text),
            other => panic!("{other:?}"),
        }
    }
    calls.into_iter().map(|(name, arguments)| (name, serde_json::from_str(&arguments).unwrap())).collect()
}

fn weather(city: &str) -> (String, Value) {
    ("get_weather".to_owned(), json!({"city": city}))
}

#[test]
fn a_prompt_calls_the_tool_it_speaks_of_with_what_it_says() {
    let auto = json!({});
    assert_eq!(calls("What's the weather in Oslo?", &auto), [weather("Oslo")]);
    assert_eq!(calls("Where is order A-77?", &auto), [("lookup_order".to_owned(), json!({"order_id": "A-77"}))]);
    assert_eq!(calls("How much is 12*7?", &auto), [("calculate".to_owned(), json!({"expression": "12*7"}))]);
    assert_eq!(calls("Tell me a story.", &auto), []);
}

#[test]
fn one_prompt_can_call_several_tools_or_one_several_times_unless_forbidden() {
    assert_eq!(calls("Compare the weather in Oslo and Rome", &json!({})), [weather("Oslo"), weather("Rome")]);
    let both = calls("Check the weather in Oslo and the order B-2", &json!({}));
    assert_eq!(both.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["get_weather", "lookup_order"]);
    let single = json!({"parallel_tool_calls": false});
    assert_eq!(calls("Compare the weather in Oslo and Rome", &single), [weather("Oslo")]);
}

#[test]
fn the_choice_of_the_request_is_honoured() {
    assert_eq!(calls("What's the weather in Oslo?", &json!({"tool_choice": "none"})), []);
    assert_eq!(calls("Tell me a story.", &json!({"tool_choice": "required"})).len(), 1);
    let named = json!({"tool_choice": {"type": "function", "function": {"name": "lookup_order"}}});
    let called = calls("What's the weather in Oslo?", &named);
    assert_eq!(called[0].0, "lookup_order");
    let schema = &tools()[1]["function"]["parameters"];
    assert!(jsonschema::is_valid(schema, &called[0].1), "{called:?}");
}

#[test]
fn results_are_told_in_words() {
    let messages = json!([
        {"role": "user", "content": "weather in Oslo?"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}},
            {"id": "2", "type": "function", "function": {"name": "lookup_order", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "1", "content": "{\"sky\":\"clear\",\"wind_speed\":3}"},
        {"role": "tool", "tool_call_id": "2", "content": "{\"error\":\"no such order\"}"},
    ]);
    let messages = super::super::message::read(Some(&messages)).unwrap();
    let text: String = report(&messages)
        .unwrap()
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(token) => token.text.into_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(text, "`get_weather` says: sky is clear, wind speed is 3.\n\n`lookup_order` failed: no such order.");
    assert_eq!(report(&messages[..1]), None);
}
