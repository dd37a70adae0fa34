//! The footer: keys that do something now.

use ratatui::layout::Rect;

use crate::chat::{Param, ParamKind, Role, Turn};
use crate::input::{ACTIONS, Action, ActionRow, Context};
use crate::state::{CallForm, Focus, FormPurpose, Overlay, Panes, SidebarRow, State, StreamStatus};
use crate::text::{Span, StyleRole, clean_line, width};

use super::super::canvas::Canvas;
use super::{inspector, ledger};

/// Draws `Enter send · Ctrl+J newline · … · F1 help`, cut between two entries where the room ends; the way out and the help,
/// which tells the rest, are never cut. What a box names in its last row is not said twice.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, row: Rect) {
    let mut entries = entries(state);
    entries.retain(|entry| !canvas.named.contains(&entry.action));
    entries.sort_by_key(|entry| entry.action == Action::Help);
    let stays = |entry: &Entry| matches!(entry.action, Action::Back | Action::Help);
    let kept: usize = entries.iter().filter(|entry| stays(entry)).map(Entry::columns).sum();
    let mut room = usize::from(row.width.saturating_sub(2)).saturating_sub(kept);
    let mut cut = false;
    let fitting = entries.into_iter().filter(|entry| {
        if stays(entry) {
            return true;
        }
        cut |= entry.columns() > room;
        room = room.saturating_sub(entry.columns());
        !cut
    });
    let mut x = row.x + 1;
    for (place, entry) in fitting.enumerate() {
        let gap = if place == 0 { "" } else { GAP };
        let spans = [
            Span::new(gap, StyleRole::Border),
            Span::new(entry.chord, StyleRole::Key),
            Span::new(format!(" {}", entry.does), StyleRole::Dim),
        ];
        x = canvas.spans(x, row.y, row.right().saturating_sub(x), &spans);
    }
}

const GAP: &str = " · ";

/// One key and its word.
struct Entry {
    action: Action,
    chord: String,
    does: String,
}

impl Entry {
    /// The columns that it takes with the gap before it and the space between key and word.
    fn columns(&self) -> usize {
        width(GAP) + width(&self.chord) + 1 + width(&self.does)
    }
}

/// Chords and what they do, those of the narrowest context first. Boxes that name their keys themselves leave to it what
/// they have no room for.
fn entries(state: &State) -> Vec<Entry> {
    let left = match &state.overlay {
        Some(Overlay::Ledger(page)) => Some(ledger::other_keys(state, page)),
        Some(Overlay::Inspector) => Some(inspector::other_keys(state)),
        _ => None,
    };
    match left {
        Some(keys) => of_box(state, keys),
        None => of_contexts(state),
    }
}

fn of_box(state: &State, keys: &[(Action, &str)]) -> Vec<Entry> {
    let out = back(state).map(|does| (Action::Back, does));
    let entry = |(action, does): (Action, &str)| {
        let chord = state.keymap.chord_in(state.contexts(), action)?.to_string();
        Some(Entry { action, chord, does: does.to_owned() })
    };
    keys.iter().copied().chain(out).filter_map(entry).collect()
}

fn of_contexts(state: &State) -> Vec<Entry> {
    let contexts = state.contexts();
    let rows = contexts.iter().flat_map(|context| ACTIONS.iter().filter(move |row| row.context == *context));
    let entry = |row: &ActionRow| {
        let does = does(state, row)?;
        let chord = chords(state, row.action)?;
        Some(Entry { action: row.action, chord, does })
    };
    rows.filter(|row| !row.hint.is_empty()).filter_map(entry).collect()
}

/// Actions that lead two ways and share a word; only the first of each has it in the table.
const OPPOSITES: [(Action, Action); 5] = [
    (Action::TreeParent, Action::TreeChild),
    (Action::TurnOlder, Action::TurnNewer),
    (Action::PageUp, Action::PageDown),
    (Action::ParamUp, Action::ParamDown),
    (Action::ParamLess, Action::ParamMore),
];

