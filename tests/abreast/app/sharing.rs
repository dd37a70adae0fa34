//! What lanes share, what is their own, and what can be undone.

use super::*;
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn a_param_is_each_lanes_own_until_it_is_shared() {
    let desk = Desk::open().await;
    desk.press("alt-a f2 left esc").await;
    desk.sends("one").await;
    assert_eq!((desk.params(0), desk.params(1)), (json!({}), json!({"temperature": 0.95})));
    desk.shows("B  T 0.95");
    desk.press("ctrl-c f2 O").await;
    desk.shows("temperature is shared by A B");
    desk.press("left esc").await;
    desk.sends("two").await;
    assert_eq!((desk.params(2), desk.params(3)), (json!({"temperature": 0.9}), json!({"temperature": 0.9})));
    desk.hides("B  T");
}

#[tokio::test(start_paused = true)]
async fn a_field_that_one_lane_shares_says_how_others_join() {
    let desk = Desk::open().await;
    desk.press("alt-a f2 o").await;
    desk.shows("temperature is shared by B alone: o in another lane");
    desk.press("O").await;
    desk.shows("temperature is shared by A B:");
    desk.hides("shared by B alone");
}

#[tokio::test(start_paused = true)]
async fn a_lane_leaves_what_is_shared_and_joins_it_again() {
    let desk = Desk::open().await;
    desk.press("alt-a f2 0 . 5 enter O o left").await;
    desk.shows("A  T =0.5");
    desk.shows("B  T 0.45");
    desk.press("o").await;
    desk.hides("0.45");
    desk.press("right").await;
    let (_, state) = desk.closed().await;
    let values: Vec<_> = state.lanes.iter().map(|lane| lane.settings.params.get("temperature").cloned()).collect();
    assert_eq!(values, [Some(json!(0.55)), Some(json!(0.55))]);
}

#[tokio::test(start_paused = true)]
async fn the_system_prompt_is_shared_from_the_start_and_may_become_a_lanes_own() {
    let desk = Desk::open().await;
    desk.press("alt-a alt-s").await;
    desk.types("Be brief.").await;
    desk.press("ctrl-s f2 up up o enter").await;
    desk.types(" Rhyme.").await;
    desk.press("ctrl-s esc").await;
    desk.sends("Hi").await;
    assert_eq!(desk.messages(0), ["system: Be brief.", "user: Hi"]);
    assert_eq!(desk.messages(1), ["system: Be brief. Rhyme.", "user: Hi"]);
    desk.shows("A  system =“Be brief.”");
}

