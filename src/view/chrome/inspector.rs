//! The inspector: the tree of calls, and what is read of the selected one beside it or below.

use std::time::Instant;

use ratatui::layout::{Position, Rect};

use crate::chat::{Outcome, ToolCall, Turn, TurnId};
use crate::input::Action;
use crate::state::{
    CallId, CallMark, Inspector, InspectorAreas, InspectorField, InspectorFocus, InspectorRow, InspectorTab, State,
    Target,
};
use crate::text::{
    Emphasis, Ink, JsonTree, Span, StyleRole, Wrap, clean_line, counted, duration, truncate, width, wrap,
};

use super::super::call_rows::role;
use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::calls::standing;
use super::overlay::{draw_query, draw_row, window};
use super::reader::{hinted, hints, own_hints};

/// A text's beginning is looked for within so many characters.
const LOOKED_AT: usize = 400;

/// Draws the inspector; returns where something is typed.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, hits: &mut Hits, now: Instant) -> Option<Position> {
    let inspector = &state.inspector;
    let areas = inspector.areas(state.size);
    canvas.clear(areas.frame);
    canvas.frame(areas.frame, StyleRole::Focus, &title(inspector));
    hits.add(areas.frame, Target::Overlay);
    if inspector.all_calls() == 0 {
        nothing(canvas, state, areas);
        return None;
    }
    let typed = filter(canvas, state, areas.filter);
    tree(canvas, state, areas.tree, hits, now);
    rule(canvas, inspector, areas);
    tabs(canvas, state, areas.tabs, hits);
    let found = detail(canvas, state, areas, hits);
    own_hints(canvas, state, areas.keys, keys(state));
    typed.or(found)
}

fn title(inspector: &Inspector) -> Vec<Span> {
    let calls = format!("  {}", counted(inspector.all_calls() as u64, "call"));
    vec![Span::new("Calls", Ink::from(StyleRole::Title).with(Emphasis::BOLD)), Span::new(calls, StyleRole::Dim)]
}

/// How a lane comes to calls.
fn nothing(canvas: &mut Canvas<'_>, state: &State, areas: InspectorAreas) {
    let said = [
        "No tool was called in this session yet.".to_owned(),
        format!(
            "{} chooses the tools that the lane offers: your own, and the samples get_weather, calculator, clock and \
             search_files. --tools FILE or --tools sample:get_weather brings some at the start.",
            state.key(Action::LaneTools)
        ),
        "With get_weather, ask: What's the weather in Tokyo?".to_owned(),
        "Each call waits for you: nothing runs unasked.".to_owned(),
    ];
    let body = Rect { width: areas.keys.width, ..areas.filter };
    let mut rows = Vec::new();
    for said in said {
        wrap(&[Span::new(said, StyleRole::Dim)], &Wrap::plain(body.width.min(90)), &mut rows);
        rows.push(crate::text::Line::default());
    }
    for (y, line) in (body.y + 1..areas.keys.y).zip(&rows) {
        canvas.line(body.x, y, body.width, line);
    }
    hints(canvas, state, areas.keys, &[]);
}

/// The row of the filter: what is typed, or that all calls are shown.
fn filter(canvas: &mut Canvas<'_>, state: &State, row: Rect) -> Option<Position> {
    let inspector = &state.inspector;
    let typing = inspector.typing == Some(InspectorField::Filter);
    if !typing && inspector.filter.is_empty() {
        let said = format!("{} filters", state.key(Action::InspectorFilter));
        canvas.text(row.x, row.y, row.width, &said, StyleRole::Dim);
        return None;
    }
    let row = Rect { x: row.x.saturating_sub(1), width: row.width + 1, ..row };
    let cursor = draw_query(canvas, row, &inspector.filter, "tool:get_weather state:failed lane:A text");
    typing.then_some(cursor)
}

fn tree(canvas: &mut Canvas<'_>, state: &State, area: Rect, hits: &mut Hits, now: Instant) {
    let inspector = &state.inspector;
    if inspector.rows().is_empty() {
        canvas.text(area.x + 2, area.y, area.width.saturating_sub(2), "No call fits the filter.", StyleRole::Dim);
    }
    let shown = window(inspector.selected(), inspector.rows().len(), area.height);
    for (place, y) in shown.zip(area.y..area.bottom()) {
        let whole = Rect { x: area.x.saturating_sub(1), y, width: area.width + 1, height: 1 };
        let room = draw_row(canvas, whole, (place, inspector.selected()), hits);
        let room = Rect { x: room.x - 1, width: area.right().saturating_sub(room.x - 1), ..room };
        match inspector.rows()[place] {
            InspectorRow::Question(turn) => question(canvas, state, turn, room),
            InspectorRow::Reply(turn) => reply(canvas, state, turn, room),
            InspectorRow::Call(call) => self::call(canvas, state, call, room, now),
        }
    }
}

