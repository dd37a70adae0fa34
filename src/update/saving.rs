//! What of a change is to be kept on disk: found from what changed, so that nobody who changes something has to think of it.

use std::time::Instant;

use super::{ledger, meter};
use crate::chat::{Attachment, Outcome, Run, RunId, ToolCall, Turn, TurnId};
use crate::input::Action;
use crate::state::{
    Anchor, Effect, Grown, GrownCall, Kept, Lane, Level, RunMark, SavedPlace, Saving, State, saved_composer,
    saved_file, saved_lane, saved_queue, saved_run, saved_session, saved_settings, saved_tokens, saved_turn,
};
use crate::store::{FORMAT, Fields, SavedCall, SavedCallPiece, SavedHead, SavedPart, StoreNews, StoreWork, Write};

/// What the last event left to be kept. A piece of a reply changes turns and runs only.
pub(super) fn follow(state: &mut State, piece: bool, now: Instant) -> Option<Effect> {
    estimate_cut_off(state);
    let Some(mut saving) = state.saving.take() else {
        state.spending.unentered.clear();
        return None;
    };
    let work = work(state, &mut saving, piece, now);
    state.spending.unentered.clear();
    state.saving = Some(saving);
    work.filter(|work| !work.writes.is_empty()).map(Effect::Store)
}

/// Runs that were still coming when their program ended: what they cost is estimated before their rows are entered.
fn estimate_cut_off(state: &mut State) {
    let place = state.saving.as_ref().map(|saving| &saving.place);
    let Some(SavedPlace::Kept(kept)) = place.filter(|place| place.serial() == state.session.serial) else { return };
    for run in kept.cut_off.clone() {
        meter::cut_off(state, run);
    }
}

/// The store says how it goes.
pub(super) fn news(state: &mut State, news: StoreNews, now: Instant) {
    let trouble = match &news {
        StoreNews::Failing(fault) => Some(fault.clone()),
        StoreNews::Saved => None,
        StoreNews::Recovered(_) => state.saving.as_ref().and_then(|saving| saving.trouble.clone()),
    };
    if let Some(saving) = &mut state.saving {
        saving.trouble = trouble;
    }
    match news {
        StoreNews::Failing(fault) => {
            // What can be done comes first: a long reason is cut.
            let key = state.key(Action::Export);
            let said = format!("This session is not saved; {key} writes it to a file elsewhere. The reason: {fault}.");
            state.notices.show(Level::Error, said, now);
        }
        StoreNews::Saved => state.notices.show(Level::Note, "Everything is saved again.", now),
        StoreNews::Recovered(said) => state.notices.show(Level::Warning, said, now),
    }
}

fn work(state: &mut State, saving: &mut Saving, piece: bool, now: Instant) -> Option<StoreWork> {
    let serial = state.session.serial;
    if saving.place.serial() != serial {
        saving.place = SavedPlace::Unbegun { serial };
    }
    match &saving.place {
        SavedPlace::Unbegun { .. } if state.session.turns.is_empty() && state.composer.is_empty() => return None,
        SavedPlace::Looked { turns, .. } if state.session.turns.len() == *turns => return None,
        SavedPlace::Kept(_) => {}
        SavedPlace::Unbegun { .. } | SavedPlace::Looked { .. } => return Some(begin(state, saving, now)),
    }
    let SavedPlace::Kept(kept) = &mut saving.place else { return None };
    let mut writes = Vec::new();
    runs(state, saving.anchor, kept, &mut writes);
    turns(state, kept, &mut writes);
    if kept.deleted.take_if(|turns| state.session.turns.len() > *turns).is_some() {
        writes.push(Write::Restore);
        state.tell_restored(now);
    }
    if !piece {
        around(state, kept, &mut writes);
    }
    let mut all = files(state, kept, &writes);
    all.append(&mut writes);
    Some(StoreWork { session: kept.session.clone(), writes: all })
}

/// The first message, or the first draft: the session gets a name, and all of it is kept.
fn begin(state: &mut State, saving: &mut Saving, now: Instant) -> StoreWork {
    let serial = state.session.serial;
    state.session.id = saving.id(serial);
    state.session.created = Some(saving.anchor.unix_ms(now));
    let mut kept = Kept::new(serial, &state.session.id);
    let saved = saved_session(state, saving.anchor);
    kept.files = saved.files.iter().map(|file| file.sha256.clone()).collect();
    let writes = saved.writes();
    state.session.take_changed_runs();
    state.session.turns.take_changed();
    for run in state.session.runs().iter().filter(|run| run.outcome == Outcome::Running) {
        kept.running.insert(run.id, mark(run));
        kept.askers.insert(run.id, ledger::asker(state, run));
        for reply in run.replies.iter().filter_map(|reply| state.session.turns.get(*reply)) {
            kept.growing.insert(reply.id, grown(reply));
        }
    }
    around(state, &mut kept, &mut Vec::new());
    let session = kept.session.clone();
    let has_wire = |run: &&Run| run.outcome != Outcome::Running && (run.stored.is_some() || !run.wire.is_empty());
    let wires: Vec<RunId> = state.session.runs().iter().filter(has_wire).map(|run| run.id).collect();
    wires.into_iter().for_each(|run| state.session.keep_wire(run, &session));
    saving.place = SavedPlace::Kept(Box::new(kept));
    StoreWork { session, writes }
}

