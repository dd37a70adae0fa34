//! What comes from other programs and what goes to them: a request in the draft becomes a lane, the session a file.

use std::time::{Duration, Instant};

use super::{Effects, ask, form};
use crate::chat::{Role, TurnId};
use crate::config::presets::Existing;
use crate::exchange::{self, Choice, Conversation, ExportFormat, Foreign, ForeignForm, Redaction, Span, Spot};
use crate::input::Action;
use crate::state::{
    EXPORT_FIELDS, Effect, ExportWork, Exported, Form, FormPurpose, Lane, Level, MAX_LANES, Overlay, State,
    StreamStatus, Topic, Verdict, imported_settings, planted,
};
use crate::text;

/// What a chat request's path adds to the base of an endpoint.
const CHAT_PATH: &str = "/chat/completions";

/// How long it is said what can be done with a paste.
const OFFERED: Duration = Duration::from_secs(12);

/// How long an overwrite may be asked for again.
const ASK_AGAIN: Duration = Duration::from_secs(6);

/// Says what can be done with a draft that is somebody's request.
pub(super) fn offer(state: &mut State, now: Instant) {
    let what = match exchange::guess(&state.composer.text()) {
        Some(ForeignForm::Curl) => "a curl command",
        Some(ForeignForm::Body) => "a request",
        _ => return,
    };
    let key = state.key(Action::OpenDraft);
    let said = format!("This looks like {what}: {key} opens it as a lane.");
    state.notices.show_about(Topic::Pasted, said, now, OFFERED);
}

/// Opens what is in the draft; the draft stays in its history.
pub(super) fn open_draft(state: &mut State, now: Instant) -> Effects {
    let draft = state.composer.text();
    if draft.trim().is_empty() {
        state.notices.show(Level::Note, "Paste a request body or a curl command into the draft first.", now);
        return Effects::new();
    }
    match exchange::read(&draft) {
        Ok(foreign) => {
            let before = state.session.turns.len();
            let effects = open_foreign(state, &foreign, now);
            if state.session.turns.len() > before {
                state.overlay = None;
                state.composer.take();
                state.composer.editing = None;
            }
            effects
        }
        Err(error) => {
            state.notices.show(Level::Error, format!("The draft cannot be opened: {error}."), now);
            Effects::new()
        }
    }
}

/// Opens a conversation in a lane as it was sent: a lane of its own, but for a session in which nothing was said yet.
pub fn open_foreign(state: &mut State, foreign: &Foreign, now: Instant) -> Effects {
    let [conversation] = foreign.conversations.as_slice() else {
        let count = foreign.conversations.len();
        let said = format!("It holds {count} conversations, and a lane takes one: `abreast import` reads them all.");
        state.notices.show(Level::Warning, said, now);
        return Effects::new();
    };
    let is_first = state.session.turns.is_empty() && state.lanes.len() == 1;
    if !is_first && state.lanes.len() >= MAX_LANES {
        state.notices.show(Level::Note, format!("{MAX_LANES} lanes are the most: close one first."), now);
        return Effects::new();
    }
    state.notices.withdraw(Topic::Pasted);
    let address = put(state, conversation, is_first);
    let (letter, again) = (state.lane().letter, state.key(Action::Again));
    let mut said = format!("Lane {letter} is as it was sent; {again} asks its last question.");
    let mut level = Level::Note;
    if let Some(address) = address {
        let provider = &state.lane().settings.provider;
        said.push_str(&format!(" No provider is at {address}, so {provider} is asked."));
        level = Level::Warning;
    }
    if !foreign.skipped.is_empty() {
        said.push_str(&format!(" Not taken over: {}.", foreign.skipped));
    }
    state.notices.show(level, text::clean_line(&said).into_owned(), now);
    let question = conversation.messages.iter().find(|message| message.role == Role::User);
    let named = conversation.title.as_ref().or(question.map(|question| &question.text));
    named.map_or_else(Effects::new, |named| ask::title(state, named))
}

