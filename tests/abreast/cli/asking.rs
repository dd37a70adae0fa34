//! What `ask` sends and prints.

use serde_json::{Value, json};

use super::{OK, ask, asking, json, ok};
use crate::program::{Canned, Home, finish, portless};
use crate::server::{EVENTS, JSON, response};

#[test]
fn piped_text_follows_the_prompt_and_a_dash_takes_it_alone() {
    for (prompt, content) in [(&["Sum up:"][..], "Sum up:\n\na\nb"), (&["-"], "a\nb"), (&[], "a\nb")] {
        let server = Canned::answering([ok()]);
        let run = finish(Home::new().command(asking(&server, prompt)), b"a\nb\n");
        assert_eq!((run.code, run.out.as_str()), (Some(0), "ok\n"), "{run:?}");
        assert_eq!(server.body()["messages"], json!([{"role": "user", "content": content}]));
    }
}

#[test]
fn bytes_that_are_no_text_are_asked_as_well_as_they_can_be() {
    let server = Canned::answering([ok()]);
    let run = finish(Home::new().command(asking(&server, &["-"])), b"a\xff\0b");
    assert_eq!((run.code, &server.body()["messages"][0]["content"]), (Some(0), &json!("a\u{fffd}\0b")));
}

#[test]
fn messages_and_tools_come_from_files() {
    let home = Home::new();
    let messages = home.write("m.json", r#"[{"role":"user","content":"one"},{"role":"assistant","content":"two"}]"#);
    let tools = json!([{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]);
    let tool_file = home.write("t.json", tools.to_string());
    let server = Canned::answering([ok()]);
    let files = ["--messages", messages.to_str().unwrap(), "--tools", tool_file.to_str().unwrap()];
    let run = home.run(asking(&server, &[&files[..], &["--system", "Be brief.", "three"]].concat()));
    assert_eq!(run.code, Some(0), "{run:?}");
    let body = server.body();
    assert_eq!(
        body["messages"],
        json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "one"},
            {"role": "assistant", "content": "two"}, {"role": "user", "content": "three"}])
    );
    assert_eq!(body["tools"], tools);
}

#[test]
fn what_is_set_is_sent_and_what_is_not_set_is_absent() {
    let home = Home::new();
    home.configure("[params]\ntop_p = 0.5\nseed = 3\n");
    let server = Canned::answering([ok()]);
    let set = ["temperature=0.2", "response_format=json_object", "stop=END", "vendor={\"a\":[1]}", "seed="];
    let set: Vec<&str> = set.iter().flat_map(|assignment| ["--set", assignment]).collect();
    let run = home.run(asking(&server, &[&set[..], &["hi"]].concat()));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        server.body(),
        json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "top_p": 0.5, "temperature": 0.2,
            "response_format": {"type": "json_object"}, "stop": "END", "vendor": {"a": [1]}, "stream": true,
            "stream_options": {"include_usage": true}})
    );
}

#[test]
fn without_a_stream_one_document_is_asked_for() {
    let body = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}]}"#;
    let server = Canned::answering([response(200, &[JSON], body)]);
    let run = ask(&server, &["--no-stream", "hi"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "whole\n"));
    assert_ne!(server.body()["stream"], json!(true));
}

#[test]
fn reasoning_and_notices_keep_off_standard_output() {
    let think = "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"Hm, well.\"}}]}\n\n";
    let server = Canned::answering([
        response(503, &["Retry-After-Ms: 1"], "busy"),
        response(200, &[EVENTS], format!("{think}{OK}")),
    ]);
    let run = ask(&server, &["hi"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "ok\n"));
    assert_eq!(portless(&run.err), "127.0.0.1 is overloaded or down (503): busy. Try 2 of 3 in 0.0 s.\nHm, well.\n");
}

#[test]
fn as_many_retries_are_made_as_are_asked_for() {
    let busy = || response(503, &["Retry-After-Ms: 1"], "busy");
    let server = Canned::answering([busy(), busy(), busy(), ok()]);
    let failed = ask(&server, &["--retries", "1", "hi"]);
    assert_eq!((failed.code, server.asked().len()), (Some(1), 2));
    let saved = ask(&server, &["--retries", "1", "hi"]);
    assert_eq!((saved.code, server.asked().len()), (Some(0), 4));
}

