use serde_json::json;

use super::*;

/// The sentences about a value, by a schema.
fn said(schema: &Value, value: &Value) -> Vec<String> {
    Schema::of(schema).unwrap().check(value).into_iter().map(|violation| violation.said).collect()
}

#[test]
fn each_violation_has_its_place() {
    let schema = Schema::of(&json!({
        "type": "object", "properties": {"age": {"type": "integer"}, "name": {"type": "string"}}, "required": ["name"],
        "additionalProperties": false
    }))
    .unwrap();
    assert_eq!(schema.check(&json!({"name": "John", "age": 30})), []);
    let found = schema.check(&json!({"age": "30", "a/b": 1, "colour": 2}));
    let mut found: Vec<(&str, &str)> = found.iter().map(|v| (v.pointer.as_str(), v.said.as_str())).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("/age", r#"/age is "30", a string, where an integer is wanted"#),
            ("/a~1b", "/a~1b is no field of the schema"),
            ("/colour", "/colour is no field of the schema"),
            ("/name", "/name is missing"),
        ]
    );
}

#[test]
fn a_sentence_says_what_stands_there_and_what_is_wanted() {
    let table = [
        (json!({"type": ["string", "null"]}), json!(5), "the value is 5, a number, where null or a string is wanted"),
        (json!({"type": "object"}), json!([1]), "the value is an array, where an object is wanted"),
        (
            json!({"enum": ["a", "b", 3]}),
            json!("c"),
            r#"the value is "c", a string, where only "a", "b" or 3 is allowed"#,
        ),
        (json!({"const": 1}), json!(null), "the value is null, where only 1 is allowed"),
        (json!({"minimum": 1}), json!(0), "the value is 0, where at least 1 is wanted"),
        (json!({"exclusiveMaximum": 1}), json!(1), "the value is 1, where less than 1 is wanted"),
        (json!({"multipleOf": 2}), json!(7), "the value is 7, where a multiple of 2 is wanted"),
        (json!({"minLength": 2}), json!("é"), r#"the value is "é", 1 character, where at least 2 are wanted"#),
        (json!({"maxItems": 1}), json!([1, 2]), "the value has 2 items, where at most 1 are allowed"),
        (json!({"minProperties": 1}), json!({}), "the value has 0 fields, where at least 1 are wanted"),
        (json!({"uniqueItems": true}), json!([1, 1]), "the value holds an item twice"),
        (json!({"pattern": "^\\d+$"}), json!("x"), r#"the value is "x", a string, which does not match ^\d+$"#),
        (json!({"format": "date"}), json!("x"), r#"the value is "x", a string, which is not in the format date"#),
        (json!({"not": {"type": "null"}}), json!(null), "the value is null, which the schema rules out"),
        (json!({"additionalProperties": false}), json!({"a": 1}), "the value has fields, where the schema knows none"),
        (json!({"properties": {"a": false}}), json!({"a": 1}), "/a is not allowed here"),
        (
            json!({"propertyNames": {"maxLength": 1}}),
            json!({"ab": 1}),
            r#"the value has a field whose name does not fit: it is "ab", 2 characters, where at most 1 are allowed"#,
        ),
        (
            json!({"oneOf": [{"minimum": 0}, {"type": "integer"}]}),
            json!(3),
            "the value fits more than one of the alternatives, where exactly one is wanted",
        ),
    ];
    for (schema, value, sentence) in table {
        assert_eq!(said(&schema, &value), [sentence]);
    }
}

#[test]
fn of_alternatives_the_nearest_one_explains() {
    let person = json!({"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]});
    let company = json!({"type": "object", "required": ["vat", "seat"]});
    let or_null = json!({"properties": {"who": {"anyOf": [person, {"type": "null"}]}}});
    assert_eq!(said(&or_null, &json!({"who": {}})), ["/who/age is missing"]);
    assert_eq!(said(&or_null, &json!({"who": 5})), ["/who is 5, a number, where an object or null is wanted"]);
    assert_eq!(
        said(&json!({"oneOf": [company, person]}), &json!({"age": 1.5})),
        [
            "the value fits none of 2 alternatives; of the nearest, number 2: /age is 1.5, a number, where an integer is wanted"
        ]
    );
}

#[test]
fn sentences_are_bounded_in_length_and_number_and_hide_nothing() {
    let long = "x".repeat(100_000);
    let said_of = said(&json!({"type": "integer"}), &json!(long));
    assert!(said_of[0].len() < 150, "{said_of:?}");
    let hostile =
        said(&json!({"properties": {"a": {}}, "additionalProperties": false}), &json!({"\u{1b}[31m\u{202e}a": 1}));
    assert!(!hostile[0].contains(['\u{1b}', '\u{202e}']), "{hostile:?}");
    let long_key = said(&json!({"properties": {"a": {}}, "additionalProperties": false}), &json!({long: 1}));
    assert!(long_key[0].len() < 150, "{long_key:?}");
    let many = Value::Array(vec![json!("x"); 1000]);
    assert_eq!(said(&json!({"items": {"type": "integer"}}), &many).len(), MOST_VIOLATIONS);
    let fields: serde_json::Map<String, Value> = (0..1000).map(|at| (at.to_string(), json!(1))).collect();
    let known = json!({"properties": {"a": {}}, "additionalProperties": false});
    assert_eq!(said(&known, &Value::Object(fields)).len(), MOST_VIOLATIONS);
}

#[test]
fn what_is_elsewhere_is_never_fetched() {
    for schema in [
        json!({"$ref": "http://127.0.0.1:9/schema.json"}),
        json!({"$ref": "file:///etc/hostname"}),
        json!({"$schema": "http://127.0.0.1:9/meta"}),
        json!({"$ref": "#/$defs/none"}),
        json!({"type": "nonsense"}),
        json!({"pattern": "("}),
    ] {
        assert!(Schema::of(&schema).is_err(), "{schema}");
    }
}

#[test]
fn a_schema_that_goes_in_circles_and_a_value_without_end_are_survived() {
    let tree = json!({"$defs": {"node": {"properties": {"child": {"$ref": "#/$defs/node"}}, "additionalProperties": false}},
        "$ref": "#/$defs/node"});
    for schema in [json!({"$ref": "#"}), json!({"allOf": [{"$ref": "#"}]}), tree] {
        let schema = Schema::of(&schema).unwrap();
        for (open, close) in [("{\"child\":", "}"), ("[", "]")] {
            let text = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
            let told = schema.check_text(&text).remove(0).said;
            assert_eq!(told, "the value is nested deeper than 128 levels, which is not checked");
        }
    }
}

#[test]
fn a_pattern_that_explodes_is_given_up_and_said_to_be() {
    let text = json!("a".repeat(60) + "!");
    let plain = said(&json!({"pattern": "^(a+)+$"}), &text);
    assert!(plain[0].contains("does not match"), "{plain:?}");
    assert_eq!(
        said(&json!({"pattern": "^(?=a)(a|a)*\\1$"}), &text),
        ["the value could not be checked: its pattern takes too many steps on this text"]
    );
}

#[test]
fn a_text_that_is_no_json_is_told_by_its_place() {
    let schema = Schema::of(&json!(true)).unwrap();
    let told = |text| schema.check_text(text).into_iter().map(|v| v.said).collect::<Vec<_>>();
    assert_eq!(told("{}"), [""; 0]);
    assert_eq!(told("{\"a\": 1,"), ["the value is cut off: the JSON ends at line 1 column 8"]);
    assert_eq!(told("{}{"), ["the value is not JSON: trailing characters at line 1 column 3"]);
}
