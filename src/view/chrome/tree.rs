//! The tree of turns: a row for each turn in the window, with the lanes that stand there, and what each branch cost.

use ratatui::layout::Rect;

use crate::chat::{Cost, Outcome, Role, Run, Turn};
use crate::input::Action;
use crate::state::{Breadth, Reader, State, Target, Totals, TreeHead, TreePage, TreeRow};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, counted, truncate, width};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::overlay::{draw_row, window};
use super::reader::hints;

const KEYS: [(Action, &str); 5] = [
    (Action::OverlayAccept, "puts the lane here"),
    (Action::TreeLane, "new lane"),
    (Action::TreeName, "name"),
    (Action::TreeDelete, "delete"),
    (Action::LaneUndo, "undo"),
];

/// A turn's first words are looked for within so many characters.
const LOOKED_AT: usize = 400;

/// How wide the columns on the right are, by the room there is: model, cost of the run, cost of the branch.
#[derive(Clone, Copy)]
struct Columns {
    model: u16,
    run: u16,
    branch: u16,
}

impl Columns {
    fn of(room: u16) -> Self {
        match room {
            110.. => Self { model: 22, run: 14, branch: 24 },
            80.. => Self { model: 14, run: 12, branch: 15 },
            _ => Self { model: 0, run: 0, branch: 15 },
        }
    }

    fn all(self) -> u16 {
        self.model + self.run + self.branch
    }
}

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, page: &TreePage, hits: &mut Hits) {
    let frame = Reader::frame(state.size, Breadth::Whole);
    let (list, body) = (TreePage::list(state.size), Reader::body(state.size, Breadth::Whole));
    canvas.clear(frame);
    canvas.frame(frame, StyleRole::Focus, &title(state, page));
    hits.add(frame, Target::Overlay);
    if page.rows().is_empty() {
        let undo = state.key(Action::LaneUndo);
        canvas.text(
            list.x,
            list.y,
            list.width,
            &format!("No turn is left; {undo} brings back what was deleted."),
            StyleRole::Dim,
        );
    }
    for (place, y) in window(page.selected(), page.rows().len(), list.height).zip(list.y..) {
        let area = Rect { y, height: 1, x: list.x.saturating_sub(1), width: list.width + 2 };
        let room = draw_row(canvas, area, (place, page.selected()), hits);
        row(canvas, state, &page.rows()[place], room);
    }
    detail(canvas, state, page, Rect { y: list.bottom(), height: 2, ..body });
    hints(canvas, state, Rect { y: body.bottom(), height: 1, ..body }, &KEYS);
}

/// `Tree  12 of 340 turns`.
fn title(state: &State, page: &TreePage) -> Vec<Span> {
    let deleted = match state.session.turns.hidden().count() {
        0 => String::new(),
        count => format!(" · {count} deleted"),
    };
    let at = if page.rows().is_empty() { 0 } else { page.selected() + 1 };
    vec![
        Span::new("Tree", Ink::from(StyleRole::Title).with(Emphasis::BOLD)),
        Span::new(format!("  {at} of {}{deleted}", counted(page.rows().len() as u64, "turn")), StyleRole::Dim),
    ]
}

fn row(canvas: &mut Canvas<'_>, state: &State, row: &TreeRow, room: Rect) {
    let Some(turn) = state.session.turns.get(row.turn) else { return };
    let columns = Columns::of(room.width);
    let left = room.width.saturating_sub(columns.all() + 1);
    let end = room.x + left;
    let x = lanes(canvas, state, turn, room);
    let x = canvas.text(x, room.y, end.saturating_sub(x), &rails(row, usize::from(left / 3)), StyleRole::Border);
    let x = canvas.spans(x, room.y, end.saturating_sub(x), &speaker(state, turn));
    let words = words(turn, usize::from(end.saturating_sub(x)));
    canvas.text(x, room.y, end.saturating_sub(x), &words, StyleRole::Text);
    figures(canvas, state, (row, turn), columns, Rect { x: end + 1, width: columns.all(), ..room });
}