fn runs(state: &mut State, anchor: Anchor, kept: &mut Kept, writes: &mut Vec<Write>) {
    let changed = state.session.take_changed_runs();
    let (mut ended, mut wires) = (std::mem::take(&mut kept.cut_off), Vec::new());
    let changed: Vec<RunId> = ended.iter().copied().chain(changed).collect();
    for run in changed.into_iter().filter_map(|id| state.session.run(id)) {
        let over = run.outcome != Outcome::Running;
        if over {
            ended.extend(kept.running.remove(&run.id).map(|_| run.id));
            // The text first: a run that is over in the file has its replies whole.
            for reply in &run.replies {
                kept.growing.remove(reply);
                let turn = state.session.turns.get(*reply);
                writes.extend(turn.map(|turn| Write::Turn(Box::new(saved_turn(&state.session, turn)))));
            }
        } else {
            kept.askers.entry(run.id).or_insert_with(|| ledger::asker(state, run));
            if kept.running.insert(run.id, mark(run)) == Some(mark(run)) {
                continue;
            }
        }
        let wire_too = over && run.stored.is_none();
        wires.extend((wire_too && !run.wire.is_empty()).then_some(run.id));
        writes.push(Write::Run(Box::new(saved_run(run, wire_too, anchor))));
    }
    wires.into_iter().for_each(|run| state.session.keep_wire(run, &kept.session));
    for id in ended {
        let asker = kept.askers.remove(&id);
        if let Some(row) = ledger::row(state, id, (&kept.session, anchor), asker) {
            state.spending.enter(&row);
            writes.push(Write::Ledger(Box::new(row)));
        }
    }
}

fn mark(run: &Run) -> RunMark {
    (run.accepted, run.first_delta.is_some(), run.replies.len())
}

fn turns(state: &mut State, kept: &mut Kept, writes: &mut Vec<Write>) {
    for id in state.session.turns.take_changed() {
        let Some(turn) = state.session.turns.get(id) else { continue };
        match kept.growing.get_mut(&id) {
            Some(before) => {
                grow(turn, before, writes);
            }
            None if written(writes, id) => {}
            None => {
                if turn.run.is_some_and(|run| kept.running.contains_key(&run)) {
                    kept.growing.insert(id, grown(turn));
                }
                writes.push(Write::Turn(Box::new(saved_turn(&state.session, turn))));
            }
        }
    }
}

/// Whether a turn is among the writes as a whole.
fn written(writes: &[Write], id: TurnId) -> bool {
    writes.iter().any(|write| matches!(write, Write::Turn(turn) if turn.id == id.0))
}

fn grown(turn: &Turn) -> Grown {
    Grown {
        text: turn.text.len(),
        reasoning: turn.reasoning.len(),
        refusal: turn.refusal.len(),
        tokens: turn.tokens.all().len(),
        calls: turn.tool_calls.iter().map(grown_call).collect(),
    }
}

fn grown_call(call: &ToolCall) -> GrownCall {
    let ToolCall { id, name, arguments, extra } = call;
    GrownCall { arguments: arguments.len(), id: id.clone(), name: name.clone(), extra: extra.clone() }
}

fn is_as_kept(call: &ToolCall, kept: &GrownCall) -> bool {
    call.arguments.len() == kept.arguments && (&call.id, &call.name, &call.extra) == (&kept.id, &kept.name, &kept.extra)
}

/// What came of a reply since it was looked at: text, reasoning and refusal only ever grow at their ends.
fn grow(turn: &Turn, before: &mut Grown, writes: &mut Vec<Write>) {
    let mut push = |part| writes.push(Write::Append { turn: turn.id.0, part });
    let more = |text: &str, from: usize| text.get(from..).filter(|more| !more.is_empty()).map(str::to_owned);
    if let Some(more) = more(&turn.reasoning, before.reasoning) {
        push(SavedPart::Reasoning(more));
    }
    if let Some(more) = more(&turn.text, before.text) {
        push(SavedPart::Text(more));
    }
    if let Some(more) = more(&turn.refusal, before.refusal) {
        push(SavedPart::Refusal(more));
    }
    if turn.tokens.all().len() > before.tokens {
        push(SavedPart::Tokens(saved_tokens(&turn.tokens, before.tokens)));
    }
    for (index, call) in turn.tool_calls.iter().enumerate() {
        let from = match before.calls.get(index) {
            Some(kept) if is_as_kept(call, kept) => continue,
            Some(kept) => kept.arguments,
            None => 0,
        };
        let came = SavedCall {
            id: call.id.clone(),
            name: call.name.clone(),
            arguments: more(&call.arguments, from).unwrap_or_default(),
            extra: call.extra.clone(),
        };
        push(SavedPart::Call(SavedCallPiece { index, call: came }));
        match before.calls.get_mut(index) {
            Some(kept) => *kept = grown_call(call),
            None => before.calls.push(grown_call(call)),
        }
    }
    before.text = turn.text.len();
    before.reasoning = turn.reasoning.len();
    before.refusal = turn.refusal.len();
    before.tokens = turn.tokens.all().len();
}

