use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::exchange::{Choice, Redaction, Span, Spot, is_own, read, read_sessions, write_sessions};
use crate::store::{SavedAttachment, SavedFile};

fn written(session: &SavedSession, format: ExportFormat) -> Result<String, String> {
    export(session, format, &|_| None)
}

/// Two lanes over one question; the second reply was cut off, and a first one stands beside them.
fn session() -> SavedSession {
    let wire = json!({
        "tries": [{"request": {"at": 0, "method": "POST", "url": "https://h.example/v1/chat/completions",
            "headers": [["authorization", "Bearer sk-live-1234567890"], ["accept", "*/*"]], "body_bytes": 4},
            "response": {"at": 5_000_000, "status": 200, "version": "HTTP/1.1",
                "headers": [["content-type", "text/event-stream"], ["set-cookie", "sid=sk-live-1234567890"]]},
            "first_read": 0}],
        "reads": [[6_000_000, 5]], "bytes": "eJzLSM3JyQcABiwCFQ==", "until": 7_000_000,
    });
    let settings = json!({"provider": "lab", "model": "m-1", "system": "Be {{mood}}.", "variables": {"mood": "brief"},
        "params": {"temperature": 0.2}, "tools": [{"name": "f", "definition": {"type": "function", "function": {"name": "f"}}}]});
    let run = |id: u32, reply: u32, outcome: Value| {
        json!({"id": id, "settings": settings, "form": {"model": "m-1", "stream": true,
            "messages": [{"role": "system", "content": "Be brief."}]}, "replies": [reply], "started": 1_790_000_000_000_i64,
            "first_delta": 250_000_000, "finished": 1_250_000_000, "finish_reason": "stop", "accepted": true,
            "usage": {"input": 1200, "cached": 200, "output": 50, "reasoning": 10, "raw": {}},
            "cost": {"is": "known", "amount": "0.0045", "currency": "CNY"}, "outcome": outcome, "wire": wire})
    };
    serde_json::from_value(json!({
        "version": 1, "id": "s1", "title": "Refunds <b>", "created": 1_790_000_000_000_i64, "focused": "B",
        "lanes": [{"letter": "A", "settings": settings, "shares": ["system"], "tip": 2},
            {"letter": "B", "name": "strict", "settings": settings, "tip": 3}],
        "turns": [
            {"id": 0, "role": "user", "text": "How long? <script>alert(1)</script>"},
            {"id": 1, "parent": 0, "role": "assistant", "text": "beside"},
            {"id": 2, "parent": 0, "role": "assistant", "text": "Thirty days.\n\n```\nopen", "reasoning": "hm", "run": 0,
                "tool_calls": [{"id": "c1", "name": "f", "arguments": "{\"a\": 1}"}]},
            {"id": 3, "parent": 0, "role": "assistant", "text": "A [month](javascript:alert(1)) ![x](https://t.example/p.png)",
                "run": 1, "tokens": {"all": [{"text": "A", "logprob": -0.1}]}},
        ],
        "runs": [run(0, 2, json!({"is": "complete"})), run(1, 3, json!({"is": "failed", "said": "The line broke."}))],
        "composer": {"draft": "half a thought"}, "later": {"kept": [1, 2.5]},
    }))
    .unwrap()
}

#[test]
fn a_command_needs_the_wire_of_the_last_run_of_each_lane_alone() {
    let wired = |session: &SavedSession| {
        session.runs.iter().filter(|run| run.wire_place.is_some()).map(|run| run.id).collect::<Vec<_>>()
    };
    let mut left = session();
    // A run above the last one of lane A, and lane B with no turn.
    left.turns[3].parent = Some(2);
    left.lanes[0].tip = Some(3);
    left.lanes.truncate(1);
    for run in &mut left.runs {
        run.wire = None;
        run.wire_place = Some(crate::chat::WirePlace { session: "s1".into(), run: run.id });
    }
    for format in [ExportFormat::Json, ExportFormat::Har] {
        format.forget_other_wires(&mut left);
        assert_eq!(wired(&left), [0, 1], "{format:?}");
    }
    ExportFormat::Curl.forget_other_wires(&mut left);
    assert_eq!(wired(&left), [1]);
}