/// A column for each lane: its letter where it ends, the same in lower case where it goes through.
fn lanes(canvas: &mut Canvas<'_>, state: &State, turn: &Turn, room: Rect) -> u16 {
    for (lane, x) in state.lanes.iter().zip(room.x..) {
        if lane.tip() == Some(turn.id) {
            canvas.text(x, room.y, 1, &lane.letter.to_string(), Ink::from(StyleRole::Focus).with(Emphasis::BOLD));
        } else if lane.branch.get(turn.depth) == Some(&turn.id) {
            canvas.text(x, room.y, 1, &lane.letter.to_ascii_lowercase().to_string(), StyleRole::Dim);
        }
    }
    room.x.saturating_add(u16::try_from(state.lanes.len()).unwrap_or(u16::MAX)).saturating_add(1)
}

/// `│ ├ `; of a branch that is deeper than there is room only the last levels, behind `⋯ `.
fn rails(row: &TreeRow, most: usize) -> String {
    let goes_on =
        |level: usize| u32::try_from(level).ok().and_then(|level| row.rails.checked_shr(level)).unwrap_or(0) & 1;
    let rail = |level: usize| if goes_on(level) == 1 { "│ " } else { "  " };
    let own = match row.head {
        _ if row.level == 0 => "",
        TreeHead::Inner => rail(row.level),
        TreeHead::Branch => "├ ",
        TreeHead::LastBranch => "└ ",
    };
    let shown = (most / 2).max(1);
    let first = row.level.saturating_sub(shown).max(1);
    let cut = if first > 1 { "⋯ " } else { "" };
    let above: String = (first..row.level).map(rail).collect();
    format!("{cut}{above}{own}")
}

/// `assistant ‹2/3› “kinder” ✗ failed `.
fn speaker(state: &State, turn: &Turn) -> Vec<Span> {
    let (name, role) = match turn.role {
        Role::User => ("you", StyleRole::User),
        Role::Assistant => ("reply", StyleRole::Assistant),
        Role::Tool => ("tool", StyleRole::ToolName),
        Role::System | Role::Developer => ("system", StyleRole::System),
    };
    let mut spans = vec![Span::new(format!("{name} "), Ink::from(role).with(Emphasis::BOLD))];
    let siblings = state.session.turns.siblings(turn.id);
    if siblings.len() > 1 {
        let at = siblings.iter().position(|id| *id == turn.id).unwrap_or(0) + 1;
        spans.push(Span::new(format!("‹{at}/{}› ", siblings.len()), StyleRole::Chip));
    }
    if let Some(name) = &turn.name {
        spans.push(Span::new(format!("“{}” ", clean_line(name)), StyleRole::Title));
    }
    if turn.edited {
        spans.push(Span::new("✎ edited ", StyleRole::Warning));
    }
    match run_of(state, turn).map(|run| &run.outcome) {
        Some(Outcome::Failed(_)) => spans.push(Span::new("✗ failed ", StyleRole::Error)),
        Some(Outcome::Stopped) => spans.push(Span::new("■ stopped ", StyleRole::Warning)),
        Some(Outcome::Running) => spans.push(Span::new("… coming ", StyleRole::Good)),
        Some(Outcome::Complete) | None => {}
    }
    spans
}

fn run_of<'a>(state: &'a State, turn: &Turn) -> Option<&'a Run> {
    turn.run.and_then(|run| state.session.run(run))
}

/// The first line of a turn that says something, or else the names of its calls.
fn words(turn: &Turn, columns: usize) -> String {
    let said = if turn.text.is_empty() { &turn.refusal } else { &turn.text };
    let looked_at: String = said.chars().take(LOOKED_AT).collect();
    let line = looked_at.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let calls = || turn.tool_calls.iter().take(3).map(|call| call.name.as_str()).collect::<Vec<_>>().join(", ");
    let line =
        if line.is_empty() && !turn.tool_calls.is_empty() { format!("▸ {}", calls()) } else { line.to_owned() };
    truncate(&clean_line(line.trim()), columns).into_owned()
}

