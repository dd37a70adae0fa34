use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::api::{Assembly, Reply};
use crate::chat::{ToolCall, Usage};

const SEED: u64 = 7;

/// The deltas and the judgement of a body that comes in pieces of `size`.
fn in_pieces(body: &[u8], size: usize) -> (Vec<Delta>, Result<(), ApiError>) {
    let mut decoder = Decoder::with_seed(SEED, SseParser::DEFAULT_LIMIT);
    let mut out = Vec::new();
    let pushed = body.chunks(size).try_for_each(|piece| decoder.push(piece, &mut out));
    let result = pushed.and_then(|()| decoder.finish(&mut out));
    (out, result)
}

pub(super) fn decoded(body: &[u8]) -> (Vec<Delta>, Result<(), ApiError>) {
    in_pieces(body, usize::MAX)
}

/// The deltas of an answer that must be whole.
fn deltas(body: &str) -> Vec<Delta> {
    let (deltas, result) = decoded(body.as_bytes());
    assert_eq!(result, Ok(()), "{body}");
    deltas
}

pub(super) fn assembled(body: &[u8]) -> Assembly {
    let (deltas, result) = decoded(body);
    assert_eq!(result, Ok(()));
    let mut assembly = Assembly::default();
    deltas.iter().for_each(|delta| assembly.apply(delta));
    assembly
}

/// A stream of the given events and `[DONE]`.
fn stream(events: &[Value]) -> String {
    let events: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    format!("{events}data: [DONE]\n\n")
}

/// The first reply of a stream whose deltas are the given ones.
fn reply(deltas: &[Value]) -> Reply {
    let event = |delta: &Value| json!({"choices": [{"index": 0, "delta": delta}]});
    assembled(stream(&deltas.iter().map(event).collect::<Vec<_>>()).as_bytes()).first()
}

fn error(body: &str) -> ApiError {
    decoded(body.as_bytes()).1.unwrap_err()
}

fn text(text: &str) -> Delta {
    Delta::Text { choice: 0, text: text.to_owned() }
}

fn finish(reason: &str) -> Delta {
    Delta::Finish { choice: 0, reason: reason.to_owned() }
}

const HELLO: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\n";

// ── Framing and signs of life ──

#[test]
fn comments_pings_and_empty_events_are_signs_of_life() {
    for sign in [
        ": OPENROUTER PROCESSING\n\n",
        ": keep-alive\n\n",
        "data:\n\n",
        "event: ping\ndata: {\"type\":\"ping\"}\n\n",
        "event: keepalive\n\n",
        "id: 7\n\n",
        "data: {\"choices\":[],\"cost\":\"0\"}\n\n",
        "data: {\"type\":\"ping\"}\n\n",
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
        "error: null\n\n",
    ] {
        let body = format!("{sign}{HELLO}data: [DONE]\n\n");
        assert_eq!(deltas(&body), [Delta::Alive, text("hi")], "{sign}");
    }
}

#[test]
fn data_without_a_space_and_a_bom_are_read() {
    let body = format!("\u{FEFF}{}data:[DONE]\n\n", HELLO.replace("data: ", "data:"));
    assert_eq!(deltas(&body), [text("hi")]);
}

#[test]
fn empty_lines_before_the_answer_are_skipped() {
    assert_eq!(deltas(&format!("\n\r\n \n{HELLO}data: [DONE]\n\n")), [text("hi")]);
    assert_eq!(deltas("\n\n\n{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}"), [text("hi")]);
}

#[test]
fn done_is_recognised_between_spaces_and_ends_everything() {
    let mut decoder = Decoder::new();
    let mut out = Vec::new();
    decoder.push(HELLO.as_bytes(), &mut out).unwrap();
    assert!(!decoder.is_complete());
    let rest = format!("data:  [DONE] \n\n{HELLO}data: {{\"error\":\"late\"}}\n\n");
    decoder.push(rest.as_bytes(), &mut out).unwrap();
    assert!(decoder.is_complete());
    decoder.push(b"data: {\"error\":\"later\"}\n\n", &mut out).unwrap();
    decoder.finish(&mut out).unwrap();
    assert_eq!(out, [text("hi")]);
}

