//! Reading while replies come: scrolling, folding, copying, resizing.

use std::fmt::Write as _;

use abreast::api::Delta;
use abreast::state::Scroll;

use super::console::Asked;
use super::*;

fn lines(from: usize, to: usize) -> String {
    (from..to).fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "line {line} ends\n");
        text
    })
}

#[tokio::test(start_paused = true)]
async fn the_end_is_followed_until_the_reader_scrolls_away_and_after_the_end_key() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    desk.replies(0, &lines(0, 60)).await;
    desk.shows("line 59 ends");
    desk.press("pageup").await;
    desk.hides("line 59 ends");
    desk.shows("below");
    let above = desk.screen.text().lines().nth(4).unwrap().to_owned();
    desk.replies(0, &lines(60, 90)).await;
    assert_eq!(desk.screen.text().lines().nth(4).unwrap(), above, "the reader's place stays");
    desk.hides("line 89 ends");
    desk.press("tab end").await;
    desk.shows("line 89 ends");
    desk.hides("below");
    desk.replies(0, &lines(90, 95)).await;
    desk.shows("line 94 ends");
}

#[tokio::test(start_paused = true)]
async fn a_click_on_the_chip_follows_again() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    desk.replies(0, &lines(0, 60)).await;
    desk.press("pageup").await;
    desk.clicks("below").await;
    desk.shows("line 59 ends");
}

#[tokio::test(start_paused = true)]
async fn scrolling_back_to_the_end_follows_again() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    desk.replies(0, &lines(0, 60)).await;
    desk.press("pageup pageup pagedown pagedown pagedown").await;
    desk.replies(0, &lines(60, 70)).await;
    desk.shows("line 69 ends");
}

#[tokio::test(start_paused = true)]
async fn a_terminal_made_tiny_and_large_again_keeps_everything() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    desk.replies(0, &lines(0, 5)).await;
    desk.types("a draft").await;
    let before = desk.screen.text();
    desk.resizes(10, 3).await;
    desk.replies(0, "more\n\n").await;
    desk.types("!").await;
    desk.resizes(1, 1).await;
    desk.resizes(160, 40).await;
    desk.shows("line 4 ends");
    desk.shows("more");
    desk.shows("a draft!");
    assert_eq!(before.lines().nth(2), desk.screen.text().lines().nth(2));
    desk.answers(0, "done").await;
    desk.shows("done");
}

#[tokio::test(start_paused = true)]
async fn reasoning_shows_its_end_while_it_comes_and_folds_after() {
    let desk = Desk::open().await;
    desk.sends("Think").await;
    let thought = |text: &str| Delta::Reasoning { choice: 0, text: text.to_owned() };
    desk.delivers(0, thought("step one\nstep two\nstep three\nstep four")).await;
    desk.shows("▸ thinking");
    desk.shows("step four");
    desk.hides("step one");
    desk.answers(0, "Done").await;
    desk.shows("▸ thought");
    desk.hides("step four");
    desk.press("tab space").await;
    desk.shows("▾ thought");
    desk.shows("step one");
    desk.press("space").await;
    desk.hides("step one");
    desk.clicks("▸ thought").await;
    desk.shows("step one");
}

#[tokio::test(start_paused = true)]
async fn a_copy_is_the_source_and_not_the_cells() {
    let desk = Desk::open().await;
    desk.sends("Show me").await;
    let source = "Some **bold** words:\n\n```rust\nfn main() {}\n```\n\nAnd a tail.";
    desk.answers(0, source).await;
    desk.press("tab y").await;
    desk.shows("characters to the terminal's clipboard");
    desk.press("Y k k y").await;
    let copies: Vec<Asked> = desk.screen.asked().into_iter().filter(|asked| matches!(asked, Asked::Copy(_))).collect();
    let copy = |text: &str| Asked::Copy(text.to_owned());
    assert_eq!(copies, [copy(source), copy("fn main() {}\n"), copy("Show me")]);
}

#[tokio::test(start_paused = true)]
async fn stepping_through_turns_selects_them_and_past_the_last_one_follows() {
    let desk = Desk::open().await;
    for turn in 0..4 {
        desk.sends(&format!("question {turn}")).await;
        desk.answers(turn, &lines(0, 20)).await;
    }
    desk.press("tab g").await;
    desk.shows("question 0");
    desk.press("j j").await;
    desk.shows("question 1");
    desk.press("G k").await;
    let (_, state) = desk.closed().await;
    assert_eq!(state.lane().selected, state.lane().tip());
}

#[tokio::test(start_paused = true)]
async fn past_the_last_turn_the_lane_follows_again() {
    let desk = Desk::open().await;
    desk.sends("Count").await;
    desk.answers(0, &lines(0, 60)).await;
    desk.press("tab g j j").await;
    desk.shows("line 59 ends");
    let (_, state) = desk.closed().await;
    assert_eq!((state.lane().selected, state.lane().scroll), (None, Scroll::Follow));
}

#[tokio::test(start_paused = true)]
async fn a_readers_place_is_kept_when_the_width_changes() {
    let desk = Desk::open().await;
    desk.sends("Tell").await;
    let tale: String = (0..300).map(|number| format!("word{number} is one of many in this long paragraph. ")).collect();
    desk.answers(0, &tale).await;
    desk.press("pageup pageup").await;
    let first = |text: &str| text.split_whitespace().find(|word| word.starts_with("word")).unwrap().to_owned();
    let number = |word: &str| word[4..].parse::<i32>().unwrap();
    let before = number(&first(&desk.screen.text()));
    for size in [(80, 24), (200, 50), (60, 20), (160, 40)] {
        desk.resizes(size.0, size.1).await;
        let now = number(&first(&desk.screen.text()));
        // Each width may lose less than one of its rows, which hold up to three of them.
        assert!((now - before).abs() <= 6, "from word{before} to word{now} at {size:?}");
    }
}
