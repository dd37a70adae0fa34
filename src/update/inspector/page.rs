//! What is read of the selected row: its rows, made when it, its record or its branch changes.

use super::wire;
use crate::chat::{Role, RunId, Tool, Turn, TurnId};
use crate::input::Action;
use crate::state::{
    Answerer, CallDifference, CallId, CallState, DetailBody, DetailKey, InspectorDetail, InspectorRow, InspectorTab,
    State, call_differences,
};
use crate::text::{
    Emphasis, Ink, JsonTree, Line, Span, StreamingJson, StyleRole, Wrap, clean, clean_line, counted, diff_rows, reveal,
    truncate, word_diff, wrap, wrap_hard,
};
use crate::tools::{CallEnd, Definition, check_call, lint_tool};
use crate::update::calls::laid_out;

/// 256 KiB of a text are read here; the rest is for `$EDITOR`.
const MOST_TEXT: usize = 256 << 10;

/// 32 KiB: longer texts are not compared word by word.
const MOST_COMPARED: usize = 32 << 10;

/// So many answers to one call are looked at.
const ANSWERS: usize = 64;

/// What the detail depends on now.
pub(super) fn key(state: &State) -> Option<DetailKey> {
    let inspector = &state.inspector;
    Some(DetailKey {
        session: state.session.serial,
        row: inspector.row()?,
        tab: inspector.tab,
        columns: inspector.areas(state.size).detail.width,
        calls: state.session.calls_changed(),
        shape: state.session.turns.shape(),
        closed: state.session.closed_runs(),
        recalled: state.recall.changes(),
    })
}

/// The lane that a reply is looked at in: the focused one, or another one that holds it.
pub(super) fn place_of(state: &State, reply: TurnId) -> usize {
    let holds = |place: &usize| state.holds(&state.lanes[*place], reply);
    Some(state.focused).filter(holds).or_else(|| (0..state.lanes.len()).find(holds)).unwrap_or(state.focused)
}

/// The run that a reply came of; of one that the user made that of the reply beside it.
pub(super) fn run_of(state: &State, call: CallId) -> Option<RunId> {
    came_as(state, call.reply)?.run
}

/// The reply as the model sent it.
fn came_as(state: &State, reply: TurnId) -> Option<&Turn> {
    let turn = state.session.turns.get(reply)?;
    if turn.run.is_some() {
        return Some(turn);
    }
    let siblings = state.session.turns.siblings(reply).iter().filter_map(|id| state.session.turns.get(*id));
    let ids = |turn: &Turn| turn.tool_calls.iter().map(|call| call.id.clone()).collect::<Vec<_>>();
    let wanted = ids(turn);
    siblings.into_iter().find(|sibling| sibling.run.is_some() && ids(sibling) == wanted)
}

/// The turn that answers a call: on the branch of the lane that it is looked at in, or else the newest.
pub(super) fn answer_of(state: &State, call: CallId) -> Option<TurnId> {
    let lane = &state.lanes[place_of(state, call.reply)];
    let id = &state.session.turns.get(call.reply)?.tool_calls.get(call.index)?.id;
    let mut found = Vec::new();
    let mut waiting = vec![call.reply];
    while let Some(turn) = waiting.pop().filter(|_| found.len() < ANSWERS) {
        for child in state.session.turns.children(Some(turn)) {
            let Some(child) = state.session.turns.get(*child).filter(|turn| turn.role == Role::Tool) else { continue };
            found.extend((child.answers.as_ref() == Some(id)).then_some(child.id));
            waiting.push(child.id);
        }
    }
    found.iter().find(|turn| state.holds(lane, **turn)).or(found.iter().max()).copied()
}

/// What went back for a call, or will.
pub(super) fn result_of(state: &State, call: CallId) -> Option<String> {
    let answer = answer_of(state, call).and_then(|turn| state.session.turns.get(turn));
    answer.map(|turn| turn.text.clone()).or_else(|| first_result(state, call))
}

/// What the call ended with the first time.
fn first_result(state: &State, call: CallId) -> Option<String> {
    match &state.session.calls.get(call)?.state {
        CallState::Ended { end, .. } | CallState::Large { end, .. } => Some(end.to_content()),
        _ => None,
    }
}