#[test]
fn an_event_past_the_limit_ends_the_answer_and_keeps_what_came() {
    let mut decoder = Decoder::with_seed(SEED, 100);
    let mut out = Vec::new();
    let body = format!("{HELLO}data: {}", "x".repeat(200));
    let error = decoder.push(body.as_bytes(), &mut out).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert_eq!(out, [text("hi")]);
    assert_eq!(Decoder::with_seed(SEED, 9).push(b"{\"choices\":[]}", &mut out).unwrap_err().kind, ErrorKind::Protocol);
}

// ── The end of an answer ──

#[test]
fn a_finish_reason_without_done_is_a_whole_answer() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\n";
    assert_eq!(deltas(body), [text("hi"), finish("stop")]);
    assert_eq!(deltas(body.trim_end()), [text("hi"), finish("stop")]);
}

#[test]
fn done_without_a_finish_reason_is_a_whole_answer() {
    assert_eq!(deltas(&format!("{HELLO}data: [DONE]")), [text("hi")]);
}

#[test]
fn an_answer_with_neither_is_cut_off_and_keeps_what_came() {
    let (deltas, result) = decoded(HELLO.as_bytes());
    assert_eq!(deltas, [text("hi")]);
    assert_eq!(result.unwrap_err().kind, ErrorKind::Truncated);
    assert_eq!(error(": queued\n\n").kind, ErrorKind::Truncated);
    assert_eq!(error("data: {\"choi").kind, ErrorKind::Truncated);
    assert_eq!(error(&format!("{HELLO}data: {{\"choi")).kind, ErrorKind::Truncated);
}

#[test]
fn one_finished_choice_of_two_is_cut_off() {
    let body = "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"},{\"index\":1,\"delta\":{}}]}\n\n";
    assert_eq!(error(body).kind, ErrorKind::Truncated);
}

#[test]
fn an_empty_body_is_no_answer() {
    assert_eq!(error(""), ApiError::new(ErrorKind::Protocol, "The server sent an empty answer: not a single byte."));
    let said_nothing = "The server ended its answer before the first word: it is empty.";
    assert_eq!(error("data: [DONE]\n\n"), ApiError::new(ErrorKind::Protocol, said_nothing));
    assert_eq!(error("\n\n"), ApiError::new(ErrorKind::Protocol, said_nothing));
}

#[test]
fn a_web_page_is_recognised_and_named() {
    let message = "A web page (“Sign in”) came instead of an answer.";
    assert_eq!(error("<!DOCTYPE html><title>Sign in</title>"), ApiError::new(ErrorKind::Protocol, message));
}

#[test]
fn plain_words_in_the_place_of_a_stream_are_shown() {
    let message = "The server sent no answer but this: upstream connect error";
    assert_eq!(error("upstream connect error\n"), ApiError::new(ErrorKind::Protocol, message));
}

#[test]
fn json_of_another_protocol_is_no_answer() {
    let message = "The server's answer is JSON, but no chat completion.";
    let expected = ApiError::new(ErrorKind::Protocol, message);
    assert_eq!(error("{\"version\":\"1.0\"}"), expected);
    assert_eq!(error("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"), expected);
    assert_eq!(error("data: [1]\n\ndata: [DONE]\n\n"), expected);
}

#[test]
fn a_cut_document_is_cut_off() {
    assert_eq!(error("{\"choices\":[{\"message\":{\"content\":\"hi").kind, ErrorKind::Truncated);
}

#[test]
fn a_stream_that_came_unasked_is_understood() {
    let mut out = Vec::new();
    decode_whole(format!("{HELLO}data: [DONE]\n\n").as_bytes(), &mut out).unwrap();
    assert_eq!(out, [text("hi")]);
}

// ── Errors within an answer ──

