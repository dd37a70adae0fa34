//! Presets: found, compared, applied, saved, deleted, in files of the user's.

use std::fs;
use std::path::Path;

use abreast::state::Size;
use abreast::store::{Ledger, LedgerBy, LedgerGroup, LedgerQuery};
use jiff::tz::TimeZone;
use rusqlite::Connection;
use serde_json::json;

use super::*;

const STRICT: &str = "system = \"Be strict.\"\n\n[params]\ntemperature = 0.2\n";

/// A desk with two presets and a broken one.
async fn desk(directory: &Path) -> Desk {
    fs::write(directory.join("strict.toml"), STRICT).unwrap();
    fs::write(directory.join("wild.toml"), "model = \"sage-2\"\n[params]\ntemperature = 1.5\ntop_p = 0.9\n").unwrap();
    fs::write(directory.join("broken.toml"), "modle = \"m\"\n").unwrap();
    Desk::with_presets(start(WIDE), directory).await
}

fn read(directory: &Path, name: &str) -> Option<String> {
    fs::read_to_string(directory.join(name)).ok()
}

#[tokio::test(start_paused = true)]
async fn the_selected_preset_shows_what_it_would_change_and_enter_applies_it() {
    let home = tempfile::tempdir().unwrap();
    let desk = desk(home.path()).await;
    desk.press("f2 0 . 9 enter alt-p").await;
    desk.press("down").await;
    desk.shows("Lane A would change:");
    desk.shows("system            unset → Be strict.");
    desk.shows("temperature       0.9 → 0.2");
    desk.press("enter").await;
    desk.shows("Lane A has the settings of “strict”.");
    desk.press("esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({"temperature": 0.2}));
    assert_eq!(desk.messages(0), ["system: Be strict.", "user: Hello"]);
}

#[tokio::test(start_paused = true)]
async fn applying_a_preset_touches_no_other_lane_and_can_be_undone() {
    let home = tempfile::tempdir().unwrap();
    let desk = desk(home.path()).await;
    desk.press("f2 right alt-a alt-p").await;
    desk.types("wild").await;
    desk.press("enter esc").await;
    desk.sends("one").await;
    assert_eq!(
        [desk.params(0), desk.params(1)],
        [json!({"temperature": 1.05}), json!({"temperature": 1.5, "top_p": 0.9})]
    );
    assert_eq!(desk.request(1).model, "sage-2");
    desk.answers(0, "a").await;
    desk.answers(1, "b").await;
    desk.press("alt-u").await;
    desk.sends("two").await;
    assert_eq!([desk.params(2), desk.params(3)], [json!({"temperature": 1.05}), json!({"temperature": 1.05})]);
}

#[tokio::test(start_paused = true)]
async fn a_preset_that_is_wrong_says_so_and_the_others_work() {
    let home = tempfile::tempdir().unwrap();
    let desk = desk(home.path()).await;
    desk.press("alt-p").await;
    for name in ["broken", "strict", "wild", "✗ wrong", "broken.toml:1:1: `modle` is not known here"] {
        desk.shows(name);
    }
    desk.press("enter").await;
    desk.shows("Presets · A");
    desk.press("down enter").await;
    desk.hides("Presets · A");
}

#[tokio::test(start_paused = true)]
async fn the_lanes_settings_are_saved_under_the_typed_name() {
    let home = tempfile::tempdir().unwrap();
    let presets = home.path().join("presets");
    let desk = Desk::with_presets(start(WIDE), &presets).await;
    desk.press("f2 0 . 3 5 enter alt-p").await;
    desk.shows("There are no presets yet.");
    desk.types("refund bot").await;
    desk.press("ctrl-s").await;
    desk.shows("Saved as the preset “refund bot”.");
    let text = "provider = \"lab\"\nmodel = \"sage-1\"\n\n[params]\ntemperature = 0.35\n";
    assert_eq!(read(&presets, "refund bot.toml").as_deref(), Some(text));
    desk.shows("Lane A has these settings already.");
    // The lane runs it from now on, and what it asks next is counted to it until its settings are others.
    desk.shows("● A");
    desk.press("esc esc").await;
    desk.sends("one").await;
    desk.answers(0, "a").await;
    desk.press("f2 right esc").await;
    desk.sends("two").await;
    desk.answers(1, "b").await;
    let (_, state) = desk.closed().await;
    let lane = &state.lanes[0];
    let runs: Vec<_> = lane.branch.iter().filter_map(|turn| state.session.turns.get(*turn)?.run).collect();
    let presets: Vec<_> = runs.iter().map(|run| state.session.run(*run).unwrap().preset.clone()).collect();
    assert_eq!(presets, [Some("refund bot".to_owned()), None]);
}

#[tokio::test(start_paused = true)]
async fn who_saves_and_quits_at_once_has_saved() {
    let home = tempfile::tempdir().unwrap();
    let desk = Desk::with_presets(start(WIDE), home.path()).await;
    desk.press("alt-p").await;
    desk.types("last").await;
    desk.press("ctrl-s ctrl-d").await;
    desk.ended().await;
    assert!(read(home.path(), "last.toml").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_preset_that_is_there_is_overwritten_at_the_second_asking() {
    let home = tempfile::tempdir().unwrap();
    let desk = desk(home.path()).await;
    desk.press("alt-p").await;
    desk.types("strict").await;
    desk.press("ctrl-s").await;
    desk.shows("again overwrites the preset “strict”.");
    assert_eq!(read(home.path(), "strict.toml").as_deref(), Some(STRICT));
    desk.press("ctrl-s").await;
    let text = "system = \"Be strict.\"\n";
    assert!(!read(home.path(), "strict.toml").unwrap().contains(text.trim()), "the lane has no system prompt");
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_about_one_preset_does_not_hold_for_another() {
    let home = tempfile::tempdir().unwrap();
    let desk = desk(home.path()).await;
    fs::write(home.path().join("strict2.toml"), STRICT).unwrap();
    desk.press("alt-p").await;
    desk.types("strict").await;
    desk.press("ctrl-s").await;
    desk.types("2").await;
    desk.press("ctrl-s").await;
    desk.shows("again overwrites the preset “strict2”.");
    assert_eq!(read(home.path(), "strict2.toml").as_deref(), Some(STRICT));
    desk.press("backspace backspace backspace backspace backspace backspace backspace down delete down delete").await;
    assert!(["broken.toml", "strict.toml", "strict2.toml"].iter().all(|name| read(home.path(), name).is_some()));
}

#[tokio::test(start_paused = true)]
async fn a_preset_is_deleted_at_the_second_asking() {
    let home = tempfile::tempdir().unwrap();
    let desk = desk(home.path()).await;
    desk.press("alt-p").await;
    desk.press("delete").await;
    desk.shows("again deletes the preset “broken”.");
    assert!(read(home.path(), "broken.toml").is_some());
    desk.press("delete").await;
    assert_eq!(read(home.path(), "broken.toml"), None);
    desk.hides("✗ wrong");
    desk.shows("strict");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_none_for_a_file_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let desk = Desk::with_presets(start(WIDE), &home.path().join("presets")).await;
    desk.press("alt-p ctrl-s").await;
    desk.shows("Type a name first");
    desk.types("../out").await;
    desk.press("ctrl-s").await;
    desk.shows("a preset's name is made of letters");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_came_meanwhile_is_not_overwritten() {
    let home = tempfile::tempdir().unwrap();
    let desk = desk(home.path()).await;
    desk.press("alt-p").await;
    fs::write(home.path().join("new.toml"), STRICT).unwrap();
    desk.types("new").await;
    desk.press("ctrl-s").await;
    desk.shows("A preset of this name is there by now; Ctrl+S asks");
    assert_eq!(read(home.path(), "new.toml").as_deref(), Some(STRICT));
}

#[tokio::test(start_paused = true)]
async fn hostile_names_and_values_are_made_visible() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("a\u{1b}[2Jb.toml"), "").unwrap();
    fs::write(home.path().join("c.toml"), "system = \"x\\u001b[31my\\u202ez\"\n").unwrap();
    let small = start(Size { columns: 60, rows: 20 });
    let desk = Desk::with_presets(small, home.path()).await;
    desk.press("alt-p").await;
    desk.press("down").await;
    let shown = desk.screen.text();
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
    desk.press("up delete delete").await;
    desk.shows("is no name for a preset");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
}

/// The runs of each preset as the ledger counts them, and which run of which session was asked with which.
fn used(directory: &Path) -> (Vec<(String, u64)>, Vec<String>) {
    let query = LedgerQuery { by: LedgerBy::Preset, ..LedgerQuery::default() };
    let table = Ledger::open(directory).unwrap().table(&query, &TimeZone::UTC).unwrap();
    let runs = |group: &LedgerGroup| group.sums.parts.values().map(|tally| tally.runs).sum();
    let counted = table.groups.iter().map(|group| (group.key.clone(), runs(group))).collect();
    let base = Connection::open(directory.join("abreast.db")).unwrap();
    let sql = "SELECT concat_ws(' ', session, run, preset) FROM presets_used ORDER BY session, run";
    let rows = base.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>();
    (counted, rows.unwrap())
}

#[tokio::test(start_paused = true)]
async fn the_store_knows_which_runs_were_asked_with_a_preset_also_after_the_session_was_left() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("strict.toml"), STRICT).unwrap();
    let (presets, data) = (home.path().to_owned(), home.path().join("data"));
    let desk = Desk::with_store_and(&data, "k3", |app| app.with_presets(presets)).await;
    let mut asked = 0;
    let mut talks = async |question: &str| {
        desk.sends(question).await;
        desk.waits_until("a request is sent", |desk| desk.connect.count() > asked).await;
        desk.answers(asked, "Yes.").await;
        asked += 1;
    };
    talks("Without one?").await;
    desk.press("alt-p").await;
    desk.comes_to_show("Lane A would change:").await;
    desk.press("enter").await;
    talks("With it?").await;
    desk.press("ctrl-n").await;
    talks("The same lane in another session?").await;
    desk.press("ctrl-o").await;
    desk.comes_to_show("Without one?").await;
    desk.press("enter").await;
    desk.waits_until("the list closes", |desk| !desk.screen.text().contains("● on the screen")).await;
    talks("Back in the first?").await;
    desk.press("f2 0 . 9 enter esc").await;
    talks("Changed by hand?").await;
    desk.closed().await;
    let counted = [(String::new(), 2), ("strict".to_owned(), 3)];
    let runs = ["k3 1 strict", "k3 2 strict", "k3-1 0 strict"].map(str::to_owned);
    assert_eq!(used(&data), (counted.to_vec(), runs.to_vec()));
}
