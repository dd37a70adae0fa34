//! The truth about the request: what would be sent, what was sent, and what changed between two runs.

use std::collections::BTreeMap;
use std::time::Instant;

use abreast::api::{ChatBackend as _, Client, Endpoint, KeyOrigin, Limits, Opening, Repair, RequestShape};
use abreast::chat::{ChatRequest, Dialect, Remembered, Secret};
use abreast::state::{Effect, Event, LaneId, State};
use abreast::update::update;
use futures_util::StreamExt as _;
use serde_json::{Map, Value, json};

use super::console::Asked;
use super::hostile::{NASTY, assert_harmless};
use super::replay::ScriptedConnect;
use super::*;
use crate::server::{EVENTS, JSON, Server, response};
use abreast::api::Delta;

/// What was copied last.
fn copied(desk: &Desk) -> String {
    let copy = desk.screen.asked().into_iter().rev().find_map(|asked| match asked {
        Asked::Copy(text) => Some(text),
        _ => None,
    });
    copy.expect("nothing was copied")
}

/// The body of a request as an endpoint without a dialect gets it.
fn body(request: &ChatRequest) -> String {
    Value::Object(RequestShape::default().body(request, Remembered::default())).to_string()
}

#[tokio::test(start_paused = true)]
async fn the_request_changes_with_every_key_and_every_knob() {
    let desk = Desk::open().await;
    desk.press("f6").await;
    desk.shows("… your message: nothing is written yet");
    desk.hides("temperature\":");
    desk.types("Hi").await;
    desk.shows("\"content\": \"Hi\"");
    desk.press("f2 home").await;
    desk.shows("\"temperature\": 0");
    desk.press("backspace").await;
    desk.hides("\"temperature\":");
    desk.press("f6").await;
    desk.hides("\"content\"");
}

#[tokio::test(start_paused = true)]
async fn what_is_copied_is_what_is_then_sent() {
    let desk = Desk::open().await;
    desk.sends("one").await;
    desk.answers(0, "uno \"1\"\n").await;
    desk.press("f2 home esc f6").await;
    desk.types("two 漢字").await;
    desk.press("tab y").await;
    let copy = copied(&desk);
    desk.press("esc enter").await;
    assert_eq!(copy, body(&desk.request(1)));
}

#[tokio::test(start_paused = true)]
async fn fields_that_differ_from_other_lanes_are_marked_and_absent_ones_named() {
    let desk = Desk::open().await;
    desk.press("alt-a f2 end esc f6").await;
    desk.shows("≠ \"temperature\": 2");
    desk.shows("≠ absent here: temperature");
    desk.press("alt-i").await;
    desk.shows("Not addressed: Enter sends nothing from this lane.");
    desk.press("f2 backspace esc").await;
    desk.hides("≠");
}

