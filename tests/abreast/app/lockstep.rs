//! Lock-step: lanes that scroll together, their questions level.

use abreast::state::{Lane, Lockstep, Scroll, Size};
use crossterm::event::MouseEventKind;

use super::replay::ScriptedConnect;
use super::*;

const LANES: usize = 4;

/// Four lanes side by side without the sidebar, each with four questions and replies of lengths of its own.
async fn four_lanes() -> Desk {
    let desk = Desk::of(start(Size { columns: 200, rows: 50 }), ScriptedConnect::default()).await;
    desk.press("alt-b alt-a alt-a alt-a").await;
    for question in 0..4 {
        desk.sends(&format!("question {question}")).await;
        for lane in 0..LANES {
            desk.answers(question * LANES + lane, &lines(question, lane)).await;
        }
    }
    desk
}

/// From no line to 42, differently in each lane at each question.
fn lines(question: usize, lane: usize) -> String {
    let count = (question * 3 + lane * 5) % LANES * 14;
    (0..count).map(|line| format!("- answer {question} of {lane}, line {line}\n")).collect()
}

/// The rows of the screen on which each column of the screen shows a question, by question.
fn rows_of(desk: &Desk, question: usize) -> Vec<Vec<usize>> {
    let name = format!("question {question}");
    let text = desk.screen.text();
    let column = |lane: usize| {
        let shows = |line: &str| {
            let cells: String = line.chars().skip(lane * 50).take(50).collect();
            cells.contains(&name)
        };
        text.lines().enumerate().take(40).filter(|(row, line)| *row > 1 && shows(line)).map(|(row, _)| row).collect()
    };
    (0..LANES).map(column).collect()
}

#[track_caller]
fn are_level(desk: &Desk) {
    for question in 0..4 {
        let rows = rows_of(desk, question);
        assert!(rows.iter().all(|lane| *lane == rows[0]), "question {question}: {rows:?}\n{}", desk.screen.text());
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_question_is_level_in_all_lanes_wherever_one_of_them_is_scrolled() {
    let desk = four_lanes().await;
    desk.press("alt-k").await;
    desk.shows("lock-step");
    are_level(&desk);
    for keys in ["pageup", "pageup", "alt-2 pageup", "alt-4 pagedown", "tab k", "k", "k", "alt-1 j", "g", "pagedown"] {
        desk.press(keys).await;
        are_level(&desk);
    }
    for column in [10, 60, 110, 160] {
        desk.points((MouseEventKind::ScrollUp, column, 20)).await;
        are_level(&desk);
        desk.points((MouseEventKind::ScrollDown, column, 20)).await;
        desk.points((MouseEventKind::ScrollDown, column, 20)).await;
        are_level(&desk);
    }
}

#[tokio::test(start_paused = true)]
async fn without_lock_step_a_scroll_moves_its_own_lane_alone() {
    let desk = four_lanes().await;
    let before = rows_of(&desk, 3);
    desk.press("alt-1 pageup pageup").await;
    let after = rows_of(&desk, 3);
    assert_ne!(before[0], after[0]);
    assert_eq!(before[1..], after[1..]);
}

#[tokio::test(start_paused = true)]
async fn a_selected_turn_is_marked_in_its_own_lane_and_level_in_the_others() {
    let desk = four_lanes().await;
    desk.press("alt-k alt-2 tab g j j").await;
    let rows = rows_of(&desk, 1);
    assert!(rows.iter().all(|lane| lane.len() == 1 && *lane == rows[0]), "{rows:?}");
    let (_, state) = desk.closed().await;
    let selected: Vec<Option<usize>> = state
        .lanes
        .iter()
        .map(|lane| lane.selected.and_then(|turn| lane.branch.iter().position(|held| *held == turn)))
        .collect();
    assert_eq!(selected, [None, Some(2), None, None]);
}

#[tokio::test(start_paused = true)]
async fn the_longest_reply_decides_where_the_end_is_and_a_lane_that_ended_above_says_so() {
    let desk = four_lanes().await;
    desk.press("alt-k").await;
    desk.sends("question 4").await;
    let long: String = (0..80).map(|line| format!("- long line {line}\n")).collect();
    desk.replies(4 * LANES, "short").await;
    desk.replies(4 * LANES + 1, &long).await;
    desk.shows("long line 79");
    desk.shows("▲ ends above");
    desk.hides("short");
    desk.press("pageup").await;
    desk.shows("short");
    desk.hides("▲ ends above");
    desk.replies(4 * LANES + 1, "- the last line\n").await;
    desk.hides("the last line");
    are_level(&desk);
    desk.clicks("below").await;
    desk.shows("the last line");
}

#[tokio::test(start_paused = true)]
async fn lanes_that_part_stay_where_they_are() {
    let desk = four_lanes().await;
    desk.press("alt-k alt-2 tab g j j").await;
    let level = desk.screen.text();
    desk.press("alt-k").await;
    let parted = desk.screen.text();
    let body = |text: &str| text.lines().skip(2).take(4).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(body(&level), body(&parted));
    desk.hides("lock-step ");
    let (_, state) = desk.closed().await;
    assert_eq!(state.lockstep, Lockstep::Apart);
    let depth = |lane: &Lane| match lane.scroll {
        Scroll::At { turn, .. } => lane.branch.iter().position(|held| *held == turn),
        Scroll::Follow => None,
    };
    let depths: Vec<_> = state.lanes.iter().map(depth).collect();
    assert!(depths[0].is_some() && depths.iter().all(|depth| *depth == depths[0]), "{depths:?}");
}

#[tokio::test(start_paused = true)]
async fn the_place_is_kept_over_widths_zoom_and_tabs() {
    let desk = four_lanes().await;
    desk.press("alt-k alt-2 tab g j j").await;
    for (columns, rows) in [(161, 40), (90, 30), (200, 50)] {
        desk.resizes(columns, rows).await;
        let first: String = desk.screen.text().lines().skip(2).take(4).collect();
        assert!(first.contains("question 1"), "{columns}x{rows}: {first}");
    }
    desk.press("z").await;
    let first: String = desk.screen.text().lines().skip(2).take(4).collect();
    assert!(first.contains("question 1"), "zoomed: {first}");
    desk.press("alt-3 z").await;
    are_level(&desk);
}

#[tokio::test(start_paused = true)]
async fn a_new_session_and_a_closed_lane_leave_no_place_behind() {
    let desk = four_lanes().await;
    desk.press("alt-k alt-4 tab g j alt-w").await;
    desk.shows("question 0");
    desk.press("ctrl-n ctrl-n esc").await;
    desk.shows("Nothing said yet.");
    desk.sends("afresh").await;
    desk.shows("afresh");
    let (_, state) = desk.closed().await;
    assert_eq!(state.lockstep, Lockstep::Together(Scroll::Follow));
}
