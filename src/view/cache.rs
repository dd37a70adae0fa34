//! Rendered turns, kept by turn and width, so that a frame costs what is visible.
//!
//! A growing turn is cleaned and rendered from where the last frame stopped. Colours are no part of what is kept, so a
//! change of theme costs nothing here.

use std::collections::{HashMap, HashSet};

use crate::chat::{Role, Turn, TurnId};
use crate::state::{Lane, State};
use crate::text::{Line, Span, StreamingJson, StreamingMarkdown, StyleRole, Wrap, clean, wrap};
use crate::tools::AnswerCheck;

use super::answer::Answers;
use super::call_rows::{self, Shown};
use super::clean_text::CleanText;
use super::found::Located;

/// Turns kept beyond this many are dropped when they have not been shown for a while.
const MOST_TURNS: usize = 256;

/// Rendered turns by turn, width and fold.
#[derive(Debug, Default)]
pub(super) struct TurnCache {
    turns: HashMap<Key, TurnRows>,
    /// The session whose turns these are: another one numbers its turns anew.
    session: u64,
    frame: u64,
    rendered: u64,
    /// Whether replies have the form that was asked for.
    answers: Answers,
    /// The match that was gone to, on its rows.
    pub(super) located: Located,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    turn: TurnId,
    columns: u16,
    unfolded: bool,
    form: Form,
}

/// How the text of a turn is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Form {
    /// As what its speaker writes: Markdown of models, plain text of people.
    Speech,
    /// JSON that was asked for.
    Json,
    /// The same as it came.
    RawJson,
}

/// The parts of a turn that are worth keeping, as rows.
#[derive(Debug)]
pub(super) struct TurnRows {
    /// The turn's revision, and whether its run had ended: a reply may come to its end without a change of its text.
    revision: Option<(u64, bool)>,
    used: u64,
    columns: u16,
    unfolded: bool,
    /// The reasoning made safe, for the rows of its end that are shown while it comes.
    pub(super) thought: CleanText,
    pub(super) reasoning: Option<Body>,
    pub(super) text: Body,
    pub(super) refusal: Body,
    pub(super) calls: Vec<Line>,
}

/// A text that only grows, cleaned and rendered as far as it came.
#[derive(Debug)]
pub(super) enum Body {
    Markdown(Box<Growing>),
    Json(Box<StreamingJson>),
    /// Shown as it was written, wrapped: what people type is not Markdown.
    Plain {
        seen: usize,
        rows: Vec<Line>,
    },
}

/// A reply, cleaned and rendered as far as it came.
#[derive(Debug)]
pub(super) struct Growing {
    text: CleanText,
    rendered: StreamingMarkdown,
}

impl TurnCache {
    pub(super) fn begin_frame(&mut self, state: &State) {
        self.frame += 1;
        self.keep_to(state);
    }

    /// Forgets the turns of another session.
    fn keep_to(&mut self, state: &State) {
        if self.session != state.session.serial {
            self.session = state.session.serial;
            self.turns.clear();
            self.answers.clear();
        }
    }

    /// Drops what has not been shown for long, when there is much.
    pub(super) fn end_frame(&mut self) {
        if self.turns.len() > MOST_TURNS {
            let mut ages: Vec<u64> = self.turns.values().map(|rows| rows.used).collect();
            ages.sort_unstable();
            let oldest_kept = ages[ages.len() - MOST_TURNS / 2];
            self.turns.retain(|_, rows| rows.used >= oldest_kept);
            let kept: HashSet<TurnId> = self.turns.keys().map(|key| key.turn).collect();
            self.answers.keep(&kept);
        }
    }

    /// What is known of the form of a reply, where one was asked for.
    pub(super) fn answer(&self, turn: TurnId) -> Option<&AnswerCheck> {
        self.answers.get(turn)
    }

    /// Rows rendered since the start.
    pub(super) fn work(&self) -> u64 {
        self.rendered
    }

    /// A turn's rows for a lane of `columns`, brought up to date.
    pub(super) fn rows(&mut self, state: &State, lane: &Lane, turn: &Turn, columns: u16) -> &TurnRows {
        self.keep_to(state);
        let unfolded = lane.unfolded.contains(&turn.id);
        let run = turn.run.and_then(|run| state.session.run(run));
        let form = match run.is_some_and(|run| self.answers.take(turn, run)) {
            false => Form::Speech,
            true if lane.raw.contains(&turn.id) => Form::RawJson,
            true => Form::Json,
        };
        let key = Key { turn: turn.id, columns, unfolded, form };
        let rows = self.turns.entry(key).or_insert_with(|| TurnRows::new(turn, &key));
        rows.used = self.frame;
        let ended = run.is_none_or(|run| run.finished.is_some());
        if rows.revision != Some((turn.revision, ended)) {
            self.rendered += rows.update(state, turn, ended);
        }
        rows
    }
}

