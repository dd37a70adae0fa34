//! How events change the state, and which effects follow. No I/O, no clock, no drawing.

mod action;
mod answer_hint;
mod ask;
mod attach;
mod budget;
mod calls;
mod card;
mod diff;
mod diff_figures;
mod diff_page;
mod edit;
mod exchange;
mod find;
mod form;
mod heat;
mod inspect;
mod inspector;
mod keys;
mod lanes;
mod ledger;
mod lockstep;
mod meter;
mod overlay;
mod params;
mod picker;
mod pointer;
mod presets;
mod price;
mod queue;
mod reader;
mod reading;
mod recall;
mod request;
mod saving;
mod sessions;
mod share;
mod stream;
mod system;
#[cfg(test)]
mod tests;
mod tool_list;
mod tree;
mod undo;
mod values;

pub use ask::messages;
pub use exchange::open_foreign;

use crate::text::counted;
use std::time::Instant;

use crate::chat::Field;
use crate::config::{Background, Rgb};
use crate::input::Action;
use crate::state::{CopyOutcome, EditPurpose, Effect, Event, ExitReason, Found, Level, State};
use crate::store::{ShelfAnswer, ShelfWork};

/// What is to be done, in order.
pub type Effects = Vec<Effect>;

/// Changes the state by one event. `now` is the time of the event.
pub fn update(state: &mut State, event: Event, now: Instant) -> Effects {
    let (concerns, resized) = (request::concerns(&event), matches!(event, Event::Resized(_) | Event::Stream { .. }));
    let (piece, tick) = (matches!(event, Event::Stream { .. }), event == Event::Tick);
    let shut = state.overlay.is_none();
    ledger::roll(state, tick, now);
    let mut effects = route(state, event, now);
    if !piece {
        effects.extend(calls::settle(state, now));
    }
    let mut keep: Vec<Effect> = saving::follow(state, piece, now).into_iter().collect();
    // What a run cost is known when it is in the ledger; one that is stopped goes there too.
    let stopped = budget::follow(state, now);
    if !stopped.is_empty() {
        keep.extend(saving::follow(state, piece, now));
    }
    effects.extend(stopped);
    // What is asked goes out after it is kept.
    effects.splice(0..0, keep);
    effects.extend(sessions::follow(state));
    effects.extend(ledger::follow(state));
    if shut && state.overlay.is_some() {
        state.notices.drop_notes_before(now);
    }
    if concerns {
        request::refresh(state, resized);
        answer_hint::refresh(state);
        meter::refresh(state);
    }
    tree::refresh(state);
    inspector::refresh(state);
    effects.extend(recall::follow(state));
    find::refresh(state);
    effects
}

fn route(state: &mut State, event: Event, now: Instant) -> Effects {
    match event {
        Event::Key(key) => followed(state, |state| keys::key(state, key, now)),
        Event::Paste(text) => followed(state, |state| keys::paste(state, &text, now)),
        Event::Pointer(pointer) => followed(state, |state| pointer::pointer(state, pointer, now)),
        Event::Resized(size) => {
            state.size = size;
            card::refresh(state);
            diff::rebuild(state);
            inspect::resized(state);
            heat::resized(state);
            sessions::resized(state);
            ledger::resized(state);
            Effects::new()
        }
        Event::Stream { lane, generation, delta } => stream::delta(state, lane, generation, delta, now),
        Event::StreamEnded { lane, generation } => stream::ended(state, lane, generation, now),
        Event::ToolEnded { call, task, end } => calls::ended(state, call, task, end, now),
        Event::ResponderSaved { tool, result } => {
            calls::responder_saved(state, &tool, result, now);
            Effects::new()
        }
        Event::PriceSaved(result) => {
            price::saved(state, result, now);
            Effects::new()
        }
        Event::Scrolled { lane, scroll } => {
            state.scroll_to(lane, scroll);
            Effects::new()
        }
        Event::HelpScrolled(to) => overlay::help_scrolled(state, to),
        Event::Edited { purpose, result } => edited(state, purpose, result, now),
        Event::Copied(outcome) => copied(state, outcome, now),
        Event::Background(rgb) => background(state, rgb),
        Event::Models { provider, found } => models(state, &provider, found, now),
        Event::Presets { work, outcome, files } => presets::found(state, &work, outcome, files, now),
        Event::FileRead { path, result } => values::file_read(state, &path, result, now),
        Event::Attached { work, found } => attach::found(state, &work, found, now),
        Event::FilesListed { directory, files } => {
            attach::listed(state, &directory, files);
            Effects::new()
        }
        Event::Exported { work, outcome } => exchange::written(state, &work, outcome, now),
        Event::Shelf { work, answer } => shelved(state, work, answer, now),
        Event::Store(news) => {
            saving::news(state, news, now);
            Effects::new()
        }
        Event::Tick => {
            state.notices.expire(now);
            Effects::new()
        }
        Event::Terminate => vec![Effect::Quit(ExitReason::Signal)],
    }
}

