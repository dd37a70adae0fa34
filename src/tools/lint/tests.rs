use serde_json::json;

use super::*;
use crate::tools::read_tools;

fn linted(value: &Value) -> Vec<String> {
    let found = lint(&read_tools(&value.to_string()).unwrap());
    found.iter().map(|finding| format!("{} {}: {}", finding.severity.word(), finding.pointer, finding.said)).collect()
}

/// What is found in the parameters of a tool that is right apart from them.
fn in_parameters(strict: bool, parameters: &Value) -> Vec<String> {
    linted(&json!({"name": "f", "description": "Does.", "strict": strict, "parameters": parameters}))
}

#[test]
fn a_definition_that_is_right_has_no_findings() {
    let parameters = json!({
        "type": "object",
        "properties": {"at": {"type": "string", "description": "Where"}, "more": {"$ref": "#/$defs/more"}},
        "required": ["at", "more"],
        "additionalProperties": false,
        "$defs": {"more": {
            "type": "object",
            "properties": {"n": {"type": ["integer", "null"], "description": "How many"}},
            "required": ["n"],
            "additionalProperties": false
        }}
    });
    for strict in [false, true] {
        assert_eq!(in_parameters(strict, &parameters), Vec::<String>::new());
    }
    assert_eq!(linted(&json!({"name": "f", "description": "Does."})), Vec::<String>::new());
}

#[test]
fn names_and_descriptions_are_held_to_the_provider_s_limits() {
    let long = "n".repeat(65);
    let cases = [
        (
            json!({"name": "get weather", "description": "Does."}),
            "refused /name: a name has letters a to z, digits, `_` and `-` only, not ` `; write `get_weather`",
        ),
        (json!({"name": long, "description": "Does."}), "refused /name: a name has at most 64 characters, not 65"),
        (json!({"name": "f"}), "misread : it has no description; the model knows of it by its name only"),
        (
            json!({"name": "f", "description": " "}),
            "misread /description: the description is empty; the model knows of it by its name only",
        ),
        (
            json!({"name": "f", "description": "x".repeat(1025)}),
            "refused /description: a description has at most 1024 characters, not 1025",
        ),
        (json!({"name": "f", "description": 7}), "refused /description: a description is a string, not a number"),
        (
            json!({"name": "f", "description": "Does.", "strict": "yes"}),
            "refused /strict: `strict` is true or false, not a string",
        ),
        (
            json!({"name": "f", "description": "Does.", "parameters": []}),
            "refused /parameters: a schema is an object, not a list",
        ),
        (
            json!({"name": "f", "description": "Needs `city` and `f`.", "parameters": {"type": "object", "properties": {}}}),
            "note /description: the description speaks of `city`, which is no parameter",
        ),
    ];
    for (value, expected) in cases {
        assert_eq!(linted(&value), [expected], "{value}");
    }
}

#[test]
fn a_schema_that_no_provider_takes_is_told_with_its_place() {
    let text = json!({"type": "string", "description": "Text"});
    let cases = [
        (
            json!({"properties": {}}),
            "refused /parameters: arguments are an object: the schema needs \"type\": \"object\"",
        ),
        (
            json!({"type": "string"}),
            "refused /parameters/type: arguments are an object: \"type\" is \"object\" here, not \"string\"",
        ),
        (
            json!({"type": "object", "anyOf": [{"type": "object"}]}),
            "refused /parameters/anyOf: `anyOf` has no place at the root of a schema",
        ),
        (
            json!({"type": "object", "properties": {"a": text}, "required": ["a", "b"]}),
            "refused /parameters/required/1: `b` is required but is none of the properties; define it, or do not require it",
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "array", "description": "List"}}}),
            "refused /parameters/properties/a: a list needs \"items\", which says what is in it",
        ),
        (
            json!({"type": "object", "properties": {"a": {"enum": [], "description": "Choice"}}}),
            "refused /parameters/properties/a/enum: a choice needs something to choose from",
        ),
        (
            json!({"type": "object", "properties": {"a": {"enum": ["x"], "description": "Choice"}}}),
            "note /parameters/properties/a/enum: only \"x\" may be chosen, so the model need not be asked; leave the parameter out",
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            "misread /parameters/properties/a: `a` has no description; the model guesses what it means",
        ),
        (
            json!({"type": "object", "properties": {"a": {"description": "Any"}}}),
            "misread /parameters/properties/a: `a` has no type; the model may send anything",
        ),
        (
            json!({"type": "object", "properties": {"a": {"$ref": "https://example.com/a.json"}}}),
            "refused /parameters/properties/a/$ref: `https://example.com/a.json` is another document, which is never fetched; \
             put it below \"$defs\"",
        ),
        (
            json!({"type": "object", "properties": {"a/b": {"$ref": "#/$defs/none"}}}),
            "refused /parameters/properties/a~1b/$ref: `#/$defs/none` leads to nothing in this schema",
        ),
    ];
    for (parameters, expected) in cases {
        assert_eq!(in_parameters(false, &parameters), [expected], "{parameters}");
    }
    let found =
        in_parameters(false, &json!({"type": "object", "properties": {"a": {"type": "text", "description": "A"}}}));
    assert!(found.len() == 1 && found[0].starts_with("refused /parameters/properties/a/type: "), "{found:?}");
}

