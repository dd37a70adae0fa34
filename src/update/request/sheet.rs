//! Bodies as rows: members one below the other, long conversations folded, what differs marked.

use serde_json::{Map, Value};

use crate::text::{Emphasis, Ink, Line, Member, Span, StyleRole, Wrap, clean_line, counted, pretty_member, wrap};

/// The sign of a member that is not the same in every lane.
pub(super) const MARK: &str = "≠";

/// A folded message is shown up to this many bytes of JSON: about two screens.
const LARGEST: usize = 8 * 1024;

/// Whether something is marked as not the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Same,
    Differs,
}

impl Mark {
    pub(super) fn when(differs: bool) -> Self {
        if differs { Self::Differs } else { Self::Same }
    }
}

/// Rows under way.
pub(super) struct Sheet {
    width: u16,
    rows: Vec<Line>,
}

impl Sheet {
    pub(super) fn new(width: u16) -> Self {
        Self { width, rows: Vec::new() }
    }

    /// The rows; a blank one that nothing follows is left out.
    pub(super) fn into_rows(mut self) -> Vec<Line> {
        if self.rows.last().is_some_and(|row| row.spans.is_empty()) {
            self.rows.pop();
        }
        self.rows
    }

    /// A row of brackets.
    pub(super) fn bracket(&mut self, depth: usize, text: &str) {
        let indent = Span::new(self.indent(depth), StyleRole::Text);
        self.rows.push(Line { spans: vec![indent, Span::new(text, StyleRole::SyntaxPunctuation)] });
    }

    /// The row that opens the list of messages.
    pub(super) fn open_messages(&mut self) {
        let spans = [
            Span::new(self.indent(1), StyleRole::Text),
            Span::new("\"messages\"", StyleRole::SyntaxVariable),
            Span::new(": [", StyleRole::SyntaxPunctuation),
        ];
        self.rows.push(Line { spans: spans.into() });
    }

    /// A field of the body.
    pub(super) fn field(&mut self, name: &str, value: &Value, comma: bool, mark: Mark) {
        let key = Value::from(name).to_string();
        let member = Member { key: Some(&key), value: &value.to_string(), depth: 1, comma };
        self.member(&member, mark);
    }

    /// A message, or where it is folded and large a row that stands for it.
    pub(super) fn message(&mut self, message: &Value, comma: bool, unfolded: bool, mark: Mark) {
        let json = message.to_string();
        if !unfolded && json.len() > LARGEST {
            let role = message.get("role").and_then(Value::as_str).unwrap_or("a");
            let length = message.get("content").and_then(Value::as_str).map_or(json.len(), |text| text.chars().count());
            self.note(2, &format!("… {} message of {}", clean_line(role), counted(length as u64, "character")), mark);
            return;
        }
        self.member(&Member { key: None, value: &json, depth: 2, comma }, mark);
    }

    /// A row that stands for what is not shown, and is no JSON.
    pub(super) fn note(&mut self, depth: usize, text: &str, mark: Mark) {
        let start = self.rows.len();
        let indent = [Span::new(self.indent(depth), StyleRole::Text)];
        let rows = Wrap { width: self.width, first: &indent, rest: &indent };
        wrap(&[Span::new(text, Ink::from(StyleRole::Dim).with(Emphasis::ITALIC))], &rows, &mut self.rows);
        self.mark(start, mark);
    }

    /// A sentence outside of the body.
    pub(super) fn remark(&mut self, text: &str, role: StyleRole) {
        wrap(&[Span::new(clean_line(text), role)], &Wrap::plain(self.width), &mut self.rows);
    }

    pub(super) fn blank(&mut self) {
        self.rows.push(Line::default());
    }

    fn member(&mut self, member: &Member<'_>, mark: Mark) {
        let start = self.rows.len();
        self.rows.extend(pretty_member(member, self.width));
        self.mark(start, mark);
    }

    /// Puts the sign into the indent of the rows from `start` on.
    fn mark(&mut self, start: usize, mark: Mark) {
        if mark == Mark::Same {
            return;
        }
        for line in self.rows.iter_mut().skip(start) {
            if let Some(rest) = line.spans.first_mut().and_then(|span| span.text.strip_prefix(' ').map(str::to_owned)) {
                line.spans[0].text = rest;
                line.spans.insert(0, Span::new(MARK, Ink::from(StyleRole::Warning).with(Emphasis::BOLD)));
            }
        }
    }

    fn indent(&self, depth: usize) -> String {
        " ".repeat((depth * 2).min(usize::from(self.width) / 2))
    }
}

/// `1 message`, `41 messages`.
pub(super) fn count(messages: usize) -> String {
    counted(messages as u64, "message")
}

/// A whole body; folded, its conversation is shown by its last message.
pub(super) fn body(body: &Map<String, Value>, unfolded: bool, unfold: &str, width: u16) -> Vec<Line> {
    let mut sheet = Sheet::new(width);
    sheet.bracket(0, "{");
    for (place, (name, value)) in body.iter().enumerate() {
        let comma = place + 1 < body.len();
        match value {
            Value::Array(list) if name == "messages" && !list.is_empty() => {
                messages(&mut sheet, list, unfolded, unfold);
                sheet.bracket(1, if comma { "]," } else { "]" });
            }
            value => sheet.field(name, value, comma, Mark::Same),
        }
    }
    sheet.bracket(0, "}");
    sheet.into_rows()
}

fn messages(sheet: &mut Sheet, list: &[Value], unfolded: bool, unfold: &str) {
    sheet.open_messages();
    let is_prompt = |message: &Value| message.get("role").is_some_and(|role| role == "system" || role == "developer");
    let prompts = list.iter().take_while(|message| is_prompt(message)).count();
    let last = list.len() - 1;
    // One message folded would take as many rows as it saves.
    let folded = if unfolded || last.saturating_sub(prompts) < 2 { 0..0 } else { prompts..last };
    for (place, message) in list.iter().enumerate() {
        if place == folded.start && !folded.is_empty() {
            sheet.note(2, &format!("… {}{unfold}", count(folded.len())), Mark::Same);
        }
        if !folded.contains(&place) {
            sheet.message(message, place < last, unfolded, Mark::Same);
        }
    }
}