#[test]
fn an_error_object_ends_the_stream_and_keeps_what_came() {
    for event in [
        "data: {\"error\":{\"message\":\"Compute error.\"},\"message\":\"Compute error.\"}",
        "data: {\"error\":\"Compute error.\"}",
        "error: {\"message\":\"Compute error.\"}",
        "{\"error\":{\"message\":\"Compute error.\"}}",
        "event: error\ndata: {\"details\":\"Compute error.\"}",
        "event: error\ndata: Compute error.",
        "data: {\"object\":\"error\",\"message\":\"Compute error.\"}",
        "data: [{\"error\":{\"message\":\"Compute error.\"}}]",
        "data: {\"detail\":\"Compute error.\"}",
    ] {
        let (deltas, result) = decoded(format!("{HELLO}{event}\n\ndata: [DONE]\n\n").as_bytes());
        assert_eq!(deltas, [text("hi")], "{event}");
        let expected = ApiError::new(ErrorKind::Api, "The server reported an error: Compute error.");
        assert_eq!(result, Err(expected), "{event}");
    }
}

#[test]
fn openrouters_error_beside_the_last_words_gives_both() {
    let event = json!({"error": {"code": 502, "message": "Provider disconnected"},
        "choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": "error"}]});
    let (deltas, result) = decoded(format!("data: {event}\n\n").as_bytes());
    assert_eq!(deltas, [text("x"), finish("error")]);
    let error = ApiError::new(ErrorKind::Api, "The server reported an error: Provider disconnected");
    assert_eq!(result, Err(ApiError { code: Some("502".to_owned()), ..error }));
}

#[test]
fn an_error_within_a_choice_is_an_error() {
    let event = json!({"choices": [{"error": {"code": 500, "message": "boom"}, "finish_reason": "error"}]});
    assert_eq!(error(&stream(&[event])).message, "The server reported an error: boom");
}

#[test]
fn a_null_error_is_none() {
    let event = json!({"error": null, "choices": [{"delta": {"content": "hi"}}]});
    assert_eq!(deltas(&stream(&[event])), [text("hi")]);
}

#[test]
fn an_error_document_in_the_place_of_a_stream_is_read() {
    let body = r#"{"error":{"message":"too long","type":"exceed_context_size_error","code":400,"param":"messages"}}"#;
    let expected = ApiError {
        code: Some("400".to_owned()),
        param: Some("messages".to_owned()),
        ..ApiError::new(ErrorKind::Api, "The server reported an error: too long")
    };
    assert_eq!(error(body), expected);
}

#[test]
fn there_is_one_error_and_nothing_after_it() {
    let mut decoder = Decoder::new();
    let mut out = Vec::new();
    decoder.push(b"data: {\"error\":\"x\"}\n\n", &mut out).unwrap_err();
    decoder.push(HELLO.as_bytes(), &mut out).unwrap();
    decoder.finish(&mut out).unwrap();
    assert_eq!(out, []);
}

#[test]
fn what_was_held_back_is_given_out_before_an_error() {
    let call = json!({"choices": [{"delta": {"content": "<thi", "tool_calls":
        [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]}}]});
    let (deltas, _) = decoded(format!("data: {call}\n\ndata: {{\"error\":\"x\"}}\n\n").as_bytes());
    let mut assembly = Assembly::default();
    deltas.iter().for_each(|delta| assembly.apply(delta));
    assert_eq!((assembly.first().text.as_str(), assembly.first().tool_calls[0].arguments.as_str()), ("<thi", "{}"));
}

// ── Broken JSON ──

#[test]
fn half_a_surrogate_pair_costs_one_character_and_a_warning() {
    let body =
        format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"a\\ud83d b\"}}}}]}}\n\n{HELLO}data: [DONE]\n\n");
    let deltas = deltas(&body);
    assert!(matches!(&deltas[..], [Delta::Warning(_), one, two] if *one == text("a\u{FFFD} b") && *two == text("hi")));
}

#[test]
fn half_a_pair_without_its_mate_warns() {
    let body = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"a\\ud83d\"}}}}]}}\n\n{HELLO}data: [DONE]\n\n");
    assert!(matches!(&deltas(&body)[..], [one, Delta::Warning(_), two] if *one == text("a") && *two == text("hi")));
}

