//! JSON values as literals of Python and JavaScript.
//!
//! Owns that a literal means exactly the value, and that nothing in it hides from who reads it.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Lists and objects of plain values stay on one line up to this many characters.
const INLINE: usize = 72;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    Python,
    JavaScript,
}

impl Tongue {
    fn indent(self) -> usize {
        match self {
            Self::Python => 4,
            Self::JavaScript => 2,
        }
    }

    /// A value as a literal whose further lines are indented by `depth` levels.
    pub(super) fn value(self, value: &Value, depth: usize) -> String {
        let mut out = String::new();
        self.write(value, depth, &mut out);
        out
    }

    pub(super) fn object(self, map: &Map<String, Value>, depth: usize) -> String {
        let mut out = String::new();
        self.write_object(map, depth, &mut out);
        out
    }

    /// A string's literal. JSON's escapes mean the same in both languages; what cannot be seen is escaped as well.
    pub(super) fn string(self, text: &str) -> String {
        let json = Value::from(text).to_string();
        if !json.contains(is_unseen) {
            return json;
        }
        json.chars().fold(String::with_capacity(json.len() + 8), |mut out, sign| {
            let code = u32::from(sign);
            // Writing to a string cannot fail.
            let _ = match (is_unseen(sign), self) {
                (false, _) => out.write_char(sign),
                (true, _) if code <= 0xFFFF => write!(out, "\\u{code:04x}"),
                (true, Self::Python) => write!(out, "\\U{code:08x}"),
                (true, Self::JavaScript) => write!(out, "\\u{{{code:x}}}"),
            };
            out
        })
    }

    fn write(self, value: &Value, depth: usize, out: &mut String) {
        match value {
            Value::String(text) => out.push_str(&self.string(text)),
            Value::Array(list) => self.write_list(list, depth, out),
            Value::Object(map) => self.write_object(map, depth, out),
            Value::Number(number) => out.push_str(&number.to_string()),
            Value::Null | Value::Bool(_) => out.push_str(self.constant(value)),
        }
    }

    fn constant(self, value: &Value) -> &'static str {
        match (self, value) {
            (Self::Python, Value::Bool(true)) => "True",
            (Self::Python, Value::Bool(false)) => "False",
            (Self::Python, _) => "None",
            (Self::JavaScript, Value::Bool(true)) => "true",
            (Self::JavaScript, Value::Bool(false)) => "false",
            (Self::JavaScript, _) => "null",
        }
    }

    fn write_list(self, list: &[Value], depth: usize, out: &mut String) {
        let items = list.iter().map(|item| (String::new(), item)).collect::<Vec<_>>();
        self.write_items(('[', ']'), &items, depth, out);
    }

    fn write_object(self, map: &Map<String, Value>, depth: usize, out: &mut String) {
        let items = map.iter().map(|(key, value)| (self.key(key), value)).collect::<Vec<_>>();
        self.write_items(('{', '}'), &items, depth, out);
    }

    /// Without brackets, JavaScript would take this one key for the object's prototype.
    fn key(self, key: &str) -> String {
        let literal = self.string(key);
        if self == Self::JavaScript && key == "__proto__" { format!("[{literal}]: ") } else { format!("{literal}: ") }
    }

    fn write_items(self, (open, close): (char, char), items: &[(String, &Value)], depth: usize, out: &mut String) {
        out.push(open);
        let start = out.len();
        if items.iter().all(|(_, value)| is_flat(value)) {
            for (place, (key, value)) in items.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                out.push_str(key);
                self.write(value, depth, out);
            }
            if out.len() - start <= INLINE {
                return out.push(close);
            }
            out.truncate(start);
        }
        for (key, value) in items {
            let _ = write!(out, "\n{:1$}{key}", "", (depth + 1) * self.indent());
            self.write(value, depth + 1, out);
            out.push(',');
        }
        let _ = write!(out, "\n{:1$}", "", depth * self.indent());
        out.push(close);
    }
}

fn is_flat(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => true,
    }
}

/// Characters that steer or hide (UTS #39, CVE-2021-42574), and line ends of JavaScript; those that join emoji stay.
fn is_unseen(sign: char) -> bool {
    matches!(sign,
        '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}