#[tokio::test(start_paused = true)]
async fn what_the_model_refuses_is_left_out_with_the_reason_unless_it_is_forced() {
    let mut start = start(WIDE);
    start.lanes[0].settings.model = "gpt-5-mini".to_owned();
    let desk = Desk::of(start, ScriptedConnect::default()).await;
    desk.press("f6 f2 home").await;
    desk.shows("✗ temperature is set and not sent: gpt-5-mini refuses temperature");
    desk.hides("\"temperature\": 0");
    desk.shows("✗ 0");
    desk.shows("✗ not sent: gpt-5-mini refuses");
    desk.press("f").await;
    desk.hides("✗ 0");
    desk.shows("\"temperature\": 0");
    desk.hides("not sent");
    desk.press("f esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({}));
}

#[tokio::test(start_paused = true)]
async fn a_long_conversation_is_folded_until_space_unfolds_it() {
    let desk = Desk::open().await;
    for place in 0..5 {
        desk.sends(&format!("question {place}")).await;
        desk.answers(place, &format!("answer {place}")).await;
    }
    desk.press("f6").await;
    desk.shows("… 10 messages · Space unfolds");
    desk.hides("answer 1");
    desk.press("tab space").await;
    desk.shows("\"content\": \"question 0\"");
    desk.press("G").await;
    desk.shows("▲");
    desk.hides("answer 0");
    desk.press("g").await;
    desk.shows("answer 0");
}

#[tokio::test(start_paused = true)]
async fn a_request_is_copied_as_a_program_by_the_palette() {
    let desk = Desk::open().await;
    desk.types("Hi").await;
    for (name, begins) in
        [("request.curl", "curl -sSN "), ("request.python", "from openai"), ("request.javascript", "// Node 18")]
    {
        desk.press("ctrl-p").await;
        desk.types(name).await;
        desk.press("enter").await;
        assert!(copied(&desk).starts_with(begins), "{}", copied(&desk));
    }
}

#[tokio::test(start_paused = true)]
async fn the_request_of_a_run_is_the_one_that_was_sent_whatever_is_set_since() {
    let desk = Desk::open().await;
    desk.press("f2 home esc").await;
    desk.sends("one").await;
    desk.answers(0, "uno").await;
    desk.press("f2 end esc").await;
    desk.sends("two").await;
    desk.answers(1, "dos").await;
    desk.press("tab k k k i").await;
    desk.shows("Request · run 1");
    desk.shows("\"temperature\": 0");
    desk.press("y").await;
    assert_eq!(copied(&desk), body(&desk.request(0)));
    desk.press("c").await;
    assert!(copied(&desk).starts_with("curl "));
    desk.press("esc j j i y").await;
    assert_eq!(copied(&desk), body(&desk.request(1)));
}

#[tokio::test(start_paused = true)]
async fn two_runs_are_compared_by_fields() {
    let desk = Desk::open().await;
    desk.press("f2 home esc alt-a f2 end down end esc").await;
    desk.sends("Hello").await;
    desk.answers(0, "first").await;
    desk.answers(1, "second").await;
    desk.press("tab i d").await;
    desk.shows("run 1, the last of lane A → run 2");
    desk.shows("~ temperature 0 → 2");
    desk.shows("+ top_p 1");
    desk.press("d").await;
    desk.shows("as it was sent");
    desk.press("esc r i d").await;
    desk.shows("run 2, the one before in its lane → run 3");
    desk.shows("Both bodies are the same.");
    desk.press("]").await;
    desk.shows("run 1, the last of lane A → run 3");
}

#[tokio::test(start_paused = true)]
async fn a_run_has_two_pages_and_one_key_turns_them() {
    let desk = Desk::open().await;
    desk.sends("Hello").await;
    desk.answers(0, "Hi").await;
    desk.press("tab i").await;
    desk.shows("as it was sent");
    desk.press("tab").await;
    desk.hides("as it was sent");
    desk.shows("Wire");
    desk.press("tab").await;
    desk.shows("as it was sent");
}

#[tokio::test(start_paused = true)]
async fn what_an_endpoint_was_found_to_take_shows_in_the_next_request_at_once() {
    let desk = Desk::open().await;
    desk.press("f6").await;
    desk.shows("stream_options");
    desk.sends("Hello").await;
    let known = Remembered { without_stream_options: true, ..Remembered::default() };
    let learnt = vec![Repair::WithoutStreamOptions];
    desk.delivers(0, Delta::Opened(Opening { status: 200, known, learnt, ..Opening::default() })).await;
    desk.hides("stream_options");
}

#[tokio::test(start_paused = true)]
async fn nothing_in_a_request_reaches_the_terminal_as_a_command() {
    let mut start = start(WIDE);
    start.lanes[0].settings.model = NASTY.to_owned();
    start.lanes[0].settings.system = Some(NASTY.into());
    start.lanes[0].settings.params.set(NASTY, json!(NASTY));
    start.providers.all[0].shape.base_url = NASTY.to_owned();
    let desk = Desk::of(start, ScriptedConnect::default()).await;
    desk.press("f6").await;
    desk.pastes(NASTY).await;
    desk.shows("⟨U+202E⟩");
    assert_harmless(&desk);
    desk.press("alt-a f2 end esc enter").await;
    desk.answers(0, NASTY).await;
    desk.answers(1, NASTY).await;
    desk.press("tab space").await;
    assert_harmless(&desk);
    desk.press("i").await;
    desk.shows("⟨U+202E⟩");
    assert_harmless(&desk);
    desk.press("d").await;
    desk.shows("temperature");
    assert_harmless(&desk);
    desk.press("esc alt-s").await;
    desk.types("more").await;
    desk.press("ctrl-s esc").await;
    desk.press("alt-r tab i d").await;
    assert_harmless(&desk);
}

const NO_MAX_TOKENS: &str = r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#;
const ONE_WORD: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// Gives an event to the state, and its requests to a client, whose answers are events again.
async fn plays(state: &mut State, client: &Client, event: Event) -> Vec<Effect> {
    let mut given = Vec::new();
    for effect in update(state, event, Instant::now()) {
        let Effect::Open { lane, generation, request, .. } = effect else {
            given.push(effect);
            continue;
        };
        let mut reply = client.open(*request);
        while let Some(delta) = reply.next().await {
            assert_eq!(update(state, Event::Stream { lane, generation, delta }, Instant::now()), []);
        }
        update(state, Event::StreamEnded { lane, generation }, Instant::now());
    }
    given
}

async fn presses(state: &mut State, client: &Client, chords: &str) -> Vec<Effect> {
    let mut given = Vec::new();
    for chord in chords.split(' ') {
        given.extend(plays(state, client, Event::Key(super::desk::key(chord))).await);
    }
    given
}

#[tokio::test]
async fn bodies_are_to_the_byte_what_the_server_got_also_after_repairs_and_later_changes() {
    let ok = response(200, &[EVENTS], ONE_WORD);
    let server = Server::answering(&[ok.clone(), response(400, &[JSON], NO_MAX_TOKENS), ok.clone(), ok]).await;
    let endpoint = Endpoint {
        name: "lab".to_owned(),
        base_url: format!("http://{}/v1", server.address),
        key: Secret::new("sk-12345678"),
        headers: Vec::new(),
        extra_body: Map::from_iter([("top_k".to_owned(), json!(3))]),
        dialect: Dialect::default(),
    };
    let mut state = State::new(start(WIDE));
    state.providers.all[0].shape = endpoint.shape(KeyOrigin::None);
    let client = Client::new(endpoint, Limits::default()).unwrap();
    presses(&mut state, &client, "f2 home esc a enter").await;
    presses(&mut state, &client, "f2 down down right esc b enter").await;
    // The first body that was refused is made again without what the endpoint does not take.
    let next = presses(&mut state, &client, "f6 c tab y").await;
    presses(&mut state, &client, "esc enter").await;
    presses(&mut state, &client, "f2 down delete up delete esc f6").await;
    let runs = presses(&mut state, &client, "tab k i y esc k k i y esc k k i y esc").await;
    let bodies: Vec<String> = server.asked().into_iter().map(|asked| String::from_utf8(asked.body).unwrap()).collect();
    let copies = |effects: Vec<Effect>| -> Vec<String> {
        let copies = effects.into_iter().filter_map(|effect| match effect {
            Effect::Copy(text) => Some(text),
            _ => None,
        });
        copies.collect()
    };
    assert_eq!(copies(next), [bodies[3].clone()]);
    assert_eq!(copies(runs), [bodies[3].clone(), bodies[2].clone(), bodies[0].clone()]);
    assert!(bodies[2].contains("max_completion_tokens") && bodies[1].contains("\"max_tokens\""), "{bodies:?}");
    let known = Remembered { max_tokens: Some("max_completion_tokens"), ..Remembered::default() };
    assert_eq!(state.providers.all[0].known, BTreeMap::from([("sage-1".to_owned(), known)]));
    assert_eq!(state.lanes[0].id, LaneId(0));
}
