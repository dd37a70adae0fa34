//! What the harness cannot bring about: events in an order that only a race makes.

mod calls;
mod inspector;
mod saving;
mod sessions;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{Effects, update};
use crate::api::{ApiError, Delta, ErrorKind, RequestShape};
use crate::chat::{Outcome, Settings, Usage};
use crate::config::{ColorDepth, Themes};
use crate::input::Keymap;
use crate::pricing::Catalogue;
use crate::state::{Effect, Event, Lane, LaneId, Provider, Providers, Scroll, Size, Start, State, StreamStatus};

const LANE: LaneId = LaneId(0);

fn state() -> State {
    let themes = Themes::built_in();
    let provider = Provider {
        name: "lab".into(),
        base_url: "https://lab.test/v1".into(),
        default_model: None,
        models: None,
        candidate: false,
        shape: RequestShape::default(),
        known: BTreeMap::new(),
    };
    State::new(Start {
        lanes: vec![Lane::new(
            LANE,
            Settings { provider: "lab".into(), model: "sage-1".into(), ..Settings::default() },
        )],
        providers: Providers { all: vec![provider], undecided: false },
        catalogue: Catalogue::embedded(),
        keymap: Keymap::default(),
        theme: themes.get("dark").unwrap().clone(),
        themes,
        theme_chosen: false,
        depth: ColorDepth::True,
        size: Size { columns: 100, rows: 30 },
        mouse: true,
    })
}

/// A state whose lane has just sent a message.
fn asked(now: Instant) -> State {
    let mut state = state();
    key(&mut state, KeyCode::Char('x'), now);
    key(&mut state, KeyCode::Enter, now);
    state
}

fn key(state: &mut State, code: KeyCode, now: Instant) -> Effects {
    update(state, Event::Key(code.into()), now)
}

fn piece(state: &mut State, generation: u64, delta: Result<Delta, ApiError>, now: Instant) {
    assert_eq!(update(state, Event::Stream { lane: LANE, generation, delta }, now), []);
}

fn said(text: &str) -> Result<Delta, ApiError> {
    Ok(Delta::Text { choice: 0, text: text.into() })
}

fn reply(state: &State) -> &str {
    &state.session.turns.get(state.lane().tip().unwrap()).unwrap().text
}

#[test]
fn nothing_of_a_stopped_stream_changes_the_lane_or_the_run() {
    let now = Instant::now();
    let mut state = asked(now);
    let old = state.lane().generation;
    piece(&mut state, old, said("kept"), now);
    assert_eq!(key(&mut state, KeyCode::Esc, now), [Effect::Cancel { lane: LANE }]);
    let (lane, run) = (state.lane().clone(), state.session.runs()[0].clone());
    piece(&mut state, old, said(" late"), now);
    piece(&mut state, old, Ok(Delta::Usage(Usage { output: Some(9), ..Usage::default() })), now);
    piece(&mut state, old, Err(ApiError::new(ErrorKind::Network, "late")), now);
    update(&mut state, Event::StreamEnded { lane: LANE, generation: old }, now);
    assert_eq!((state.lane(), &state.session.runs()[0]), (&lane, &run));
    assert_eq!(reply(&state), "kept");
    assert_eq!(run.outcome, Outcome::Stopped);
}

#[test]
fn the_end_of_an_old_stream_does_not_end_the_new_one() {
    let now = Instant::now();
    let mut state = asked(now);
    let old = state.lane().generation;
    key(&mut state, KeyCode::Esc, now);
    update(&mut state, Event::Key(KeyEvent::new(KeyCode::Char('r'), KeyModifiers::ALT)), now);
    let new = state.lane().generation;
    assert!(new > old);
    update(&mut state, Event::StreamEnded { lane: LANE, generation: old }, now);
    piece(&mut state, old, Err(ApiError::new(ErrorKind::Network, "late")), now);
    piece(&mut state, new, said("fresh"), now);
    assert!(matches!(state.lane().status, StreamStatus::Streaming { .. }));
    assert_eq!(reply(&state), "fresh");
}

#[test]
fn a_stream_of_a_lane_that_is_gone_is_nobodys() {
    let now = Instant::now();
    let mut state = asked(now);
    let turns = state.session.turns.clone();
    update(&mut state, Event::Stream { lane: LaneId(7), generation: 1, delta: said("lost") }, now);
    update(&mut state, Event::Scrolled { lane: LaneId(7), scroll: Scroll::Follow }, now);
    assert_eq!(state.session.turns, turns);
}

#[test]
fn a_running_total_of_usage_replaces_the_one_before() {
    let now = Instant::now();
    let mut state = asked(now);
    let generation = state.lane().generation;
    for output in [1, 5, 12] {
        let usage = Usage { input: Some(100), output: Some(output), ..Usage::default() };
        piece(&mut state, generation, Ok(Delta::Usage(usage)), now);
    }
    let totals = state.session.totals();
    assert_eq!((totals.input, totals.output), (Some(100), Some(12)));
}

#[test]
fn a_released_key_types_nothing() {
    let now = Instant::now();
    let mut state = state();
    let mut event = KeyEvent::from(KeyCode::Char('x'));
    event.kind = KeyEventKind::Release;
    update(&mut state, Event::Key(event), now);
    assert!(state.composer.is_empty());
}

#[test]
fn a_notice_goes_after_the_time_it_takes_to_read() {
    let now = Instant::now();
    let mut state = state();
    update(&mut state, Event::Key(KeyEvent::new(KeyCode::Char('r'), KeyModifiers::ALT)), now);
    let due = state.next_change(now).unwrap();
    assert!(due >= now + Duration::from_secs(4));
    update(&mut state, Event::Tick, due);
    assert!(state.notices.is_empty());
    assert_eq!(state.next_change(due), None);
}

#[test]
fn a_notice_that_asks_for_a_second_press_stays_as_long_as_that_counts() {
    let now = Instant::now();
    let mut state = state();
    update(&mut state, Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), now);
    assert_eq!(state.next_change(now), Some(now + Duration::from_millis(1500)));
}

#[test]
fn every_reply_of_n_becomes_a_sibling_that_can_be_stepped_to() {
    let now = Instant::now();
    let mut state = asked(now);
    let generation = state.lane().generation;
    for (choice, text) in [(0, "one"), (1, "eins"), (0, " two"), (2, "uno"), (9999, "too many")] {
        piece(&mut state, generation, Ok(Delta::Text { choice, text: text.into() }), now);
    }
    assert_eq!(reply(&state), "one two", "the lane stays on the first");
    let turns = &state.session.turns;
    let siblings = turns.siblings(state.lane().tip().unwrap());
    let texts: Vec<&str> = siblings.iter().map(|id| turns.get(*id).unwrap().text.as_str()).collect();
    assert_eq!(texts, ["one two", "eins", "uno"]);
}