#[tokio::test(start_paused = true)]
async fn equal_copies_a_value_to_all_lanes_and_each_keeps_its_own_afterwards() {
    let desk = Desk::open().await;
    desk.press("alt-a alt-a f2 1 . 5 enter =").await;
    desk.shows("temperature is the same in all lanes now.");
    desk.press("alt-1 left esc").await;
    desk.sends("Hi").await;
    let params: Vec<_> = (0..3).map(|place| desk.params(place)["temperature"].clone()).collect();
    assert_eq!(params, [json!(1.45), json!(1.5), json!(1.5)]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_lane_comes_back_with_its_place_its_letter_and_its_conversation() {
    let desk = Desk::open().await;
    desk.press("alt-a alt-a alt-2").await;
    desk.sends("Hello").await;
    desk.answers(0, "from A").await;
    desk.answers(1, "from B").await;
    desk.answers(2, "from C").await;
    desk.press("alt-w").await;
    desk.shows("Lane B is closed; Alt+U brings it back.");
    desk.shows("to A C");
    desk.hides("from B");
    desk.press("alt-u").await;
    desk.shows("to A B C");
    desk.shows("from B");
    desk.shows("Lane B is back.");
    let (_, state) = desk.closed().await;
    assert_eq!((state.focused, state.lanes[1].letter), (1, 'B'));
}

#[tokio::test(start_paused = true)]
async fn a_lane_is_named_and_moved_and_keeps_its_letter() {
    let desk = Desk::open().await;
    desk.press("alt-a alt-n").await;
    desk.types("strict").await;
    desk.press("enter").await;
    desk.shows("┌ B strict");
    desk.press("alt-shift-left").await;
    let (_, state) = desk.closed().await;
    let letters: String = state.lanes.iter().map(|lane| lane.letter).collect();
    assert_eq!((letters.as_str(), state.focused), ("BA", 0));
}

#[tokio::test(start_paused = true)]
async fn a_promoted_branch_becomes_the_history_of_all_lanes_and_can_be_undone() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("Pick").await;
    desk.answers(0, "seven").await;
    desk.answers(1, "eleven").await;
    desk.press("tab m").await;
    desk.hides("seven");
    desk.press("u").await;
    desk.shows("seven");
    desk.shows("Lane A is on its former branch.");
    desk.press("m esc").await;
    desk.sends("Why?").await;
    for place in [2, 3] {
        assert_eq!(desk.messages(place), ["user: Pick", "assistant: eleven", "user: Why?"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_sibling_that_was_asked_otherwise_says_how() {
    let desk = Desk::open().await;
    desk.press("f2 0 . 2 enter esc alt-a f2 1 . 7 enter down 0 . 5 enter esc").await;
    desk.sends("Pick").await;
    desk.answers(0, "seven").await;
    desk.answers(1, "eleven").await;
    desk.hides("sage-1 ·");
    desk.press("tab [").await;
    desk.shows("‹1/2›  sage-1 · T 0.2  top_p –");
    desk.press("alt-1 ]").await;
    desk.shows("‹2/2›  sage-1 · T 1.7  top_p 0.5");
}

#[tokio::test(start_paused = true)]
async fn a_lane_goes_back_to_the_settings_of_an_older_reply() {
    let desk = Desk::open().await;
    desk.press("f2 0 . 2 enter esc").await;
    desk.sends("one").await;
    desk.answers(0, "uno").await;
    desk.press("f2 1 . 7 enter esc").await;
    desk.sends("two").await;
    desk.answers(1, "due").await;
    desk.press("tab k k k s").await;
    desk.shows("Lane A has the settings of this reply: 1 field changed.");
    desk.press("esc").await;
    desk.sends("three").await;
    assert_eq!(desk.params(2), json!({"temperature": 0.2}));
    desk.press("alt-u ctrl-c").await;
    desk.sends("four").await;
    assert_eq!(desk.params(3), json!({"temperature": 1.7}));
}

#[tokio::test(start_paused = true)]
async fn one_lane_at_least_is_written_to() {
    let desk = Desk::open().await;
    desk.press("alt-a alt-i").await;
    desk.shows("to A · not B");
    desk.press("alt-1 alt-i").await;
    desk.shows("One lane has to be written to.");
    desk.clicks_behind("to A · not ").await;
    desk.shows("to A B");
}

#[tokio::test(start_paused = true)]
async fn undoing_a_promotion_keeps_what_the_promoted_lane_said_since() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("Pick").await;
    desk.answers(0, "seven").await;
    desk.answers(1, "eleven").await;
    desk.press("tab m esc").await;
    desk.sends("Why?").await;
    desk.answers(3, "therefore").await;
    desk.press("alt-u").await;
    desk.shows("Lane A still answers");
    desk.answers(2, "because").await;
    desk.press("alt-u").await;
    desk.shows("seven");
    desk.hides("because");
    desk.shows("therefore");
}

#[tokio::test(start_paused = true)]
async fn undoing_a_lanes_settings_leaves_what_other_lanes_changed_since() {
    let desk = Desk::open().await;
    desk.press("alt-a f2 0 . 2 enter esc").await;
    desk.sends("one").await;
    desk.answers(0, "uno").await;
    desk.answers(1, "eins").await;
    desk.press("f2 1 . 7 enter tab tab s alt-1 f2 0 . 6 enter alt-u").await;
    let (_, state) = desk.closed().await;
    let values: Vec<_> = state.lanes.iter().map(|lane| lane.settings.params.get("temperature").cloned()).collect();
    assert_eq!(values, [Some(json!(0.6)), Some(json!(1.7))]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_lane_comes_back_with_its_own_value_where_nobody_shares_the_field_any_more() {
    let desk = Desk::open().await;
    desk.press("alt-a f2 0 . 4 enter O alt-w").await;
    // The lane that is left leaves what was shared, shares another value alone, and leaves again.
    desk.press("f2 o 1 . 2 enter o o alt-u").await;
    let (_, state) = desk.closed().await;
    let values: Vec<_> = state.lanes.iter().map(|lane| lane.settings.params.get("temperature").cloned()).collect();
    assert_eq!(values, [Some(json!(1.2)), Some(json!(0.4))]);
    assert!(state.shares_hold());
}
