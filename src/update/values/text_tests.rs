use proptest::prelude::*;
use serde_json::json;

use super::*;

const STOP: Subject<'_> = Subject::Param("stop");
const FORMAT: Subject<'_> = Subject::Param("response_format");
const CHOICE: Subject<'_> = Subject::Param("tool_choice");
const BIAS: Subject<'_> = Subject::Param("logit_bias");

fn value_of(subject: Subject<'_>, text: &str) -> Value {
    match read(subject, text) {
        Ok(Reading::Param(_, value)) => value,
        other => panic!("{text}: {other:?}"),
    }
}

fn slip(subject: Subject<'_>, text: &str) -> String {
    read(subject, text).unwrap_err()
}

#[test]
fn an_empty_text_unsets() {
    for subject in [STOP, FORMAT, Subject::Tools, Subject::Extra] {
        assert_eq!(read(subject, " \n"), Ok(Reading::Unset));
    }
}

#[test]
fn stop_strings_are_lines_or_json() {
    assert_eq!(value_of(STOP, "END"), json!("END"));
    assert_eq!(value_of(STOP, "END\n\n  two words \n"), json!(["END", "  two words "]));
    assert_eq!(value_of(STOP, "[\"a\\n\", \"b\"]"), json!(["a\n", "b"]));
    assert_eq!(value_of(STOP, "\"\\n\""), json!("\n"));
    assert_eq!(value_of(STOP, "[END]"), json!("[END]"));
    assert_eq!(value_of(STOP, "@end"), json!("@end"));
    assert_eq!(slip(STOP, "1\n2\n3\n4\n5"), "stop takes at most 4 strings, not 5");
}

#[test]
fn words_go_without_quotes_and_json_is_told_where_it_breaks() {
    assert_eq!(value_of(FORMAT, " json_object\n"), json!({"type": "json_object"}));
    assert_eq!(value_of(CHOICE, "required"), json!("required"));
    assert_eq!(slip(BIAS, "{\"1\": 5,\n \"ü\": 5,,}"), "2:9 key must be a string");
    assert_eq!(slip(BIAS, "{\"1\": 5"), "1:8 an object is not ended");
    assert_eq!(slip(BIAS, "{\"1\":\n"), "2:1 a value is missing");
    assert_eq!(slip(BIAS, "{\"1\": 500}"), "logit_bias wants a number from -100 to 100 for `1`, not `500`");
    assert_eq!(
        slip(CHOICE, "Lookup"),
        "tool_choice wants none, auto, required, or an object that names a function, not `Lookup`"
    );
}

#[test]
fn every_template_is_a_value_and_reads_as_it_is_shown() {
    let tools = vec![Tool::from_json(&json!({"name": "pay"})).unwrap()];
    for subject in [FORMAT, CHOICE, BIAS, Subject::Tools] {
        assert!(!templates(subject, &tools).is_empty());
        for template in templates(subject, &tools) {
            assert!(read(subject, &template).is_ok(), "{template}");
        }
    }
    assert!(templates(CHOICE, &tools).last().unwrap().contains("\"pay\""));
    assert_eq!(templates(STOP, &tools), [""; 0]);
}

#[test]
fn a_value_is_shown_so_that_it_is_read_back() {
    let mut settings = Settings::default();
    for (subject, value) in [
        (STOP, json!("END")),
        (STOP, json!(["a", "b"])),
        (STOP, json!(["a\nb", "c"])),
        (STOP, json!(["one"])),
        (STOP, json!("[\"a\"]")),
        (FORMAT, json!({"type": "text"})),
        (CHOICE, json!("auto")),
        (BIAS, json!({"1": 0.5})),
    ] {
        let Subject::Param(name) = subject else { continue };
        settings.params.set(name, value.clone());
        assert_eq!(value_of(subject, &written(subject, &settings)), value);
    }
    assert_eq!(written(CHOICE, &settings), "auto");
    settings.params.set("stop", json!(["a", "b"]));
    assert_eq!(written(STOP, &settings), "a\nb");
}

