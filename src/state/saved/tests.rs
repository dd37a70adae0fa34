//! What is saved and restored is the same.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::chat::{Attachment, ChatRequest};
use crate::chat::{Currency, Money, Run, ToolCall, Usage, WirePiece, WireRequest, WireResponse};
use crate::store::{SavedAttachment, SavedFile, SavedRun, SavedTurn, SavedWire};

fn anchor() -> Anchor {
    Anchor { instant: Instant::now() + Duration::from_secs(1_000_000), unix_ms: 1_790_000_000_000 }
}

fn real(_: &Settings) -> Charge {
    Charge::Real
}

/// A saved session as JSON, read back, made living and saved again.
fn there_and_back(saved: &SavedSession, at: Anchor) -> SavedSession {
    let text = serde_json::to_string(saved).unwrap();
    let read: SavedSession = serde_json::from_str(&text).unwrap();
    assert_eq!(&read, saved);
    let restored = restored(read, at, 0, real).unwrap();
    assert!(!restored.renumbered);
    let mut out = SavedSession {
        version: FORMAT,
        id: restored.session.id.clone(),
        title: restored.session.title.clone(),
        created: restored.session.created.unwrap(),
        lanes: restored.lanes.iter().map(saved_lane).collect(),
        focused: restored.lanes.get(restored.focused).map(|lane| lane.letter),
        shared: saved_settings(restored.shared.settings()),
        turns: restored.session.turns.iter().map(|turn| saved_turn(&restored.session, turn)).collect(),
        runs: restored.session.runs().iter().map(|run| saved_run(run, true, at)).collect(),
        composer: saved_composer(&restored.composer),
        files: files(&restored.session, &restored.composer.attachments),
        ..SavedSession::default()
    };
    let letter = |id: &LaneId| restored.lanes.iter().find(|lane| lane.id == *id).map(|lane| lane.letter);
    out.queue.held = restored.queue.held;
    out.queue.waiting = restored
        .queue
        .iter()
        .map(|queued| SavedQueued {
            text: queued.draft.text.clone(),
            attachments: saved_attachments(&queued.draft.attachments),
            to: queued.to.iter().filter_map(letter).collect(),
        })
        .collect();
    out
}

fn settings(model: &str, temperature: f64) -> Settings {
    let mut settings = Settings { provider: "lab".into(), model: model.into(), ..Settings::default() };
    settings.system = Some("Be {{mood}}.".into());
    settings.variables.insert("mood".into(), "brief".into());
    settings.params.set("temperature", json!(temperature));
    settings.params.set("vendor", json!({"deep": [1, null, "x"]}));
    settings.force("temperature", true);
    settings
}

fn pieces(body: &[u8]) -> [WirePiece; 4] {
    let request = WireRequest {
        at: Duration::from_nanos(7),
        method: "POST".into(),
        url: "http://lab.test/v1".into(),
        headers: vec![("a".into(), "b".into())],
        body_bytes: 7,
    };
    let response =
        WireResponse { at: Duration::from_nanos(9), status: 200, version: "HTTP/1.1".into(), headers: Vec::new() };
    let at = Duration::from_millis(3);
    [
        WirePiece::Request(request),
        WirePiece::Response(response),
        WirePiece::Bytes { at, bytes: bytes::Bytes::copy_from_slice(body) },
        WirePiece::Stopped { at, why: "Enough.".into() },
    ]
}

#[derive(Clone, Debug)]
struct Talk {
    turns: Vec<(prop::sample::Index, u8, String, String)>,
    body: Vec<u8>,
    temperature: f64,
    spans: [u32; 3],
    logprob: f64,
}

fn talk() -> impl Strategy<Value = Talk> {
    let turn = (any::<prop::sample::Index>(), 0..5_u8, ".{0,20}", ".{0,8}");
    let spans = prop::array::uniform3(any::<u32>());
    (prop::collection::vec(turn, 1..12), prop::collection::vec(any::<u8>(), 0..300), any::<f64>(), spans, -50.0..0.0)
        .prop_map(|(turns, body, temperature, spans, logprob)| Talk { turns, body, temperature, spans, logprob })
}

