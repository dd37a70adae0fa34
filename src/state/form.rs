//! A form: one text that is edited in a box, with further fields below it where there are any.

use std::collections::BTreeMap;

use super::{CallId, LaneId, SessionList};
use crate::chat::{Field, TurnId};
use crate::input::Editor;

/// What a form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormPurpose {
    /// The lane's name on the screen: one line.
    LaneName(LaneId),
    /// The name of the branch that begins with a turn: one line.
    BranchName(TurnId),
    /// The lane's system prompt; the further fields are its variables.
    System(LaneId),
    /// A field's value, as text or JSON.
    Value { lane: LaneId, field: Field },
    /// All fields of a lane that no table knows, as one JSON object.
    Extra(LaneId),
    /// The path of a file that the session is written to; the further fields are [`EXPORT_FIELDS`].
    Export,
    /// The title of a session, which may be the one on the screen: one line.
    SessionTitle(String),
    /// The tags of a session, with commas between them: one line.
    SessionTags(String),
    /// What a model costs: the price of its input; the further fields are [`PRICE_FIELDS`].
    Price { provider: String, model: String },
    /// How much may be spent in the session; the further fields are [`BUDGET_FIELDS`].
    Budgets,
    /// Something that is said about a tool call.
    Call { lane: LaneId, what: CallForm },
}

/// What is said about tool calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallForm {
    /// The arguments that it is to be run with.
    Arguments(CallId),
    /// The arguments that it is to be made with once more, in a branch of its own.
    Again(CallId),
    /// Its result, by hand.
    Answer(CallId),
    /// Why it is refused: one line.
    Refusal(CallId),
    /// Why all calls of a reply that wait are refused: one line.
    RefusalOfAll(TurnId),
    /// What answers the calls of a tool: one line.
    Responder(String),
    /// Another result in the place of one that went back.
    Result(TurnId),
}

impl FormPurpose {
    /// The lane that takes the text, if it is a lane's.
    #[must_use]
    pub fn lane(&self) -> Option<LaneId> {
        match self {
            Self::LaneName(lane) | Self::System(lane) | Self::Value { lane, .. } | Self::Extra(lane) => Some(*lane),
            Self::Call { lane, .. } => Some(*lane),
            Self::Price { .. } | Self::Budgets | Self::Export => None,
            Self::BranchName(_) | Self::SessionTitle(_) | Self::SessionTags(_) => None,
        }
    }
}

/// What a price has besides that of its input: all for 1,000,000 tokens, and the currency.
pub const PRICE_FIELDS: [&str; 3] = ["output", "cached", "currency"];

/// The budgets besides that of the session, and the currency of all.
pub const BUDGET_FIELDS: [&str; 4] = ["request", "today", "month", "currency"];

/// What an export asks for besides its path: whose branch, how much of it, and a pattern of what is left out.
pub const EXPORT_FIELDS: [&str; 3] = ["lane", "what", "leave out"];

/// A text that is being edited and not yet taken.
#[derive(Clone, Debug)]
pub struct Form {
    pub purpose: FormPurpose,
    pub editor: Editor,
    /// What the text was, to tell whether something would be lost.
    before: String,
    /// Further fields, each of one line.
    pub fields: Vec<FormField>,
    /// What takes the keys: the text, or one of the fields.
    pub at: FormFocus,
    /// Texts that may be put in while nothing else is written.
    pub templates: Vec<String>,
    /// Fields that have no place now; what was typed into them is kept for when they have one again.
    aside: Vec<FormField>,
    /// What is to be said of the text as it is.
    pub verdict: Option<Verdict>,
    /// The list of sessions that it was opened from.
    pub under: Option<Box<SessionList>>,
}

/// A line with a name.
#[derive(Clone, Debug)]
pub struct FormField {
    pub name: String,
    pub editor: Editor,
    pub(super) before: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FormFocus {
    #[default]
    Text,
    Field(usize),
}

/// Whether a text can be taken as it is, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Good(String),
    /// It can, when it is asked for once more.
    Asks(String),
    Bad(String),
}

impl Form {
    #[must_use]
    pub fn new(purpose: FormPurpose, text: &str) -> Self {
        let editor = Editor::with_text(text);
        let before = editor.text();
        Self {
            purpose,
            editor,
            before,
            fields: Vec::new(),
            aside: Vec::new(),
            at: FormFocus::Text,
            templates: Vec::new(),
            verdict: None,
            under: None,
        }
    }

