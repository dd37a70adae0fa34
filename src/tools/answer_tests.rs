use proptest::prelude::*;

use super::*;

fn person() -> Value {
    json!({"type": "json_schema", "json_schema": {"name": "person", "strict": true, "schema": {
        "type": "object", "required": ["name", "age"], "additionalProperties": false,
        "properties": {
            "name": {"type": "string"},
            "age": {"type": "integer", "minimum": 0},
            "unit": {"enum": ["c", "f"]},
            "home": {"anyOf": [{"$ref": "#/$defs/place"}, {"type": "null"}]},
            "marks": {"type": "array", "items": {"type": ["number", "null"]}},
        },
        "$defs": {"place": {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"],
            "additionalProperties": {"$ref": "#/$defs/place"}}},
    }}})
}

fn check(format: &Value) -> AnswerCheck {
    AnswerCheck::new(Arc::new(AnswerFormat::of(format).unwrap()))
}

fn told(violations: &[Violation]) -> String {
    violations.iter().map(|violation| violation.said.as_str()).collect::<Vec<_>>().join(" | ")
}

fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Nothing => "nothing".to_owned(),
        Verdict::SoFar => "so far".to_owned(),
        Verdict::Wrong(found) => format!("wrong: {}", found.said),
        Verdict::Conforms => "conforms".to_owned(),
        Verdict::Fails(found) => format!("fails: {}", told(found)),
        Verdict::Cut(found) => format!("cut: {}", told(found)),
        Verdict::Unchecked(said) => format!("unchecked: {said}"),
    }
}

/// What is said of a text before its end, and at it.
fn verdicts(text: &str) -> (String, String) {
    let mut check = check(&person());
    check.update(text, None);
    let live = said(check.verdict());
    check.update(text, Some(AnswerEnd::Complete));
    (live, said(check.verdict()))
}