/// `Enter`, or for an action with an opposite `Up/Down`.
fn chords(state: &State, action: Action) -> Option<String> {
    let chord = |action: Action| state.keymap.chord_in(state.contexts(), action).map(|chord| chord.to_string());
    let own = chord(action)?;
    let opposite = OPPOSITES.iter().find(|(one, _)| *one == action).and_then(|(_, other)| chord(*other));
    Some(opposite.map_or_else(|| own.clone(), |other| format!("{own}/{other}")))
}

/// The action's word, when it means something now.
fn does(state: &State, row: &ActionRow) -> Option<String> {
    if row.action == Action::Back {
        return back(state).map(ToOwned::to_owned);
    }
    if state.overlay.is_some() && row.context == Context::Global {
        return None;
    }
    if row.action == Action::ResendWithout {
        return refused(state).map(|name| format!("{} {}", row.hint, clean_line(name)));
    }
    let word = match row.action {
        Action::ParamCommit => commit(state),
        Action::ParamForce => force(state),
        Action::Send if state.composer.is_empty() && state.call_box.is_some() => Some("decide"),
        Action::OverlayAccept if matches!(state.overlay, Some(Overlay::Sessions(_))) => Some("open"),
        Action::FormAccept | Action::FormEnter => accept(state, row.action),
        Action::TurnOlder | Action::CopyTurn | Action::CopyCurl | Action::RequestPane
            if state.panes == Panes::Request =>
        {
            request(row.action)
        }
        Action::CopyCurl | Action::RequestPane => None,
        _ => Some(row.hint),
    };
    let word = word?;
    works(state, row.action).then(|| word.to_owned())
}

/// What Enter does with the selected row; a slider has nothing to open.
fn commit(state: &State) -> Option<&'static str> {
    if state.sidebar.typed.is_some() {
        return Some("take it");
    }
    match state.sidebar.selected() {
        SidebarRow::Model => Some("choose"),
        SidebarRow::Param(param) if !matches!(param.kind, ParamKind::Text | ParamKind::Json) => None,
        _ => Some("edit"),
    }
}

/// What is done with the text of a form, by the key that its box names: Enter where it is a single line.
fn accept(state: &State, action: Action) -> Option<&'static str> {
    let Some(Overlay::Form(form)) = &state.overlay else { return None };
    if form.is_line() != (action == Action::FormEnter) {
        return None;
    }
    Some(match &form.purpose {
        FormPurpose::Export => "write",
        FormPurpose::Call { what: CallForm::Arguments(_), .. } => "run",
        FormPurpose::Call { what: CallForm::Answer(_) | CallForm::Result(_), .. } => "send",
        FormPurpose::Call { what: CallForm::Refusal(_) | CallForm::RefusalOfAll(_), .. } => "refuse",
        _ => "keep",
    })
}

/// Whether a param that is set goes to a model that refuses it.
fn force(state: &State) -> Option<&'static str> {
    let (param, settings) = (state.sidebar.param()?, &state.lane().settings);
    settings.params.get(param.name)?;
    state.refusals.refusal(settings, param.name)?;
    Some(if settings.forced.contains(param.name) { "leave out" } else { "send anyway" })
}

/// What a key of the transcript does while the lanes show their requests.
fn request(action: Action) -> Option<&'static str> {
    match action {
        Action::TurnOlder => Some("scroll"),
        Action::CopyTurn => Some("copy JSON"),
        Action::CopyCurl => Some("curl"),
        _ => Some("conversation"),
    }
}

/// What the step out leads out of.
fn back(state: &State) -> Option<&'static str> {
    if matches!(&state.overlay, Some(Overlay::Ledger(page)) if page.bill.is_some()) {
        Some("back")
    } else if state.overlay.is_some() {
        Some("close")
    } else if state.sidebar.typed.is_some() {
        Some("leave it")
    } else if (state.lane().status.live().is_some() || state.runs_calls(state.focused)) && !state.is_in_drawer() {
        Some("stop")
    } else if state.focus != Focus::Composer {
        Some("back")
    } else if state.composer.editing.is_some() {
        Some("leave the edit")
    } else {
        None
    }
}

/// The param that the endpoint refused and that is still set.
fn refused(state: &State) -> Option<&str> {
    let StreamStatus::Failed { error, .. } = &state.lane().status else { return None };
    error.param.as_deref().filter(|name| state.lane().settings.params.get(name).is_some())
}

