//! Whether replies have the form that was asked for: the checks, and the line below the JSON.
//!
//! Owns which reply is checked by what. A check takes in what is new of its reply, so that a frame costs no more as the
//! reply grows; schemas are prepared once for the runs that were asked with them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::chat::{Outcome, Run, Turn, TurnId};
use crate::input::Action;
use crate::text::{Line, Span, StyleRole, Wrap, clean_line, truncate, wrap};
use crate::tools::{AnswerCheck, AnswerEnd, AnswerFormat, MOST_VIOLATIONS, Verdict, Violation};

use super::scroll::Pane;

/// So many schemas are kept ready.
const MOST_FORMATS: usize = 16;

/// A schema's name takes so many cells.
const NAME_CELLS: usize = 40;

/// The checks of replies, by turn.
#[derive(Debug, Default)]
pub(super) struct Answers {
    checks: HashMap<TurnId, AnswerCheck>,
    /// The newest last.
    formats: Vec<Arc<AnswerFormat>>,
}

impl Answers {
    /// Takes in what is new of a reply; whether it has a form to conform to. Calls, and a refusal, have none.
    pub(super) fn take(&mut self, turn: &Turn, run: &Run) -> bool {
        let Some(wanted) = run.settings.params.get("response_format") else { return false };
        if turn.text.is_empty() {
            return false;
        }
        if !self.checks.contains_key(&turn.id) {
            let Some(format) = self.format(wanted) else { return false };
            self.checks.insert(turn.id, AnswerCheck::new(format));
        }
        let Some(check) = self.checks.get_mut(&turn.id) else { return false };
        check.update(&turn.text, end(run));
        true
    }

    pub(super) fn get(&self, turn: TurnId) -> Option<&AnswerCheck> {
        self.checks.get(&turn)
    }

    pub(super) fn clear(&mut self) {
        self.checks.clear();
    }

    /// Forgets the replies that are not among these.
    pub(super) fn keep(&mut self, turns: &HashSet<TurnId>) {
        self.checks.retain(|turn, _| turns.contains(turn));
    }

    fn format(&mut self, wanted: &serde_json::Value) -> Option<Arc<AnswerFormat>> {
        if let Some(format) = self.formats.iter().rev().find(|format| format.source == *wanted) {
            return Some(format.clone());
        }
        let format = Arc::new(AnswerFormat::of(wanted)?);
        if self.formats.len() >= MOST_FORMATS {
            self.formats.remove(0);
        }
        self.formats.push(format.clone());
        Some(format)
    }
}

/// How a reply ended, if it did.
fn end(run: &Run) -> Option<AnswerEnd> {
    run.finished?;
    Some(match run.outcome {
        Outcome::Complete => AnswerEnd::of(run.finish_reason.as_deref(), &run.settings.params),
        _ => AnswerEnd::Broken,
    })
}

/// The rows below a reply in JSON: the verdict in a word, and the errors when the reply is unfolded.
pub(super) fn verdict(pane: &Pane<'_>, turn: TurnId, check: &AnswerCheck) -> Vec<Line> {
    let unfolded = pane.lane.unfolded.contains(&turn);
    let Some((head, role, violations)) = told(check) else { return Vec::new() };
    let listed = if unfolded { violations } else { &[] };
    let more = match violations.len() {
        2.. if !unfolded => format!(" · {} lists them", pane.state.key(Action::Fold)),
        _ => String::new(),
    };
    let mut rows = Vec::new();
    wrap(&[Span::new(head, role), Span::new(more, StyleRole::Dim)], &Wrap::plain(pane.columns), &mut rows);
    let indent = [Span::new("  ", StyleRole::Text)];
    for violation in listed {
        let prefix = Wrap { width: pane.columns, first: &indent, rest: &indent };
        wrap(&[Span::new(clean_line(&violation.said), StyleRole::Error)], &prefix, &mut rows);
    }
    rows
}

/// The verdict in a sentence, its role, and what can be listed below it.
fn told(check: &AnswerCheck) -> Option<(String, StyleRole, &[Violation])> {
    let unnamed = if check.format().source["type"] == "json_object" { "JSON mode" } else { "the schema" };
    let form = check.format().name.as_deref().unwrap_or(unnamed);
    let form = truncate(&clean_line(form), NAME_CELLS).into_owned();
    Some(match check.verdict() {
        Verdict::Nothing => return None,
        Verdict::SoFar => (format!("… conforms to {form} so far"), StyleRole::Dim, &[]),
        Verdict::Wrong(found) => (format!("✗ {}", clean_line(&found.said)), StyleRole::Error, &[]),
        Verdict::Conforms => (format!("✓ conforms to {form}"), StyleRole::Good, &[]),
        Verdict::Fails(all) => (failing(&form, all), StyleRole::Error, all),
        Verdict::Cut(all) => (format!("✗ {}", first(all)), StyleRole::Error, all.get(1..).unwrap_or_default()),
        Verdict::Unchecked(said) => {
            (format!("? not checked: the schema cannot be used: {}", clean_line(said)), StyleRole::Warning, &[])
        }
    })
}

fn failing(form: &str, all: &[Violation]) -> String {
    match all.len() {
        0 | 1 => format!("✗ does not conform to {form}: {}", first(all)),
        MOST_VIOLATIONS.. => format!("✗ {MOST_VIOLATIONS} errors or more by {form}, first: {}", first(all)),
        count => format!("✗ {count} errors by {form}, first: {}", first(all)),
    }
}

fn first(all: &[Violation]) -> String {
    all.first().map(|violation| clean_line(&violation.said).into_owned()).unwrap_or_default()
}