#[test]
fn markdown_has_the_settings_the_figures_and_the_cost_of_each_reply() {
    insta::assert_snapshot!(written(&session(), ExportFormat::Markdown).unwrap());
}

#[test]
fn a_page_needs_nothing_else_and_lets_nothing_in() {
    let page = written(&session(), ExportFormat::Html).unwrap();
    for wanted in [
        "<title>Refunds &lt;b&gt;</title>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "[image: x]",
        "<p class=\"fault\">The line broke.</p>",
        "prefers-color-scheme:dark",
        "default-src &#39;none&#39;",
    ] {
        let wanted = wanted.replace("&#39;", "'");
        assert!(page.contains(&wanted), "{wanted} is not in {page}");
    }
    for unwanted in ["<script", "<img", "javascript:", "t.example", "src=", "<link", "@import", "url("] {
        assert!(!page.contains(unwanted), "{unwanted} is in {page}");
    }
}

proptest! {
    #[test]
    fn no_text_becomes_more_than_text_on_a_page(
        hostile in "([<>\"'&/! =:()\\[\\]`*\n-]|a|img|src|href|script|javascript|data|style|svg|onload|\\PC){0,40}"
    ) {
        let mut session = session();
        session.title.clone_from(&hostile);
        session.turns[2].text.clone_from(&hostile);
        session.turns[2].reasoning.clone_from(&hostile);
        session.turns[2].tool_calls[0].name.clone_from(&hostile);
        session.lanes[0].settings.system = Some(hostile);
        let page = written(&session, ExportFormat::Html).unwrap();
        let allowed = ["!doctype", "html", "head", "meta", "title", "style", "body", "main", "header", "h1", "h2", "h3", "h4",
            "h5", "h6", "p", "div", "section", "table", "tr", "th", "td", "thead", "tbody", "pre", "code", "details", "summary",
            "ul", "ol", "li", "em", "strong", "del", "blockquote", "hr", "br", "a", "input"];
        for tag in page.split('<').skip(1) {
            let name: String = tag.trim_start_matches('/').chars().take_while(|sign| sign.is_ascii_alphanumeric() || *sign == '!').collect();
            prop_assert!(allowed.contains(&name.as_str()), "<{tag} in {page}");
            if name == "a" && !tag.starts_with('/') {
                prop_assert!(tag.starts_with("a href=\"http"), "<{tag}");
            }
        }
    }
}

#[test]
fn lines_are_what_each_lane_would_be_sent_and_can_be_read_again() {
    let lines = written(&session(), ExportFormat::Jsonl).unwrap();
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let call = json!({"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 1}"}});
    assert_eq!(
        first,
        json!({"messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "How long? <script>alert(1)</script>"},
            {"role": "assistant", "content": "Thirty days.\n\n```\nopen", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "The user did not run this tool."}],
            "tools": [{"type": "function", "function": {"name": "f"}}]})
    );
    assert_eq!(read(&lines).unwrap().conversations.len(), 2);
}

#[test]
fn an_archive_has_every_try_and_no_key() {
    let text = written(&session(), ExportFormat::Har).unwrap();
    let archive: Value = serde_json::from_str(&text).unwrap();
    let entry = &archive["log"]["entries"][0];
    assert!(!text.contains("sk-live"), "{text}");
    assert_eq!(entry["request"]["headers"][0], json!({"name": "authorization", "value": "[key]"}));
    assert_eq!(entry["response"]["content"]["text"], "hello");
    assert_eq!(entry["timings"], json!({"send": 0, "wait": 5.0, "receive": 2.0}));
    assert_eq!(archive["log"]["entries"].as_array().unwrap().len(), 2);
    // The body is not four bytes long, and the archive says so.
    assert!(entry["request"]["postData"]["comment"].is_string());
    let mut exact = session();
    let length = entry["request"]["postData"]["text"].as_str().unwrap().len();
    exact.runs[0].wire.as_mut().unwrap().tries[0].request.body_bytes = length;
    let archive: Value = serde_json::from_str(&written(&exact, ExportFormat::Har).unwrap()).unwrap();
    assert_eq!(archive["log"]["entries"][0]["request"]["postData"]["comment"], Value::Null);
}