/// A session that has something of everything.
fn session(talk: &Talk, at: Anchor) -> (Session, Vec<Lane>) {
    let mut session = Session::default();
    (session.id, session.title, session.created) = ("k3".into(), "On é".into(), Some(1_780_000_000_123));
    let started = at.instant(1_780_000_000_500);
    let temperature = if talk.temperature.is_finite() { talk.temperature } else { 0.35 };
    let form = ChatRequest::new("m", vec![json!({"role": "system", "content": "Hi"})]);
    let run = session.add_run(|id| Run::new(id, settings("m", temperature), form, started));
    for (place, (parent, role, text, reasoning)) in talk.turns.iter().enumerate() {
        let roles = [Role::System, Role::Developer, Role::User, Role::Assistant, Role::Tool];
        let parent = parent.index(place + 1).checked_sub(1).and_then(|at| u32::try_from(at).ok()).map(TurnId);
        let turn = session.turns.add(parent, roles[usize::from(*role)], text.as_str());
        let turn = session.turns.change(turn).unwrap();
        turn.reasoning.clone_from(reasoning);
        turn.answers = (*role == 4).then(|| "c1".to_owned());
        turn.run = (*role == 3).then_some(run);
        turn.tokens
            .push(&json!({"content": [{"token": text, "logprob": talk.logprob, "top_logprobs": [{"token": "y"}]},
            {"token": "z", "logprob": -9999.0, "bytes": [0xE2]}]}));
        let extra = (*role == 2).then(|| json!({"signature": "x"}));
        turn.attachments = (*role == 2).then(|| notes(text)).into_iter().collect();
        turn.tool_calls.push(ToolCall { id: "c1".into(), name: "f".into(), arguments: text.clone(), extra });
    }
    for piece in pieces(&talk.body) {
        session.record(run, piece);
    }
    let usage = Usage { input: Some(3), raw: json!({"x": 1}).as_object().unwrap().clone(), ..Usage::default() };
    let money = Money { amount: "0.00450".parse().unwrap(), currency: Currency::new("CNY").unwrap() };
    session.account(run, Some(usage), Cost::Known(money), Charge::Real);
    let replies = session.turns.iter().map(|turn| turn.id).take(1).collect();
    let living = session.run_mut(run).unwrap();
    let spans = talk.spans.map(|span| Some(started + Duration::from_nanos(u64::from(span))));
    [living.first_delta, living.first_text, living.finished] = spans;
    living.outcome = Outcome::Failed("No.".into());
    living.replies = replies;
    living.known.max_tokens = Some("max_completion_tokens");
    let tip = u32::try_from(session.turns.len() - 1).unwrap();
    let mut lane = Lane::new(LaneId(0), settings("m", temperature));
    lane.branch = session.turns.branch(Some(TurnId(tip)));
    (lane.last_run, lane.name) = (Some(run), Some("strict".into()));
    lane.scroll = Scroll::At { turn: TurnId(0), row: 4, columns: 40 };
    let lanes = vec![lane.clone(), Lane { letter: 'C', scroll: Scroll::Follow, ..lane.clone_as(LaneId(1), 'C') }];
    (session, lanes)
}

fn notes(text: &str) -> Attachment {
    Attachment::of("notes.md", format!("of {text}")).unwrap_or_else(|_| Attachment::lost("n".into(), "ab".into(), 1))
}

fn dot() -> Attachment {
    Attachment::of("dot.gif", b"GIF89a\x01\0\x02\0".to_vec()).unwrap()
}

fn files<'a>(session: &'a Session, drafts: impl IntoIterator<Item = &'a Attachment>) -> Vec<SavedFile> {
    saved_files(session.turns.iter().flat_map(|turn| &turn.attachments).chain(drafts))
}

fn saved(session: &Session, lanes: &[Lane], at: Anchor) -> SavedSession {
    SavedSession {
        deleted: false,
        version: FORMAT,
        id: session.id.clone(),
        title: session.title.clone(),
        created: session.created.unwrap(),
        lanes: lanes.iter().map(saved_lane).collect(),
        focused: Some('C'),
        shared: saved_settings(&settings("m", 0.1)),
        turns: session.turns.iter().map(|turn| saved_turn(session, turn)).collect(),
        runs: session.runs().iter().map(|run| saved_run(run, true, at)).collect(),
        composer: SavedComposer {
            draft: "dra\nft".into(),
            attachments: saved_attachments(&[dot()]),
            history: vec!["older".into(), "old".into()],
            history_attachments: vec![SavedHistoryAttachments { place: 1, attachments: saved_attachments(&[dot()]) }],
            editing: Some(0),
            other: Fields::new(),
        },
        queue: SavedQueue {
            waiting: vec![SavedQueued {
                text: "next".into(),
                attachments: saved_attachments(&[dot().named("other.gif")]),
                to: vec!['C'],
            }],
            held: true,
        },
        files: files(session, [&dot()]),
        other: Fields::new(),
    }
}

proptest! {
    #[test]
    fn what_is_saved_comes_back_as_it_was(talk in talk()) {
        let at = anchor();
        let (session, lanes) = session(&talk, at);
        let saved = saved(&session, &lanes, at);
        prop_assert_eq!(there_and_back(&saved, at), saved.clone());
        let restored = restored(saved, at, 5, real).unwrap();
        prop_assert_eq!(restored.session.totals(), session.totals());
        prop_assert_eq!(restored.lanes[1].id, LaneId(6));
        prop_assert_eq!(restored.session.runs(), session.runs());
    }
}

