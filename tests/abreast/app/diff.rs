//! Comparing replies: of lanes, of siblings, while they come.

use abreast::api::{ApiError, Delta, ErrorKind};
use abreast::chat::Usage;
use std::time::Duration;

use super::console::Asked;
use super::*;

/// Two lanes that differ in their temperature, each with a reply, the transcript of the first focused.
async fn two_replies(left: &str, right: &str) -> Desk {
    let desk = Desk::open().await;
    desk.press("alt-a f2 0 . 9 enter alt-1 0 . 2 enter esc").await;
    desk.sends("Refunds?").await;
    desk.answers(0, left).await;
    desk.answers(1, right).await;
    desk.press("alt-1 tab").await;
    desk
}

fn copied(desk: &Desk) -> Vec<String> {
    let copy = |asked: Asked| match asked {
        Asked::Copy(text) => Some(text),
        _ => None,
    };
    desk.screen.asked().into_iter().filter_map(copy).collect()
}

#[tokio::test(start_paused = true)]
async fn two_lanes_are_compared_by_settings_and_by_words() {
    let desk = two_replies("It takes **thirty** days.", "It takes **two long hard** days.").await;
    desk.press("d").await;
    desk.shows("Diff  A → B");
    desk.shows("temperature  0.2 → 0.9");
    desk.shows("1 word removed, 3 added, 60 % the same");
    desk.shows("It takes **[-thirty-]{+two long hard+}** days.");
    desk.press("esc").await;
    desk.hides("Diff  A → B");
}

#[tokio::test(start_paused = true)]
async fn what_is_unset_and_what_is_equal_is_said() {
    let desk = two_replies("Same.", "Same.").await;
    desk.press("f2 backspace esc").await;
    desk.sends("Again?").await;
    desk.answers(2, "One.").await;
    desk.answers(3, "One.").await;
    desk.press("tab d").await;
    desk.shows("temperature  unset → 0.9");
    desk.shows("The conversations before them are not the same.");
    desk.shows("the same text");
    desk.press("esc g d").await;
    desk.shows("temperature  0.2 → 0.9");
    desk.press("esc esc f2").await;
    desk.press("= esc alt-n").await;
    desk.press("esc").await;
    desk.sends("Once more?").await;
    desk.answers(4, "Two.").await;
    desk.answers(5, "Three.").await;
    desk.press("tab d").await;
    desk.shows("Both were sent with the same settings.");
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_still_comes_is_compared_anew_when_it_has_ended() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("Hello").await;
    desk.answers(0, "one two three").await;
    desk.replies(1, "one").await;
    desk.press("alt-1 tab d").await;
    desk.shows("B is still coming: r compares what has come, and all of it follows at its end.");
    desk.shows("one[- two three-]");
    desk.replies(1, " two").await;
    desk.shows("one[- two three-]");
    desk.press("r").await;
    desk.shows("one two[- three-]");
    desk.answers(1, " four").await;
    desk.hides("still coming");
    desk.shows("one two [-three-]{+four+}");
}

#[tokio::test(start_paused = true)]
async fn long_system_prompts_are_compared_by_their_words() {
    let desk = Desk::open().await;
    desk.press("alt-s").await;
    desk.types("You answer for the shop in a friendly voice, and briefly.").await;
    desk.press("ctrl-s alt-a f2 up up o esc alt-s").await;
    desk.shows("System prompt · B ─");
    desk.types(" Be kind.").await;
    desk.press("ctrl-s").await;
    desk.sends("Hello").await;
    desk.answers(0, "a").await;
    desk.answers(1, "b").await;
    desk.press("alt-1 tab d").await;
    desk.shows("system  0 words removed, 2 added, 91 % the same");
    desk.shows("You answer for the shop in a friendly voice, and briefly.{+ Be kind.+}");
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_failed_says_so_where_its_finish_reason_would_be() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("Hello").await;
    desk.answers(0, "one two three").await;
    desk.press("alt-1 tab d").await;
    desk.fails(1, ApiError::new(ErrorKind::Network, "The line is gone.")).await;
    desk.shows("failed: The line is gone.");
}

