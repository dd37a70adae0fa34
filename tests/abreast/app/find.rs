//! Finding a text inside lanes.

use std::fmt::Write as _;
use std::time::Instant;

use abreast::api::Delta;
use abreast::chat::Role;
use abreast::state::{Event, Size, State};
use abreast::update::update;

use super::desk::key;
use super::*;

/// A lane whose first reply has thought, and whose second fills more than the screen.
async fn long() -> Desk {
    let desk = Desk::open().await;
    desk.sends("first question").await;
    desk.delivers(0, Delta::Reasoning { choice: 0, text: "A hidden needle is here.".to_owned() }).await;
    desk.answers(0, "Prime").await;
    desk.sends("second question").await;
    let mut reply = String::new();
    for line in 0..200 {
        let needle = if line % 100 == 50 { " with a Needle" } else { "" };
        write!(reply, "Line {line}{needle}.\n\n").unwrap();
    }
    desk.answers(1, &reply).await;
    desk.press("tab").await;
    desk
}

#[tokio::test(start_paused = true)]
async fn a_text_is_found_from_the_end_upwards_and_round_again() {
    let desk = long().await;
    desk.press("/").await;
    desk.types("needle").await;
    desk.shows("/needle · 3 of 3");
    desk.shows("▶Line 150 with a Needle.");
    desk.press("enter N").await;
    desk.shows("2 of 3");
    desk.shows("▶Line 50 with a Needle.");
    desk.press("n n").await;
    desk.shows("1 of 3");
}

#[tokio::test(start_paused = true)]
async fn what_is_folded_is_counted_and_unfolds_while_a_match_in_it_is_shown() {
    let desk = long().await;
    desk.press("ctrl-home").await;
    desk.hides("hidden");
    desk.press("/").await;
    desk.types("needle").await;
    desk.shows("1 of 3");
    desk.shows("A hidden needle is here.");
    desk.press("enter n").await;
    desk.shows("2 of 3");
    desk.press("esc").await;
    desk.hides("2 of 3");
    desk.press("ctrl-home").await;
    desk.hides("hidden");
}

#[tokio::test(start_paused = true)]
async fn a_capital_letter_makes_case_count() {
    let desk = long().await;
    desk.press("/").await;
    desk.types("Needle").await;
    desk.shows("2 of 2");
    desk.press("backspace backspace backspace backspace backspace backspace").await;
    desk.types("prime").await;
    desk.shows("1 of 1");
    desk.types("x").await;
    desk.shows("/primex · no match");
}

#[tokio::test(start_paused = true)]
async fn who_leaves_while_typing_is_back_where_the_lane_was() {
    let desk = long().await;
    desk.shows("Line 199.");
    desk.press("/").await;
    desk.types("Line 20.").await;
    desk.hides("Line 199.");
    desk.press("esc").await;
    desk.shows("Line 199.");
    desk.press("n").await;
    desk.shows("/ finds a text first.");
}

#[tokio::test(start_paused = true)]
async fn a_search_goes_through_all_lanes_when_that_is_wanted() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("Where is the needle?").await;
    desk.answers(0, "Not here.").await;
    desk.answers(1, "A needle here.").await;
    desk.press("alt-1 tab /").await;
    desk.types("needle").await;
    desk.shows("1 of 1");
    desk.press("alt-/ enter").await;
    desk.shows("1 of 1 · 3 in all lanes");
    desk.shows("2 matches");
    desk.press("n n").await;
    desk.shows("2 of 2 · 3 in all lanes");
    desk.press("f2").await;
    desk.shows("Parameters · B");
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_streams_is_searched_as_it_comes() {
    let desk = Desk::open().await;
    desk.sends("Go").await;
    desk.replies(0, "one nee").await;
    desk.press("tab /").await;
    desk.types("needle").await;
    desk.shows("no match");
    desk.replies(0, "dle two **nee").await;
    desk.shows("1 match");
    desk.replies(0, "dle**").await;
    desk.shows("2 matches");
    desk.press("enter [").await;
    desk.press("esc").await;
    desk.hides("matches");
    desk.replies(0, " goes on").await;
    desk.shows("goes on");
}

#[tokio::test(start_paused = true)]
async fn a_paste_is_looked_for_as_one_line() {
    let desk = long().await;
    desk.press("/").await;
    desk.pastes("Line 20.\nLine").await;
    desk.shows("/Line 20. Line · 1 of 1");
    desk.shows("▶Line 20.");
}

/// A lane with so many turns of some kilobytes each, the last one a reply that streams.
fn session(turns: u32) -> State {
    let mut state = State::new(start(Size { columns: 120, rows: 40 }));
    let mut tip = None;
    for turn in 0..turns {
        let role = if turn % 2 == 0 { Role::User } else { Role::Assistant };
        tip = Some(state.session.turns.add(tip, role, "Words in a row. ".repeat(100)));
    }
    state.lanes[0].branch = state.session.turns.branch(tip);
    state
}

fn press(state: &mut State, chords: &str) {
    for chord in chords.split(' ') {
        update(state, Event::Key(key(chord)), Instant::now());
    }
}

fn searched(state: &State) -> u64 {
    state.find.as_ref().unwrap().searched()
}

#[test]
fn a_turn_is_searched_once_for_a_query_and_a_piece_of_a_reply_costs_its_own_length() {
    let mut state = session(2000);
    press(&mut state, "a enter tab / w");
    let (all, generation, lane) = (searched(&state), state.lane().generation, state.lane().id);
    assert!((3_200_000..3_300_000).contains(&all), "{all}");
    press(&mut state, "o r");
    let narrowed = searched(&state) - all;
    assert!(narrowed < all / 4, "a longer query only looks at what was found: {narrowed}");
    let before = searched(&state);
    press(&mut state, "enter n n N esc / w o r enter");
    let again = searched(&state) - before;
    assert!(again < 2 * all, "{again}");
    let before = searched(&state);
    for _ in 0..100 {
        let delta = Ok(said("A word that comes. "));
        update(&mut state, Event::Stream { lane, generation, delta }, Instant::now());
        press(&mut state, "n");
    }
    let grown = searched(&state) - before;
    assert!(grown <= 100 * 25, "{grown}");
    assert_eq!(state.find.as_ref().unwrap().count(lane), Some(2000 * 100 + 100));
}
