//! The model picker and the model card.

use super::console::Asked;
use super::*;
use abreast::state::Size;

/// The rows of the picker that name one of these models, in their order on the screen.
fn order(desk: &Desk, models: &[&str]) -> Vec<String> {
    let text = desk.screen.text();
    let (_, list) = text.split_once("per 1M in / out").unwrap();
    // What lies beside the picker may name a model too; its own rows end in a price.
    let rows = list.lines().filter_map(|line| line.split('│').find(|part| part.trim_end().ends_with("n/a")));
    let named = |row: &str| models.iter().find(|model| row.split_whitespace().any(|word| word == **model)).copied();
    rows.filter_map(named).map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn models_that_were_asked_come_first_the_newest_at_the_top() {
    let desk = Desk::open().await;
    desk.connect.lists("lab", Ok(&["basil", "sage-1", "dill"]));
    desk.press("ctrl-l").await;
    assert_eq!(order(&desk, &["basil", "sage-1", "dill", "thyme-2"])[..3], ["basil", "sage-1", "dill"]);
    desk.types("dill").await;
    desk.press("enter").await;
    desk.sends("one").await;
    desk.replies(0, "dill says").await;
    desk.ends(0).await;
    desk.press("ctrl-l").await;
    assert_eq!(order(&desk, &["basil", "sage-1", "dill"]), ["dill", "basil", "sage-1"]);
    desk.shows("↺ dill");
}

#[tokio::test(start_paused = true)]
async fn a_favourite_is_marked_comes_first_and_ranks_higher() {
    let desk = Desk::open().await;
    desk.connect.lists("lab", Ok(&["sage-1", "sage-1-mini", "sage-1-nano"]));
    desk.press("ctrl-l").await;
    desk.types("nano").await;
    desk.press("ctrl-f").await;
    desk.shows("★ sage-1-nano");
    desk.press("esc ctrl-l").await;
    assert_eq!(order(&desk, &["sage-1", "sage-1-mini", "sage-1-nano"])[0], "sage-1-nano");
    desk.types("sag").await;
    assert_eq!(order(&desk, &["sage-1", "sage-1-mini", "sage-1-nano"])[0], "sage-1-nano");
    desk.press("ctrl-f").await;
    desk.hides("★");
    let (_, state) = desk.closed().await;
    assert_eq!(state.favourites.iter().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_nobody_lists_is_asked_at_any_provider() {
    let desk = Desk::open().await;
    desk.press("ctrl-l").await;
    desk.types("wild-7").await;
    desk.shows("use “wild-7” at lab");
    desk.types(" @ sh").await;
    desk.shows("use “wild-7” at shop");
    desk.hides("“wild-7” at lab");
    desk.press("enter").await;
    desk.shows("This lane asks wild-7 at shop.");
    desk.press("ctrl-l").await;
    desk.types("x @ nowhere").await;
    desk.shows("No provider of that name is known.");
    desk.press("enter").await;
    let (_, state) = desk.closed().await;
    let settings = &state.lanes[0].settings;
    assert_eq!((settings.provider.as_str(), settings.model.as_str()), ("shop", "wild-7"));
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_by_a_typed_name_is_in_the_picker_afterwards() {
    let desk = Desk::open().await;
    desk.press("ctrl-l").await;
    desk.types("wild-7 @ shop").await;
    desk.press("enter").await;
    desk.sends("one").await;
    desk.press("ctrl-l").await;
    desk.shows("↺ wild-7");
}

#[tokio::test(start_paused = true)]
async fn the_card_of_a_row_opens_over_the_picker_and_esc_leads_back() {
    let desk = Desk::open().await;
    desk.connect.lists("lab", Ok(&["sage-1", "gpt-5.1-2025-11-13"]));
    desk.press("ctrl-l").await;
    desk.types("gpt-5.1-2025").await;
    desk.shows("Stable");
    desk.press("alt-c").await;
    desk.shows("Model card · gpt-5.1-2025-11-13 @ lab");
    desk.shows("[Stable] [Reproducible] [Production]");
    desk.shows("400,000 tokens");
    desk.press("G").await;
    desk.shows("service_tier");
    desk.press("esc").await;
    desk.shows("> gpt-5.1-2025");
    desk.press("esc").await;
    desk.hides("per 1M in / out");
}

#[tokio::test(start_paused = true)]
async fn neither_picker_nor_card_drops_a_form_with_a_text_in_it() {
    let desk = Desk::open().await;
    desk.press("alt-s").await;
    desk.types("Be brief.").await;
    desk.press("ctrl-l alt-c").await;
    desk.shows("Be brief.");
    desk.hides("Model card");
}

#[tokio::test(start_paused = true)]
async fn the_lanes_own_card_opens_by_key_and_from_the_palette_and_fits_another_width() {
    let desk = Desk::open().await;
    desk.press("alt-c").await;
    desk.shows("Model card · sage-1 @ lab");
    desk.shows("Nothing is known of what it costs here.");
    desk.resizes(60, 20).await;
    desk.shows("Model card · sage-1 @ lab");
    desk.press("y").await;
    let copied = |asked: &Asked| matches!(asked, Asked::Copy(text) if text.starts_with("sage-1\n"));
    assert!(desk.screen.asked().iter().any(copied), "the card's text is on the clipboard");
    desk.resizes(160, 40).await;
    desk.press("esc ctrl-p").await;
    desk.types("model.card").await;
    desk.press("enter").await;
    desk.shows("Model card · sage-1 @ lab");
    let (_, state) = desk.closed().await;
    assert_eq!(state.size, Size { columns: 160, rows: 40 });
}
