//! The tools that come with the program, and what answers them.

use std::sync::LazyLock;

use super::{Definition, Responder, Responders, read_responders, read_tools};
use crate::chat::Tool;

/// A worked definition, whole: a text to read, to copy and to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub name: &'static str,
    /// The definition's file.
    pub text: &'static str,
}

/// All samples, in the order in which they are offered.
pub const SAMPLES: [Sample; 4] = [
    Sample { name: "get_weather", text: include_str!("../../assets/tools/get_weather.json") },
    Sample { name: "calculator", text: include_str!("../../assets/tools/calculator.json") },
    Sample { name: "clock", text: include_str!("../../assets/tools/clock.json") },
    Sample { name: "search_files", text: include_str!("../../assets/tools/search_files.json") },
];

/// The definition of a sample.
#[must_use]
pub fn sample(name: &str) -> Option<Definition> {
    let sample = SAMPLES.iter().find(|sample| sample.name == name)?;
    read_tools(sample.text).ok()?.into_iter().next()
}

/// What answers the samples where the user chose nothing else. Each call of theirs is asked for like every other.
#[must_use]
pub fn sample_responders() -> Responders {
    read_responders(include_str!("../../assets/tools/responders.toml")).unwrap_or_default()
}

/// The samples that something else than a person answers.
static ANSWERED: LazyLock<Vec<(Tool, Responder)>> = LazyLock::new(|| {
    let answered = sample_responders().0.into_iter();
    answered.filter_map(|(name, responder)| Some((sample(&name)?.tool, responder))).collect()
});

/// What answers the calls of a tool: what the user chose for its name, or for a sample as it comes what answers that, or a
/// person. `tool` is the definition that the model was offered: one of the user's own that has a sample's name has another
/// schema, so the sample's command would not suit it.
#[must_use]
pub fn answerer<'r>(chosen: &'r Responders, name: &str, tool: Option<&Tool>) -> &'r Responder {
    let usual = || {
        let loose = tool.map(without_strict)?;
        ANSWERED.iter().find(|(sample, _)| without_strict(sample) == loose).map(|(_, responder)| responder)
    };
    chosen.0.get(name).or_else(usual).unwrap_or(&Responder::Person)
}

/// A definition apart from how strictly the model is held to it, which changes nothing of what answers.
fn without_strict(tool: &Tool) -> Tool {
    let mut tool = tool.clone();
    if let Some(function) = tool.definition.get_mut("function").and_then(serde_json::Value::as_object_mut) {
        function.shift_remove("strict");
    }
    tool
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::tools::{CallCheck, CallEnd, ChildEnvironment, CommandResponder, check_arguments, command, lint};

    #[test]
    fn every_sample_is_what_it_is_called_and_has_nothing_wrong_with_it() {
        let definitions: Vec<Definition> = SAMPLES.iter().map(|known| sample(known.name).unwrap()).collect();
        let names: Vec<&str> = definitions.iter().map(|definition| definition.tool.name.as_str()).collect();
        assert_eq!(names, SAMPLES.map(|known| known.name));
        assert_eq!(lint(&definitions), []);
        assert_eq!(sample("launch"), None);
        let answered: Vec<String> = sample_responders().0.into_keys().collect();
        assert_eq!(answered, ["calculator", "clock", "search_files"]);
    }

    #[test]
    fn a_choice_goes_before_what_answers_a_sample_and_another_tool_of_its_name_is_a_persons() {
        let clock = sample("clock").unwrap().tool;
        let usual = sample_responders().of("clock").clone();
        assert!(matches!(usual, Responder::Command(_)));
        let answerer = |chosen: &Responders, tool: &Tool| super::answerer(chosen, &tool.name, Some(tool)).clone();
        assert_eq!(answerer(&Responders::default(), &clock), usual);
        let mut strict = clock.clone();
        strict.definition["function"]["strict"] = json!(true);
        assert_eq!(answerer(&Responders::default(), &strict), usual);
        let chosen = Responders([("clock".to_owned(), Responder::Person)].into());
        assert_eq!(answerer(&chosen, &clock), Responder::Person);
        let own = Tool::from_json(&json!({"name": "clock", "parameters": {}})).unwrap();
        assert_eq!(answerer(&Responders::default(), &own), Responder::Person);
        assert_eq!(*super::answerer(&Responders::default(), "clock", None), Responder::Person);
    }

    async fn called(name: &str, arguments: &serde_json::Value) -> CallEnd {
        let arguments = arguments.to_string();
        assert_eq!(check_arguments(&sample(name).unwrap().tool, &arguments), CallCheck::Conforms);
        let responders = sample_responders();
        let Responder::Command(responder) = responders.of(name) else { panic!("{name}") };
        let environment = ChildEnvironment::of(std::env::vars_os(), &BTreeSet::new());
        let here = CommandResponder { directory: Some("assets/tools".into()), ..responder.clone() };
        command::run(&here, name, &arguments, &environment).await
    }

    #[tokio::test]
    async fn the_calculator_calculates() {
        let cases = [
            (json!({"left": 2, "operator": "+", "right": -5}), "-3\n"),
            (json!({"left": 0.1, "operator": "*", "right": 3}), "0.3\n"),
            (json!({"left": 2, "operator": "^", "right": 10}), "1024\n"),
            (json!({"left": 7, "operator": "/", "right": 2}), "3.5\n"),
        ];
        for (arguments, result) in cases {
            assert_eq!(called("calculator", &arguments).await, CallEnd::Answered(result.to_owned()));
        }
        let nought = called("calculator", &json!({"left": 1, "operator": "/", "right": 0})).await;
        let said = "`awk` failed (exit status: 1): this cannot be worked out".to_owned();
        assert_eq!(nought, CallEnd::Failed { said, output: String::new() });
    }

    #[tokio::test]
    async fn the_clock_tells_the_day_and_the_search_finds_text_letter_for_letter() {
        let CallEnd::Answered(now) = called("clock", &json!({})).await else { panic!() };
        assert!(now.contains("day 20") && now.ends_with('\n'), "{now}");
        let CallEnd::Answered(found) = called("search_files", &json!({"text": "\"name\": \"clock\""})).await else {
            panic!()
        };
        assert_eq!(found, "./clock.json:4:    \"name\": \"clock\",\n");
        for nowhere in ["$(touch x); `id` | -rf", "--help"] {
            let end = called("search_files", &json!({"text": format!("{nowhere}{}", "?")})).await;
            assert_eq!(end, CallEnd::Answered(String::new()), "{nowhere}");
        }
    }
}
