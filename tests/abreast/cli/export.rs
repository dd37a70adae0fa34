//! `export` and `import`.

use serde_json::{Value, json};

use crate::program::{Home, finish};

const BODY: &str = r#"{"model": "m", "top_k": 5, "messages": [{"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi\u001b[31m", "name": "ada"}, {"role": "critic", "content": "x"}]}"#;

#[test]
fn a_request_becomes_a_session_and_a_session_what_readers_want() {
    let home = Home::new();
    home.write("body.json", BODY);
    let import = home.run(["import", "body.json", "-o", "session.json"]);
    assert_eq!(
        (import.code, import.out.as_str(), import.err.as_str()),
        (Some(0), "", "Sessions: 1, turns: 1. Not taken over: 1 × a message of the unknown role `critic`.\n")
    );
    let lines = home.run(["export", "--session", "session.json", "--format", "jsonl"]);
    assert_eq!(
        serde_json::from_str::<Value>(&lines.out).unwrap(),
        json!({"messages": [{"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi\u{1b}[31m", "name": "ada"}]})
    );
    let markdown = home.run(["export", "--session", "session.json", "--redact", "bri\\w+"]);
    assert!(markdown.out.contains("Be [redacted].") && markdown.out.contains("| top\\_k | 5 |"), "{markdown:?}");
    let page = home.run(["export", "--session", "session.json", "-o", "page.html"]);
    assert_eq!((page.code, page.out.as_str()), (Some(0), ""));
    assert!(std::fs::read_to_string(home.path().join("page.html")).unwrap().starts_with("<!doctype html>"));
}

#[test]
fn our_own_json_goes_through_both_commands_and_stays_as_it_was() {
    let home = Home::new();
    home.write(
        "chat.jsonl",
        "{\"role\": \"user\", \"content\": \"a\"}\n{\"role\": \"assistant\", \"content\": \"b\"}\n",
    );
    let first = home.run(["import", "chat.jsonl"]).out;
    home.write("first.json", &first);
    assert_eq!(home.run(["import", "first.json"]).out, first);
    assert_eq!(finish(home.command(["import", "-"]), first.as_bytes()).out, first);
    assert_eq!(finish(home.command(["export", "--format", "json"]), first.as_bytes()).out, first);
}

#[test]
fn a_file_is_the_owners_alone_and_never_overwritten_unasked() {
    let home = Home::new();
    home.write("body.json", BODY);
    let out = home.write("out.json", "mine");
    let kept = home.run(["import", "body.json", "-o", "out.json"]);
    assert_eq!(
        (kept.code, kept.err.as_str()),
        (Some(1), "out.json is there already and was left as it is; --force overwrites it.\n")
    );
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "mine");
    assert_eq!(home.run(["import", "body.json", "-o", "out.json", "--force"]).code, Some(0));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_cannot_be_read_is_told_and_nothing_is_written() {
    let home = Home::new();
    home.write("broken.json", "{\"messages\": [\n  {\"role\": }]}");
    home.write("notes.txt", "hello");
    home.write("body.json", BODY);
    home.write("newer.json", "{\"abreast\": 99, \"sessions\": []}");
    for (arguments, code, said) in [
        (&["import", "broken.json"][..], 1, "broken.json cannot be read: line 2, column 12: expected value.\n"),
        (&["import", "none.json"], 1, "none.json cannot be read: "),
        (&["import", "notes.txt"], 1, "notes.txt cannot be read: it is no conversation that can be read: "),
        (&["import", "newer.json"], 1, "newer.json cannot be read: abreast: a newer abreast wrote it "),
        (&["import", "-"], 1, "Standard input cannot be read: there is nothing in it.\n"),
        (&["export", "--session", "body.json"], 1, "body.json is no session of abreast. `abreast import FILE` "),
        (&["export", "--redact", "a("], 2, "--redact: `a(` is no pattern: unclosed group.\n"),
        (&["export", "--format", "pdf"], 2, "error: invalid value 'pdf'"),
    ] {
        let run = home.run(arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(code), ""), "{run:?}");
        assert!(run.err.starts_with(said), "{run:?}");
    }
}