#[test]
fn what_is_redacted_is_nowhere_in_any_format() {
    let mut session = session();
    let secret = "Zanzibar-7";
    for text in [&mut session.title, &mut session.turns[3].text, &mut session.composer.draft] {
        text.push_str(secret);
    }
    session.turns[2].tool_calls[0].arguments = json!({"city": secret}).to_string();
    session.lanes[0].settings.params.insert("user".into(), json!({"deep": [secret], secret: 1}));
    session.runs[0].form.messages.push(json!({"role": "system", "content": secret}));
    session.runs[0].wire.as_mut().unwrap().bytes = secret.into();
    session.other.insert("new".into(), json!(secret));
    let redaction = Redaction::of(["Zanzi\\w+-\\d"]).unwrap();
    redaction.apply(&mut session);
    for format in ExportFormat::ALL {
        let text = written(&session, format).unwrap();
        assert!(!text.contains("Zanzi"), "{}: {text}", format.name());
    }
    assert_eq!(session.composer.draft, "half a thought[redacted]");
    assert!(session.turns[3].tokens.is_empty());
    assert!(session.runs[0].wire.as_ref().unwrap().bytes.is_empty());
}

#[test]
fn a_pattern_that_is_none_says_why() {
    assert_eq!(Redaction::of(["a("]).unwrap_err(), "`a(` is no pattern: unclosed group");
    assert_eq!(Redaction::of(["a*"]).unwrap_err(), "`a*` matches what is empty");
}

/// Turns, runs, and the end of the first lane's branch.
type Left = (Vec<u32>, Vec<u32>, Option<u32>);

/// What is left of the session, or why nothing is.
fn left(choice: &Choice, keeps_asked: bool) -> Result<Left, String> {
    let mut one = session();
    one.turns[1].other.insert("name".into(), json!("try"));
    choice.apply(&mut one, keeps_asked)?;
    let turns = one.turns.iter().map(|turn| turn.id).collect();
    Ok((turns, one.runs.iter().map(|run| run.id).collect(), one.lanes[0].tip))
}

#[test]
fn a_lane_a_branch_or_a_turn_comes_with_its_own_runs_alone() {
    let all = Choice::default();
    let lane = |letter| Choice { lane: Some(letter), ..Choice::default() };
    let span = |span| Choice { span: Some(span), ..Choice::default() };
    let branch = |name: &str| Choice { branch: Some(name.into()), ..Choice::default() };
    assert_eq!(left(&all, false), Ok((vec![0, 1, 2, 3], vec![0, 1], Some(2))));
    assert_eq!(left(&lane('b'), false), Ok((vec![0, 3], vec![1], Some(3))));
    assert_eq!(left(&lane('a'), false), Ok((vec![0, 2], vec![0], Some(2))));
    assert_eq!(left(&branch("try"), false), Ok((vec![0, 1], vec![], Some(1))));
    assert_eq!(left(&span(Span::Until(Spot::Place(1))), false), Ok((vec![0], vec![], Some(0))));
    assert_eq!(left(&span(Span::Turn(Spot::Place(-1))), false), Ok((vec![3], vec![1], Some(3))));
    assert_eq!(left(&span(Span::Turn(Spot::Turn(2))), true), Ok((vec![0, 2], vec![0], Some(2))));
    for (wrong, said) in [
        (lane('C'), "it has no lane C"),
        (branch("tri"), "it has no branch `tri`"),
        (span(Span::Turn(Spot::Place(3))), "the branch has 2 turns and no turn 3"),
        (span(Span::Until(Spot::Place(-3))), "the branch has 2 turns and no turn -3"),
        (span(Span::Turn(Spot::Place(0))), "the branch has 2 turns and no turn 0"),
        (span(Span::Turn(Spot::Turn(9))), "it has no turn 9"),
    ] {
        assert_eq!(left(&wrong, false), Err(said.to_owned()));
    }
}