#[test]
fn an_unreadable_event_is_skipped_with_a_warning() {
    let body = format!("{HELLO}data: {{oops\n\n{HELLO}data: [DONE]\n\n");
    assert!(matches!(&deltas(&body)[..], [one, Delta::Warning(_), two] if one == two && *one == text("hi")));
}

#[test]
fn a_field_that_comes_twice_counts_once() {
    let body =
        "data: {\"model\":\"a\",\"model\":\"b\",\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n";
    assert_eq!(deltas(body), [Delta::ServedBy("b".to_owned()), text("hi")]);
}

#[test]
fn nesting_without_end_is_skipped_or_ignored() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let ignored = format!("data: {{\"padding\":{deep},\"choices\":[{{\"delta\":{{\"content\":\"hi\"}}}}]}}\n\n");
    assert_eq!(deltas(&format!("{ignored}data: [DONE]\n\n")), [text("hi")]);
    assert_eq!(error(&format!("data: {deep}\n\n")).kind, ErrorKind::Protocol);
}

#[test]
fn a_stream_that_is_broken_throughout_warns_a_few_times_and_is_no_answer() {
    let (deltas, result) = decoded("data: {oops\n\n".repeat(1000).as_bytes());
    assert_eq!(deltas.len(), 10);
    let message = "Nothing that the server sent could be read: its JSON is broken.";
    assert_eq!(result, Err(ApiError::new(ErrorKind::Protocol, message)));
}

// ── Fields ──

#[test]
fn fields_of_a_wrong_type_are_as_good_as_absent() {
    let event = json!({"id": 7, "object": [], "created": "x", "model": {"a": 1}, "usage": "none", "x_groq": 3, "choices":
        [{"index": "0", "delta": {"role": null, "content": "hi", "refusal": [], "reasoning": {"effort": "low"},
            "reasoning_details": "x", "tool_calls": {"a": 1}, "function_call": "f"},
            "logprobs": false, "finish_reason": {}}, null, 5]});
    assert_eq!(deltas(&stream(&[event])), [text("hi")]);
}

#[test]
fn null_choices_and_deltas_are_empty() {
    let events = [
        json!({"choices": null}),
        json!({"id": "", "choices": [], "prompt_filter_results": [{"prompt_index": 0}]}),
        json!({"choices": [{"index": 0, "delta": null}]}),
        json!({"choices": [{"index": 0, "content_filter_offsets": {}}]}),
        json!({"choices": [{"delta": {"content": "hi"}}]}),
    ];
    let [signs @ .., last] = &deltas(&stream(&events))[..] else { panic!("nothing came") };
    assert_eq!((signs, last), (&[const { Delta::Alive }; 4][..], &text("hi")));
}

#[test]
fn the_model_is_named_once() {
    let chunk = |model: &str| json!({"model": model, "choices": [{"delta": {"content": "a"}}]});
    let served = Delta::ServedBy("m-2025".to_owned());
    assert_eq!(deltas(&stream(&[chunk(""), chunk("m-2025"), chunk("n")])), [text("a"), served, text("a"), text("a")]);
}

#[test]
fn any_word_is_a_finish_reason_and_the_empty_one_is_none() {
    let chunk = |reason: &str| json!({"choices": [{"delta": {"content": "a"}, "finish_reason": reason}]});
    let body = stream(&[chunk(""), chunk("insufficient_system_resource"), chunk("insufficient_system_resource")]);
    assert_eq!(deltas(&body), [text("a"), text("a"), finish("insufficient_system_resource"), text("a")]);
}

#[test]
fn reasoning_in_several_fields_counts_once() {
    let both = json!({"reasoning_content": "hm", "reasoning": "hm", "reasoning_details": [{"text": "hm"}]});
    assert_eq!(reply(&[both]).reasoning, "hm");
    assert_eq!(reply(&[json!({"reasoning": "hm"})]).reasoning, "hm");
    let details = json!({"reasoning_details": [
        {"type": "reasoning.summary", "summary": "s"},
        {"type": "reasoning.encrypted", "data": "AAAA"},
        {"type": "reasoning.text", "text": "t"}]});
    assert_eq!(reply(&[details]).reasoning, "st");
    assert_eq!(reply(&[json!({"reasoning_content": "", "reasoning": "hm"})]).reasoning, "hm");
}

