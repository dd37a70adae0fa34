//! Whether a call of the model's may be run as it is: a tool that is offered, arguments that are whole JSON and conform.
//!
//! Owns the words for what is wrong. Nothing is repaired here: what cannot be read is never guessed at.

use serde_json::{Value, json};

use super::definition::kind;
use super::partial::given_twice;
use super::responder::arguments_value;
use super::{Schema, SchemaFault, Violation};
use crate::chat::Tool;
use crate::text::{Place, clean_line, nearest};

/// How much of what stands at a fault is told, in characters.
const EXCERPT: usize = 16;

/// What is known of a call before it is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallCheck {
    Conforms,
    /// The model sent nothing, or `null`, which counts as `{}` where nothing is required.
    ConformsEmpty,
    /// The arguments end before they are whole. They have to be sent anew.
    Cut,
    NotJson {
        place: Place,
        /// A sentence without its full stop.
        said: String,
    },
    /// JSON, but not what the tool takes.
    Violates(Vec<Violation>),
    /// No tool of this name is offered.
    UnknownTool {
        name: String,
        nearest: Option<String>,
    },
    /// The tool's own schema cannot be used, so nothing can be said of the arguments but that they are an object.
    NoSchema(SchemaFault),
}

impl CallCheck {
    /// Whether a responder may be given the call. A person may be asked, and may answer, in any case.
    #[must_use]
    pub fn may_run(&self) -> bool {
        matches!(self, Self::Conforms | Self::ConformsEmpty)
    }

    /// What keeps the call from being run; nothing when it may run.
    #[must_use]
    pub fn faults(&self) -> Vec<Violation> {
        let whole = |said: String| vec![Violation { pointer: String::new(), said: clean_line(&said).into_owned() }];
        match self {
            Self::Conforms | Self::ConformsEmpty => Vec::new(),
            Self::Cut => whole("the arguments end before they are whole".to_owned()),
            Self::NotJson { place, said } => whole(format!("the arguments are not JSON at {place}: {said}")),
            Self::Violates(violations) => violations.clone(),
            Self::UnknownTool { name, nearest: Some(near) } => {
                whole(format!("no tool `{name}` is offered; did the model mean `{near}`?"))
            }
            Self::UnknownTool { name, nearest: None } => whole(format!("no tool `{name}` is offered")),
            Self::NoSchema(fault) => whole(format!("the tool's schema cannot be used: {fault}")),
        }
    }

    /// What is worth a word though the call may run.
    #[must_use]
    pub fn note(&self) -> Option<&'static str> {
        matches!(self, Self::ConformsEmpty).then_some("the model sent no arguments, which counts as {}")
    }
}

/// Checks a call of one of the tools that are offered.
#[must_use]
pub fn check_call(offered: &[Tool], name: &str, arguments: &str) -> CallCheck {
    match offered.iter().find(|tool| tool.name == name) {
        Some(tool) => check_arguments(tool, arguments),
        None => CallCheck::UnknownTool {
            name: name.to_owned(),
            nearest: nearest(name, offered.iter().map(|tool| tool.name.as_str())).map(ToOwned::to_owned),
        },
    }
}

/// Checks arguments against the schema of their tool.
#[must_use]
pub fn check_arguments(tool: &Tool, arguments: &str) -> CallCheck {
    let value = match arguments_value(arguments) {
        Ok(value) => value,
        Err(error) if error.is_eof() => return CallCheck::Cut,
        Err(error) => return not_json(arguments, &error),
    };
    if !value.is_object() {
        let said = format!("the arguments are {}, not an object", what(&value));
        return CallCheck::Violates(vec![Violation { pointer: String::new(), said }]);
    }
    if let Some(twice) = given_twice(arguments) {
        return CallCheck::Violates(vec![twice]);
    }
    let nothing = json!({"type": "object", "maxProperties": 0});
    // A function without `parameters` takes none (OpenAI's reference, "omitting parameters").
    let parameters = tool.definition.pointer("/function/parameters").filter(|parameters| !parameters.is_null());
    let schema = match Schema::of(parameters.unwrap_or(&nothing)) {
        Ok(schema) => schema,
        Err(fault) => return CallCheck::NoSchema(fault),
    };
    match schema.check(&value) {
        violations if !violations.is_empty() => CallCheck::Violates(violations),
        _ if matches!(arguments.trim(), "" | "null") => CallCheck::ConformsEmpty,
        _ => CallCheck::Conforms,
    }
}

fn what(value: &Value) -> &'static str {
    match value {
        // Some endpoints encode the arguments twice.
        Value::String(text) if serde_json::from_str::<Value>(text).is_ok_and(|inner| inner.is_object()) => {
            "a string with an object in it"
        }
        value => kind(value),
    }
}

