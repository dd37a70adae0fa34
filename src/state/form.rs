//! A form: one text that is edited in a box, with further fields below it where there are any.

use super::LaneId;
use crate::chat::Field;
use crate::input::Editor;

/// What a form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormPurpose {
    /// The lane's name on the screen: one line.
    LaneName(LaneId),
    /// The lane's system prompt; the further fields are its variables.
    System(LaneId),
    /// A field's value, as text or JSON.
    Value { lane: LaneId, field: Field },
    /// All fields of a lane that no table knows, as one JSON object.
    Extra(LaneId),
}

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
    /// What is to be said of the text as it is.
    pub verdict: Option<Verdict>,
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
    Bad(String),
}

impl Form {
    #[must_use]
    pub fn new(purpose: FormPurpose, text: &str) -> Self {
        let editor = Editor::with_text(text);
        let before = editor.text();
        Self { purpose, editor, before, fields: Vec::new(), at: FormFocus::Text, verdict: None }
    }

    /// Whether the text is a single line, which Enter takes.
    #[must_use]
    pub fn is_line(&self) -> bool {
        matches!(self.purpose, FormPurpose::LaneName(_))
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
