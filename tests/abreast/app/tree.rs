//! The tree of turns, edited replies, and the way back and forth over what was done.

use std::time::Instant;

use abreast::chat::{Role, TurnId};
use abreast::state::{Event, Overlay, Size, State, TreePage, Way};
use abreast::update::update;
use proptest::prelude::*;

use super::desk::key;
use super::*;

/// A question with two replies, the first of which went on.
async fn forked() -> Desk {
    let desk = Desk::open().await;
    desk.sends("first").await;
    desk.answers(0, "prime").await;
    desk.sends("second").await;
    desk.answers(1, "zweite").await;
    desk.press("tab k k k r").await;
    desk.answers(2, "anew").await;
    desk
}

#[tokio::test(start_paused = true)]
async fn the_tree_shows_every_branch_and_enter_puts_the_lane_on_one() {
    let desk = forked().await;
    desk.hides("zweite");
    desk.press("b").await;
    desk.shows("5 of 5 turns");
    desk.shows("reply ‹1/2› prime");
    desk.shows("A └ reply ‹2/2› anew");
    desk.press("up up enter").await;
    desk.shows("zweite");
    desk.hides("anew");
    desk.press("alt-u").await;
    desk.shows("anew");
    desk.press("alt-shift-u").await;
    desk.shows("zweite");
}

#[tokio::test(start_paused = true)]
async fn left_leads_to_the_parent_right_to_the_lanes_own_child_and_brackets_to_the_branches_beside() {
    let desk = forked().await;
    desk.press("b left").await;
    desk.shows("1 of 5 turns");
    desk.press("right").await;
    desk.shows("5 of 5 turns");
    desk.press("[").await;
    desk.shows("2 of 5 turns");
    desk.press("G").await;
    desk.shows("5 of 5 turns");
    desk.press("g").await;
    desk.shows("1 of 5 turns");
}

#[tokio::test(start_paused = true)]
async fn a_branch_opens_in_a_lane_of_its_own() {
    let desk = forked().await;
    desk.press("b [ a").await;
    desk.shows("zweite");
    desk.shows("anew");
    desk.shows("Lane B stands on this branch.");
    let (_, state) = desk.closed().await;
    assert_eq!(state.lanes.len(), 2);
    assert_eq!(state.session.turns.branch(state.lanes[1].tip()), state.lanes[1].branch);
}

