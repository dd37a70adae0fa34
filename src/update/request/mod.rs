//! The truth about requests: what would be sent now, what was sent, and both as text to be copied.

mod page;
mod preview;
mod sheet;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::Effects;
use crate::api::{Delta, Language, RequestShape, snippet};
use crate::chat::{ChatRequest, Images, Remembered, RunId};
use crate::input::Action;
use crate::state::{Effect, Event, LaneId, Layout, Overlay, Panes, State};

/// A body, and what its request looks like besides.
struct Subject {
    shape: RequestShape,
    /// With images as references.
    body: Map<String, Value>,
    images: Images,
}

impl Subject {
    fn of(state: &State, provider: &str, request: &ChatRequest, known: Remembered) -> Self {
        let shape = state.providers.get(provider).map(|provider| provider.shape.clone()).unwrap_or_default();
        let body = shape.body(request, known);
        Self { shape, body, images: request.images.clone() }
    }

    /// The body as it is shown: of an image the beginning.
    fn shown(mut self) -> Map<String, Value> {
        self.images.shorten_body(&mut self.body);
        self.body
    }

    fn text(mut self, language: Language) -> String {
        self.images.fill_body(&mut self.body);
        snippet(&self.shape, &self.body, language)
    }
}

fn provider_body(state: &State, provider: &str, request: &ChatRequest, known: Remembered) -> Map<String, Value> {
    match state.providers.get(provider) {
        Some(provider) => provider.shape.body(request, known),
        None => RequestShape::default().body(request, known),
    }
}

/// Opens the page of a run's request.
pub(super) fn open(state: &mut State, run: RunId) {
    page::open(state, run);
}

/// Whether an event can change a request that is shown: a piece of a reply does not, nor does time.
pub(super) fn concerns(event: &Event) -> bool {
    match event {
        Event::Stream { delta, .. } => matches!(delta, Err(_) | Ok(Delta::Opened(_) | Delta::Repaired(_))),
        Event::Tick | Event::Background(_) | Event::Copied(_) | Event::HelpScrolled(_) | Event::Scrolled { .. } => {
            false
        }
        _ => true,
    }
}

/// Brings the rows of what is shown up to date.
pub(super) fn refresh(state: &mut State, resized: bool) {
    preview::refresh(state);
    if resized {
        page::refresh(state);
    }
}

pub(super) fn perform(state: &mut State, action: Action) -> Effects {
    match action {
        Action::RequestPane => {
            state.panes = if state.panes == Panes::Request { Panes::Transcript } else { Panes::Request };
            Effects::new()
        }
        Action::CopyBody | Action::ReaderCopy | Action::ReaderCopyAll | Action::CopyTurn => copy(state, Language::Json),
        Action::CopyCurl => copy(state, Language::Curl),
        Action::CopyPython => copy(state, Language::Python),
        Action::CopyJavaScript => copy(state, Language::JavaScript),
        Action::TurnOlder | Action::TurnNewer | Action::PageUp | Action::PageDown | Action::Top | Action::Bottom => {
            let lane = state.lane().id;
            scroll(state, lane, rows(state, action))
        }
        Action::Fold => {
            let lane = state.lane().id;
            if let Some(preview) = state.previews.get_mut(&lane) {
                preview.unfolded = !preview.unfolded;
            }
            Effects::new()
        }
        _ => page::perform(state, action),
    }
}

/// Copies the request of the open page's run, or else the one that the focused lane would send now.
fn copy(state: &State, language: Language) -> Effects {
    let subject = match &state.overlay {
        Some(Overlay::Request(page)) => page::subject(state, page.run),
        _ => Some(preview::subject(state, state.focused)),
    };
    let text = subject.map(|subject| subject.text(language));
    text.map(Effect::Copy).into_iter().collect()
}

/// How many rows an action scrolls by.
fn rows(state: &State, action: Action) -> isize {
    let page = isize::try_from(height(state, state.lane().id)).unwrap_or(0).saturating_sub(2).max(1);
    match action {
        Action::TurnOlder => -1,
        Action::TurnNewer => 1,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::Top => isize::MIN,
        _ => isize::MAX,
    }
}

/// The rows of a lane's body; none when it is not on the screen.
fn height(state: &State, lane: LaneId) -> u16 {
    let layout = Layout::of(state);
    let area = layout
        .iter()
        .flat_map(|layout| &layout.lanes)
        .find(|area| state.lanes.get(area.place).is_some_and(|candidate| candidate.id == lane));
    area.map_or(0, |area| area.body.height)
}

/// Scrolls the request that a lane shows.
pub(super) fn scroll(state: &mut State, lane: LaneId, rows: isize) -> Effects {
    let height = height(state, lane);
    if let Some(preview) = state.previews.get_mut(&lane) {
        preview.scroll_by(rows, height);
    }
    Effects::new()
}
