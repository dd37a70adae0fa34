//! `ask --json-schema`: what is sent, and what becomes of an answer that does not conform.

use serde_json::{Value, json};

use super::{asking, json};
use crate::program::{Canned, Finished, Home};
use crate::server::{EVENTS, response};

const PERSON: &str = r#"{"title": "A person", "type": "object", "additionalProperties": false, "required": ["name", "age"],
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}"#;

/// A stream of one text.
fn answer(text: &str, finish: &str) -> Vec<u8> {
    let piece = json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]});
    response(200, &[EVENTS], format!("data: {piece}\n\ndata: [DONE]\n\n"))
}

/// Asks with a schema file; gives what came of it and the body that was sent.
fn ask(schema: &str, answer: Vec<u8>, more: &[&str]) -> (Finished, Value) {
    let home = Home::new();
    let file = home.write("form.json", schema);
    let server = Canned::answering([answer]);
    let arguments = [&["--json-schema", file.to_str().unwrap(), "John is 30"], more].concat();
    let run = home.run(asking(&server, &arguments));
    let body = server.body();
    (run, body)
}

#[test]
fn a_schema_is_sent_strict_where_it_can_be_and_an_answer_that_conforms_ends_well() {
    let (run, body) = ask(PERSON, answer(r#"{"name": "John", "age": 30}"#, "stop"), &[]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "{\"name\": \"John\", \"age\": 30}\n"), "{run:?}");
    let schema: Value = serde_json::from_str(PERSON).unwrap();
    let format = json!({"name": "A_person", "schema": schema, "strict": true});
    assert_eq!(body["response_format"], json!({"type": "json_schema", "json_schema": format}));
    let (_, body) = ask(r#"{"type": "object"}"#, answer("{}", "stop"), &[]);
    let format = json!({"name": "form", "schema": {"type": "object"}, "strict": false});
    assert_eq!(body["response_format"]["json_schema"], format);
}

#[test]
fn an_answer_that_does_not_conform_fails_with_each_place() {
    let (run, _) = ask(PERSON, answer(r#"{"name": "John", "age": "30", "x": 1}"#, "stop"), &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(
        run.err,
        "The answer does not conform to A_person: /age is \"30\", a string, where an integer is wanted.\n\
         The answer does not conform to A_person: /x is no field of the schema.\n"
    );
}

#[test]
fn a_cut_answer_fails_and_names_the_limit() {
    let (run, _) = ask(PERSON, answer(r#"{"name": "Jo"#, "length"), &["--set", "max_tokens=512"]);
    let said = "The answer does not conform to A_person: the JSON is cut off: max_tokens was reached at 512.\n";
    assert_eq!((run.code, run.err.as_str()), (Some(1), said));
}

#[test]
fn the_object_at_the_end_tells_whether_the_answer_conforms() {
    let (run, _) = ask(PERSON, answer(r#"{"name": "John", "age": 30}"#, "stop"), &["--json"]);
    assert_eq!((run.code, &json(&run)["conforms"], &json(&run)["violations"]), (Some(0), &json!(true), &json!([])));
    let (run, _) = ask(r#"{"type": "json_object"}"#, answer("[1]", "stop"), &["--json"]);
    let found = json!([{"pointer": "", "message": "the value is an array, where an object is wanted"}]);
    assert_eq!((run.code, &json(&run)["conforms"], &json(&run)["violations"]), (Some(1), &json!(false), &found));
}

#[test]
fn a_file_that_is_no_schema_is_told_before_anything_is_asked() {
    let home = Home::new();
    for (text, said) in [
        (r#"{"type": "nonsense"}"#, "/type"),
        (r#"{"$ref": "http://127.0.0.1:9/x"}"#, "127.0.0.1:9"),
        ("{", "is not JSON"),
        (r#"{"type": "json_schema", "json_schema": {"name": "n"}}"#, "has no schema"),
    ] {
        let file = home.write("bad.json", text);
        let run = home.run(["ask", "--provider", "sandbox", "--json-schema", file.to_str().unwrap(), "hi"]);
        assert!(run.code == Some(2) && run.err.contains(said), "{run:?}");
    }
}

#[test]
fn the_sandbox_extracts_facts_as_json() {
    let home = Home::new();
    let file = home.write("person.json", PERSON);
    let prompt = "Extract info as JSON: John is 30 years old";
    let run = home.run(["ask", "--provider", "sandbox", "--json-schema", file.to_str().unwrap(), prompt]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    let answer: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(answer, json!({"name": "John", "age": 30}));
    let mode = home.run(["ask", "--provider", "sandbox", "--set", "response_format=json_object", "--json", prompt]);
    let told = json(&mode);
    assert_eq!((mode.code, &told["conforms"]), (Some(0), &json!(true)), "{mode:?}");
    let answer: Value = serde_json::from_str(told["text"].as_str().unwrap()).unwrap();
    assert_eq!(answer, json!({"name": "John", "age": 30}));
}
