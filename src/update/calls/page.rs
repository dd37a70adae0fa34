//! The rows of the box in which the user decides: what the selected call would do, whole, and what is wrong with it.

use std::time::Instant;

use super::{CallId, CallState, State, haste, rounds_to_ask_about};
use crate::input::Action;
use crate::state::{CallBox, CallBoxKey, Layout};
use crate::text::{Emphasis, Ink, Line, Span, StyleRole, Wrap, clean_line, counted, pretty_json, wrap, wrap_hard};
use crate::tools::command::preview;
use crate::tools::{CallEnd, CommandResponder, Responder};

/// Makes the rows anew when their subject changed. What takes the place of something else waits a moment for keys.
pub(super) fn refresh(state: &mut State, now: Instant) {
    let place = state.focused;
    let Some(call) = state.awaited(place) else {
        state.call_box = None;
        return;
    };
    let key = CallBoxKey {
        session: state.session.serial,
        lane: state.lanes[place].id,
        call,
        stands: state.session.calls.get(call).map(|record| std::mem::discriminant(&record.state)),
        revision: state.session.turns.get(call.reply).map_or(0, |turn| turn.revision),
        responders: state.tools.revision,
        columns: Layout::box_columns(state),
        always: state.tools.always.len(),
    };
    if state.call_box.as_ref().is_some_and(|open| open.of == key) {
        return;
    }
    let before = state.call_box.as_ref();
    let mut made = CallBox::new(key, rows(state, place, call, key.columns)).at_place_of(before);
    if !before.is_some_and(|before| before.is_about(&key)) {
        made.hold(now + haste::AFTER_CHANGE);
    }
    state.call_box = Some(made);
}

fn rows(state: &State, place: usize, call: CallId, columns: u16) -> Vec<Line> {
    let Some((came, record)) = state.session.call(call) else { return Vec::new() };
    let mut page = Page { rows: Vec::new(), columns };
    if super::is_answered(state, place) {
        let said = match rounds_to_ask_about(state, place) {
            Some(rounds) => format!("{} of calls in a row. Go on?", counted(rounds as u64, "round")),
            None => "Every call has its answer; the results wait to be sent.".to_owned(),
        };
        page.says(&said, StyleRole::Warning);
    }
    let repeats = state.session.repeats(call.reply);
    if repeats >= super::SAME {
        page.says(&format!("The model makes the same call {repeats} times in a row."), StyleRole::Warning);
    }
    page.state(state, place, call, &record.state);
    let arguments = record.edited.as_deref().unwrap_or(&came.arguments);
    page.responder(state, (place, call), arguments);
    if arguments.trim().is_empty() {
        page.says("without arguments", StyleRole::Dim);
    } else {
        page.rows.extend(pretty_json(arguments, columns));
    }
    if record.edited.is_some() {
        page.says("edited; as it came:", StyleRole::Warning);
        page.rows.extend(pretty_json(&came.arguments, columns));
    }
    page.rows
}

struct Page {
    rows: Vec<Line>,
    columns: u16,
}

impl Page {
    fn says(&mut self, text: &str, role: StyleRole) {
        wrap(&[Span::new(clean_line(text), role)], &Wrap::plain(self.columns), &mut self.rows);
    }

    /// What is to be known before anything is decided.
    fn state(&mut self, state: &State, place: usize, call: CallId, of: &CallState) {
        match of {
            CallState::Invalid { why } => {
                for fault in why {
                    // The sentence begins with its place.
                    let rest = fault.said.strip_prefix(&fault.pointer);
                    let place = if rest.is_some() { fault.pointer.as_str() } else { "" };
                    let spans = [
                        Span::new("✗ ", StyleRole::Error),
                        Span::new(clean_line(place), Ink::from(StyleRole::Error).with(Emphasis::BOLD)),
                        Span::new(clean_line(rest.unwrap_or(&fault.said)), StyleRole::Error),
                    ];
                    wrap(&spans, &Wrap::plain(self.columns), &mut self.rows);
                }
                let whole = state.session.call(call).is_some_and(|(came, _)| came.is_whole());
                if !whole {
                    let said = "What is no JSON is no call to endpoints: {} goes back in its place, with the answer.";
                    self.says(said, StyleRole::Dim);
                }
            }
            CallState::CutOff => {
                let again = if super::is_valid(state, place, call) { ", or run it again" } else { "" };
                let said =
                    format!("It ran when Abreast ended: what it did is not known. Answer it{again}, or refuse it.");
                self.says(&said, StyleRole::Warning);
            }
            CallState::Large { end, .. } => {
                let bytes = end.to_content().len();
                let said = format!(
                    "Its result has {bytes} bytes. {} sends the first {}, {} all of it, {} lets you edit it.",
                    state.key(Action::CallAccept),
                    super::results::MOST_UNASKED,
                    state.key(Action::CallRun),
                    state.key(Action::CallAnswer)
                );
                self.says(&said, StyleRole::Warning);
            }
            CallState::Ended { end, .. } => self.end(end),
            _ => {}
        }
    }

    fn end(&mut self, end: &CallEnd) {
        /// Enough to know a result by.
        const MOST: usize = 400;
        let content = end.to_content();
        let beginning: String = content.chars().take(MOST).collect();
        let more = if beginning.len() < content.len() { " …" } else { "" };
        self.says(&format!("→ {beginning}{more}"), StyleRole::Text);
    }

    /// Who answers, for commands with every word that is run.
    fn responder(&mut self, state: &State, (place, call): (usize, CallId), arguments: &str) {
        match state.responder(place, call) {
            Responder::Person => self.says("answered by you", StyleRole::Dim),
            canned @ Responder::Canned(_) => match canned.canned(arguments) {
                Some(result) => self.says(&format!("canned result: {result}"), StyleRole::Dim),
                None => self.says("no canned result fits: answered by you", StyleRole::Dim),
            },
            Responder::Command(command) => self.command(command, arguments),
        }
        if state.trusts(place, call) {
            let lanes = if state.lanes.len() > 1 { ", in all lanes" } else { "" };
            let said = format!("runs unasked in this session{lanes} · {} ends that", state.key(Action::CallAlways));
            self.says(&said, StyleRole::Warning);
        }
    }

    fn command(&mut self, command: &CommandResponder, arguments: &str) {
        let words = match preview(command, arguments) {
            Ok(words) => words,
            Err(fault) => return self.says(&format!("✗ This cannot be run: {fault}."), StyleRole::Error),
        };
        let words: Vec<String> =
            words.iter().map(|word| crate::text::reveal(&format!("{word:?}")).into_owned()).collect();
        let spans = [Span::new("runs ", StyleRole::Dim), Span::new(words.join(" "), StyleRole::Code)];
        wrap_hard(&spans, &Wrap::plain(self.columns), &mut self.rows);
        let directory = command.directory.as_ref().map_or_else(
            || "in the folder that Abreast was started in".to_owned(),
            |directory| format!("in {}", directory.display()),
        );
        self.says(&format!("{directory}, arguments on standard input, no shell"), StyleRole::Dim);
    }
}
