//! Values made for schemas, judged by a validator.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn make(schema: &Value, prompt: &str, seed: u64, optional: Optional) -> Value {
    let mut lexemes = Lexemes::read(prompt);
    let mut random = fastrand::Rng::with_seed(seed);
    let tell: Teller<'_> = Box::new(|name| format!("some {name} words"));
    Writer::new(schema, prompt, &mut lexemes, &mut random, tell, optional).write()
}

fn assert_conforms(schema: &Value, value: &Value) {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{schema}\n{value}\n{errors:?}");
}

#[test]
fn values_come_from_the_prompt_where_names_types_and_patterns_match() {
    let schema = json!({"type": "object", "required": ["name", "age", "order_id", "city", "state", "urgent"], "properties": {
        "name": {"type": "string"}, "age": {"type": "integer"}, "order_id": {"type": "string", "pattern": "^[A-Z]-\\d+$"},
        "city": {"type": "string"}, "state": {"enum": ["paid", "open"]}, "urgent": {"type": "boolean"},
    }});
    let prompt = "The customer's name is Ann Lee, age 41, from Oslo. Her order A-77 is still open and it is urgent.";
    assert_eq!(
        make(&schema, prompt, 1, Optional::All),
        json!({"name": "Ann Lee", "age": 41, "order_id": "A-77", "city": "Oslo", "state": "open", "urgent": true})
    );
}

#[test]
fn optional_arguments_are_given_only_when_the_prompt_speaks_of_them() {
    let schema = json!({"type": "object", "required": ["city"], "properties": {
        "city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}, "unit": {"enum": ["celsius", "fahrenheit"]},
    }});
    let make = |prompt| make(&schema, prompt, 1, Optional::Mentioned);
    assert_eq!(make("Weather in Rome?"), json!({"city": "Rome"}));
    assert_eq!(make("Weather in Rome for 3 days"), json!({"city": "Rome", "days": 3}));
}

#[test]
fn many_kinds_of_schemas_are_met() {
    let node = json!({"$defs": {"node": {"type": "object", "required": ["value", "next"], "additionalProperties": false,
        "properties": {"value": {"type": "integer"}, "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}}}},
        "$ref": "#/$defs/node"});
    let schemas = [
        json!(true),
        json!({}),
        node,
        json!({"type": ["null", "integer"], "minimum": 3, "multipleOf": 4}),
        json!({"type": "array", "items": {"type": "string", "minLength": 30, "maxLength": 40}, "minItems": 3, "maxItems": 3}),
        json!({"type": "array", "uniqueItems": true, "minItems": 3, "items": {"enum": [1, 2, 3]}}),
        json!({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}], "items": false}),
        json!({"oneOf": [{"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}}},
            {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "b"}}}]}),
        json!({"allOf": [{"type": "object", "required": ["a"], "properties": {"a": {"type": "number", "exclusiveMinimum": 0,
            "exclusiveMaximum": 0.1}}}, {"required": ["b"], "properties": {"b": {"type": "string", "format": "date-time"}}}]}),
        json!({"type": "object", "minProperties": 3, "additionalProperties": {"type": "integer"}}),
        json!({"type": "object", "maxProperties": 1, "properties": {"a": {}, "b": {}}, "required": ["b"]}),
        json!({"type": "string", "pattern": "^[a-z]+$", "minLength": 8, "maxLength": 12}),
        json!({"enum": ["a", 1, null], "type": "integer"}),
        json!({"type": "object", "required": ["missing"], "additionalProperties": {"type": "boolean"}}),
    ];
    for (schema, seed) in schemas.iter().flat_map(|schema| (0..20).map(move |seed| (schema, seed))) {
        assert_conforms(schema, &make(schema, "Take 7 of \"these\" to Rome on 2026-05-01.", seed, Optional::All));
        assert_conforms(schema, &make(schema, "", seed, Optional::Mentioned));
    }
}

#[test]
fn a_schema_that_never_ends_is_cut_off() {
    let endless =
        json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}});
    assert!(make(&endless, "", 1, Optional::All).is_object());
    assert_eq!(make(&json!({"$ref": "#"}), "", 1, Optional::All), json!("some  words"));
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0u32..6, 0u32..8)
            .prop_map(|(least, more)| json!({"type": "string", "minLength": least, "maxLength": least + more})),
        (-9i32..9, 0i32..30)
            .prop_map(|(least, span)| json!({"type": "integer", "minimum": least, "maximum": least + span})),
        (-9.0f64..9.0).prop_map(|least| json!({"type": "number", "exclusiveMinimum": least})),
        Just(json!({"type": "boolean"})),
        Just(json!({"type": "null"})),
        prop::collection::vec("[a-z]{1,5}", 1..4).prop_map(|options| json!({"enum": options})),
        prop::sample::select(vec!["date", "email", "uri", "uuid", "time"])
            .prop_map(|format| json!({"type": "string", "format": format})),
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            (prop::collection::btree_map("[a-z]{1,6}", inner.clone(), 0..5), any::<bool>(), any::<bool>()).prop_map(
                |(properties, all, closed)| {
                    let required: Vec<&String> = properties.keys().step_by(if all { 1 } else { 2 }).collect();
                    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": !closed})
                }
            ),
            (inner.clone(), 0usize..4, 0usize..3).prop_map(|(items, least, more)| {
                json!({"type": "array", "items": items, "minItems": least, "maxItems": least + more})
            }),
            prop::collection::vec(inner, 1..3).prop_map(|any| json!({"anyOf": any})),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_made_conforms(schema in schema(), prompt in "([A-Za-z0-9@.:\"' -]{0,12} ){0,6}", seed in any::<u64>(), all in any::<bool>()) {
        let optional = if all { Optional::All } else { Optional::Mentioned };
        assert_conforms(&schema, &make(&schema, &prompt, seed, optional));
    }
}