#[test]
fn mistrals_parts_are_reasoning_and_text() {
    let parts = json!({"content": [
        {"type": "thinking", "thinking": [{"type": "text", "text": "h"}, {"type": "text", "text": "m"}]},
        {"type": "text", "text": "yes"},
        {"type": "reference", "reference_ids": [1]}]});
    let reply = reply(&[parts, json!({"content": "!"})]);
    assert_eq!((reply.reasoning.as_str(), reply.text.as_str()), ("hm", "yes!"));
}

#[test]
fn think_tags_at_the_head_are_reasoning_even_when_cut() {
    let content = |text: &str| json!({ "content": text });
    let reply = reply(&[content("<th"), content("ink>h"), content("m</thi"), content("nk>\n\n"), content("yes")]);
    assert_eq!((reply.reasoning.as_str(), reply.text.as_str()), ("hm", "yes"));
}

#[test]
fn a_refusal_is_no_text() {
    let reply = reply(&[json!({"content": null, "refusal": "I ca"}), json!({"refusal": "n't"})]);
    assert_eq!((reply.refusal.as_str(), reply.text.as_str()), ("I can't", ""));
}

#[test]
fn a_whole_message_after_its_pieces_is_not_said_twice() {
    let events = [
        json!({"choices": [{"delta": {"content": "hi"}}]}),
        json!({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}),
    ];
    assert_eq!(deltas(&stream(&events)), [text("hi"), finish("stop")]);
}

#[test]
fn empty_logprobs_are_none() {
    let event = json!({"choices": [{"delta": {"content": "hi"}, "logprobs": {"content": null, "refusal": null}}]});
    assert_eq!(deltas(&stream(&[event])), [text("hi")]);
}

// ── Usage ──

#[test]
fn usage_is_found_in_all_its_places() {
    let usage = json!({"prompt_tokens": 3, "completion_tokens": 4});
    for event in [
        json!({"choices": [], "usage": usage}),
        json!({"choices": [{"delta": {}, "usage": usage}]}),
        json!({"choices": [], "x_groq": {"id": "r", "usage": usage}}),
        json!({"usage": usage}),
    ] {
        let body = stream(&[json!({"choices": [{"delta": {"content": "hi"}}], "usage": null}), event.clone()]);
        let expected = Delta::Usage(Usage::from_json(&usage).unwrap());
        assert_eq!(deltas(&body), [text("hi"), expected], "{event}");
    }
}

#[test]
fn running_totals_replace_each_other_and_repeats_are_silent() {
    let total = |tokens: u64| json!({"choices": [{"delta": {}}], "usage": {"completion_tokens": tokens}});
    let body = stream(&[total(1), total(5), total(5), json!({"choices": [], "usage": {}})]);
    assert_eq!(assembled(body.as_bytes()).usage.unwrap().output, Some(5));
    let news = deltas(&body).into_iter().filter(|delta| matches!(delta, Delta::Usage(_))).count();
    assert_eq!(news, 2);
}

#[test]
fn what_a_gateway_charged_is_kept() {
    let event = json!({"choices": [{"delta": {}}], "usage": {"prompt_tokens": 1, "cost": 0.00014, "is_byok": false}});
    let usage = assembled(stream(&[event]).as_bytes()).usage.unwrap();
    assert_eq!(usage.raw["cost"], json!(0.00014));
}

// ── Tool calls ──

fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned(), extra: None }
}

#[test]
fn calls_that_share_a_delta_are_told_apart() {
    let piece = |a: &str, b: &str| json!({"tool_calls": [{"index": 0, "function": {"arguments": a}}, {"index": 1, "function": {"arguments": b}}]});
    let names = json!({"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "f"}},
        {"index": 1, "id": "b", "type": "function", "function": {"name": "g", "arguments": null}}]});
    assert_eq!(
        reply(&[names, piece("{", "["), piece("}", "]")]).tool_calls,
        [call("a", "f", "{}"), call("b", "g", "[]")]
    );
}

