//! The request that Enter would send now, lane by lane, as rows.
//!
//! Owns what is made anew when: fields and the message with every key, the conversation only when it is another one.

use serde_json::{Map, Value, json};

use super::super::{ask, edit};
use super::sheet::{MARK, Mark, Sheet, count};
use super::{Subject, provider_body};
use crate::chat::{Images, RunId, TurnId, content, sendable};
use crate::input::Action;
use crate::state::{History, HistoryKey, Lane, LaneArea, Layout, Panes, Preview, State};
use crate::text::{Line, StyleRole};

/// A lane's request without its conversation.
struct Draft {
    /// Without messages.
    fields: Map<String, Value>,
    /// The system prompt, if there is one.
    prompts: Vec<Value>,
    /// The last turn of the conversation that will be sent.
    tip: Option<TurnId>,
    /// A reply that has to come first.
    awaited: bool,
}

/// Makes the rows of the visible lanes, or drops them when they are not shown.
pub(super) fn refresh(state: &mut State) {
    if state.panes != Panes::Request {
        state.previews.clear();
        return;
    }
    let Some(layout) = Layout::of(state) else { return };
    let drafts: Vec<Draft> = (0..state.lanes.len()).map(|place| draft(state, place)).collect();
    let mut previews = std::mem::take(&mut state.previews);
    previews.retain(|lane, _| state.lane_by_id(*lane).is_some());
    for area in &layout.lanes {
        let Some(lane) = state.lanes.get(area.place) else { continue };
        let before = previews.remove(&lane.id).unwrap_or_default();
        previews.insert(lane.id, preview(state, area, &drafts, before));
    }
    state.previews = previews;
}

/// The whole request that a lane would send now.
pub(super) fn subject(state: &State, place: usize) -> Subject {
    let lane = &state.lanes[place];
    let tip = ask::parent_of_question(state, place, state.composer.editing);
    let mut request = ask::request(ask::form(&lane.settings, &state.refusals), &state.session.turns, tip);
    request.messages.extend(message(state));
    request.images.add(&state.composer.attachments);
    Subject::of(state, &lane.settings.provider, &request, known(state, lane))
}

fn known(state: &State, lane: &Lane) -> crate::chat::Remembered {
    let provider = state.providers.get(&lane.settings.provider);
    provider.map(|provider| provider.known(&lane.settings.model)).unwrap_or_default()
}

/// The draft as a message; none while nothing is written.
fn message(state: &State) -> Option<Value> {
    let role = if edits_reply(state) { "assistant" } else { "user" };
    let draft = state.composer.shown();
    (!draft.is_blank()).then(|| json!({"role": role, "content": content(&draft.text, &draft.attachments)}))
}

/// The draft as a message is shown.
fn shown_message(state: &State) -> Option<Value> {
    let mut message = message(state)?;
    let mut images = Images::default();
    images.add(&state.composer.attachments);
    images.shorten(std::slice::from_mut(&mut message));
    Some(message)
}

/// Whether the draft is another text for a reply.
fn edits_reply(state: &State) -> bool {
    state.composer.editing.is_some_and(|turn| edit::is_reply(state, turn))
}

fn draft(state: &State, place: usize) -> Draft {
    let lane = &state.lanes[place];
    let mut form = ask::form(&lane.settings, &state.refusals);
    let prompts = std::mem::take(&mut form.messages);
    let fields = provider_body(state, &lane.settings.provider, &form, known(state, lane));
    let live = lane.status.live().filter(|_| state.composer.editing.is_none());
    let tip = match live {
        Some((run, _)) => question_of(state, run),
        None => ask::parent_of_question(state, place, state.composer.editing),
    };
    Draft { fields, prompts, tip, awaited: live.is_some() }
}

/// The turn that a run answers.
pub(super) fn question_of(state: &State, run: RunId) -> Option<TurnId> {
    let reply = state.session.run(run)?.replies.first().copied()?;
    state.session.turns.get(reply)?.parent
}

fn preview(state: &State, area: &LaneArea, drafts: &[Draft], mut made: Preview) -> Preview {
    let columns = Layout::text_columns(area.body);
    let own = &drafts[area.place];
    let others: Vec<&Draft> =
        drafts.iter().enumerate().filter(|(at, _)| *at != area.place).map(|(_, other)| other).collect();
    let marked = others.iter().any(|other| other.tip != own.tip);
    let kept = std::mem::take(&mut made.history);
    made.history = history(state, area.place, own, (columns, made.unfolded, marked), kept);
    made.before = head(state, area.place, own, &others, columns);
    made.after = tail(state, area.place, own, &others, (columns, made.unfolded));
    made
}

fn head(state: &State, place: usize, own: &Draft, others: &[&Draft], columns: u16) -> Vec<Line> {
    let mut sheet = Sheet::new(columns);
    sheet.remark(&address(state, &state.lanes[place].settings.provider), StyleRole::Dim);
    sheet.bracket(0, "{");
    for (name, value) in own.fields.iter().take_while(|(name, _)| *name != "messages") {
        sheet.field(name, value, true, mark(name, own, others));
    }
    sheet.open_messages();
    let differs = Mark::when(others.iter().any(|other| other.prompts != own.prompts));
    for prompt in &own.prompts {
        sheet.message(prompt, true, false, differs);
    }
    sheet.into_rows()
}