#[test]
fn a_strict_schema_is_held_to_the_subset() {
    let text = json!({"type": "string", "description": "Text"});
    let closed = |more: &Value| {
        let mut parameters = json!({
            "type": "object", "properties": {"a": text}, "required": ["a"], "additionalProperties": false
        });
        parameters["properties"]["a"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    let cases = [
        (
            json!({"type": "object", "properties": {"a": text}, "required": ["a"]}),
            "refused /parameters: a strict object needs \"additionalProperties\": false",
        ),
        (
            json!({"type": "object", "properties": {"a": text}, "additionalProperties": false}),
            "refused /parameters/required: `a` is not in \"required\"; a strict schema requires every property; one that may be \
             missing takes null",
        ),
        (
            closed(&json!({"default": "x"})),
            "refused /parameters/properties/a/default: a strict schema has no `default`; leave it out, or say it in the description",
        ),
        (
            closed(&json!({"minLength": 1})),
            "note /parameters/properties/a/minLength: older models refuse `minLength` in a strict schema",
        ),
    ];
    for (parameters, expected) in cases {
        assert_eq!(in_parameters(true, &parameters), [expected], "{parameters}");
        assert!(in_parameters(false, &parameters).is_empty(), "{parameters}");
    }
}

#[test]
fn a_strict_schema_has_limits_as_a_whole() {
    let mut deep = json!({"type": "string", "description": "Text"});
    for _ in 0..11 {
        deep = json!({"type": "array", "items": deep, "description": "List"});
    }
    let root =
        |a: Value| json!({"type": "object", "properties": {"a": a}, "required": ["a"], "additionalProperties": false});
    let at = format!("/parameters/properties/a{}", "/items".repeat(10));
    let deeper = |levels: usize, more: &str| {
        format!("refused {at}{more}: it is nested {levels} levels deep; a strict schema has at most 10")
    };
    assert_eq!(in_parameters(true, &root(deep)), [deeper(11, ""), deeper(12, "/items")]);
    let many: Vec<String> = (0..1001).map(|place| place.to_string()).collect();
    let found = in_parameters(true, &root(json!({"enum": many, "description": "Choice"})));
    assert_eq!(found, ["refused /parameters: it has 1001 choices; a strict schema has at most 1000"]);
    let long = |count: usize| (0..count).map(|place| format!("{place:060}")).collect::<Vec<String>>();
    let found = in_parameters(true, &root(json!({"enum": long(251), "description": "Choice"})));
    let said =
        "its choices have 15060 characters; a strict schema has at most 15000 where there are more than 250 choices";
    assert_eq!(found, [format!("refused /parameters/properties/a/enum: {said}")]);
    assert_eq!(in_parameters(true, &root(json!({"enum": long(250), "description": "Choice"}))), Vec::<String>::new());
    let constant = json!({"const": "x".repeat(120_000), "description": "Constant"});
    let said = "it has 120001 characters of names, choices and constants; a strict schema has at most 120000";
    assert_eq!(in_parameters(true, &root(constant))[0], format!("refused /parameters: {said}"));
}

#[test]
fn tools_that_are_offered_together_have_names_of_their_own_and_are_not_too_many() {
    let tool = |name: &str| json!({"name": name, "description": "Does."});
    assert_eq!(
        linted(&json!([tool("a"), tool("b"), tool("a")])),
        ["refused /2/name: a tool of this name stands at /0 already; names are unique in a request"]
    );
    let many: Vec<Value> = (0..129).map(|place| tool(&format!("t{place}"))).collect();
    assert_eq!(linted(&json!(many)), ["refused : 129 tools are offered together; a request takes at most 128"]);
}

#[test]
fn a_large_definition_is_weighed_and_its_worst_faults_are_told() {
    let properties: Map<String, Value> = (0..400)
        .map(|place| (format!("property_{place:04}_of_many"), json!({"type": "array", "description": "List"})))
        .collect();
    let found = in_parameters(false, &json!({"type": "object", "properties": properties}));
    assert!(found.len() == MOST_FINDINGS && found.iter().all(|finding| finding.starts_with("refused ")), "{found:?}");
    let found = linted(
        &json!({"name": "f", "description": "Does.", "parameters": {"type": "object", "title": "x".repeat(20_000)}}),
    );
    assert_eq!(found, ["note : it takes ~5,026 tokens of every request"]);
}

#[test]
fn what_a_definition_says_cannot_drive_the_terminal() {
    let found = linted(&json!({"name": "a\u{1b}[31m", "description": "Does."}));
    assert!(found.iter().all(|said| !said.contains('\u{1b}')), "{found:?}");
}