#[test]
fn arguments_may_be_an_object() {
    let delta =
        json!({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": {"b": 1, "a": [null]}}}]});
    assert_eq!(reply(&[delta]).tool_calls, [call("a", "f", r#"{"b":1,"a":[null]}"#)]);
}

#[test]
fn geminis_calls_have_ids_of_our_own_and_their_signature_goes_back() {
    let extra = json!({"google": {"thought_signature": "c2ln"}});
    let piece = |city: &str, extra: &Value| {
        let arguments = json!({ "city": city }).to_string();
        json!({"role": "assistant", "tool_calls": [{"id": "", "type": "function", "extra_content": extra,
            "function": {"name": "weather", "arguments": arguments}}]})
    };
    let calls = reply(&[piece("Rome", &extra), piece("Paris", &Value::Null)]).tool_calls;
    let [rome, paris] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((rome.arguments.as_str(), paris.arguments.as_str()), (r#"{"city":"Rome"}"#, r#"{"city":"Paris"}"#));
    assert_eq!((rome.to_json()["extra_content"].clone(), paris.extra.clone()), (extra, None));
    assert!(rome.id != paris.id && !rome.id.is_empty());
}

#[test]
fn a_free_text_call_and_the_deprecated_call_are_calls() {
    let custom = json!({"tool_calls": [{"index": 0, "id": "a", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}}]});
    assert_eq!(reply(&[custom]).tool_calls, [call("a", "sql", "SELECT 1")]);
    let old = [json!({"function_call": {"name": "f", "arguments": "{"}}), json!({"function_call": {"arguments": "}"}})];
    let [one] = &reply(&old).tool_calls[..] else { panic!("one call was expected") };
    assert_eq!((one.name.as_str(), one.arguments.as_str()), ("f", "{}"));
}

#[test]
fn the_calls_of_a_whole_message_stay_apart_though_they_share_an_id() {
    let one = json!({"id": "x", "type": "function", "function": {"name": "now", "arguments": ""}});
    let body = json!({"choices": [{"message": {"content": null, "tool_calls": [one, one]}, "finish_reason": "stop"}]});
    let calls = assembled(body.to_string().as_bytes()).first().tool_calls;
    let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(names, ["now", "now"]);
    assert_ne!(calls[0].id, calls[1].id);
}

#[test]
fn truncated_arguments_stay_as_they_came() {
    let event = json!({"choices": [{"finish_reason": "length", "delta": {"tool_calls":
        [{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{\"path\": \"/et"}}]}}]});
    assert_eq!(assembled(stream(&[event]).as_bytes()).first().tool_calls, [call("a", "f", "{\"path\": \"/et")]);
}

// ── Every cut ──

/// Bodies of all kinds, put together from pieces that matter.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let pieces: &[&str] = &[
        HELLO,
        "data: {\"choices\":[{\"delta\":{\"content\":\"<think>漢🦀\"}}]}\r\n\r\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"</think>\\n\"}}]}\r\r",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\\ude00\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3}}\n\n",
        ": comment\n",
        "data: {oops\n\n",
        "event: ping\n\n",
        "data: {\"error\":{\"message\":\"x\"}}\n\n",
        "data: [DONE]\n\n",
        "{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}",
        "\u{FEFF}",
        "\n",
        "<html>",
        "data",
    ];
    proptest::collection::vec(proptest::sample::select(pieces), 0..8).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn every_cut_of_a_body_gives_the_same_deltas(body in body(), size in 1_usize..40) {
        prop_assert_eq!(in_pieces(&body, size), decoded(&body));
    }

    #[test]
    fn arbitrary_bytes_never_panic(body: Vec<u8>, size in 1_usize..9) {
        prop_assert_eq!(in_pieces(&body, size), decoded(&body));
    }

    #[test]
    fn arbitrary_fields_never_panic(content in "\\PC{0,20}", number: f64, index: u64) {
        let event = json!({"choices": [{"index": index, "delta": {"content": content, "tool_calls":
            [{"index": number, "id": content, "function": {"name": content, "arguments": content}}]}}]});
        let body = stream(&[event.clone(), event]);
        prop_assert_eq!(decoded(body.as_bytes()).1, Ok(()));
    }
}