/// Puts a conversation into the focused lane or a new one, which has the focus then. Gives its address when no provider
/// is there.
fn put(state: &mut State, conversation: &Conversation, is_first: bool) -> Option<String> {
    let mut settings = imported_settings(&conversation.asked, &state.lane().settings);
    let base = conversation.asked.url.as_deref().map(base_of);
    let known = base.as_ref().and_then(|base| provider_at(state, base));
    if let Some(known) = &known {
        settings.provider.clone_from(known);
    }
    let tip = planted(conversation, &mut state.session.turns);
    if is_first {
        state.put_settings(state.focused, settings);
    } else {
        let mut lane = Lane::new(state.next_lane_id(), settings);
        lane.letter = state.free_letter();
        lane.shares.clear();
        state.focused += 1;
        state.lanes.insert(state.focused, lane);
    }
    state.providers.undecided = false;
    let branch = state.session.turns.branch(tip);
    let status = status(state, tip);
    let lane = state.lane_mut();
    (lane.branch, lane.status) = (branch, status);
    base.filter(|_| known.is_none())
}

fn status(state: &State, tip: Option<TurnId>) -> StreamStatus {
    let called = tip.and_then(|tip| state.session.turns.get(tip)).filter(|turn| !turn.tool_calls.is_empty());
    called.map_or(StreamStatus::Idle, |turn| StreamStatus::awaiting(turn.id))
}

/// The base of an endpoint from the address of a chat request.
fn base_of(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    path.strip_suffix(CHAT_PATH).unwrap_or(path).to_owned()
}

fn provider_at(state: &State, base: &str) -> Option<String> {
    let at = |url: &str| url.trim_end_matches('/').eq_ignore_ascii_case(base);
    state.providers.all.iter().find(|provider| at(&provider.base_url)).map(|provider| provider.name.clone())
}

/// Asks for the file that the session is written to. While it is not saved, that is a file with all that there is.
pub(super) fn open_export(state: &mut State) -> Effects {
    let unsaved = state.saving.as_ref().is_some_and(|saving| saving.trouble.is_some());
    let format = if unsaved { ExportFormat::Json } else { ExportFormat::Markdown };
    let path = format!("{}.{}", file_name(&state.session.title), format.extension());
    let mut form = Form::new(FormPurpose::Export, &path);
    form.name_fields(&EXPORT_FIELDS);
    form::open(state, form);
    judge(state);
    Effects::new()
}

/// A title as a name that every file system takes.
fn file_name(title: &str) -> String {
    const LONGEST: usize = 40;
    let signs = title.chars().map(|sign| if sign.is_alphanumeric() { sign } else { ' ' });
    let words: String = signs.collect();
    let name = words.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase();
    let name: String = name.chars().take(LONGEST).collect();
    if name.is_empty() { "session".to_owned() } else { name }
}

/// Says of the form, as it is filled now, what would be written.
pub(super) fn judge(state: &mut State) {
    let Some(wanted) = wanted(state) else { return };
    if let Some(form) = form::open_form(state) {
        form.verdict = Some(match wanted {
            Ok(work) => Verdict::Good(promise(&work)),
            Err(problem) => Verdict::Bad(problem),
        });
    }
}

fn promise(work: &ExportWork) -> String {
    let what = match (&work.choice.span, work.choice.lane) {
        (Some(Span::Turn(_)), _) => "this turn",
        (Some(Span::Until(_)), _) => "the branch down to this turn",
        (None, Some(_)) => "the lane's branch",
        (None, None) => "the session",
    };
    let how = match work.format {
        ExportFormat::Comparison => return "the lanes side by side, with settings, figures and costs".to_owned(),
        ExportFormat::Curl => return format!("the last request of {what} as a curl command, without the key"),
        ExportFormat::Markdown => "Markdown, with settings, figures and costs",
        ExportFormat::Json => "JSON, with all that abreast knows, to be read again",
        ExportFormat::Jsonl => "JSON lines, the messages as they are sent",
        ExportFormat::Html => "HTML, one page for a browser",
        ExportFormat::Har => "HAR, the recorded wire of its runs",
    };
    format!("{what} as {how}")
}

/// What the open form asks for; the error is a clause.
fn wanted(state: &State) -> Option<Result<ExportWork, String>> {
    let Some(Overlay::Form(form)) = &state.overlay else { return None };
    Some(work(state, form))
}