fn works(state: &State, action: Action) -> bool {
    let lane = state.lane();
    let asked = !lane.branch.is_empty();
    let param = state.sidebar.param();
    match action {
        // They are about turns, which the requests stand in front of.
        Action::RetryTurn | Action::EditTurn | Action::Diff | Action::Promote | Action::Inspect
            if state.panes == Panes::Request =>
        {
            false
        }
        // In the transcript the narrower `again` asks from the turn that is selected there.
        Action::Again => asked && lane.status.live().is_none() && state.focus != Focus::Transcript,
        Action::RetryTurn => asked && lane.status.live().is_none(),
        Action::CopyTurn | Action::TurnOlder | Action::PageUp if state.panes == Panes::Request => true,
        Action::Fold if state.panes == Panes::Request => {
            state.previews.get(&lane.id).is_some_and(|preview| preview.history.messages > 0)
        }
        Action::EditTurn | Action::CopyTurn | Action::TurnOlder | Action::PageUp => asked,
        Action::Fold => selected(state)
            .is_some_and(|turn| !turn.reasoning.is_empty() || !turn.tool_calls.is_empty() || turn.role == Role::Tool),
        Action::LaneZoom => state.lanes.len() > 1,
        Action::FocusParameters => state.focus != Focus::Sidebar,
        Action::FocusInspector => state.focus != Focus::Inspector && state.last_called(lane).is_some(),
        Action::InspectorZoom => state.overlay.is_none(),
        Action::InspectorTab | Action::InspectorFilter | Action::InspectorFind | Action::InspectorFold => {
            state.overlay.is_some() && state.inspector.all_calls() > 0
        }
        Action::InspectorEdit | Action::InspectorAnswer | Action::InspectorRun | Action::InspectorCanned => {
            state.overlay.is_none() || state.inspector.call().is_some()
        }
        Action::InspectorCopy => state.overlay.is_none() || state.inspector.all_calls() > 0,
        Action::ParamLess => param.is_some_and(|param| !matches!(param.kind, ParamKind::Text | ParamKind::Json)),
        Action::ParamUnset => {
            let set = |param: &Param| lane.settings.params.get(param.name).is_some();
            param.is_some_and(set) && state.sidebar.typed.is_none()
        }
        Action::FieldShare | Action::FieldToAll | Action::Promote => state.lanes.len() > 1,
        Action::Diff | Action::Inspect => asked,
        Action::Tree => asked && state.panes == Panes::Transcript,
        Action::TreeDelete | Action::TreeParent => tree_turn(state).is_some(),
        Action::ReaderNext => matches!(&state.overlay, Some(Overlay::Diff(diff)) if diff.others.len() > 1),
        // Cards and diffs are all on one page.
        Action::ReaderPage => false,
        Action::ReaderCopy => state.overlay.as_ref().is_some_and(|overlay| overlay.reader().is_some()),
        Action::OverlayAccept => match &state.overlay {
            Some(Overlay::Palette(palette)) => !palette.rows.is_empty(),
            Some(Overlay::Models(picker)) => !picker.rows.is_empty(),
            Some(Overlay::Presets(list)) => !list.rows.is_empty(),
            Some(Overlay::Tools(list)) => !list.rows.is_empty(),
            Some(Overlay::Tree(page)) => page.turn().is_some(),
            Some(Overlay::Sessions(list)) => list.row().is_some(),
            _ => false,
        },
        Action::SessionRename | Action::SessionTag | Action::SessionPin | Action::SessionDelete => {
            matches!(&state.overlay, Some(Overlay::Sessions(list)) if list.row().is_some())
        }
        _ => true,
    }
}

fn tree_turn(state: &State) -> Option<crate::chat::TurnId> {
    match &state.overlay {
        Some(Overlay::Tree(page)) => page.turn(),
        _ => None,
    }
}

fn selected(state: &State) -> Option<&Turn> {
    let lane = state.lane();
    lane.selected.or_else(|| lane.tip()).and_then(|id| state.session.turns.get(id))
}