fn mark(name: &str, own: &Draft, others: &[&Draft]) -> Mark {
    Mark::when(others.iter().any(|other| other.fields.get(name) != own.fields.get(name)))
}

/// `POST https://…`; what runs within the program has no address to be told.
pub(super) fn address(state: &State, provider: &str) -> String {
    match state.providers.get(provider) {
        Some(provider) if provider.shape.preparation.is_some() => {
            format!("POST {} {}", provider.shape.dialect.chat_path, provider.base_url)
        }
        Some(provider) => format!("POST {}", provider.shape.chat_url()),
        None => format!("There is no provider {provider}."),
    }
}

fn history(
    state: &State,
    place: usize,
    own: &Draft,
    (columns, unfolded, marked): (u16, bool, bool),
    kept: History,
) -> History {
    let tip = own.tip.and_then(|tip| state.session.turns.get(tip));
    let of = HistoryKey {
        session: state.session.serial,
        lane: Some(state.lanes[place].id),
        tip: own.tip,
        revision: tip.map_or(0, |turn| turn.revision),
        columns,
        unfolded,
        marked,
    };
    if kept.of == of {
        return kept;
    }
    let mut messages = ask::messages(&state.session.turns, own.tip, None);
    Images::of(&state.session.turns, own.tip).shorten(&mut messages);
    let mut sheet = Sheet::new(columns);
    if unfolded {
        messages.iter().for_each(|message| sheet.message(message, true, true, Mark::when(marked)));
    } else if !messages.is_empty() {
        sheet.note(2, &format!("… {}{}", count(messages.len()), unfold_hint(state)), Mark::when(marked));
    }
    History { of, rows: sheet.into_rows(), messages: messages.len() }
}

/// The key that unfolds, where it is bound.
fn unfold_hint(state: &State) -> String {
    let chord = state.keymap.chords_of(Action::Fold).first();
    chord.map(|chord| format!(" · {chord} unfolds")).unwrap_or_default()
}

fn tail(state: &State, place: usize, own: &Draft, others: &[&Draft], (columns, unfolded): (u16, bool)) -> Vec<Line> {
    let mut sheet = Sheet::new(columns);
    let lane = &state.lanes[place];
    if own.awaited {
        sheet.note(2, "… the reply that is still coming", Mark::Same);
    }
    let waiting = state.queue.iter().filter(|queued| queued.to.contains(&lane.id)).count();
    if waiting > 0 {
        sheet.note(2, &format!("… {} that waits before it, and what is replied", count(waiting)), Mark::Same);
    }
    match shown_message(state) {
        Some(message) => sheet.message(&message, false, unfolded, Mark::Same),
        None => sheet.note(2, "… your message: nothing is written yet", Mark::Same),
    }
    let rest: Vec<_> = own.fields.iter().skip_while(|(name, _)| *name != "messages").skip(1).collect();
    sheet.bracket(1, if rest.is_empty() { "]" } else { "]," });
    for (at, (name, value)) in rest.iter().enumerate() {
        sheet.field(name, value, at + 1 < rest.len(), mark(name, own, others));
    }
    sheet.bracket(0, "}");
    remarks(&mut sheet, state, place, own, others);
    sheet.into_rows()
}

/// What the body itself does not tell.
fn remarks(sheet: &mut Sheet, state: &State, place: usize, own: &Draft, others: &[&Draft]) {
    let lane = &state.lanes[place];
    sheet.blank();
    if lane.settings.model.is_empty() {
        let said = format!("No model yet: Enter sends nothing. {} chooses one.", state.key(Action::Models));
        sheet.remark(&said, StyleRole::Warning);
    } else if edits_reply(state) {
        let (send, again) = (state.key(Action::Send), state.key(Action::Again));
        let said = format!("An edited reply: {send} asks nobody, {again} then sends this.");
        sheet.remark(&said, StyleRole::Warning);
    } else if !state.hears(lane) {
        sheet.remark("Not addressed: Enter sends nothing from this lane.", StyleRole::Warning);
    }
    for withheld in sendable(&lane.settings, &state.refusals).1 {
        sheet.remark(&format!("✗ {} is set and not sent: {}.", withheld.name, withheld.reason), StyleRole::Warning);
    }
    let mut absent: Vec<&str> = Vec::new();
    for name in others.iter().flat_map(|other| other.fields.keys()) {
        if !own.fields.contains_key(name) && !absent.contains(&name.as_str()) {
            absent.push(name);
        }
    }
    if !absent.is_empty() {
        sheet.remark(&format!("{MARK} absent here: {}", absent.join(", ")), StyleRole::Warning);
    }
    let marked = |other: &&Draft| other.fields != own.fields || other.prompts != own.prompts || other.tip != own.tip;
    if others.iter().any(marked) {
        sheet.remark(&format!("{MARK} is not the same in every lane."), StyleRole::Dim);
    }
}
