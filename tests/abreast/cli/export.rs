//! `export` and `import`.

use serde_json::{Value, json};

use crate::program::{Finished, Home, finish};

const BODY: &str = r#"{"model": "m", "top_k": 5, "messages": [{"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi\u001b[31m", "name": "ada"}, {"role": "critic", "content": "x"}]}"#;

#[test]
fn a_request_becomes_a_session_and_a_session_what_readers_want() {
    let home = Home::new();
    home.write("body.json", BODY);
    let import = home.run(["import", "body.json", "--json", "-o", "session.json"]);
    assert_eq!(
        (import.code, import.out.as_str(), import.err.as_str()),
        (Some(0), "", "Read: 1 session, 1 turn. Not taken over: 1 × a message of the unknown role `critic`.\n")
    );
    let lines = home.run(["export", "--file", "session.json", "--format", "jsonl"]);
    assert_eq!(
        serde_json::from_str::<Value>(&lines.out).unwrap(),
        json!({"messages": [{"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi\u{1b}[31m", "name": "ada"}]})
    );
    let markdown = home.run(["export", "--file", "session.json", "--redact", "bri\\w+"]);
    assert!(markdown.out.contains("Be [redacted].") && markdown.out.contains("| top\\_k | 5 |"), "{markdown:?}");
    let page = home.run(["export", "--file", "session.json", "-o", "page.html"]);
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
    let first = home.run(["import", "--json", "chat.jsonl"]).out;
    home.write("first.json", &first);
    assert_eq!(home.run(["import", "--json", "first.json"]).out, first);
    assert_eq!(finish(home.command(["import", "--json", "-"]), first.as_bytes()).out, first);
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
        (
            &["import", "--json", "broken.json"][..],
            1,
            "broken.json cannot be read: line 2, column 12: expected value.\n",
        ),
        (&["import", "--json", "none.json"], 1, "none.json cannot be read: "),
        (&["import", "--json", "notes.txt"], 1, "notes.txt cannot be read: it is no conversation of a known form: "),
        (&["import", "--json", "newer.json"], 1, "newer.json cannot be read: abreast: a newer abreast wrote it "),
        (&["import", "--json", "-"], 1, "Standard input cannot be read: there is nothing in it.\n"),
        (&["import", "/dev/zero"], 1, "/dev/zero cannot be read: it is no file.\nImported: 0 sessions, 0 turns.\n"),
        (&["import", "."], 1, ". cannot be read: it is a directory.\n"),
        (&["export", "--file", "/dev/zero"], 1, "/dev/zero cannot be read: it is no file.\n"),
        (&["export", "--file", "body.json"], 1, "body.json is no session of abreast. `abreast import FILE` "),
        (&["export", "--redact", "a("], 2, "--redact: `a(` is no pattern: unclosed group.\n"),
        (&["export", "--last"], 1, "--session: there is no saved session yet: `abreast` begins one.\n"),
        (&["export", "--session", "x"], 1, "--session: there is no session `x`: "),
        (&["export", "--format", "pdf"], 2, "error: invalid value 'pdf'"),
    ] {
        let run = home.run(arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(code), ""), "{run:?}");
        assert!(run.err.starts_with(said), "{run:?}");
    }
}

/// A store with two conversations out of one file.
fn filled(home: &Home) -> Finished {
    home.write(
        "chats.jsonl",
        concat!(
            "{\"messages\": [{\"role\": \"user\", \"content\": \"One?\"}, {\"role\": \"assistant\", \"content\": \"Uno.\"}]}\n",
            "{\"messages\": []}\n",
            "{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"Two?\\nIt matters.\"}]}\n",
        ),
    );
    home.run(["import", "chats.jsonl"])
}

#[test]
fn a_file_goes_into_the_store_once_and_what_is_skipped_is_counted() {
    let home = Home::new();
    let dry = home.run(["import", "--dry-run", "chats.jsonl", "body.json"]);
    assert_eq!(dry.code, Some(1), "{dry:?}");
    assert!(!home.path().join("data").exists());
    let said = "Imported: 2 sessions, 3 turns. Not taken over: 1 × a conversation without messages.\n";
    let first = filled(&home);
    assert_eq!((first.code, first.out.as_str(), first.err.as_str()), (Some(0), "", said));
    let said = "Imported: 0 sessions, 0 turns. Skipped: 2 × a session that is there already. \
                Not taken over: 1 × a conversation without messages.\n";
    let again = home.run(["import", "chats.jsonl"]);
    assert_eq!((again.code, again.err.as_str()), (Some(0), said));
    home.write("body.json", BODY);
    let dry = home.run(["import", "--dry-run", "none.json", "body.json"]);
    assert!(dry.err.starts_with("none.json cannot be read: ") && dry.code == Some(1), "{dry:?}");
    assert!(dry.err.contains("Would be imported: 1 session, 1 turn. Not taken over: "), "{dry:?}");
    assert_eq!(home.run(["import", "body.json"]).err.split('.').next(), Some("Imported: 1 session, 1 turn"));
}

#[test]
fn a_stored_session_is_exported_whole_or_in_part_by_the_beginning_of_its_id() {
    let home = Home::new();
    filled(&home);
    let all = home.run(["export", "--last", "--format", "json"]).out;
    let session: Value = serde_json::from_str::<Value>(&all).unwrap()["sessions"][0].clone();
    let id = session["id"].as_str().unwrap();
    assert_eq!(session["title"], "Two?");
    assert_eq!(home.run(["export", "--session", &id[..6], "--format", "json"]).out, all);
    home.write("copy.json", &all);
    assert!(home.run(["import", "copy.json"]).err.contains("Skipped: 1 × a session that is there already."));
    let other = session_of(&home, "One?");
    let part = |more: &[&str]| home.run([&["export", "--session", &other, "--format", "jsonl"], more].concat()).out;
    let line = |messages: Value| format!("{}\n", json!({"messages": messages}));
    let (one, uno) = (json!({"role": "user", "content": "One?"}), json!({"role": "assistant", "content": "Uno."}));
    assert_eq!(part(&["--turn", "-1"]), line(json!([uno])));
    assert_eq!(part(&["--lane", "A", "--turn", "1"]), line(json!([one])));
    assert_eq!(part(&["--until", "1"]), line(json!([one])));
    let wrong = home.run(["export", "--session", &other, "--turn", "3"]);
    let said = "The session cannot be exported like this: the branch has 2 turns and no turn 3.\n";
    assert_eq!((wrong.code, wrong.err.as_str()), (Some(2), said));
    let ambiguous = home.run(["export", "--session", "i"]);
    assert!(ambiguous.err.starts_with("--session: `i` begins several sessions (i"), "{ambiguous:?}");
}

/// The id of the session that begins with a question.
fn session_of(home: &Home, question: &str) -> String {
    let dry = home.run(["import", "--json", "chats.jsonl"]).out;
    let sessions: Value = serde_json::from_str(&dry).unwrap();
    let found = sessions["sessions"].as_array().unwrap().iter().find(|session| session["title"] == question);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}