pub(super) fn make(state: &State, key: DetailKey) -> InspectorDetail {
    let mut page = Page { head: Vec::new(), columns: key.columns, body: None, source: String::new() };
    match key.row {
        InspectorRow::Question(turn) => {
            let text = turn.and_then(|turn| state.session.turns.get(turn)).map(|turn| turn.text.clone());
            page.text(state, text.as_deref().unwrap_or("Nobody asked for these replies: they were imported so."));
        }
        InspectorRow::Reply(turn) => reply(state, turn, &mut page),
        InspectorRow::Call(call) => match key.tab {
            InspectorTab::Arguments => arguments(state, call, &mut page),
            InspectorTab::Result => result(state, call, &mut page),
            InspectorTab::Schema => schema(state, call, &mut page),
            InspectorTab::Errors => errors(state, call, &mut page),
            InspectorTab::Wire => wire::rows(state, call, &mut page),
        },
    }
    let body = page.body.unwrap_or(DetailBody::Rows(Vec::new()));
    InspectorDetail::new(key, page.head, body, page.source)
}

/// A page as it is made.
pub(super) struct Page {
    pub(super) head: Vec<Line>,
    pub(super) columns: u16,
    pub(super) body: Option<DetailBody>,
    pub(super) source: String,
}

impl Page {
    pub(super) fn says(&mut self, text: &str, role: StyleRole) {
        wrap(&[Span::new(clean_line(text), role)], &Wrap::plain(self.columns), &mut self.head);
    }

    fn titled(&mut self, title: &str) {
        let ink = Ink::from(StyleRole::Heading).with(Emphasis::BOLD);
        wrap(&[Span::new(title, ink)], &Wrap::plain(self.columns), &mut self.head);
    }

    /// A pointer, and what is to be said of that place.
    fn at(&mut self, mark: &str, pointer: &str, said: &str, role: StyleRole) {
        // Some sentences begin with the place.
        let rest = said.strip_prefix(pointer).filter(|_| !pointer.is_empty());
        let gap = if pointer.is_empty() || rest.is_some() { "" } else { " " };
        let spans = [
            Span::new(format!("{mark} "), role),
            Span::new(clean_line(pointer), Ink::from(role).with(Emphasis::BOLD)),
            Span::new(format!("{gap}{}", clean_line(rest.unwrap_or(said))), role),
        ];
        wrap(&spans, &Wrap::plain(self.columns), &mut self.head);
    }

    /// JSON as a tree, all else as rows of text.
    fn json(&mut self, state: &State, text: &str) {
        match JsonTree::read(text, self.columns) {
            Some(tree) => {
                self.body = Some(DetailBody::Tree(Box::new(tree)));
                text.clone_into(&mut self.source);
            }
            None => self.text(state, text),
        }
    }

    fn text(&mut self, state: &State, text: &str) {
        let end = text.floor_char_boundary(MOST_TEXT.min(text.len()));
        let mut rows = Vec::new();
        wrap(&[Span::new(clean(&text[..end]), StyleRole::Text)], &Wrap::plain(self.columns), &mut rows);
        if end < text.len() {
            let opens = state.key(Action::InspectorOpen);
            let said =
                format!("… {} more: {opens} opens all of it in $EDITOR.", counted((text.len() - end) as u64, "byte"));
            wrap(&[Span::new(said, StyleRole::Warning)], &Wrap::plain(self.columns), &mut rows);
        }
        self.body = Some(DetailBody::Rows(rows));
        text.clone_into(&mut self.source);
    }

    /// What was before and what is now, told apart word by word.
    fn changed(&mut self, title: &str, before: &str, now: &str) {
        self.titled(title);
        if before.len().max(now.len()) > MOST_COMPARED {
            return self.says("It is too long to be compared here; what was before stands beside it.", StyleRole::Dim);
        }
        self.head.extend(diff_rows(&word_diff(&laid_out(before), &laid_out(now)), self.columns));
        self.head.push(Line::default());
    }
}