#[test]
fn a_comparison_has_the_lanes_side_by_side_with_their_figures_and_costs() {
    let mut other = session();
    let settings = &mut other.lanes[1].settings;
    settings.params = serde_json::from_str(r#"{"temperature": 0.9, "top_p": 0.8}"#).unwrap();
    insta::assert_snapshot!(written(&other, ExportFormat::Comparison).unwrap());
    let mut one = session();
    one.lanes.truncate(1);
    let said = "it has but one lane, and a comparison takes two";
    assert_eq!(written(&one, ExportFormat::Comparison), Err(said.to_owned()));
}

#[test]
fn the_command_of_a_run_asks_again_what_was_asked_without_the_key() {
    let mut one = session();
    Choice { lane: Some('B'), ..Choice::default() }.apply(&mut one, true).unwrap();
    let command = written(&one, ExportFormat::Curl).unwrap();
    assert!(command.starts_with("curl -sSN 'https://h.example/v1/chat/completions' \\\n"), "{command}");
    assert!(command.contains("-H \"Authorization: Bearer $OPENAI_API_KEY\""), "{command}");
    assert!(!command.contains("sk-live"), "{command}");
    let again = read(&command).unwrap().conversations.remove(0);
    assert_eq!(again.asked.model.as_deref(), Some("m-1"));
    assert_eq!(again.asked.system.as_deref(), Some("Be brief."));
    assert_eq!(again.messages[0].text, one.turns[0].text);
    assert_eq!(again.messages.len(), 1, "the reply is no part of what was asked");
    // A provider that is where it was is asked in its own way.
    let mut shape = RequestShape { base_url: "https://h.example/v1".into(), ..RequestShape::default() };
    shape.key = crate::api::KeyOrigin::Variable("LAB_KEY".into());
    let known = |name: &str| (name == "lab").then(|| shape.clone());
    let command = export(&one, ExportFormat::Curl, &known).unwrap();
    assert!(command.contains("Bearer $LAB_KEY\""), "{command}");
    one.runs[0].wire = None;
    assert_eq!(written(&one, ExportFormat::Curl), Err("nobody knows where `lab` is: it is not configured".to_owned()));
    one.runs.clear();
    assert_eq!(written(&one, ExportFormat::Curl), Err("nothing was asked in it".to_owned()));
}

#[test]
fn the_end_of_a_files_name_is_its_format() {
    for format in ExportFormat::ALL {
        assert_eq!(ExportFormat::of_file(&format!("a.b.{}", format.extension())), Some(format));
    }
    for (name, format) in
        [("A.HTM", Some(ExportFormat::Html)), ("compare.md", Some(ExportFormat::Markdown)), ("a", None)]
    {
        assert_eq!(ExportFormat::of_file(name), format, "{name}");
    }
}

#[test]
fn a_file_of_a_newer_form_is_refused_with_the_next_step() {
    assert_eq!(
        read_sessions("{\"abreast\": 9, \"sessions\": 5}").unwrap_err().to_string(),
        "abreast: a newer abreast wrote it (form 9, this one reads 1); update abreast to read it"
    );
    assert!(!is_own("{\"messages\": []}") && !is_own("[]") && is_own("\u{feff}{\"abreast\": 1, \"sessions\": []}"));
}

#[test]
fn a_file_whose_parents_go_round_is_written_all_the_same() {
    let mut round = session();
    round.turns[0].parent = Some(3);
    for format in ExportFormat::ALL {
        assert!(written(&round, format).is_ok(), "{format:?}");
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("\\PC{0,6}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn our_own_json_comes_back_as_it_was(
        texts in prop::collection::vec(any::<String>(), 4),
        params in prop::collection::vec(("[a-z_]{1,8}", value()), 0..4),
        logprob in prop::option::of(prop::num::f64::NORMAL),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        spans in prop::collection::vec(any::<u64>(), 3),
        unknown in value(),
    ) {
        let mut session = session();
        for (turn, text) in session.turns.iter_mut().zip(&texts) {
            turn.text.clone_from(text);
            turn.reasoning.clone_from(text);
        }
        session.lanes[0].settings.params = params.into_iter().collect();
        session.turns[3].tokens.all[0].said.logprob = logprob;
        session.turns[3].other.insert("unknown".into(), unknown.clone());
        session.other.insert("unknown".into(), unknown);
        let run = &mut session.runs[0];
        (run.first_delta, run.first_text, run.finished) = (Some(spans[0]), None, Some(spans[1]));
        let wire = run.wire.as_mut().unwrap();
        (wire.bytes, wire.until) = (bytes, spans[2]);
        let sessions = [session, SavedSession::default()];
        let text = write_sessions(&sessions).unwrap();
        prop_assert!(is_own(&text));
        prop_assert_eq!(read_sessions(&text).unwrap(), sessions);
    }
}

const DOT: &str = "fb6567d497606314a968515ebf9063dcee9fcff777897c384ed8e6a26dbd7190";
const RULES: &str = "bb0b9531e04ed725aceb47d19243fde9e99575fe93051cdeef97ef5b985fe6e5";

/// The same session, its question with an image, a text and a file that is lost.
fn attached() -> SavedSession {
    let attachment = |name: &str, sha256: &str, size| SavedAttachment {
        name: name.to_owned(),
        media_type: "text/plain".to_owned(),
        sha256: sha256.to_owned(),
        size,
    };
    let mut session = session();
    session.turns[0].attachments = vec![
        attachment("\"><script>.gif", DOT, 10),
        attachment("rules.md", RULES, 21),
        attachment("gone.txt", "ab", 3),
    ];
    let file = |sha256: &str, bytes: &'static [u8]| SavedFile { sha256: sha256.to_owned(), bytes: bytes.into() };
    session.files = vec![file(DOT, b"GIF89a\x01\0\x01\0"), file(RULES, b"Secret dogs may wait.")];
    session
}

#[test]
fn an_export_names_what_was_attached_and_a_page_shows_the_picture() {
    let text = written(&attached(), ExportFormat::Markdown).unwrap();
    assert!(text.contains("\nAttached: rules.md (text/plain · 21 B)\n"), "{text}");
    assert!(text.contains("(image/gif · 10 B · 1×1)\n"), "{text}");
    assert!(text.contains("\nAttached: gone.txt (lost)\n"), "{text}");
    let page = written(&attached(), ExportFormat::Html).unwrap();
    assert!(page.contains("img-src data:;"), "{page}");
    let image = "<img src=\"data:image/gif;base64,R0lGODlhAQABAA==\" alt=\"&quot;&gt;&lt;script&gt;.gif\">";
    assert_eq!(page.matches(image).count(), 2, "a picture in each lane: {page}");
    assert!(!page.contains("<script"), "{page}");
}

#[test]
fn lines_have_attachments_as_parts_and_our_own_form_has_their_bytes() {
    let lines = written(&attached(), ExportFormat::Jsonl).unwrap();
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(
        first["messages"][1]["content"],
        json!([
            {"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lGODlhAQABAA=="}},
            {"type": "text", "text": "```rules.md\nSecret dogs may wait.\n```"},
            {"type": "text", "text": "[gone.txt was attached; its content is lost]"},
            {"type": "text", "text": "How long? <script>alert(1)</script>"}])
    );
    let own = written(&attached(), ExportFormat::Json).unwrap();
    assert_eq!(read_sessions(&own).unwrap(), [attached()]);
    let again = read(&lines).unwrap().conversations.remove(0).messages.remove(0);
    assert_eq!(again.attachments.len(), 1);
}

#[test]
fn a_pattern_is_left_out_of_attached_texts_and_their_names_too() {
    let mut session = attached();
    Redaction::of(["dogs", "rules"]).unwrap().apply(&mut session);
    let turn = &session.turns[0];
    assert_eq!(turn.attachments[1].name, "[redacted].md");
    let file = session.file(&turn.attachments[1]).unwrap();
    assert_eq!(file.bytes.as_ref(), b"Secret [redacted] may wait.");
    assert_eq!(turn.attachments[1].size, file.bytes.len() as u64);
    assert_eq!(session.file(&turn.attachments[0]).unwrap().bytes.as_ref(), b"GIF89a\x01\0\x01\0");
    let text = written(&session, ExportFormat::Json).unwrap();
    assert!(!text.contains(RULES), "the hash of what was left out would tell what it was");
}

#[test]
fn of_one_lane_only_the_files_that_it_needs_go_out() {
    let mut session = attached();
    session.turns[1].attachments = session.turns[0].attachments.split_off(1);
    Choice { lane: Some('B'), ..Choice::default() }.apply(&mut session, false).unwrap();
    let left: Vec<&str> = session.files.iter().map(|file| file.sha256.as_str()).collect();
    assert_eq!(left, [DOT]);
}