#[tokio::test(start_paused = true)]
async fn figures_stand_side_by_side_and_the_better_is_marked() {
    let desk = Desk::open().await;
    desk.press("alt-a").await;
    desk.sends("Hello").await;
    let used = |output| Delta::Usage(Usage { input: Some(10), output: Some(output), ..Usage::default() });
    for (place, output) in [(0, 40), (1, 60)] {
        desk.passes(Duration::from_millis(250)).await;
        desk.replies(place, "word").await;
        desk.delivers(place, used(output)).await;
    }
    desk.answers(0, "s").await;
    desk.answers(1, "s").await;
    desk.press("alt-1 tab d").await;
    let shown = desk.screen.text();
    let figure = |name: &str| {
        let row = shown.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("no {name} in\n{shown}"));
        let cells = row.split("  ").map(|cell| cell.trim_matches(['│', ' '])).filter(|cell| !cell.is_empty());
        cells.skip_while(|cell| *cell != name).map(str::to_owned).collect::<Vec<_>>()[1..3].to_vec()
    };
    assert!(figure("time to first token")[0].ends_with('✓'), "{shown}");
    assert!(figure("speed")[1].ends_with('✓'), "{shown}");
    assert_eq!(figure("tokens out"), ["40", "60"]);
    assert_eq!(figure("cost"), ["n/a", "n/a"]);
    assert_eq!(figure("finish reason"), ["stop", "stop"]);
}

#[tokio::test(start_paused = true)]
async fn with_one_lane_a_reply_is_compared_with_the_one_before_it() {
    let desk = Desk::open().await;
    desk.press("alt-1 tab d").await;
    desk.shows("There is no reply yet that could be compared.");
    desk.press("esc").await;
    desk.sends("Hello").await;
    desk.answers(0, "Good day to you.").await;
    desk.press("tab d").await;
    desk.shows("There is nothing to compare this reply with: Alt+A adds a");
    desk.shows("lane, Alt+R asks again.");
    desk.press("r").await;
    desk.answers(1, "Good evening to you.").await;
    desk.press("d").await;
    desk.shows("Diff  reply 1 → reply 2");
    desk.shows("Good [-day-]{+evening+} to you.");
}

#[tokio::test(start_paused = true)]
async fn the_ring_goes_over_every_lane_and_every_sibling() {
    let desk = Desk::open().await;
    desk.press("alt-a alt-a").await;
    desk.sends("Hello").await;
    for (place, text) in ["from a", "from b", "from c"].into_iter().enumerate() {
        desk.answers(place, text).await;
    }
    desk.press("alt-2 tab r").await;
    desk.answers(3, "from b again").await;
    desk.press("d").await;
    desk.shows("Diff  B → C  1 of 3");
    desk.press("]").await;
    desk.shows("Diff  B → A  2 of 3");
    desk.press("d").await;
    desk.shows("Diff  reply 2 → reply 4  3 of 3");
    desk.press("[ [ [").await;
    desk.shows("Diff  reply 2 → reply 4  3 of 3");
}

#[tokio::test(start_paused = true)]
async fn lanes_that_are_hidden_behind_tabs_are_compared_too() {
    let desk = two_replies("red", "green").await;
    desk.resizes(62, 20).await;
    desk.press("d G").await;
    desk.shows("[-red-]{+green+}");
    desk.resizes(100, 30).await;
    desk.shows("[-red-]{+green+}");
}

#[tokio::test(start_paused = true)]
async fn the_selected_reply_is_compared_with_the_one_at_its_depth() {
    let desk = two_replies("first a", "first b").await;
    desk.press("esc").await;
    desk.sends("More?").await;
    desk.answers(2, "second a").await;
    desk.answers(3, "second b").await;
    desk.press("tab g d").await;
    desk.shows("first [-a-]{+b+}");
    desk.press("esc G d").await;
    desk.shows("second [-a-]{+b+}");
}

#[tokio::test(start_paused = true)]
async fn a_copy_holds_the_whole_page_with_the_source_and_its_marks() {
    let desk = two_replies("# Fees\n\nIt is **low**.\u{1b}[31m", "# Fees\n\nIt is **high**.").await;
    desk.press("d y").await;
    let copy = copied(&desk).remove(0);
    let lines: Vec<&str> = copy.lines().collect();
    assert_eq!(lines[..2], ["Sent with", "  temperature  0.2 → 0.9"]);
    assert_eq!(lines[lines.len() - 3..], ["# Fees", "", "It is **[-low**.␛[31m-]{+high**.+}"][..]);
}

#[tokio::test(start_paused = true)]
async fn n_goes_from_change_to_change() {
    let text = |word: &str| format!("{word} begins.\n{}{word} ends.\n", "A line that stays.\n".repeat(60));
    let desk = two_replies(&text("red"), &text("green")).await;
    desk.press("d").await;
    desk.hides("[-red-]{+green+} ends.");
    desk.press("n n").await;
    desk.shows("[-red-]{+green+} ends.");
    desk.press("N N").await;
    desk.shows("[-red-]{+green+} begins.");
    desk.hides("[-red-]{+green+} ends.");
}

#[tokio::test(start_paused = true)]
async fn a_new_session_closes_the_diff_of_the_old_one() {
    let desk = two_replies("red", "green").await;
    desk.press("d ctrl-n ctrl-n").await;
    desk.hides("Diff  A → B");
    desk.press("esc").await;
    desk.resizes(120, 30).await;
    desk.shows("Nothing said yet.");
}
