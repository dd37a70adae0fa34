//! The editor of values: JSON that is checked as it is typed, templates, files.

use std::fs;

use abreast::state::Size;
use serde_json::json;

use super::*;

/// Opens a row of the sidebar by its name, from the top of the list.
async fn opens(desk: &Desk, name: &str) {
    let rows = abreast::state::SidebarRow::all();
    let place = rows.iter().position(|row| row.name() == name).unwrap();
    desk.press("f2").await;
    let from = rows.iter().position(|row| row.name() == "temperature").unwrap();
    for _ in 0..(place + rows.len() - from) % rows.len() {
        desk.press("down").await;
    }
    desk.press("enter").await;
}

#[tokio::test(start_paused = true)]
async fn a_value_is_checked_as_it_is_typed_and_kept_by_its_key() {
    let desk = Desk::open().await;
    opens(&desk, "logit_bias").await;
    desk.shows("logit_bias · A");
    desk.types("{\"50256\": ").await;
    desk.shows("✗ 1:11 a value is missing");
    desk.types("500}").await;
    desk.shows("✗ logit_bias wants a number from -100 to 100 for `50256`, not `500`");
    desk.press("ctrl-s").await;
    desk.shows("logit_bias · A");
    desk.press("backspace backspace backspace").await;
    desk.types("}").await;
    desk.shows("✓ valid");
    desk.press("ctrl-s").await;
    desk.hides("logit_bias · A");
    desk.shows("logit_bias is set.");
    desk.press("esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({"logit_bias": {"50256": 5}}));
}

#[tokio::test(start_paused = true)]
async fn stop_strings_are_written_as_lines_and_an_empty_text_unsets() {
    let desk = Desk::open().await;
    opens(&desk, "stop").await;
    desk.types("END").await;
    desk.press("enter").await;
    desk.types("STOP").await;
    desk.shows("✓ valid: 2 strings");
    desk.press("ctrl-s esc").await;
    desk.sends("one").await;
    assert_eq!(desk.params(0), json!({"stop": ["END", "STOP"]}));
    desk.answers(0, "uno").await;
    desk.press("f2 enter").await;
    desk.shows("END");
    desk.press("ctrl-u ctrl-h ctrl-u").await;
    desk.shows("empty: Ctrl+S unsets it");
    desk.press("ctrl-s esc").await;
    desk.sends("two").await;
    assert_eq!(desk.params(1), json!({}));
}

#[tokio::test(start_paused = true)]
async fn templates_are_put_in_where_nothing_is_lost() {
    let desk = Desk::open().await;
    opens(&desk, "response_format").await;
    desk.shows("Tab puts in text, json_object, json_schema");
    desk.press("tab tab tab").await;
    desk.shows("\"name\": \"answer\"");
    desk.press("backspace tab").await;
    desk.shows("✗");
    desk.shows("\"name\": \"answer\"");
    desk.types("}").await;
    desk.press("ctrl-s esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0)["response_format"]["json_schema"]["name"], json!("answer"));
}

#[tokio::test(start_paused = true)]
async fn a_template_is_found_by_its_word() {
    let desk = Desk::open().await;
    opens(&desk, "response_format").await;
    desk.types("json_schema").await;
    desk.shows("✗ a json_schema needs its schema");
    desk.press("tab").await;
    desk.shows("✓ valid");
    desk.press("ctrl-s").await;
    opens(&desk, "temperature").await;
}

#[tokio::test(start_paused = true)]
async fn a_schema_is_read_from_a_file_and_wrapped_in_its_name() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("refund order.json");
    fs::write(&path, "{\"type\": \"object\"}").unwrap();
    let desk = Desk::open().await;
    opens(&desk, "response_format").await;
    desk.types(&format!("@{}", path.display())).await;
    desk.shows("✓ Ctrl+S reads");
    desk.press("ctrl-s").await;
    desk.shows("\"name\": \"refund_order\"");
    desk.shows("✓ valid");
    desk.press("ctrl-s esc").await;
    desk.sends("Hello").await;
    let named = json!({"name": "refund_order", "schema": {"type": "object"}});
    assert_eq!(desk.params(0), json!({"response_format": {"type": "json_schema", "json_schema": named}}));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_there_is_told_in_the_form() {
    let desk = Desk::open().await;
    opens(&desk, "tool_choice").await;
    desk.types("@/no/such/file.json").await;
    desk.press("ctrl-s").await;
    desk.shows("✗ /no/such/file.json cannot be read: No such file");
    desk.shows("tool_choice · A");
}

#[tokio::test(start_paused = true)]
async fn tools_are_definitions_and_a_bare_function_is_wrapped() {
    let desk = Desk::open().await;
    opens(&desk, "tools").await;
    desk.pastes("{\"name\": \"lookup\", \"parameters\": {\"type\": \"object\"}}").await;
    desk.shows("✓ valid: lookup");
    desk.press("ctrl-s esc").await;
    desk.sends("Hello").await;
    let function = json!({"name": "lookup", "parameters": {"type": "object"}});
    assert_eq!(desk.request(0).tools, [json!({"type": "function", "function": function})]);
}

#[tokio::test(start_paused = true)]
async fn fields_outside_the_table_are_one_object() {
    let mut start = start(WIDE);
    start.lanes[0].settings.params.assign("top_k=40").unwrap();
    start.lanes[0].settings.params.assign("old=1").unwrap();
    let desk = Desk::of(start, super::replay::ScriptedConnect::default()).await;
    opens(&desk, "other fields").await;
    desk.shows("\"top_k\": 40");
    desk.screen.editor_answers(Ok("{\"top_k\": 50, \"min_p\": 0.1}\n"));
    desk.press("ctrl-g").await;
    desk.shows("✓ valid: 2 fields");
    desk.press("ctrl-s esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({"top_k": 50, "min_p": 0.1}));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_is_left_asks_before_it_is_dropped_and_changes_nothing() {
    let desk = Desk::of(start(Size { columns: 60, rows: 20 }), super::replay::ScriptedConnect::default()).await;
    opens(&desk, "stop").await;
    desk.types("END").await;
    desk.press("esc").await;
    desk.shows("again drops what you changed here.");
    desk.press("esc esc").await;
    desk.sends("Hello").await;
    assert_eq!(desk.params(0), json!({}));
}

#[tokio::test(start_paused = true)]
async fn no_key_and_no_click_takes_a_text_away_that_nobody_kept() {
    let desk = Desk::open().await;
    opens(&desk, "stop").await;
    desk.types("END").await;
    for key in ["f1", "f2", "ctrl-p", "ctrl-l", "alt-p", "alt-s", "alt-n", "alt-c"] {
        desk.press(key).await;
        desk.shows("stop · A");
    }
    desk.clicks("sage-1 @ lab").await;
    desk.shows("again drops what you changed here.");
    desk.press("ctrl-s").await;
    desk.shows("stop is set.");
}

#[tokio::test(start_paused = true)]
async fn the_form_of_a_lane_that_is_closed_goes_with_it() {
    let desk = Desk::open().await;
    desk.press("alt-a alt-s").await;
    desk.shows("System prompt · B");
    desk.press("alt-w").await;
    desk.hides("System prompt");
    desk.types("kept in the draft").await;
    desk.press("enter").await;
    assert_eq!(desk.messages(0), ["user: kept in the draft"]);
}
