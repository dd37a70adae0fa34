//! What is made anew when: a key costs its message, a piece of a reply nothing.

use std::collections::BTreeMap;
use std::time::Instant;

use crossterm::event::KeyCode;
use serde_json::Value;

use super::super::update;
use crate::api::{Delta, RequestShape};
use crate::chat::{Attachment, Role, Settings};
use crate::config::{ColorDepth, Themes};
use crate::input::Keymap;
use crate::pricing::Catalogue;
use crate::state::{Effect, Event, Focus, Lane, LaneId, Preview, Provider, Providers, Size, Start, State};
use crate::text::Line;

const A: LaneId = LaneId(0);

/// A lane with a conversation of some questions, its request shown.
fn state(questions: usize) -> State {
    let themes = Themes::built_in();
    let provider = Provider {
        name: "lab".into(),
        base_url: "https://lab.test/v1".into(),
        default_model: None,
        models: None,
        candidate: false,
        shape: RequestShape { base_url: "https://lab.test/v1".into(), ..RequestShape::default() },
        known: BTreeMap::new(),
    };
    let system = Some("Be brief.".into());
    let settings = Settings { provider: "lab".into(), model: "sage-1".into(), system, ..Settings::default() };
    let mut state = State::new(Start {
        lanes: vec![Lane::new(A, settings)],
        providers: Providers { all: vec![provider], undecided: false },
        catalogue: Catalogue::embedded(),
        keymap: Keymap::default(),
        theme: themes.get("dark").unwrap().clone(),
        themes,
        theme_chosen: false,
        depth: ColorDepth::True,
        size: Size { columns: 100, rows: 30 },
        mouse: true,
    });
    let mut tip = None;
    for place in 0..questions {
        tip = Some(state.session.turns.add(tip, Role::User, format!("Question {place}")));
        tip = Some(state.session.turns.add(tip, Role::Assistant, format!("Answer {place} \"\u{202e}\n")));
    }
    state.lanes[0].branch = state.session.turns.branch(tip);
    key(&mut state, KeyCode::F(6));
    state
}

fn key(state: &mut State, code: KeyCode) -> Vec<Effect> {
    update(state, Event::Key(code.into()), Instant::now())
}

fn preview(state: &State) -> &Preview {
    &state.previews[&A]
}

fn text(rows: &[Line]) -> String {
    rows.iter().map(Line::plain).collect::<Vec<_>>().join("\n")
}

/// The JSON of the rows, the address and the remarks left out.
fn shown(preview: &Preview) -> Value {
    let rows: Vec<Line> = preview.before.iter().chain(&preview.history.rows).chain(&preview.after).cloned().collect();
    let text = text(&rows);
    let (from, to) = (text.find('{').unwrap(), text.rfind('}').unwrap());
    serde_json::from_str(&text[from..=to]).unwrap()
}

#[test]
fn the_rows_are_the_body_that_is_copied_but_for_what_is_made_visible() {
    let mut state = state(3);
    state.size = Size { columns: 300, rows: 40 };
    "draft \"7\"".chars().for_each(|letter| drop(key(&mut state, KeyCode::Char(letter))));
    state.focus = Focus::Transcript;
    key(&mut state, KeyCode::Char(' '));
    let effects = key(&mut state, KeyCode::Char('y'));
    let [Effect::Copy(copied)] = effects.as_slice() else { panic!("no copy: {effects:?}") };
    assert_eq!(shown(preview(&state)), serde_json::from_str::<Value>(&copied.replace('\u{202e}', "⟨U+202E⟩")).unwrap());
    assert_eq!(preview(&state).history.messages, 6);
    key(&mut state, KeyCode::Char(' '));
    assert_eq!(text(&preview(&state).history.rows), "    … 6 messages · Space unfolds");
}

#[test]
fn a_key_keeps_the_rows_of_the_conversation_and_a_piece_of_a_reply_keeps_all() {
    let mut state = state(3);
    state.previews.get_mut(&A).unwrap().unfolded = true;
    key(&mut state, KeyCode::Char('a'));
    let history = preview(&state).history.rows.as_ptr();
    key(&mut state, KeyCode::Char('b'));
    assert_eq!(preview(&state).history.rows.as_ptr(), history);
    assert!(text(&preview(&state).after).contains("\"content\": \"ab\""));
    key(&mut state, KeyCode::Enter);
    let (rows, generation) = (preview(&state).after.as_ptr(), state.lane().generation);
    let history = preview(&state).history.rows.as_ptr();
    let delta = Ok(Delta::Text { choice: 0, text: "word".into() });
    update(&mut state, Event::Stream { lane: A, generation, delta }, Instant::now());
    assert_eq!((preview(&state).after.as_ptr(), preview(&state).history.rows.as_ptr()), (rows, history));
    assert!(text(&preview(&state).after).contains("… the reply that is still coming"));
    update(&mut state, Event::StreamEnded { lane: A, generation }, Instant::now());
    assert!(text(&preview(&state).history.rows).contains("\"content\": \"word\""));
    assert!(!text(&preview(&state).after).contains("coming"));
}

#[test]
fn nothing_is_kept_when_the_requests_are_not_shown() {
    let mut state = state(1);
    key(&mut state, KeyCode::F(6));
    assert_eq!(state.previews, BTreeMap::new());
}

#[test]
fn a_large_message_is_folded_to_a_row_that_tells_its_length() {
    let mut state = state(0);
    update(&mut state, Event::Paste("é".repeat(9_000)), Instant::now());
    assert!(text(&preview(&state).after).starts_with("    … user message of 9000 characters\n  ],"));
}

#[test]
fn a_key_costs_nothing_of_the_image_that_the_draft_carries() {
    let mut state = state(0);
    let mut image = b"GIF89a\x20\x03\x58\x02".to_vec();
    image.resize(10 << 20, 7);
    state.composer.attachments.push(Attachment::of("large.gif", image).unwrap());
    key(&mut state, KeyCode::Char('x'));
    let after = text(&preview(&state).after);
    let in_one_line: String = after.split_whitespace().collect();
    assert!(in_one_line.contains("data:image/gif;base64,R0lGODlhIANY…(10485760bytes,sha256"), "{after}");
    assert!(after.len() < 2_000, "{} bytes of rows", after.len());
    let effects = key(&mut state, KeyCode::Enter);
    let sent =
        effects.iter().find_map(|effect| if let Effect::Open { request, .. } = effect { Some(request) } else { None });
    let messages = serde_json::to_string(&sent.unwrap().clone().unwritten().messages).unwrap();
    assert!(messages.len() < 500, "{} bytes of messages", messages.len());
}