fn not_json(text: &str, error: &serde_json::Error) -> CallCheck {
    // The column is of the byte, from 1; at the end of a line it is 0 of the next.
    let line_start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let offset = text.floor_char_boundary(line_start + error.column().saturating_sub(1));
    let rest = &text[offset..];
    let shown: String = rest.chars().take(EXCERPT).collect();
    let more = if shown.len() < rest.len() { "…" } else { "" };
    let message = error.to_string();
    let said = message.rsplit_once(" at line ").map_or(message.as_str(), |(said, _)| said);
    let said = match said {
        "trailing characters" => format!("a whole value has ended, and `{shown}{more}` follows"),
        "recursion limit exceeded" => "they are nested more than 127 levels deep".to_owned(),
        said => format!("{said}, but there stands `{shown}{more}`"),
    };
    CallCheck::NotJson { place: Place::at(text, offset), said }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weather() -> Tool {
        let parameters = json!({
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city"],
        });
        tool(&json!({"name": "get_weather", "parameters": parameters}))
    }

    fn tool(definition: &Value) -> Tool {
        Tool::from_json(definition).unwrap()
    }

    fn said(tool: &Tool, arguments: &str) -> Vec<String> {
        let check = check_call(std::slice::from_ref(tool), &tool.name, arguments);
        assert_eq!(check.may_run(), check.faults().is_empty());
        check.faults().into_iter().map(|fault| fault.said).collect()
    }

    #[test]
    fn whole_arguments_that_conform_may_run() {
        let check = check_call(&[weather()], "get_weather", r#" {"city":"Tokyo","days":2} "#);
        assert_eq!(check, CallCheck::Conforms);
        assert!(check.may_run());
    }

    #[test]
    fn what_is_not_json_is_told_with_its_place_and_what_stands_there() {
        let weather = weather();
        let cases = [
            ("{}{", "the arguments are not JSON at 1:3: a whole value has ended, and `{` follows"),
            (
                r#"{}{"city":"Tokyo, Japan"}"#,
                "the arguments are not JSON at 1:3: a whole value has ended, and `{\"city\":\"Tokyo, …` follows",
            ),
            ("{\n \"city\": Tokyo}", "the arguments are not JSON at 2:10: expected value, but there stands `Tokyo}`"),
            ("{'city': 1}", "the arguments are not JSON at 1:2: key must be a string, but there stands `'city': 1}`"),
        ];
        for (arguments, expected) in cases {
            assert_eq!(said(&weather, arguments), [expected], "{arguments}");
        }
        let deep = "[".repeat(200);
        assert_eq!(
            said(&weather, &deep),
            ["the arguments are not JSON at 1:128: they are nested more than 127 levels deep"]
        );
    }

    #[test]
    fn what_violates_the_schema_is_told_with_pointers_and_never_runs() {
        let check = check_call(&[weather()], "get_weather", r#"{"city":"Tokyo","days":"2"}"#);
        let CallCheck::Violates(violations) = &check else { panic!("{check:?}") };
        assert_eq!(violations.iter().map(|violation| violation.pointer.as_str()).collect::<Vec<_>>(), ["/days"]);
        assert!(!check.may_run() && check.faults() == *violations);
        assert_eq!(said(&weather(), "[1]"), ["the arguments are a list, not an object"]);
        assert_eq!(
            said(&weather(), r#""{\"city\":\"Tokyo\"}""#),
            ["the arguments are a string with an object in it, not an object"]
        );
    }

    #[test]
    fn a_field_that_is_given_twice_is_a_violation_wherever_it_stands_and_however_it_is_written() {
        let loose = tool(&json!({"name": "f", "parameters": {"type": "object"}}));
        let cases = [
            (r#"{"a":1,"a":2}"#, "/a is given twice"),
            (r#"{"a":1,"a":1}"#, "/a is given twice"),
            (r#"{"a":1,"\u0061":2}"#, "/a is given twice"),
            (r#"{"l":[{"x/y":1},{"x/y":1,"b":{"c":0},"x/y":2}]}"#, "/l/1/x~1y is given twice"),
        ];
        for (arguments, expected) in cases {
            let check = check_arguments(&loose, arguments);
            assert_eq!((said(&loose, arguments), check.may_run()), (vec![expected.to_owned()], false), "{arguments}");
        }
        assert_eq!(said(&weather(), r#"{"city":"Oslo","city":"Tokyo"}"#), ["/city is given twice"]);
        assert_eq!(check_arguments(&loose, r#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#), CallCheck::Conforms);
    }

    #[test]
    fn no_arguments_count_as_none_only_where_nothing_is_required() {
        let clock = tool(&json!({"name": "clock"}));
        for nothing in ["", " ", "null"] {
            let check = check_arguments(&clock, nothing);
            assert_eq!((check.note().is_some(), &check), (true, &CallCheck::ConformsEmpty));
            assert!(matches!(check_arguments(&weather(), nothing), CallCheck::Violates(_)));
        }
        assert_eq!(check_arguments(&clock, "{}"), CallCheck::Conforms);
        assert!(matches!(check_arguments(&clock, r#"{"zone":"UTC"}"#), CallCheck::Violates(_)));
    }

    #[test]
    fn an_unknown_tool_is_told_with_the_nearest_that_is_offered() {
        let unknown = |name: &str| check_call(&[weather()], name, "{}").faults().remove(0).said;
        assert_eq!(unknown("getweather"), "no tool `getweather` is offered; did the model mean `get_weather`?");
        assert_eq!(unknown("rm"), "no tool `rm` is offered");
    }

    #[test]
    fn a_schema_that_is_none_lets_nothing_run() {
        let broken = tool(&json!({"name": "f", "parameters": {"$ref": "http://127.0.0.1:9/x"}}));
        assert!(matches!(check_arguments(&broken, "{}"), CallCheck::NoSchema(_)));
    }

    proptest! {
        #[test]
        fn every_beginning_of_arguments_is_cut(text in "[a\"\\\\é\u{1F600}]{0,6}", number: i32, end in 1_usize..100) {
            let whole = json!({"city": text, "n": [number, true, null, -1.5e3]}).to_string();
            let end = whole.floor_char_boundary(1 + end % (whole.len() - 1));
            let end = end.max(1);
            prop_assert_eq!(check_arguments(&weather(), &whole[..end]), CallCheck::Cut, "{}", &whole[..end]);
        }

        #[test]
        fn any_text_has_a_clear_outcome(text: String) {
            let check = check_arguments(&weather(), &text);
            prop_assert_eq!(check.may_run(), check.faults().is_empty());
        }
    }
}