    /// Whether the text is a single line, which Enter takes.
    #[must_use]
    pub fn is_line(&self) -> bool {
        use CallForm::{Refusal, RefusalOfAll, Responder};
        use FormPurpose as P;
        matches!(
            self.purpose,
            P::LaneName(_)
                | P::BranchName(_)
                | P::Export
                | P::Price { .. }
                | P::Budgets
                | P::SessionTitle(_)
                | P::SessionTags(_)
                | P::Call { what: Refusal(_) | RefusalOfAll(_) | Responder(_), .. }
        )
    }

    /// Whether the text is a value of the request, whose slips are told as it is written.
    #[must_use]
    pub fn is_value(&self) -> bool {
        matches!(self.purpose, FormPurpose::Value { .. } | FormPurpose::Extra(_))
    }

    /// Whether it is about a tool call.
    #[must_use]
    pub fn is_call(&self) -> bool {
        matches!(self.purpose, FormPurpose::Call { .. })
    }

    /// Puts the next template in where nothing would be lost by it: the text is empty, a template, or but the word that
    /// a template is about.
    pub fn next_template(&mut self) {
        if let Some(template) = self.template().map(ToOwned::to_owned) {
            self.editor.set_text(&template);
        }
    }

    /// The template that would be put in now.
    #[must_use]
    pub fn template(&self) -> Option<&str> {
        if self.templates.is_empty() {
            return None;
        }
        let text = self.editor.text();
        let place = |fits: &dyn Fn(&String) -> bool| self.templates.iter().position(fits);
        let next = match (text.trim(), place(&|template| *template == text)) {
            ("", _) => Some(0),
            (_, Some(at)) => Some((at + 1) % self.templates.len()),
            (word, None) => place(&|template| template.contains(&format!("\"{word}\""))),
        };
        next.and_then(|next| self.templates.get(next)).map(String::as_str)
    }

    /// Has values ready for fields of these names, should they be given a place.
    pub fn set_aside(&mut self, values: &BTreeMap<String, String>) {
        self.aside.extend(values.iter().map(|(name, value)| FormField::new(name, value)));
    }

    /// Gives the form a field for each of the names, in their order: those that it has or had, else empty ones.
    pub fn name_fields(&mut self, names: &[&str]) {
        let mut known = std::mem::take(&mut self.fields);
        known.append(&mut self.aside);
        for name in names {
            let field = match known.iter().position(|field| field.name == *name) {
                Some(place) => known.swap_remove(place),
                None => FormField::new(*name, ""),
            };
            self.fields.push(field);
        }
        self.aside = known;
        self.at = match self.at {
            FormFocus::Field(at) if at >= self.fields.len() => FormFocus::Text,
            at => at,
        };
    }

    /// The editor that takes the keys.
    pub fn active(&mut self) -> &mut Editor {
        match self.at {
            FormFocus::Field(at) if at < self.fields.len() => &mut self.fields[at].editor,
            _ => &mut self.editor,
        }
    }

    /// Whether leaving the form would lose something.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.editor.text() != self.before || self.fields.iter().any(|field| field.editor.text() != field.before)
    }

    /// Gives the keys to the next field, or after the last to the text again.
    pub fn next(&mut self) {
        self.at = match self.at {
            FormFocus::Text if self.fields.is_empty() => FormFocus::Text,
            FormFocus::Text => FormFocus::Field(0),
            FormFocus::Field(at) if at + 1 < self.fields.len() => FormFocus::Field(at + 1),
            FormFocus::Field(_) => FormFocus::Text,
        };
    }

    pub fn previous(&mut self) {
        self.at = match self.at {
            FormFocus::Text => self.fields.len().checked_sub(1).map_or(FormFocus::Text, FormFocus::Field),
            FormFocus::Field(at) => at.checked_sub(1).map_or(FormFocus::Text, FormFocus::Field),
        };
    }
}

impl FormField {
    #[must_use]
    pub fn new(name: impl Into<String>, value: &str) -> Self {
        let editor = Editor::with_text(value);
        let before = editor.text();
        Self { name: name.into(), editor, before }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_offered_only_where_it_overwrites_nothing() {
        let form = |text: &str| Form {
            templates: vec!["\"auto\"".into(), "\"none\"".into()],
            ..Form::new(FormPurpose::Extra(LaneId(0)), text)
        };
        assert_eq!(form("").template(), Some("\"auto\""));
        assert_eq!(form("\"auto\"").template(), Some("\"none\""));
        assert_eq!(form("none").template(), Some("\"none\""));
        assert_eq!(form("{\"my\": \"own\"}").template(), None);
        assert_eq!(Form::new(FormPurpose::Extra(LaneId(0)), "").template(), None);
    }
}