fn question(canvas: &mut Canvas<'_>, state: &State, turn: Option<TurnId>, room: Rect) {
    let turn = turn.and_then(|turn| state.session.turns.get(turn));
    let x = canvas.text(room.x, room.y, room.width, "you ", Ink::from(StyleRole::User).with(Emphasis::BOLD));
    let beginning: String = turn.map(|turn| turn.text.chars().take(LOOKED_AT).collect()).unwrap_or_default();
    let said = clean_line(&beginning);
    canvas.text(x, room.y, room.right().saturating_sub(x), &said, StyleRole::Text);
}

/// `A B  gpt-5.1 · 2 calls · 1.2 s ✎ edited`.
fn reply(canvas: &mut Canvas<'_>, state: &State, turn: TurnId, room: Rect) {
    let Some(turn) = state.session.turns.get(turn) else { return };
    let letters: Vec<String> = state.lanes_with(turn.id).iter().map(char::to_string).collect();
    // What no lane stands on is a branch that was left.
    let letters = if letters.is_empty() { "·".to_owned() } else { letters.join(" ") };
    let mut spans = vec![
        Span::new(format!(" {letters}  "), Ink::from(StyleRole::Assistant).with(Emphasis::BOLD)),
        Span::new(run(state, turn), StyleRole::Dim),
    ];
    if turn.edited {
        spans.push(Span::new(" ✎ edited", StyleRole::Warning));
    }
    canvas.spans(room.x, room.y, room.width, &spans);
}

fn run(state: &State, turn: &Turn) -> String {
    let count = counted(turn.tool_calls.len() as u64, "call");
    let Some(run) = turn.run.and_then(|run| state.session.run(run)) else { return count };
    let model = clean_line(&run.settings.model).into_owned();
    let end = match (&run.outcome, run.finished) {
        (Outcome::Running, _) => " · coming".to_owned(),
        (Outcome::Stopped, _) => " · stopped".to_owned(),
        (Outcome::Failed(_), _) => " · failed".to_owned(),
        (Outcome::Complete, Some(at)) => format!(" · {}", duration(at.saturating_duration_since(run.started))),
        (Outcome::Complete, None) => String::new(),
    };
    format!("{} · {count}{end}", truncate(&model, 24))
}

/// `get_weather {"city":"Tokyo"}  = B  ✓ ok 120 ms`.
fn call(canvas: &mut Canvas<'_>, state: &State, call: CallId, room: Rect, now: Instant) {
    let Some(turn) = state.session.turns.get(call.reply) else { return };
    let Some(came) = turn.tool_calls.get(call.index) else { return };
    let of = state.session.call_state(turn, call.index);
    let mark = state.inspector.mark(call).map(marked);
    let mut end: Vec<Span> = mark.into_iter().collect();
    end.push(Span::new(format!("  {}", standing(of, now)), role(of)));
    let used: usize = end.iter().map(|span| width(&span.text)).sum();
    let left = usize::from(room.width).saturating_sub(used + 4);
    canvas.right(room, &end);
    canvas.spans(room.x + 3, room.y, u16::try_from(left).unwrap_or(0), &called(state, call, came, left));
}

fn called(state: &State, call: CallId, came: &ToolCall, room: usize) -> [Span; 2] {
    let name = truncate(&clean_line(&came.name), room).into_owned();
    let left = room.saturating_sub(width(&name) + 1);
    let arguments = state.session.arguments(call).unwrap_or(&came.arguments);
    // Eight characters for each cell are enough, even with marks that take none.
    let beginning: String = arguments.chars().take(left * 8).collect();
    let beginning = if left < 4 { String::new() } else { truncate(&clean_line(&beginning), left).into_owned() };
    [Span::new(name, StyleRole::ToolName), Span::new(format!(" {beginning}"), StyleRole::Dim)]
}

/// How a call compares with those of other lanes, as short as it can be told.
fn marked(mark: &CallMark) -> Span {
    let letters = |calls: &[(char, CallId)]| calls.iter().map(|(lane, _)| lane).collect::<String>();
    let mut parts = Vec::new();
    if !mark.same.is_empty() {
        parts.push(format!("={}", letters(&mark.same)));
    }
    if !mark.differs.is_empty() {
        parts.push(format!("≠{}", letters(&mark.differs)));
    }
    if !mark.missing.is_empty() {
        parts.push(format!("not {}", mark.missing.iter().collect::<String>()));
    }
    let same = mark.differs.is_empty() && mark.missing.is_empty();
    Span::new(format!("  {}", parts.join(" ")), if same { StyleRole::Good } else { StyleRole::Warning })
}