impl TurnRows {
    fn new(turn: &Turn, key: &Key) -> Self {
        let Key { columns, unfolded, form, .. } = *key;
        let text = match form {
            Form::Json => Body::Json(Box::new(StreamingJson::new(columns, !unfolded))),
            Form::RawJson => Body::Json(Box::new(StreamingJson::raw(columns))),
            Form::Speech if matches!(turn.role, Role::Assistant) => Body::markdown(columns),
            Form::Speech => Body::plain(),
        };
        Self {
            revision: None,
            used: 0,
            columns,
            unfolded,
            thought: CleanText::default(),
            reasoning: unfolded.then(|| Body::markdown(columns.saturating_sub(2))),
            text,
            refusal: Body::markdown(columns),
            calls: Vec::new(),
        }
    }

    /// Renders what is new; gives how many rows that were.
    fn update(&mut self, state: &State, turn: &Turn, ended: bool) -> u64 {
        let mut rendered = match &mut self.text {
            Body::Plain { rows, .. } if turn.role == Role::Tool => {
                *rows = call_rows::whole_answer(turn, self.columns, self.unfolded);
                rows.len() as u64
            }
            text => text.update(&turn.text, self.columns, ended),
        };
        rendered += self.refusal.update(&turn.refusal, self.columns, ended);
        match &mut self.reasoning {
            Some(reasoning) => rendered += reasoning.update(&turn.reasoning, self.columns, ended),
            None => {
                self.thought.update(&turn.reasoning, ended);
            }
        }
        let shown = if self.unfolded && ended { Shown::Whole } else { Shown::Beginning };
        self.calls = call_rows::calls(state, turn, self.columns, shown);
        self.revision = Some((turn.revision, ended));
        rendered + self.calls.len() as u64
    }
}

impl Body {
    fn markdown(columns: u16) -> Self {
        let rendered = StreamingMarkdown::new(columns.max(4));
        Self::Markdown(Box::new(Growing { text: CleanText::default(), rendered }))
    }

    fn plain() -> Self {
        Self::Plain { seen: 0, rows: Vec::new() }
    }

    fn update(&mut self, source: &str, columns: u16, ended: bool) -> u64 {
        match self {
            Self::Markdown(growing) => growing.update(source, ended),
            Self::Json(json) => {
                let before = json.work();
                json.update(source);
                json.work() - before
            }
            Self::Plain { seen, rows } => {
                if source.len() == *seen {
                    return 0;
                }
                *seen = source.len();
                rows.clear();
                plain_rows(&clean(source), columns, StyleRole::Text, rows);
                rows.len() as u64
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Markdown(growing) => growing.rendered.len(),
            Self::Json(json) => json.len(),
            Self::Plain { rows, .. } => rows.len(),
        }
    }

    pub(super) fn row(&self, at: usize) -> Option<&Line> {
        match self {
            Self::Markdown(growing) => growing.rendered.line(at),
            Self::Json(_) | Self::Plain { .. } => self.plain_row(at),
        }
    }

    /// A row for its text: the colours of code are not looked for.
    pub(super) fn plain_row(&self, at: usize) -> Option<&Line> {
        match self {
            Self::Markdown(growing) => growing.rendered.plain_line(at),
            Self::Json(json) => json.line(at),
            Self::Plain { rows, .. } => rows.get(at),
        }
    }
}

impl Growing {
    fn update(&mut self, source: &str, ended: bool) -> u64 {
        if !self.text.update(source, ended) {
            return 0;
        }
        let before = self.rendered.work();
        self.rendered.update(self.text.of(source));
        let after = self.rendered.work();
        after.lines_rendered + after.tail_lines_rendered - before.lines_rendered - before.tail_lines_rendered
    }
}

/// Clean text as it was written, wrapped.
pub(super) fn plain_rows(clean: &str, columns: u16, role: StyleRole, out: &mut Vec<Line>) {
    for line in clean.lines() {
        wrap(&[Span::new(line.replace('\t', "    "), role)], &Wrap::plain(columns), out);
    }
}