#[test]
fn each_event_is_a_line_and_the_result_is_the_last() {
    let run = ask(&Canned::answering([ok()]), &["--events", "hi"]);
    let lines: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let types: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    assert_eq!(types, ["opened", "model", "text", "finish", "usage", "result"]);
    assert_eq!((&lines[2]["text"], &lines[5]["text"]), (&json!("ok"), &json!("ok")));
    assert!(lines[5].get("partial").is_some());
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_takes_nothing_is_a_failure() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for output in [&["--json"][..], &["--events"], &[]] {
        let server = Canned::answering([ok()]);
        let home = Home::new();
        let mut command = home.command(asking(&server, &[output, &["hi"]].concat()));
        command.stdin(std::process::Stdio::null()).stdout(full());
        let ended = command.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.code() == Some(1) && said.starts_with("The output is gone: "), "{output:?} {said}");
    }
}

#[test]
fn the_first_listed_model_is_asked_when_none_is_named() {
    let list = r#"{"object":"list","data":[{"id":"first"},{"id":"second"}]}"#;
    let server = Canned::answering([response(200, &[JSON], list), ok()]);
    let run = Home::new().run(["ask", "--base-url", &server.base_url(), "--json", "hi"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), "model: first\n"));
    assert_eq!(server.body()["model"], "first");
    assert_eq!(json(&run)["model"], "served");
}

#[test]
fn a_field_that_is_spelt_nearly_as_a_known_one_is_sent_and_asked_about() {
    for (set, hint) in [
        ("temp=1", "--set: `temp` is sent as it is; did you mean `temperature`?\n"),
        ("presence_penality=1", "--set: `presence_penality` is sent as it is; did you mean `presence_penalty`?\n"),
        ("top_k=1", ""),
        ("repeat_penalty=1", ""),
    ] {
        let server = Canned::answering([ok()]);
        let run = Home::new().run(asking(&server, &["--set", set, "hi"]));
        assert_eq!((run.code, run.err.as_str()), (Some(0), hint), "{set}");
        assert_eq!(server.body()[set.split('=').next().unwrap()], json!(1));
    }
}

const GIF: &[u8] = b"GIF89a\x01\0\x01\0";

#[test]
fn attached_files_go_as_parts_before_the_prompt_and_the_sandbox_tells_of_them() {
    let home = Home::new();
    let image = home.write("no-name-that-helps.txt", GIF);
    let notes = home.write("notes.md", "one\n```\ntwo");
    let files = ["--attach", image.to_str().unwrap(), "--attach", notes.to_str().unwrap()];
    let server = Canned::answering([ok()]);
    let run = home.run(asking(&server, &[&files[..], &["What is this?"]].concat()));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        server.body()["messages"][0]["content"],
        json!([{"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lGODlhAQABAA=="}},
            {"type": "text", "text": "````notes.md\none\n```\ntwo\n````"},
            {"type": "text", "text": "What is this?"}])
    );
    let run = home.run([&["ask", "--provider", "sandbox"], &files[..], &["What is this?"]].concat());
    let told = "Your message has 3 parts: an image (image/gif, 10 bytes), a text of 29 characters, a text of 13 characters. \
        I am a toy and see no pictures.";
    assert!(run.out.starts_with(told), "{run:?}");
    assert!(run.err.contains("is known to take no images; it is asked all the same."), "{run:?}");
}

#[test]
fn a_file_that_cannot_be_attached_says_why_and_nothing_is_asked() {
    let home = Home::new();
    let binary = home.write("a.png", [0, 1, 2]);
    let paper = home.write("b.txt", "%PDF-1.7");
    for (path, why) in [
        (binary.to_str().unwrap(), "it is binary. Texts in UTF-8 and images (PNG, JPEG, GIF, WebP) can be attached"),
        (paper.to_str().unwrap(), "it is a PDF. Attach its text, or its pages as images"),
        ("/nowhere/c.md", "there is no such file"),
        ("/", "it is a directory. Attach its files one by one"),
    ] {
        let run = home.run(["ask", "--provider", "sandbox", "--attach", path, "hi"]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{run:?}");
        assert_eq!(run.err.trim_end(), format!("--attach: {path} cannot be attached: {why}."));
    }
}