/// Model and cost of the turn's own run, and at the head of a branch what all of it cost.
fn figures(canvas: &mut Canvas<'_>, state: &State, (row, turn): (&TreeRow, &Turn), columns: Columns, area: Rect) {
    let run = run_of(state, turn);
    let heads = row.head != TreeHead::Inner || turn.parent.is_none();
    let sum = heads.then(|| sum(row)).flatten();
    let cost = run.map(|run| cost(run, turn));
    let cell = |x: u16, width: u16| Rect { x, width, height: 1, ..area };
    if columns.run == 0 {
        let (text, role) = match (sum, cost) {
            (Some(sum), _) => (sum, StyleRole::Cost),
            (None, cost) => (cost.unwrap_or_default(), StyleRole::Dim),
        };
        right(canvas, cell(area.x, columns.branch), &text, role);
        return;
    }
    if let Some(run) = run {
        let model = run.served_by.as_deref().unwrap_or(&run.settings.model);
        canvas.text(area.x, area.y, columns.model - 1, &clean_line(model), StyleRole::Dim);
    }
    right(canvas, cell(area.x + columns.model, columns.run), &cost.unwrap_or_default(), StyleRole::Dim);
    right(
        canvas,
        cell(area.x + columns.model + columns.run, columns.branch),
        &sum.unwrap_or_default(),
        StyleRole::Cost,
    );
}

/// A figure that has no room is told in the detail: half a price reads as a price.
fn right(canvas: &mut Canvas<'_>, area: Rect, text: &str, role: StyleRole) {
    let text = if width(text) < usize::from(area.width) { text } else { "…" };
    canvas.right(area, &[Span::new(text, role)]);
}

/// A run's cost; of several replies of one run the first has it.
fn cost(run: &Run, turn: &Turn) -> String {
    match &run.cost {
        _ if run.replies.first() != Some(&turn.id) => "with ‹1›".to_owned(),
        Cost::Unknown if run.finished.is_none() => "…".to_owned(),
        cost if cost.is_reported() => format!("{cost} reported"),
        cost => cost.to_string(),
    }
}

/// `Σ ¥0.0123`, with `+ n/a` where the cost of a run is unknown; nothing where nobody was asked.
fn sum(row: &TreeRow) -> Option<String> {
    let Totals { sums, unknown, .. } = &row.totals;
    let mut parts: Vec<String> = sums.iter().map(|sum| sum.cost().to_string()).collect();
    if *unknown > 0 {
        parts.push("n/a".to_owned());
    }
    (!parts.is_empty()).then(|| format!("Σ {}", parts.join(" + ")))
}

/// What the row has no room for: more of its words, where it stands, what it cost.
fn detail(canvas: &mut Canvas<'_>, state: &State, page: &TreePage, area: Rect) {
    let selected = page.rows().get(page.selected());
    let Some((row, turn)) = selected.and_then(|row| Some((row, state.session.turns.get(row.turn)?))) else { return };
    canvas.text(area.x, area.y, area.width, &"─".repeat(usize::from(area.width)), StyleRole::Border);
    let mut parts = Vec::new();
    if let Some(run) = run_of(state, turn) {
        let model = run.served_by.as_deref().unwrap_or(&run.settings.model);
        parts.push(format!("{} at {}", clean_line(model), clean_line(&run.settings.provider)));
        parts.push(cost(run, turn));
    }
    let (turns, runs) = (counted(row.turns as u64, "turn"), counted(row.runs as u64, "run"));
    parts.push(format!("from here on {turns}, {runs}"));
    parts.extend(sum(row));
    let notional = row.totals.sums.iter().any(|sum| sum.notional);
    let text = parts.join(" · ") + if notional { " notional" } else { "" };
    canvas.text(area.x, area.y + 1, area.width, &text, StyleRole::Dim);
}