fn reply(state: &State, turn: TurnId, page: &mut Page) {
    let Some(turn) = state.session.turns.get(turn) else { return };
    if turn.edited {
        page.says("✎ You made this reply of the one beside it; the model did not send it so.", StyleRole::Warning);
    }
    if let Some(run) = turn.run.and_then(|run| state.session.run(run)) {
        page.says(&format!("{} at {}", run.settings.model, run.settings.provider), StyleRole::Dim);
    }
    match turn.text.trim() {
        "" => page.says("The model said nothing beside its calls.", StyleRole::Dim),
        _ => page.text(state, &turn.text),
    }
}

fn arguments(state: &State, call: CallId, page: &mut Page) {
    let Some(turn) = state.session.turns.get(call.reply) else { return };
    let Some(came) = turn.tool_calls.get(call.index) else { return };
    if *state.session.call_state(turn, call.index) == CallState::Arrives && state.session.calls.get(call).is_none() {
        let mut json = StreamingJson::new(page.columns, false);
        json.update(&came.arguments);
        page.body = Some(DetailBody::Coming(Box::new(json)));
        came.arguments.clone_into(&mut page.source);
        return;
    }
    let now = state.session.arguments(call).unwrap_or(&came.arguments).to_owned();
    waits(state, call, turn, page);
    compared(state, call, page);
    let original = came_as(state, call.reply).and_then(|turn| turn.tool_calls.get(call.index)).unwrap_or(came);
    if original.arguments != now {
        page.changed("✎ edited: before and after", &original.arguments, &now);
    } else if turn.edited {
        page.says("made again with the arguments that came", StyleRole::Dim);
    }
    if now.trim().is_empty() {
        page.says("without arguments", StyleRole::Dim);
        return;
    }
    page.json(state, &now);
}

/// Which lane waits with a call, and the ways on and back.
fn waits(state: &State, call: CallId, turn: &Turn, page: &mut Page) {
    let waits = |place: &usize| state.awaited(*place).is_some_and(|awaited| awaited.reply == call.reply);
    let Some(place) = (0..state.lanes.len()).find(waits) else { return };
    if state.session.call_state(turn, call.index).is_undecided() {
        let (letter, decides) = (state.lanes[place].letter, state.key(Action::FocusCalls));
        let back = if turn.edited { format!(", {} goes back", state.key(Action::LaneUndo)) } else { String::new() };
        page.says(&format!("It waits in lane {letter}: {decides} decides about it{back}."), StyleRole::Warning);
    }
}

/// What other lanes did at the same place.
fn compared(state: &State, call: CallId, page: &mut Page) {
    let Some(mark) = state.inspector.mark(call) else { return };
    let letters = |lanes: &[char]| lanes.iter().map(char::to_string).collect::<Vec<_>>().join(" and ");
    let of = |calls: &[(char, CallId)]| letters(&calls.iter().map(|(lane, _)| *lane).collect::<Vec<_>>());
    if !mark.same.is_empty() {
        page.says(&format!("= lane {} made the same call", of(&mark.same)), StyleRole::Good);
    }
    let own = came(state, call).unwrap_or_default();
    for (lane, other) in &mark.differs {
        page.says(&format!("≠ lane {lane} called it with other arguments:"), StyleRole::Warning);
        let theirs = came(state, *other).unwrap_or_default();
        let Some(found) = call_differences(own, theirs) else {
            page.says("one of the two is no JSON", StyleRole::Dim);
            continue;
        };
        let value = |value: Option<String>| {
            value.map_or_else(|| "nothing".to_owned(), |value| truncate(&reveal(&value), 40).into_owned())
        };
        for CallDifference { pointer, left, right } in found {
            let said = format!("{} here, {} in {lane}", value(left), value(right));
            page.at(" ", if pointer.is_empty() { "all" } else { &pointer }, &said, StyleRole::Warning);
        }
    }
    if !mark.missing.is_empty() {
        page.says(&format!("lane {} did not make this call", letters(&mark.missing)), StyleRole::Warning);
    }
    if !page.head.is_empty() {
        page.head.push(Line::default());
    }
}

fn came(state: &State, call: CallId) -> Option<&str> {
    Some(&state.session.turns.get(call.reply)?.tool_calls.get(call.index)?.arguments)
}

