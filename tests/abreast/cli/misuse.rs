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
        (&["--messages", text], "text is not JSON at 1:2: a value is expected."),
        (&["--messages", object], "holds no JSON array of messages."),
        (&["--tools", "/nowhere.json", "hi"], "--tools: /nowhere.json cannot be read: "),
        (&["--tools", object, "hi"], "object.json: /name: a tool needs a name."),
        (&["--tools", nameless, "hi"], "nameless.json: /0/function/name: a tool needs a name."),
        (&["--tools", text, "hi"], "text: it is not JSON at 1:2: a value is expected."),
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

#[cfg(unix)]
#[test]
fn what_stands_in_the_place_of_a_file_and_is_none_is_refused_at_once() {
    let files = [
        "config.toml",
        "models.toml",
        "keymap.toml",
        "themes/mine.toml",
        "presets/mine.toml",
        "tools/t.json",
        "responders.toml",
    ];
    for (name, reason) in files.iter().flat_map(|file| [(file, "it is a directory"), (file, "it is no file")]) {
        let home = Home::new();
        let path = home.path().join("config").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        if reason == "it is a directory" {
            std::fs::create_dir(&path).unwrap();
        } else {
            mkfifo(&path);
        }
        let checked = home.run(["config", "check"]);
        let sentence = format!("{} cannot be read: {reason}", path.display());
        assert!(checked.code == Some(1) && checked.err.contains(&sentence), "{name}: {checked:?}");
    }
    let home = Home::new();
    let prices = home.path().join("data/prices.jsonl");
    std::fs::create_dir_all(prices.parent().unwrap()).unwrap();
    mkfifo(&prices);
    let listed = home.run(["models", "prices"]);
    assert!(listed.err.contains("prices.jsonl cannot be read: it is no file. Remove it"), "{listed:?}");
}

#[cfg(unix)]
fn mkfifo(path: &std::path::Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_pipe_that_an_option_names_is_read() {
    let server = Canned::answering([ok(), ok()]);
    let home = Home::new();
    let pipe = home.path().join("pipe");
    mkfifo(&pipe);
    for (option, text) in [("--messages", r#"[{"role":"user","content":"hi"}]"#), ("--tools", r#"{"name":"look"}"#)] {
        let far = pipe.clone();
        let writer = std::thread::spawn(move || std::fs::write(far, text).unwrap());
        let run = home.run(asking(&server, &[option, pipe.to_str().unwrap(), "now"]));
        writer.join().unwrap();
        assert_eq!((run.code, run.out.as_str()), (Some(0), "ok\n"), "{option}: {run:?}");
    }
    assert!(server.asked()[0].contains(r#""content":"hi""#) && server.asked()[1].contains(r#""name":"look""#));
}

#[test]
fn what_is_asked_from_files_is_bounded() {
    let home = Home::new();
    let large = home.path().join("large");
    std::fs::File::create(&large).unwrap().set_len((64 << 20) + 1).unwrap();
    let large = large.to_str().unwrap();
    let respond = format!("clock=@{large}");
    for (arguments, option) in [
        (&["--messages", large][..], "--messages"),
        (&["--json-schema", large, "hi"], "--json-schema"),
        (&["--tools", "sample:clock", "--respond", &respond, "hi"], "--respond"),
    ] {
        let (code, said) = refused(&home, arguments);
        let sentence = format!("{option}: {large} cannot be read: it is larger than 64 MiB.");
        assert!(code == Some(2) && said.contains(&sentence), "{code:?} {said}");
    }
    let piped = crate::program::finish(home.command(["ask", "--provider", "sandbox"]), &vec![b'x'; (64 << 20) + 1]);
    let sentence = "Standard input cannot be read: it is larger than 64 MiB.";
    assert!(piped.code == Some(1) && piped.err.contains(sentence), "{piped:?}");
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