/// Between tree and detail.
fn rule(canvas: &mut Canvas<'_>, inspector: &Inspector, areas: InspectorAreas) {
    let role = if inspector.focus == InspectorFocus::Detail { StyleRole::Focus } else { StyleRole::Border };
    if areas.rule.width > 1 {
        return canvas.rule(areas.rule, role, &[]);
    }
    for y in areas.rule.y..areas.rule.bottom() {
        canvas.text(areas.rule.x, y, 1, "│", role);
    }
}

/// `arguments  result  schema  errors  wire`, the one that is shown marked.
fn tabs(canvas: &mut Canvas<'_>, state: &State, row: Rect, hits: &mut Hits) {
    if state.inspector.call().is_none() {
        return;
    }
    let mut x = row.x;
    for (place, tab) in InspectorTab::ALL.into_iter().enumerate() {
        let shown = tab == state.inspector.tab;
        let ink = if shown {
            Ink::from(StyleRole::Title).with(Emphasis::BOLD).with(Emphasis::UNDERLINE)
        } else {
            StyleRole::Dim.into()
        };
        let end = canvas.text(x, row.y, row.right().saturating_sub(x), tab.name(), ink);
        hits.add(Rect { x, width: end - x, height: 1, y: row.y }, Target::Tab { place });
        x = end + 2;
    }
}

/// What is read: the rows in sight. A search that is typed, or the place in the JSON, stands in the last one.
fn detail(canvas: &mut Canvas<'_>, state: &State, areas: InspectorAreas, hits: &mut Hits) -> Option<Position> {
    let inspector = &state.inspector;
    let open = inspector.detail.as_ref()?;
    let area = areas.detail;
    let said = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
    let area = Rect { height: area.height.saturating_sub(1), ..area };
    let focused = inspector.focus == InspectorFocus::Detail;
    for (row, y) in window(open.at(), open.len(), area.height).zip(area.y..area.bottom()) {
        let whole = Rect { y, height: 1, ..area };
        if focused && row == open.at() {
            canvas.ground(whole, StyleRole::Selection);
        }
        canvas.line(area.x, y, area.width, &open.line(row));
        hits.add(whole, Target::DetailRow { row });
    }
    if inspector.typing == Some(InspectorField::Find) || !inspector.find.is_empty() {
        let count = open.tree().map_or_else(String::new, |tree| format!("{} ", counted(tree.hits() as u64, "hit")));
        let start = canvas.right(said, &[Span::new(count, StyleRole::Dim)]);
        let query = Rect { x: said.x.saturating_sub(1), width: start.saturating_sub(said.x) + 1, ..said };
        let cursor = draw_query(canvas, query, &inspector.find, "type what to find");
        return (inspector.typing == Some(InspectorField::Find)).then_some(cursor);
    }
    let pointer = open.tree().filter(|_| focused && open.at() >= open.head.len()).map(JsonTree::pointer);
    let place = format!(" {}/{}", open.at() + 1, open.len());
    let start = canvas.right(said, &[Span::new(place, StyleRole::Dim)]);
    if let Some(pointer) = pointer {
        canvas.text(said.x, said.y, start.saturating_sub(said.x), &clean_line(&pointer), StyleRole::Dim);
    }
    None
}

/// The keys of what has them.
/// The keys that the box has no room for: the footer names them.
pub(super) fn other_keys(state: &State) -> &'static [(Action, &'static str)] {
    let columns = state.inspector.areas(state.size).keys.width;
    let keys = if state.inspector.all_calls() == 0 { &[] } else { keys(state) };
    &keys[hinted(state, columns, keys)..]
}

fn keys(state: &State) -> &'static [(Action, &'static str)] {
    use Action as A;
    match (state.inspector.typing, state.inspector.focus) {
        (Some(_), _) => &[(A::OverlayAccept, "keeps it")],
        (None, InspectorFocus::Tree) => &[
            (A::OverlayAccept, "opens"),
            (A::InspectorTab, "page"),
            (A::InspectorFilter, "filters"),
            (A::InspectorEdit, "edit and send"),
            (A::InspectorAnswer, "result"),
            (A::InspectorRun, "again"),
            (A::InspectorCopy, "copies"),
            (A::InspectorCanned, "canned"),
        ],
        (None, InspectorFocus::Detail) => &[
            (A::InspectorLeft, "calls"),
            (A::InspectorTab, "page"),
            (A::InspectorFind, "finds"),
            (A::InspectorFold, "folds"),
            (A::InspectorStrings, "strings"),
            (A::InspectorCopy, "copies"),
            (A::InspectorOpen, "$EDITOR"),
        ],
    }
}
