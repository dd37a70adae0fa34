//! What is asked wrongly: a sentence, and status 2 for what could not be understood, 1 for what did not work.

use std::net::TcpListener;

use serde_json::json;

use super::{asking, json, ok};
use crate::program::{Canned, Finished, Home};

/// The status and standard error of `ask` with these arguments.
fn refused(home: &Home, arguments: &[&str]) -> (Option<i32>, String) {
    let Finished { code, out, err } = home.run([&["ask"], arguments].concat());
    assert_eq!(out, "", "nothing but an answer goes to standard output");
    (code, err)
}

#[test]
fn arguments_that_make_no_sense_are_refused_with_status_2() {
    let home = Home::new();
    let text = home.write("text", "not json");
    let object = home.write("object.json", "{}");
    let nameless = home.write("nameless.json", r#"[{"type":"function","function":{}}]"#);
    let [text, object, nameless] = [&text, &object, &nameless].map(|path| path.to_str().unwrap());
    let cases: &[(&[&str], &str)] = &[
        (&["--base-url", "localhost:8080", "hi"], "did you mean `http://localhost:8080`?"),
        (&["--base-url", "", "hi"], "--base-url: "),
        (&["--base-url", "http://me:pass1234@x/v1", "hi"], "an address holds no user or password"),
        (&["--provider", "nowhere", "hi"], "--provider: there is no provider `nowhere`. There are: openai, sandbox"),
        (&["--set", "temperature=hot", "hi"], "--set: temperature wants a number, not `hot`."),
        (&["--set", "temperature=9", "hi"], "--set: temperature goes from 0 to 2, so `9` does not fit."),
        (&["--set", "temperature", "hi"], "--set: `temperature` names no param"),
        (&["--messages", "/nowhere.json"], "--messages: /nowhere.json cannot be read: "),
        (&["--messages", text], "is not JSON: "),
        (&["--messages", object], "holds no JSON array of messages."),
        (&["--tools", "/nowhere.json", "hi"], "--tools: /nowhere.json cannot be read: "),
        (&["--tools", object, "hi"], "object.json: /name: a tool needs a name."),
        (&["--tools", nameless, "hi"], "nameless.json: /0/function/name: a tool needs a name."),
        (&["--tools", text, "hi"], "text: it is not JSON at 1:2: expected ident."),
        (&["--tools", "sample:launch", "hi"], "There is no sample `launch`. There are: get_weather, calculator, "),
        (
            &["--tools", "sample:clock", "--tools", "sample:clock", "hi"],
            "--tools: there is a tool `clock` twice in sample:clock; offer one of them.",
        ),
        (&["--idle-timeout", "0", "hi"], "it has to be more than nought"),
        (&["--idle-timeout", "-1", "hi"], "--idle-timeout"),
        (&["--idle-timeout", "soon", "hi"], "`soon` is no number of seconds"),
        (&["--api-key-env", "", "--provider", "openai", "hi"], "--api-key-env: give the bare name of a variable"),
        (&["--retries", "many", "hi"], "--retries"),
        (&["--json", "--events", "hi"], "cannot be used with"),
        (&["--colour"], "unexpected argument"),
        (&[], "There is nothing to ask: give a prompt, pipe one in, or use --messages FILE."),
        (&["  "], "There is nothing to ask"),
    ];
    for (arguments, sentence) in cases {
        let (code, said) = refused(&home, arguments);
        assert!(code == Some(2) && said.contains(sentence), "{arguments:?}: {code:?} {said}");
        assert!(!said.contains("pass1234"), "{said}");
    }
}

#[test]
fn a_broken_config_names_file_line_and_fault() {
    let home = Home::new();
    let file = home.configure("theme = \"dark\"\n[params]\ntemperature = 7\n");
    let (code, said) = refused(&home, &["hi"]);
    let place = format!("{}:3:", file.display());
    assert!(said.starts_with(&place) && said.contains("so `7` does not fit"), "{said}");
    assert_eq!(code, Some(2));
    let checked = home.run(["config", "check"]);
    assert!(checked.code == Some(1) && checked.err.starts_with(&place), "{checked:?}");
}

#[test]
fn a_config_that_is_a_directory_is_told() {
    let home = Home::new();
    home.write("config/config.toml/x", "");
    let (code, said) = refused(&home, &["hi"]);
    assert!(code == Some(2) && said.contains("config.toml cannot be read: "), "{said}");
}

#[test]
fn a_port_without_a_server_fails_with_status_1_and_the_next_step() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}/v1");
    let home = Home::new();
    let set = ["--base-url", &url, "--model", "m", "--retries", "0", "hi"];
    let (code, said) = refused(&home, &set);
    let sentence = format!("Nothing answers at http://{address}. Start the server, or check the port of base_url");
    assert!(code == Some(1) && said.starts_with(&sentence), "{said}");
    let run = home.run([&["ask", "--json"], &set[..]].concat());
    assert_eq!((run.code, &json(&run)["error"]["kind"]), (Some(1), &json!("network")));
}

#[test]
fn a_key_that_is_not_there_is_named() {
    let server = Canned::answering([]);
    let run = Home::new().run(asking(&server, &["--api-key-env", "NO_SUCH_KEY", "--json", "hi"]));
    let object = json(&run);
    assert_eq!((run.code, &object["error"]["kind"]), (Some(1), &json!("network")));
    assert!(object["error"]["message"].as_str().unwrap().contains("NO_SUCH_KEY"), "{object}");
    assert!(server.asked().is_empty());
}

#[test]
fn the_environment_names_the_endpoint_and_its_key() {
    let server = Canned::answering([ok()]);
    let mut command = Home::new().command(["ask", "--model", "m", "hi"]);
    command.envs([("OPENAI_BASE_URL", server.base_url()), ("OPENAI_API_KEY", "sk-of-the-environment".to_owned())]);
    let home = Home::new();
    command.env("HOME", home.path()).current_dir(home.path());
    let run = crate::program::finish(command, b"");
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), "ok\n", ""));
    assert!(server.asked()[0].to_lowercase().contains("authorization: bearer sk-of-the-environment"));
}

#[test]
fn an_environment_that_is_no_address_is_told() {
    let home = Home::new();
    let mut command = home.command(["ask", "hi"]);
    command.env("OPENAI_BASE_URL", "localhost:1");
    let run = crate::program::finish(command, b"");
    assert!(run.code == Some(2) && run.err.starts_with("OPENAI_BASE_URL: "), "{run:?}");
}

#[test]
fn a_key_never_goes_to_an_address_that_it_was_not_meant_for() {
    let server = Canned::answering([ok()]);
    let home = Home::new();
    let mut command = home.command(asking(&server, &["hi"]));
    command.env("OPENAI_API_KEY", "sk-not-for-you");
    assert_eq!(crate::program::finish(command, b"").code, Some(0));
    assert!(!server.asked()[0].contains("sk-not-for-you"));
}
