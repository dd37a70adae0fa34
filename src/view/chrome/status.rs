//! The status line: the session, the focused lane's model, what the session cost.

use ratatui::layout::Rect;

use crate::state::{LedgerPage, Lockstep, State};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, truncate};

use super::super::canvas::Canvas;
use super::{cells, cost, meter};

const NAME: &str = " abreast";

/// Stands there while the lanes scroll together.
const LOCKSTEP: &str = " lock-step ";

/// Stands there while nothing can be saved.
const UNSAVED: &str = "✗ not saved";

/// Between what was spent and how full the window is.
const GAP_OF_WORDS: &str = " · ";

/// Columns between two parts of the line.
const GAP: u16 = 2;

/// The name always fits; then the cost has its room, then the model, and the title takes what is left.
pub(in super::super) fn draw(canvas: &mut Canvas<'_>, state: &State, row: Rect) {
    let room = row.width.saturating_sub(cells(NAME) + 1);
    let settings = &state.lane().settings;
    let spent = spent(state, room / 2);
    let context = meter::context(state, state.lane());
    let gap = if spent.is_empty() { "" } else { GAP_OF_WORDS };
    let context = context.filter(|(text, _)| cells(&spent) + cells(gap) + cells(text) <= room / 2);
    let (context, tight) =
        context.map_or_else(|| (String::new(), false), |(text, tight)| (format!("{gap}{text}"), tight));
    let told = cells(&spent) + cells(&context);
    let room = room - told;
    let model = if settings.model.is_empty() { "no model".into() } else { clean_line(&settings.model) };
    let served = format!("{model} @ {}", clean_line(&settings.provider));
    let served = truncate(&served, usize::from(room.saturating_sub(2 * GAP))).into_owned();
    let title_room = room.saturating_sub(cells(&served) + 2 * GAP);
    let title_room = match state.lockstep {
        Lockstep::Apart => title_room,
        Lockstep::Together(_) => title_room.saturating_sub(cells(LOCKSTEP) + 1),
    };

    let unsaved = state.saving.as_ref().is_some_and(|saving| saving.trouble.is_some());
    let title_room = if unsaved { title_room.saturating_sub(cells(UNSAVED) + 1) } else { title_room };
    let waiting = waiting(state);
    let title_room = if waiting.is_empty() { title_room } else { title_room.saturating_sub(cells(&waiting) + 1) };
    let ink = Ink::from(StyleRole::Title).with(Emphasis::BOLD);
    let mut left = canvas.text(row.x, row.y, row.width, NAME, ink);
    if !state.session.title.is_empty() && title_room > 6 {
        let title = format!(" · {}", clean_line(&state.session.title));
        left = canvas.text(left, row.y, title_room, &title, StyleRole::Text);
    }
    if let Lockstep::Together(_) = state.lockstep
        && row.width.saturating_sub(left) > 2 * cells(LOCKSTEP)
    {
        left = canvas.text(left + 1, row.y, cells(LOCKSTEP), LOCKSTEP, StyleRole::Chip);
    }
    if unsaved && row.width.saturating_sub(left) > cells(UNSAVED) + 1 {
        left = canvas.text(left + 1, row.y, cells(UNSAVED), UNSAVED, StyleRole::Error);
    }
    if !waiting.is_empty() && row.width.saturating_sub(left) > cells(&waiting) + 1 {
        left = canvas.text(left + 1, row.y, cells(&waiting), &waiting, StyleRole::Warning);
    }
    let last = row.right().saturating_sub(told + 1 + GAP + cells(&served));
    let middle = (row.x + row.width.saturating_sub(cells(&served)) / 2).min(last).max(left + GAP);
    let end = row.right().saturating_sub(told + 1 + GAP);
    canvas.text(middle, row.y, end.saturating_sub(middle), &served, StyleRole::Text);
    let right = Rect { width: row.width.saturating_sub(1), ..row };
    let role = if tight { StyleRole::Warning } else { StyleRole::Dim };
    canvas.right(right, &[Span::new(spent, StyleRole::Cost), Span::new(context, role)]);
}

/// `? B C` for lanes beside the focused one that wait for the user; empty when there is none.
fn waiting(state: &State) -> String {
    let waits = |place: &usize| *place != state.focused && state.waits_for_user(*place);
    let letters: String =
        (0..state.lanes.len()).filter(waits).map(|place| format!(" {}", state.lanes[place].letter)).collect();
    if letters.is_empty() { letters } else { format!("?{letters} waits for you") }
}

/// `¥0.0184 session · ¥0.31 today · n/a: 2 runs`, with less of it where that is too wide; empty before anything was
/// spent.
fn spent(state: &State, columns: u16) -> String {
    let totals = &state.running_totals();
    let joined = |notional: bool| {
        let sums = totals.sums.iter().filter(|sum| sum.notional == notional);
        sums.map(cost::shown).collect::<Vec<_>>().join(" + ")
    };
    let (real, notional) = (joined(false), joined(true));
    let said = |word: &str, more: [Option<&String>; 2]| {
        let real = (!real.is_empty()).then(|| format!("{real}{word}"));
        let notional = (!notional.is_empty()).then(|| format!("{notional} notional"));
        let more = more.into_iter().flatten().cloned();
        real.into_iter().chain(notional).chain(more).collect::<Vec<_>>().join(" · ")
    };
    let unknown = cost::unknown_runs(totals);
    let short = unknown.as_ref().map(|_| "n/a".to_owned());
    let today = LedgerPage::costs(state.spending.today.costs(false));
    let today = (!today.is_empty()).then(|| format!("{today} today"));
    let (today, unknown) = (today.as_ref(), unknown.as_ref());
    let wider = [said(" session", [today, unknown]), said(" session", [None, unknown]), said("", [None, unknown])];
    let fitting =
        wider.into_iter().find(|text| cells(text) <= columns).unwrap_or_else(|| said("", [None, short.as_ref()]));
    truncate(&fitting, usize::from(columns)).into_owned()
}
