use proptest::prelude::*;
use serde_json::json;

use super::*;

const FILE: &str = r#"# What answers.
[get_weather] # by hand, mostly
by = "person"
command = ["weather", "{/city}"] # kept

[clock]
command = ["date", "-u"]
directory = "~/notes"
timeout_s = 2.5
most_bytes = 1024
statuses = [0, 1]

[[lookup.canned]]
when = { "/id" = "A-77", "/n" = 1 }
result = "paid"

[[lookup.canned]]
when = '{"/id": null}'
result = "no id"

[[lookup.canned]]
result = '{"error":"no such order"}'
"#;

fn argv(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn rule(when: Value, result: &str) -> CannedRule {
    CannedRule { when: serde_json::from_value(when).unwrap(), result: result.to_owned() }
}

#[test]
fn each_table_says_what_answers_its_tool() {
    let clock = CommandResponder {
        directory: Some("~/notes".into()),
        timeout: Duration::from_millis(2500),
        most_bytes: 1024,
        statuses: vec![0, 1],
        ..CommandResponder::new(argv(&["date", "-u"]))
    };
    let lookup = vec![
        rule(json!({"/id": "A-77", "/n": 1}), "paid"),
        rule(json!({"/id": null}), "no id"),
        rule(json!({}), r#"{"error":"no such order"}"#),
    ];
    let expected = [
        ("clock", Responder::Command(clock)),
        ("get_weather", Responder::Person),
        ("lookup", Responder::Canned(lookup)),
    ];
    let expected = expected.into_iter().map(|(name, responder)| (name.to_owned(), responder)).collect();
    assert_eq!(read_responders(FILE), Ok(Responders(expected)));
    assert_eq!(read_responders("\u{feff}"), Ok(Responders::default()));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let said = |text: &str| read_responders(text).unwrap_err().to_string();
    let cases = [
        ("[a]\nby = \"canned\"", "1:2: a: by = \"canned\" needs [[….canned]] rules"),
        ("[a]\nby = \"command\"", "1:2: a: by = \"command\" needs command = [\"program\", \"argument\"]"),
        ("[a]\ncommand = []", "2:11: a: a command begins with a program"),
        ("[a]\ncommand = [\"{/p}\"]", "2:11: a: The program of a command is fixed: `{/p}` holds a placeholder"),
        ("[a]\ncommand = [\"p\"]\ncanned = []", "1:2: a: say with `by` which of `canned` and `command` answers"),
        ("[a]\ncommand = [\"p\"]\ntimeout_s = 0", "3:13: a: a timeout is more than 0 and at most 86400 seconds"),
        ("[a]\ncommand = [\"p\"]\nmost_bytes = 0", "3:14: a: a limit of output is 1 to 67108864 bytes"),
        ("[[a.canned]]\nwhen = { \"id\" = 1 }\nresult = \"\"", "1:1: a: `id` is no JSON pointer; write `/id`"),
        (
            "[[a.canned]]\nwhen = { \"/day\" = 2025-01-01 }\nresult = \"\"",
            "1:1: a: JSON has no dates and no infinity; put them in quotes",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(said(text), expected);
    }
    assert!(said("[a]\nby = \"robot\"").starts_with("2:6: unknown variant `robot`"), "{}", said("[a]\nby = \"robot\""));
    assert!(said("[a]\nshell = \"x\"").starts_with("2:1: unknown field `shell`"));
    assert!(said("[a").starts_with("1:"));
}

#[test]
fn a_choice_changes_its_own_table_and_keeps_every_comment() {
    let person = write_responder(FILE, "clock", &Responder::Person).unwrap();
    let expected = FILE.replace("statuses = [0, 1]\n", "statuses = [0, 1]\nby = \"person\"\n");
    assert_eq!(person, expected, "the command stays for the day it is chosen again");
    let command = CommandResponder::new(argv(&["weather", "--", "{/city}"]));
    let changed = write_responder(FILE, "get_weather", &Responder::Command(command)).unwrap();
    let expected = FILE
        .replace("by = \"person\"", "by = \"command\"")
        .replace(r#"["weather", "{/city}"] # kept"#, r#"["weather", "--", "{/city}"] # kept"#);
    assert_eq!(changed, expected);
    let known = read_responders(FILE).unwrap();
    for (tool, responder) in &known.0 {
        assert_eq!(write_responder(FILE, tool, responder).as_deref(), Ok(FILE));
    }
}

#[test]
fn a_file_that_is_wrong_is_never_written_over() {
    assert!(write_responder("[a]\nby = 1", "b", &Responder::Person).is_err());
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_responder() -> impl Strategy<Value = Responder> {
    let rule = (prop::collection::btree_map("(/[^\u{0}]{0,5})?", json_value(), 0..3), any::<String>())
        .prop_map(|(when, result)| CannedRule { when, result });
    let word = prop_oneof![any::<String>(), Just("--x={/a}".to_owned())];
    let command = (
        "[a-z]{1,4}",
        prop::collection::vec(word, 0..3),
        prop::option::of("[a-z/~. ]{1,8}"),
        1_u64..86_400_000,
        1_usize..70_000,
        prop::collection::vec(any::<i32>(), 0..3),
    );
    let command = command.prop_map(|(program, rest, directory, millis, most_bytes, statuses)| {
        Responder::Command(CommandResponder {
            argv: std::iter::once(format!("x-{program}")).chain(rest).collect(),
            directory: directory.map(PathBuf::from),
            timeout: Duration::from_millis(millis),
            most_bytes,
            statuses,
        })
    });
    prop_oneof![Just(Responder::Person), prop::collection::vec(rule, 0..3).prop_map(Responder::Canned), command,]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(choices in prop::collection::vec((any::<String>(), any_responder()), 1..5)) {
        let mut expected = Responders::default();
        let mut text = "# mine\n".to_owned();
        for (tool, responder) in choices {
            text = write_responder(&text, &tool, &responder).unwrap();
            expected.0.insert(tool, responder);
            prop_assert_eq!(read_responders(&text), Ok(expected.clone()), "{}", text);
        }
        prop_assert!(text.starts_with("# mine\n"));
    }
}
