//! `models`, `config`, `sandbox`.

use serde_json::{Value, json};

use crate::program::{Canned, Home};
use crate::server::{JSON, response};

const LIST: &str = r#"{"object":"list","data":[{"id":"big","owned_by":"lab"},{"id":"evil\u001b[2J"}]}"#;

#[test]
fn models_are_listed_a_line_each_or_as_the_servers_objects() {
    let server = Canned::answering([response(200, &[JSON], LIST), response(200, &[JSON], LIST)]);
    let home = Home::new();
    let plain = home.run(["models", "--base-url", &server.base_url()]);
    assert_eq!((plain.code, plain.out.lines().next(), plain.out.lines().count()), (Some(0), Some("big"), 2));
    assert!(!plain.out.contains('\x1b'), "{plain:?}");
    let run = home.run(["models", "--json", "--base-url", &server.base_url()]);
    let list: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(list[0], json!({"provider": server.address, "id": "big", "owned_by": "lab"}));
    assert!(server.asked()[0].starts_with("GET /v1/models HTTP/1.1\r\n"));
}

#[test]
fn models_that_cannot_be_listed_are_told_with_status_1() {
    let server = Canned::answering([response(401, &[JSON], r#"{"error":{"message":"No."}}"#)]);
    let run = Home::new().run(["models", "--base-url", &server.base_url()]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    let address = &server.address;
    let sentence = format!("{address} wants a key (401): No. Check the key of {address} in config.toml");
    assert!(run.err.starts_with(&sentence), "{run:?}");
}

#[test]
fn a_config_is_started_once_and_is_right() {
    let home = Home::new();
    let file = home.path().join("config/config.toml");
    let shown = file.display();
    let path = home.run(["config", "path"]);
    assert_eq!((path.code, path.out), (Some(0), format!("{shown}\n")));
    let none = home.run(["config", "check"]);
    assert_eq!((none.code, none.out), (Some(0), format!("{shown} is not there, so the defaults hold.\n")));
    let first = home.run(["config", "init"]);
    assert_eq!((first.code, first.out), (Some(0), format!("Wrote {shown}.\n")));
    let written = std::fs::read_to_string(&file).unwrap();
    let right = home.run(["config", "check"]);
    assert_eq!((right.code, right.out), (Some(0), format!("{shown} is right.\n")));
    let second = home.run(["config", "init"]);
    assert!(second.code == Some(1) && second.err.contains("is there already and was left as it is"), "{second:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
}

#[test]
fn help_and_version_go_to_standard_output_with_status_0() {
    for arguments in [&["--help"][..], &["ask", "--help"], &["--version"]] {
        let run = Home::new().run(arguments);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        assert!(run.out.contains("abreast"), "{run:?}");
    }
}

#[test]
fn a_port_that_is_taken_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let run = Home::new().run(["sandbox", "--port", &port]);
    assert!(run.code == Some(1) && run.err.ends_with("Choose another with --port.\n"), "{run:?}");
}