#[test]
fn tools_are_definitions_or_bare_functions_with_names_of_their_own() {
    let one = Tool::from_json(&json!({"name": "a", "parameters": {"type": "object"}})).unwrap();
    let two = Tool::from_json(&json!({"name": "b"})).unwrap();
    let bare = r#"{"name": "a", "parameters": {"type": "object"}}"#;
    assert_eq!(read(Subject::Tools, bare), Ok(Reading::Tools(vec![one.clone()])));
    let both = format!("[{bare}, {}]", two.definition);
    let read_both = read(Subject::Tools, &both).unwrap();
    assert_eq!(read_both.said(), "valid: a, b");
    assert_eq!(read_both, Reading::Tools(vec![one.clone(), two]));
    let settings = Settings { tools: [one.clone()].into(), ..Settings::default() };
    assert_eq!(read(Subject::Tools, &written(Subject::Tools, &settings)), Ok(Reading::Tools(vec![one])));
    assert_eq!(
        [r#"[{"name": "a"}, {}]"#, r#"{"name": "a b"}"#, r#"[{"name": "a"}, {"name": "a"}]"#]
            .map(|text| slip(Subject::Tools, text)),
        [
            r#"tool 2 has no name; write {"name": "…", "parameters": {…}}"#,
            "`a b` is no name for a tool: letters, digits, - and _, at most 64",
            "there are two tools `a`",
        ]
    );
    let list = r#"{"name": "a", "parameters": []}"#;
    assert_eq!(slip(Subject::Tools, list), "the parameters of `a` are a JSON schema, an object");
}

#[test]
fn other_fields_are_one_object_of_names_without_a_row() {
    let read_fields = read(Subject::Extra, r#"{"top_k": 40, "x": null}"#).unwrap();
    assert_eq!(read_fields.said(), "valid: 2 fields");
    let Reading::Extra(params) = read_fields else { panic!() };
    let settings = Settings { params, ..Settings::default() };
    assert_eq!(written(Subject::Extra, &settings), "{\n  \"top_k\": 40,\n  \"x\": null\n}");
    assert_eq!(slip(Subject::Extra, r#"{"seed": 1}"#), "`seed` has a row of its own");
    assert_eq!(slip(Subject::Extra, r#"{"messages": []}"#), "`messages` is no param: it has a place of its own");
    assert_eq!(slip(Subject::Extra, "[]"), "other fields are one object, such as {\"top_k\": 40}");
}

#[test]
fn a_path_alone_names_a_file() {
    assert_eq!(read(FORMAT, " @schemas/order form.json\n"), Ok(Reading::File("schemas/order form.json".into())));
    assert_eq!(read(Subject::Tools, "@~/tools.json"), Ok(Reading::File("~/tools.json".into())));
    assert_eq!(slip(FORMAT, "@"), "1:1 expected value");
}

#[test]
fn a_bare_schema_gets_its_files_name_around_it() {
    let format = |path: &str, content: &str| value_of(FORMAT, &of_file(FORMAT, path, content));
    let schema = json!({"type": "object", "properties": {}});
    let named = |name: &str| json!({"type": "json_schema", "json_schema": {"name": name, "schema": schema}});
    assert_eq!(format("a/refund order.v2.json", &schema.to_string()), named("refund_order_v2"));
    assert_eq!(format("日本.json", &schema.to_string()), named("__"));
    assert_eq!(format("x.json", &json!({"name": "mine", "schema": schema}).to_string()), named("mine"));
    assert_eq!(format("x.json", &named("whole").to_string()), named("whole"));
    assert_eq!(of_file(BIAS, "x.json", "{\"1\":2}"), "{\n  \"1\": 2\n}");
    assert_eq!(of_file(FORMAT, "x.json", "{ not\n"), "{ not");
}

const SUBJECTS: [Subject<'_>; 6] = [STOP, FORMAT, CHOICE, BIAS, Subject::Tools, Subject::Extra];

proptest! {
    #[test]
    fn every_text_is_a_value_or_a_slip(text in "[ -~\n漢é\\[\\]{}\":,@]{0,40}") {
        for subject in SUBJECTS {
            if let Err(slip) = read(subject, &text) {
                prop_assert!(!slip.is_empty());
            }
        }
    }

    #[test]
    fn every_value_that_fits_is_shown_so_that_it_is_read_back(strings in prop::collection::vec(".{1,6}|\n|\\[\"a\"\\]|@x", 1..5)) {
        let values = [json!(strings), json!(strings[0]), json!({"type": strings[0]}), json!({strings[0].as_str(): 1})];
        for (name, value) in [STOP, STOP, FORMAT, BIAS].into_iter().zip(values) {
            let Subject::Param(field) = name else { continue };
            if let Ok(value) = chat::param(field).unwrap().check(value) {
                let mut settings = Settings::default();
                settings.params.set(field, value.clone());
                prop_assert_eq!(value_of(name, &written(name, &settings)), value);
            }
        }
    }
}