#[test]
fn what_became_of_turns_comes_back_with_them() {
    let mut session = Session::default();
    let question = session.turns.add(None, Role::User, "Pick");
    let [kept, deleted] = ["seven", "eleven"].map(|text| session.turns.add(Some(question), Role::Assistant, text));
    let turn = session.turns.change(kept).unwrap();
    (turn.edited, turn.name) = (true, Some("the odd one".to_owned()));
    session.turns.hide(deleted);
    let turns = session.turns.iter().map(|turn| saved_turn(&session, turn)).collect();
    let saved = SavedSession { version: FORMAT, id: "one".to_owned(), turns, ..SavedSession::default() };
    let back = restored(saved, anchor(), 0, real).unwrap().session.turns;
    let turn = back.get(kept).unwrap();
    assert_eq!((turn.edited, turn.name.as_deref()), (true, Some("the odd one")));
    assert_eq!((back.siblings(kept), back.hidden().collect::<Vec<_>>()), (&[kept][..], vec![deleted]));
}

#[test]
fn fields_of_a_newer_version_survive() {
    let file = json!({"version": 1, "id": "k3", "colour": "red",
        "lanes": [{"letter": "A", "settings": {"model": "m", "mood": 1}, "width": 40}],
        "turns": [{"id": 0, "role": "user", "text": "Hi", "stars": 5}], "runs": [{"id": 0, "lucky": true}]});
    let read: SavedSession = serde_json::from_value(file).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    let kept = [
        &written["colour"],
        &written["lanes"][0]["width"],
        &written["lanes"][0]["settings"]["mood"],
        &written["turns"][0]["stars"],
        &written["runs"][0]["lucky"],
    ];
    assert_eq!(kept, [&json!("red"), &json!(40), &json!(1), &json!(5), &json!(true)]);
}

#[test]
fn a_session_of_a_newer_form_or_with_an_unknown_role_is_refused_in_a_sentence() {
    let newer = SavedSession { version: FORMAT + 1, id: "k3".into(), ..SavedSession::default() };
    let said = restored(newer, anchor(), 0, real).unwrap_err();
    assert_eq!(
        said,
        "The session k3 was written by a newer Abreast (form 2, this one reads 1): update Abreast to open it."
    );
    let turn = SavedTurn { role: "oracle".into(), ..SavedTurn::default() };
    let odd = SavedSession { version: FORMAT, turns: vec![turn], ..SavedSession::default() };
    assert!(restored(odd, anchor(), 0, real).unwrap_err().contains("`oracle`"));
}

#[test]
fn turns_after_a_missing_one_are_there_and_the_numbers_say_so() {
    let turn = |id, parent, text: &str| SavedTurn {
        id,
        parent,
        role: "user".into(),
        text: text.into(),
        ..SavedTurn::default()
    };
    let turns = vec![turn(0, None, "a"), turn(2, Some(1), "c"), turn(3, Some(2), "d")];
    let restored = restored(SavedSession { turns, ..SavedSession::default() }, anchor(), 0, real).unwrap();
    let texts: Vec<(Option<u32>, &str)> =
        restored.session.turns.iter().map(|turn| (turn.parent.map(|id| id.0), turn.text.as_str())).collect();
    assert_eq!(texts, [(None, "a"), (None, "c"), (Some(1), "d")]);
    assert!(restored.renumbered);
}

#[test]
fn a_reply_that_was_still_coming_is_marked_as_cut_off() {
    let run = SavedRun { started: 1_780_000_000_000, first_delta: Some(5), ..SavedRun::default() };
    let at = anchor();
    let restored = restored(SavedSession { runs: vec![run], ..SavedSession::default() }, at, 0, real).unwrap();
    let run = &restored.session.runs()[0];
    assert_eq!((&run.outcome, run.finished), (&Outcome::Failed(CUT_OFF.to_owned()), run.first_delta));
}

#[test]
fn a_wire_whose_reads_do_not_fit_its_bytes_is_left_out() {
    let wire = SavedWire { reads: vec![(1, 9)], bytes: b"abc".to_vec(), ..SavedWire::default() };
    assert_eq!(restored_wire(wire), None);
}

#[test]
fn a_file_that_is_not_there_any_more_leaves_its_name_and_nothing_else_is_lost() {
    let attachments = vec![
        SavedAttachment { name: "cat.png".into(), media_type: "image/png".into(), sha256: "ab".into(), size: 7 },
        SavedAttachment { name: "forged.txt".into(), sha256: "cd".into(), ..SavedAttachment::default() },
    ];
    let turn = SavedTurn { role: "user".into(), text: "What?".into(), attachments, ..SavedTurn::default() };
    let files = vec![SavedFile { sha256: "cd".into(), bytes: "not what it was".into() }];
    let saved = SavedSession { turns: vec![turn], files, ..SavedSession::default() };
    let restored = restored(saved, anchor(), 0, real).unwrap();
    let turn = restored.session.turns.get(TurnId(0)).unwrap();
    let lost = |name: &str, hash: &str, size| Attachment::lost(name.into(), hash.into(), size);
    assert_eq!(turn.attachments, [lost("cat.png", "ab", 7), lost("forged.txt", "cd", 0)]);
    assert_eq!(turn.text, "What?");
}