/// What stands around the turns: title, lanes, what waits, the draft.
fn around(state: &State, kept: &mut Kept, writes: &mut Vec<Write>) {
    let letter = state.lane().letter;
    let same = kept.head.as_ref().is_some_and(|(title, focused, queue, shared)| {
        *title == state.session.title && *focused == letter && *queue == state.queue && *shared == state.shared
    });
    if !same {
        kept.head = Some((state.session.title.clone(), letter, state.queue.clone(), state.shared.clone()));
        writes.push(Write::Head(Box::new(head(state, letter))));
    }
    let same = kept.lanes.len() == state.lanes.len()
        && kept.lanes.iter().zip(&state.lanes).all(|(before, lane)| is_kept(before, lane));
    if !same {
        kept.lanes = state.lanes.iter().map(as_kept).collect();
        writes.push(Write::Lanes(state.lanes.iter().map(saved_lane).collect()));
    }
    if !kept.composer.0.as_ref().is_some_and(|mark| state.composer.is_at(mark)) {
        kept.composer = (Some(state.composer.mark()), kept.composer.1 + 1);
        composer(state, kept, writes);
    }
}

/// The draft and the drafts before it, after one of them changed.
fn composer(state: &State, kept: &mut Kept, writes: &mut Vec<Write>) {
    let (history, draft) = (state.composer.history(), state.composer.draft());
    let editing = state.composer.editing;
    if (history.len(), history.last()) != (kept.history.0, kept.history.1.as_ref()) {
        kept.history = (history.len(), history.last().cloned());
        kept.draft = (draft, editing);
        writes.push(Write::Composer(saved_composer(&state.composer)));
    } else if kept.draft.0.attachments != draft.attachments {
        kept.draft = (draft, editing);
        writes.push(Write::Composer(saved_composer(&state.composer)));
    } else if kept.draft != (draft.clone(), editing) {
        writes.push(Write::Draft { draft: draft.text.clone(), editing: editing.map(|turn| turn.0) });
        kept.draft = (draft, editing);
    }
}

/// What is attached to what is written and is not in the store yet.
fn files(state: &State, kept: &mut Kept, writes: &[Write]) -> Vec<Write> {
    let mut files = Vec::new();
    let mut need = |attachments: &[Attachment]| {
        for attachment in attachments {
            if kept.files.insert(attachment.hash().to_owned()) {
                files.extend(saved_file(attachment).map(Write::File));
            }
        }
    };
    for write in writes {
        match write {
            Write::Turn(turn) if !turn.attachments.is_empty() => {
                state.session.turns.get(TurnId(turn.id)).into_iter().for_each(|turn| need(&turn.attachments));
            }
            Write::Head(_) => state.queue.iter().for_each(|queued| need(&queued.draft.attachments)),
            Write::Composer(_) => {
                need(&state.composer.draft().attachments);
                state.composer.history().iter().for_each(|draft| need(&draft.attachments));
            }
            _ => {}
        }
    }
    files
}

fn head(state: &State, letter: char) -> SavedHead {
    SavedHead {
        version: FORMAT,
        title: state.session.title.clone(),
        created: state.session.created.unwrap_or_default(),
        focused: Some(letter),
        shared: saved_settings(state.shared.settings()),
        queue: saved_queue(state),
        other: Fields::new(),
    }
}

/// A lane with what [`is_kept`] looks at: of its branch the tip, however long the session grew.
fn as_kept(lane: &Lane) -> Lane {
    Lane {
        letter: lane.letter,
        name: lane.name.clone(),
        shares: lane.shares.clone(),
        addressed: lane.addressed,
        branch: lane.tip().into_iter().collect(),
        last_run: lane.last_run,
        scroll: lane.scroll,
        selected: lane.selected,
        unfolded: lane.unfolded.clone(),
        ..Lane::new(lane.id, lane.settings.clone())
    }
}

/// Whether what is kept of a lane is as it was; what its stream does is not kept.
fn is_kept(before: &Lane, lane: &Lane) -> bool {
    (before.id, before.letter, before.addressed, before.tip()) == (lane.id, lane.letter, lane.addressed, lane.tip())
        && (before.last_run, before.selected, before.scroll) == (lane.last_run, lane.selected, lane.scroll)
        && (&before.name, &before.unfolded, &before.shares) == (&lane.name, &lane.unfolded, &lane.shares)
        && before.settings == lane.settings
}