fn shelved(state: &mut State, work: ShelfWork, answer: ShelfAnswer, now: Instant) -> Effects {
    match work {
        ShelfWork::Ledger(ask) => ledger::answered(state, ask, answer, now),
        ShelfWork::Wire(place) => recall::answered(state, &place, answer),
        work => return sessions::answered(state, work, answer, now),
    }
    Effects::new()
}

/// What the user did may have begun or ended an `@path`.
fn followed(state: &mut State, act: impl FnOnce(&mut State) -> Effects) -> Effects {
    let mut effects = act(state);
    effects.extend(attach::follow(state));
    effects
}

fn edited(state: &mut State, purpose: EditPurpose, result: Result<String, String>, now: Instant) -> Effects {
    match (purpose, result) {
        (_, Err(problem)) => state.notices.show(Level::Error, problem, now),
        (EditPurpose::Draft, Ok(text)) => state.composer.replace(text.trim_end_matches('\n')),
        (EditPurpose::Form, Ok(text)) => form::edited(state, &text),
        (EditPurpose::Look, Ok(_)) => {}
    }
    Effects::new()
}

fn copied(state: &mut State, outcome: CopyOutcome, now: Instant) -> Effects {
    match outcome {
        CopyOutcome::SentToTerminal { characters } => {
            let said = format!("Sent {} to the terminal's clipboard.", counted(characters as u64, "character"));
            state.notices.show(Level::Note, said, now);
        }
        CopyOutcome::Written { path } => {
            state.notices.show(Level::Note, format!("Too long for the terminal's clipboard: written to {path}."), now);
        }
        CopyOutcome::Failed(problem) => state.notices.show(Level::Error, problem, now),
    }
    Effects::new()
}

/// The terminal's background picks the theme, unless the user did.
fn background(state: &mut State, rgb: [u8; 3]) -> Effects {
    if !state.theme_chosen {
        let [red, green, blue] = rgb;
        let background = Background::of_rgb(Rgb(red, green, blue));
        if let Some(theme) = state.themes.auto(background, state.depth) {
            state.theme = theme.clone();
        }
    }
    Effects::new()
}

fn models(state: &mut State, name: &str, found: Found, now: Instant) -> Effects {
    let undecided = state.providers.undecided && state.session.turns.is_empty();
    let Some(provider) = state.providers.get_mut(name) else { return Effects::new() };
    let first = match &found {
        Found::Models(models) => models.first().cloned(),
        Found::Failed(_) => None,
    };
    if provider.default_model.is_none() {
        provider.default_model.clone_from(&first);
    }
    let adopts = undecided && provider.candidate && first.is_some();
    let address = provider.base_url.clone();
    provider.models = Some(found);
    for place in 0..state.lanes.len() {
        let settings = &state.lanes[place].settings;
        if let (true, true, Some(first)) = (settings.provider == name, settings.model.is_empty(), &first) {
            state.change(place, &Field::Model, |settings| settings.model.clone_from(first));
        }
    }
    if let (true, Some(model)) = (adopts, first) {
        let said = {
            let lane = state.lanes[0].letter;
            format!("{name} answers at {address}: lane {lane} asks it. {} chooses another.", state.key(Action::Models))
        };
        state.notices.show(Level::Note, said, now);
        state.providers.undecided = false;
        state.change(0, &Field::Model, |settings| {
            name.clone_into(&mut settings.provider);
            settings.model = model;
        });
    }
    picker::relisted(state);
    Effects::new()
}