#[test]
fn an_error_is_told_as_soon_as_it_is_certain() {
    let table = [
        (r#"{"age": ""#, "/age is a string, where an integer is wanted"),
        (r#"{"age": 1.5,"#, "/age is 1.5, a number, where an integer is wanted"),
        (r#"{"colour""#, "/colour is no field of the schema"),
        (r#"["#, "the value is an array, where an object is wanted"),
        (r#"{"unit": "k""#, r#"/unit is "k", a string, where only "c" or "f" is allowed"#),
        (r#"{"marks": [1, null, t"#, "/marks/2 is a boolean, where a number or null is wanted"),
        (r#"{"home": {"town": 1"#, "/home/town is a number, where a string is wanted"),
        (r#"{"home": {"a/b": ["#, "/home/a~1b is an array, where an object is wanted"),
        (r#"{"home": {}"#, "/home/town is missing"),
        (r#"{"home": 5"#, "/home is a number, where an object or null is wanted"),
        (r#"{"name": "J"}"#, "/age is missing"),
        (r#"{"name": "J", "name""#, "/name is given twice"),
        ("S", "the value is not JSON at byte 0: a value is expected"),
        ("```", "the value stands in a code fence, which is no JSON"),
    ];
    for (text, sentence) in table {
        let (live, end) = verdicts(text);
        assert_eq!(live, format!("wrong: {sentence}"));
        assert!(end.starts_with("fails: ") || end.starts_with("cut: "), "{text}: {end}");
        let before: String = text.chars().take(text.chars().count() - 1).collect();
        assert_ne!(verdicts(&before).0, live, "it was certain before: {text}");
    }
}

#[test]
fn at_its_end_an_answer_conforms_or_not() {
    let end = |text| verdicts(text).1;
    assert_eq!(verdicts(r#"{"name": "J", "ag"#).0, "so far");
    assert_eq!(end(r#" {"name": "J", "age": 30, "home": null} "#), "conforms");
    assert_eq!(
        end(r#"{"age": -1, "x": 1}"#),
        "fails: /name is missing | /age is -1, where at least 0 is wanted | /x is no field of the schema"
    );
    assert_eq!(end(r#"{"name": "J", "age": 3, "age": 3}"#), "fails: /age is given twice");
    assert_eq!(
        end("```json\n{\"name\": \"J\", \"age\": 3}\n```"),
        "fails: the value stands in a code fence, which is no JSON; the JSON in it conforms"
    );
    assert_eq!(
        end("```\n{\"name\": \"J\"}\n```"),
        "fails: the value stands in a code fence, which is no JSON | /age is missing"
    );
    assert_eq!(end("{} there"), "fails: the value is not JSON at byte 3: nothing more is expected | /name is missing");
    assert_eq!(end("  "), "nothing");
    assert_eq!(
        end(&"[".repeat(100_000)),
        "cut: the JSON is cut off: the model ended before its end | the value is an array, where an object is wanted"
    );
}

#[test]
fn a_cut_answer_says_at_which_limit() {
    let cut = |end| {
        let mut check = check(&person());
        check.update(r#"{"name": "Jo"#, Some(end));
        said(check.verdict())
    };
    assert_eq!(cut(AnswerEnd::Length(Some(512))), "cut: the JSON is cut off: max_tokens was reached at 512");
    assert_eq!(cut(AnswerEnd::Length(None)), "cut: the JSON is cut off: the limit of tokens was reached");
    assert_eq!(cut(AnswerEnd::Broken), "cut: the JSON is cut off: the reply did not come to its end");
}

#[test]
fn without_a_schema_it_has_to_be_an_object() {
    let mut object = check(&json!({"type": "json_object"}));
    object.update("[1", None);
    assert_eq!(said(object.verdict()), "wrong: the value is an array, where an object is wanted");
    let mut deep = check(&json!({"type": "json_object"}));
    deep.update(&"{\"a\":".repeat(100_000), None);
    assert_eq!(said(deep.verdict()), "wrong: the value is nested deeper than 128 levels, which is not checked");
    for format in [json!({"type": "text"}), json!({"type": "grammar"}), json!("json")] {
        assert!(AnswerFormat::of(&format).is_none(), "{format}");
    }
    let broken = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": {"$ref": "http://x/y"}}});
    let mut broken = check(&broken);
    broken.update("{}", Some(AnswerEnd::Complete));
    assert!(matches!(broken.verdict(), Verdict::Unchecked(_)));
}

#[test]
fn a_piece_costs_the_same_however_long_the_answer_is() {
    let mut check = check(&json!({"type": "json_schema", "json_schema": {"schema":
        {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}}}));
    let text = format!("[{}{{\"a\": 1}}]", "{\"a\": 12345},".repeat(5000));
    let mut work = Vec::new();
    for end in (4..text.len()).step_by(4) {
        let before = check.work();
        check.update(&text[..end], None);
        work.push(check.work() - before);
    }
    assert_eq!(said(check.verdict()), "so far");
    assert!(work.iter().max() < Some(&16), "{:?}", work.iter().max());
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!(3)),
        Just(json!(-1.5)),
        Just(json!(2.0)),
        Just(json!("c")),
        Just(json!("name")),
    ];
    let name = prop_oneof![Just("name"), Just("age"), Just("home"), Just("town"), Just("marks"), Just("unit")];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..6).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

fn any_schema() -> impl Strategy<Value = Value> {
    let kind = || {
        prop_oneof![
            Just("object"),
            Just("array"),
            Just("string"),
            Just("number"),
            Just("integer"),
            Just("null"),
            Just("boolean"),
        ]
    };
    let leaf = prop_oneof![
        kind().prop_map(|kind| json!({"type": kind})),
        (kind(), kind()).prop_map(|(one, other)| json!({"type": [one, other]}).clone()),
        Just(json!({"enum": ["c", 3, null, 2]})),
        Just(json!({"const": "name"})),
        Just(json!(true)),
        Just(json!(false)),
        Just(json!({"$ref": "#"})),
        Just(json!({"minimum": 0})),
    ]
    .prop_filter("types are named once", |schema| {
        schema["type"][0].is_null() || schema["type"][0] != schema["type"][1]
    });
    leaf.prop_recursive(4, 24, 3, |inner| {
        let others = prop_oneof![Just(json!(true)), Just(json!(false)), inner.clone()];
        let fields = (inner.clone(), inner.clone(), others);
        prop_oneof![
            fields.prop_map(|(name, home, others)| json!({"properties": {"name": name, "home": home},
                "required": ["name"], "additionalProperties": others})),
            inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            (inner.clone(), inner.clone()).prop_map(|(first, items)| json!({"prefixItems": [first], "items": items})),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| json!({"anyOf": [one, other]})),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| json!({"oneOf": [one, other]})),
            (inner.clone(), inner).prop_map(|(one, other)| json!({"allOf": [one, other]})),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_certain_is_so_by_the_whole_check_too(schema in any_schema(), value in any_value()) {
        let whole = Schema::of(&schema).unwrap();
        let format = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": schema}});
        let text = value.to_string();
        let mut check = check(&format);
        let mut certain: Option<Verdict> = None;
        for (end, _) in text.char_indices().skip(1).chain([(text.len(), ' ')]) {
            check.update(&text[..end], None);
            match (&certain, check.verdict()) {
                (Some(certain), verdict) => prop_assert_eq!(certain, verdict, "what is certain stays"),
                (None, verdict @ Verdict::Wrong(_)) => certain = Some(verdict.clone()),
                (None, verdict) => prop_assert_eq!(verdict, &Verdict::SoFar),
            }
        }
        check.update(&text, Some(AnswerEnd::Complete));
        let conforms = whole.check(&value).is_empty();
        prop_assert_eq!(check.verdict() == &Verdict::Conforms, conforms, "{:?}", check.verdict());
        prop_assert!(certain.is_none() || !conforms);
    }
}