#[tokio::test(start_paused = true)]
async fn a_branch_has_the_name_that_it_was_given() {
    let desk = forked().await;
    desk.press("b [ n").await;
    desk.shows("Name of this branch");
    desk.types("kinder").await;
    desk.press("enter").await;
    desk.shows("“kinder” prime");
    desk.press("n").await;
    desk.press("esc").await;
    desk.shows("2 of 5 turns");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_branch_is_hidden_until_it_is_undone() {
    let desk = forked().await;
    desk.press("b [ x").await;
    desk.shows("3 turns are deleted; Alt+U brings them back.");
    desk.shows("2 of 2 turns · 1 deleted");
    desk.hides("prime");
    desk.press("esc").await;
    desk.hides("‹");
    desk.press("b u").await;
    desk.shows("of 5 turns");
    desk.shows("prime");
    desk.press("U").await;
    desk.hides("prime");
    let (_, state) = desk.closed().await;
    assert_eq!(state.session.turns.len(), 5, "nothing is gone");
    assert_eq!(state.session.turns.get(TurnId(1)).unwrap().text, "prime");
}

#[tokio::test(start_paused = true)]
async fn what_a_lane_stands_on_is_not_deleted() {
    let desk = forked().await;
    desk.press("b x").await;
    desk.shows("A stands on this branch: put it on another one first.");
    desk.shows("of 5 turns");
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_comes_while_the_tree_is_open_is_seen_there() {
    let desk = Desk::open().await;
    desk.sends("first").await;
    desk.press("tab b").await;
    desk.shows("reply … coming");
    desk.replies(0, "slowly").await;
    desk.shows("reply … coming slowly");
    desk.ends(0).await;
    desk.hides("coming");
    desk.shows("reply slowly");
}

#[tokio::test(start_paused = true)]
async fn an_edited_reply_is_a_sibling_that_nobody_was_asked_for_and_is_gone_on_from() {
    let desk = Desk::open().await;
    desk.sends("count").await;
    desk.answers(0, "one two").await;
    desk.press("tab k e").await;
    desk.shows("editing the reply · to A");
    desk.sends(" three").await;
    desk.shows("‹2/2›  ✎ edited");
    assert_eq!(desk.connect.count(), 1, "nobody was asked");
    desk.press("alt-r").await;
    assert_eq!(desk.messages(1), ["user: count", "assistant: one two three"]);
    desk.answers(1, "four").await;
    desk.sends("and").await;
    let said = ["user: count", "assistant: one two three", "assistant: four", "user: and"];
    assert_eq!(desk.messages(2), said);
    desk.answers(2, "on").await;
    desk.press("tab b").await;
    desk.shows("✎ edited one two three");
    desk.press("esc u u u").await;
    desk.shows("There is nothing to undo.");
    desk.hides("three");
}

#[tokio::test(start_paused = true)]
async fn an_edited_reply_can_be_gone_on_from_by_a_message() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("count").await;
    desk.answers(0, "one").await;
    desk.answers(1, "uno").await;
    desk.press("alt-1 tab k e").await;
    desk.shows("editing the reply · to A · not B");
    desk.sends("!").await;
    desk.sends("go on").await;
    assert_eq!(desk.messages(2), ["user: count", "assistant: one!", "user: go on"]);
    assert_eq!(desk.messages(3), ["user: count", "assistant: uno", "user: go on"]);
}

#[tokio::test(start_paused = true)]
async fn steps_between_branches_are_undone_and_redone_one_by_one() {
    let desk = forked().await;
    desk.press("tab tab tab k k [").await;
    desk.shows("zweite");
    desk.press("u").await;
    desk.shows("anew");
    desk.press("u").await;
    desk.shows("zweite");
    desk.press("u").await;
    desk.shows("There is nothing to undo.");
    desk.press("U U").await;
    desk.shows("zweite");
    desk.press("U").await;
    desk.shows("There is nothing to redo.");
}

#[tokio::test(start_paused = true)]
async fn a_lane_that_answers_is_not_taken_to_another_branch() {
    let desk = forked().await;
    desk.press("tab tab tab k k r").await;
    desk.press("u").await;
    desk.shows("Lane A still answers: Esc stops it.");
    desk.press("esc tab u").await;
    desk.shows("anew");
}

/// A session of so many turns in one line, with a fork at every hundredth.
fn long(turns: u32) -> State {
    let mut state = State::new(start(Size { columns: 120, rows: 40 }));
    let mut tip = None;
    for turn in 0..turns {
        if turn % 100 == 50 {
            state.session.turns.add(tip, Role::Assistant, "Beside");
        }
        tip = Some(state.session.turns.add(tip, Role::User, "Words in a row. ".repeat(20)));
    }
    state.lanes[0].branch = state.session.turns.branch(tip);
    state.lanes[0].selected = None;
    state
}

fn press(state: &mut State, chord: &str) {
    update(state, Event::Key(key(chord)), Instant::now());
}

fn page(state: &State) -> &TreePage {
    let Some(Overlay::Tree(page)) = &state.overlay else { panic!("the tree is closed") };
    page
}

#[test]
fn five_thousand_turns_are_laid_out_once_and_no_key_lays_them_out_again() {
    let mut state = long(5000);
    press(&mut state, "tab");
    press(&mut state, "b");
    assert_eq!((page(&state).rows().len(), page(&state).turn()), (5050, state.lanes[0].tip()));
    for chord in ["up", "down", "left", "right", "pageup", "pagedown", "g", "G", "[", "]"] {
        for _ in 0..50 {
            press(&mut state, chord);
        }
    }
    assert_eq!(page(&state).made(), 1);
}

/// What undo and redo answer for: the lanes, where they stand, what they ask with, and what is hidden.
fn undoable(state: &State) -> impl PartialEq + std::fmt::Debug + use<> {
    let lanes: Vec<_> = state
        .lanes
        .iter()
        .map(|lane| (lane.id, lane.branch.clone(), lane.status.clone(), lane.settings.clone(), lane.shares.clone()))
        .collect();
    (lanes, state.session.turns.hidden().collect::<Vec<TurnId>>())
}

/// Steps that can be undone, and some around them.
const STEPS: &[&str] = &[
    "tab b",
    "b [ enter",
    "b ] enter",
    "b g enter",
    "b [ x esc",
    "b ] x esc",
    "b up up x esc",
    "b [ a",
    "[",
    "]",
    "k [",
    "k k ]",
    "m",
    "s",
    "alt-a",
    "alt-w",
    "alt-1",
    "alt-2",
    "r esc",
    "k r esc",
    "alt-r esc tab",
    "k e enter tab",
    "u",
    "U",
    "esc tab",
];

fn taken(steps: &[&str]) -> State {
    let mut state = long(60);
    let question = state.session.turns.add(None, Role::User, "Other");
    state.session.turns.add(Some(question), Role::Assistant, "Else");
    press(&mut state, "alt-a");
    press(&mut state, "tab");
    for step in steps {
        for chord in step.split(' ') {
            press(&mut state, chord);
        }
    }
    state.overlay = None;
    press(&mut state, "ctrl-c");
    state
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn undo_and_then_redo_leads_to_the_same_lanes_branches_and_settings(
        steps in prop::collection::vec(prop::sample::select(STEPS), 1..20),
        back in 1..12_usize,
    ) {
        let mut state = taken(&steps);
        let before = undoable(&state);
        let mut undone = 0;
        for _ in 0..back {
            if state.undos.is_empty(Way::Back) {
                break;
            }
            press(&mut state, "alt-u");
            undone += 1;
        }
        for _ in 0..undone {
            press(&mut state, "alt-shift-u");
        }
        prop_assert_eq!(undoable(&state), before);
        for lane in &state.lanes {
            prop_assert_eq!(&state.session.turns.branch(lane.tip()), &lane.branch);
            let hidden: Vec<TurnId> = state.session.turns.hidden().collect();
            prop_assert!(lane.branch.iter().all(|turn| !hidden.contains(turn)), "a lane stands on what is hidden");
        }
        prop_assert!(state.shares_hold());
    }
}