fn result(state: &State, call: CallId, page: &mut Page) {
    let record = state.session.calls.get(call);
    match record.and_then(|record| record.by.as_ref()) {
        Some(Answerer::Person) => page.says("answered by you", StyleRole::Dim),
        Some(Answerer::Canned) => page.says("a canned result", StyleRole::Dim),
        Some(Answerer::Command(argv)) => {
            let words: Vec<String> = argv.iter().map(|word| reveal(&format!("{word:?}")).into_owned()).collect();
            let spans = [Span::new("ran ", StyleRole::Dim), Span::new(words.join(" "), StyleRole::Code)];
            wrap_hard(&spans, &Wrap::plain(page.columns), &mut page.head);
        }
        None => {}
    }
    let (first, now) = (first_result(state, call), result_of(state, call));
    let Some(now) = now else { return page.says(&without_result(state, call), StyleRole::Dim) };
    if let Some(first) = first.filter(|first| *first != now) {
        page.changed("✎ another result was sent: before and after", &first, &now);
    }
    if now.is_empty() {
        return page.says("an empty result", StyleRole::Dim);
    }
    page.json(state, &now);
}

fn without_result(state: &State, call: CallId) -> String {
    let Some(turn) = state.session.turns.get(call.reply) else { return String::new() };
    let (decides, again) = (state.key(Action::FocusCalls), state.key(Action::InspectorRun));
    match state.session.call_state(turn, call.index) {
        CallState::Arrives => "The call still comes.".to_owned(),
        CallState::Running { .. } => "It runs.".to_owned(),
        CallState::NotRun => format!("It was not run: the conversation went on without it. {again} runs it now."),
        CallState::CutOff => {
            format!("It ran when Abreast ended: what it did is not known. {decides} decides about it.")
        }
        _ => format!("No result yet: {decides} decides about this call."),
    }
}

/// The tool as the model was offered it.
fn tool(state: &State, call: CallId) -> (&[Tool], Option<&Tool>) {
    let run = run_of(state, call).and_then(|run| state.session.run(run));
    let own = &state.lanes[place_of(state, call.reply)].settings.tools;
    let offered = run.map_or(own, |run| &run.settings.tools);
    let name = state.session.turns.get(call.reply).and_then(|turn| turn.tool_calls.get(call.index));
    (offered, name.and_then(|called| offered.iter().find(|tool| tool.name == called.name)))
}

fn schema(state: &State, call: CallId, page: &mut Page) {
    let (_, Some(tool)) = tool(state, call) else {
        return page.says("No tool of this name was offered, so there is no schema.", StyleRole::Warning);
    };
    let (function, parameters) = ("/function".to_owned(), "/function/parameters".to_owned());
    let definition = Definition { tool: tool.clone(), function, parameters };
    for finding in lint_tool(&definition) {
        page.at("!", &finding.pointer, &finding.said, StyleRole::Warning);
    }
    page.json(state, &tool.definition.to_string());
}

fn errors(state: &State, call: CallId, page: &mut Page) {
    let Some(turn) = state.session.turns.get(call.reply) else { return };
    let Some(came) = turn.tool_calls.get(call.index) else { return };
    let of = state.session.call_state(turn, call.index);
    if *of == CallState::Arrives && state.session.calls.get(call).is_none() {
        return page.says("The call still comes: it is checked when it is whole.", StyleRole::Dim);
    }
    let now = state.session.arguments(call).unwrap_or(&came.arguments);
    let check = check_call(tool(state, call).0, &came.name, now);
    let faults = match of {
        CallState::Invalid { why } => why.clone(),
        _ => check.faults(),
    };
    for fault in &faults {
        page.at("✗", &fault.pointer, &fault.said, StyleRole::Error);
    }
    if let Some(note) = check.note() {
        page.says(note, StyleRole::Dim);
    }
    match of {
        CallState::Ended { end: end @ (CallEnd::Failed { .. } | CallEnd::TimedOut { .. }), .. } => {
            page.at("✗", "", &end.to_content(), StyleRole::Error);
        }
        _ if faults.is_empty() => {
            page.says("✓ The arguments conform to the tool's schema; nothing is wrong.", StyleRole::Good);
        }
        _ => {}
    }
    page.source = page.head.iter().map(|line| format!("{}\n", line.plain())).collect();
}