fn work(state: &State, form: &Form) -> Result<ExportWork, String> {
    let path = form.editor.text().trim().to_owned();
    let field = |name: &str| {
        let field = form.fields.iter().find(|field| field.name == name)?;
        Some(field.editor.text().trim().to_owned()).filter(|text| !text.is_empty())
    };
    let [lane, what, redact] = EXPORT_FIELDS.map(field);
    let format = ExportFormat::of_file(&path).ok_or_else(|| {
        "the end of the name is the format: .md, .compare.md, .html, .json, .jsonl, .har or .sh".to_owned()
    })?;
    let lane = lane.map(|lane| {
        let letter = lane.to_ascii_uppercase();
        let found = state.lanes.iter().map(|lane| lane.letter).find(|known| known.to_string() == letter);
        found.ok_or_else(|| format!("there is no lane {lane}"))
    });
    let lane = lane.transpose()?;
    let span = what.map(|what| span(state, lane, &what)).transpose()?;
    if format == ExportFormat::Comparison && (lane.is_some() || span.is_some() || state.lanes.len() < 2) {
        return Err("a comparison is of two lanes or more, and of all that they said".to_owned());
    }
    Redaction::of(redact.as_deref())?;
    let shapes = state.providers.all.iter().filter(|_| format == ExportFormat::Curl);
    Ok(ExportWork {
        path,
        format,
        choice: Choice { lane, branch: None, span },
        shapes: shapes.map(|provider| (provider.name.clone(), provider.shape.clone())).collect(),
        redact,
        existing: Existing::Keep,
        asked_by: Action::FormAccept,
    })
}

/// A turn or a branch, by the turn that is selected in the lane, or else the last of it.
fn span(state: &State, lane: Option<char>, what: &str) -> Result<Span, String> {
    let named = state.lanes.iter().find(|known| lane == Some(known.letter));
    let lane = named.unwrap_or_else(|| state.lane());
    let turn = lane.selected.or_else(|| lane.tip()).ok_or_else(|| "nothing was said in this lane yet".to_owned())?;
    match what {
        "turn" => Ok(Span::Turn(Spot::Turn(turn.0))),
        "branch" => Ok(Span::Until(Spot::Turn(turn.0))),
        _ => Err("what is written is `turn` or `branch`, or nothing for all of it".to_owned()),
    }
}

/// Has the file written, if the form is right. Asked again about a file that is there, it is overwritten.
pub(super) fn accept(state: &mut State, action: Action, now: Instant) -> Effects {
    judge(state);
    let Some(Ok(mut work)) = wanted(state) else { return Effects::new() };
    work.asked_by = action;
    let asked = state.asked_once.is_some_and(|(asked, at)| asked == action && now.duration_since(at) < ASK_AGAIN);
    if asked {
        state.asked_once = None;
        state.notices.withdraw(Topic::AskAgain);
        work.existing = Existing::Replace;
    }
    vec![Effect::Export(Box::new(work))]
}

fn close_export(state: &mut State) {
    if form::open_form(state).is_some_and(|form| form.purpose == FormPurpose::Export) {
        state.overlay = None;
    }
}

/// The file was written, or not.
pub(super) fn written(state: &mut State, work: &ExportWork, outcome: Exported, now: Instant) -> Effects {
    let path = text::clean_line(&work.path).into_owned();
    match outcome {
        Exported::Written => {
            close_export(state);
            state.notices.show(Level::Note, format!("Written to {path}, which only you may read."), now);
        }
        Exported::WithoutWires(runs) => {
            close_export(state);
            let without = exchange::without_wires(runs);
            state.notices.show(Level::Warning, format!("Written to {path}, which only you may read, {without}."), now);
        }
        Exported::Exists if matches!(state.overlay, Some(Overlay::Form(_))) => {
            state.asked_once = None;
            state.confirmed(work.asked_by, &format!("overwrites {path}, which is there already."), now);
        }
        Exported::Exists => {
            state.notices.show(Level::Warning, format!("{path} is there already and was left as it is."), now);
        }
        Exported::Failed(problem) => state.notices.show(Level::Error, problem, now),
    }
    Effects::new()
}
