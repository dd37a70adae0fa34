//! `tools`, and `--tools` in all its forms.

use serde_json::{Value, json};

use super::{ask, ok};
use crate::program::{Canned, Home};

/// A tool that a provider takes, with something that a model misreads.
const FINE: &str = r#"{"name": "look", "description": "Looks.", "parameters":
    {"type": "object", "properties": {"at": {"type": "string"}}}}"#;

/// Two tools of which one is refused.
const REFUSED: &str = r#"[{"name": "one", "description": "Does."},
    {"type": "function", "function": {"name": "get weather", "description": "Does."}}]"#;

#[test]
fn what_a_provider_would_refuse_is_told_with_its_place_and_status_1() {
    let home = Home::new();
    let [fine, refused] = [("fine.json", FINE), ("refused.json", REFUSED)].map(|(name, text)| home.write(name, text));
    let [fine, refused] = [&fine, &refused].map(|path| path.to_str().unwrap());
    let run = home.run(["tools", "check", fine, refused]);
    let expected = format!(
        "{fine}: misread: look: /parameters/properties/at `at` has no description; the model guesses what it means.\n\
         {refused}: refused: get weather: /1/function/name a name has letters a to z, digits, `_` and `-` only, not ` `; \
         write `get_weather`.\n"
    );
    assert_eq!((run.code, run.out, run.err), (Some(1), expected, String::new()));
    let fine_alone = home.run(["tools", "check", fine]);
    assert_eq!(fine_alone.code, Some(0), "what a model may misread is no failure");
}

#[test]
fn a_check_is_a_list_of_objects_for_programs() {
    let home = Home::new();
    let [refused, broken] = [("refused.json", REFUSED), ("broken.json", "{")]
        .map(|(name, text)| home.write(name, text).display().to_string());
    let run = home.run(["tools", "check", "--json", &refused, &broken]);
    let said = "a name has letters a to z, digits, `_` and `-` only, not ` `; write `get_weather`";
    let finding = json!({"severity": "refused", "tool": "get weather", "pointer": "/1/function/name", "said": said});
    let error = format!("{broken}: it is not JSON at 1:2: it ends before it is complete");
    let expected = json!([
        {"file": refused, "error": null, "tools": ["one", "get weather"], "findings": [finding]},
        {"file": broken, "error": error, "tools": [], "findings": []},
    ]);
    assert_eq!((run.code, serde_json::from_str::<Value>(&run.out).unwrap()), (Some(1), expected));
}

#[test]
fn samples_and_the_files_of_the_directory_are_listed_with_what_answers_them() {
    let home = Home::new();
    let plain = home.run(["tools"]);
    let samples = "get_weather   person   sample:get_weather\ncalculator    command  sample:calculator\n\
                   clock         command  sample:clock\nsearch_files  command  sample:search_files\n";
    assert_eq!((plain.code, plain.out.as_str()), (Some(0), samples));
    let directory = home.path().join("config/tools");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("look.json"), FINE).unwrap();
    std::fs::write(directory.join("wrong.json"), "[7]").unwrap();
    std::fs::write(home.path().join("config/responders.toml"), "[[look.canned]]\nresult = \"dark\"\n").unwrap();
    let run = home.run(["tools"]);
    let look = format!("look          canned   {}\n", directory.join("look.json").display());
    let wrong = format!("{}: /0: a tool is an object, not a number.\n", directory.join("wrong.json").display());
    assert_eq!((run.code, run.out, run.err), (Some(1), format!("{samples}{look}"), wrong));
    let check = home.run(["config", "check"]);
    assert!(check.code == Some(1) && check.err.contains("wrong.json: /0: a tool is an object"), "{check:?}");
}

#[test]
fn the_file_of_a_sample_is_printed_to_start_from_and_is_right() {
    let home = Home::new();
    let sample = home.run(["tools", "sample", "get_weather"]);
    let file = home.write("own.json", &sample.out);
    let run = home.run(["tools", "check", file.to_str().unwrap()]);
    assert_eq!((run.code, run.out), (Some(0), format!("{}: 1 tool, nothing is wrong.\n", file.display())));
    let none = home.run(["tools", "sample", "launch"]);
    let said = "There is no sample `launch`. There are: get_weather, calculator, clock, search_files.\n";
    assert_eq!((none.code, none.err.as_str()), (Some(2), said));
}

#[test]
fn tools_come_from_several_files_and_samples_at_once() {
    let server = Canned::answering([ok()]);
    let file = Home::new();
    let look = file.write("look.json", FINE);
    let run = ask(&server, &["--tools", look.to_str().unwrap(), "--tools", "sample:clock", "hi"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let asked = server.asked();
    let body: Value = serde_json::from_str(asked[0].split_once("\r\n\r\n").unwrap().1).unwrap();
    let names: Vec<&str> =
        body["tools"].as_array().unwrap().iter().map(|tool| tool["function"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["look", "clock"]);
    assert_eq!(body["tools"][0], json!({"type": "function", "function": serde_json::from_str::<Value>(FINE).unwrap()}));
}
