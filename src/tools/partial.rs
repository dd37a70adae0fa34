//! What is certain of a JSON text while it comes.
//!
//! Owns the walk through text and schema at once. A byte is looked at once, so a piece costs what it brings; the first
//! certain error is kept, because everything after it hangs on it. What is certain stays so at the end.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::schema::Violation;
use super::sentence;
use super::shape::{NodeId, Others, Shape, Types};
use crate::text::{JsonKind, JsonPiece, JsonScanner};

/// What is nested deeper cannot be checked at the end, nor would programs read it.
const MOST_LEVELS: usize = 128;

/// A JSON text as far as it came, and the first thing that is certainly wrong with it.
#[derive(Debug)]
pub(super) struct Partial {
    scanner: JsonScanner,
    walk: Walk,
}

/// The way into the value, and what holds there.
#[derive(Debug)]
struct Walk {
    shape: Arc<Shape>,
    /// The open brackets, from the outermost.
    levels: Vec<Level>,
    /// The schemas that hold for the value that comes next, or that is coming.
    next: Vec<NodeId>,
    /// Of a key, or of a value that has to be one of a list: what came of it.
    token: String,
    keeps: bool,
    found: Option<Violation>,
    work: u64,
}

/// An open bracket.
#[derive(Debug)]
struct Level {
    schemas: Vec<NodeId>,
    at: At,
}

#[derive(Debug)]
enum At {
    Item(usize),
    Field { name: String, seen: HashSet<String> },
}

/// What a JSON text says twice: the first field of an object that is given more than once. Readers differ in which of the
/// two they take, so such a text means nothing certain, though each of them reads it without complaint (RFC 8259, 4).
#[must_use]
pub fn given_twice(text: &str) -> Option<Violation> {
    let mut partial = Partial::new(Arc::new(Shape::of(&Value::Bool(true))));
    partial.push(text);
    partial.finish();
    partial.walk.found.filter(|_| partial.scanner.is_whole())
}

impl Partial {
    pub(super) fn new(shape: Arc<Shape>) -> Self {
        let walk =
            Walk { shape, levels: Vec::new(), next: vec![0], token: String::new(), keeps: false, found: None, work: 0 };
        Self { scanner: JsonScanner::of_answer(), walk }
    }

    /// Takes the next part of the text.
    pub(super) fn push(&mut self, text: &str) {
        let walk = &mut self.walk;
        walk.work += text.len() as u64;
        self.scanner.push(text, &mut |piece| walk.take(&piece));
        self.note_fault();
    }

    /// Says that nothing follows.
    pub(super) fn finish(&mut self) {
        let walk = &mut self.walk;
        self.scanner.finish(&mut |piece| walk.take(&piece));
        self.note_fault();
    }

    pub(super) fn scanner(&self) -> &JsonScanner {
        &self.scanner
    }

    /// The first thing that is certainly wrong.
    pub(super) fn found(&self) -> Option<&Violation> {
        self.walk.found.as_ref()
    }

    /// Bytes read and schemas looked at since the start.
    pub(super) fn work(&self) -> u64 {
        self.walk.work
    }

    /// Where the text stopped being JSON, if it did.
    pub(super) fn fault(&self) -> Option<Violation> {
        let fault = self.scanner.fault()?;
        let what = format!("is not JSON at byte {}: {}", fault.at, fault.said);
        Some(sentence::said(String::new(), &what))
    }

    fn note_fault(&mut self) {
        if self.walk.found.is_none() {
            self.walk.found = self.fault();
        }
    }
}

impl Walk {
    fn take(&mut self, piece: &JsonPiece<'_>) {
        if self.found.is_some() {
            return;
        }
        if piece.begins {
            self.begin(piece.kind, piece.text);
        }
        if self.keeps {
            self.token.push_str(piece.text);
        }
        if piece.ends {
            self.end(piece.kind);
        }
    }

    fn begin(&mut self, kind: JsonKind, text: &str) {
        self.token.clear();
        self.keeps = kind == JsonKind::Key;
        let types = match (kind, text.as_bytes().first()) {
            (JsonKind::Open, Some(b'{')) => Types::OBJECT,
            (JsonKind::Open, _) => Types::ARRAY,
            (JsonKind::String, _) => Types::STRING,
            (JsonKind::Number, _) => Types::NUMBER,
            (JsonKind::Constant, Some(b'n')) => Types::NULL,
            (JsonKind::Constant, _) => Types::BOOLEAN,
            (JsonKind::Comma, _) => return self.go_on(),
            _ => return,
        };
        self.begin_value(types);
    }

    /// The next item; a field's schemas follow its name.
    fn go_on(&mut self) {
        if let Some(Level { schemas, at: At::Item(at) }) = self.levels.last_mut() {
            *at += 1;
            let (shape, at) = (&self.shape, *at);
            self.next = schemas.iter().filter_map(|id| shape.node(*id).item(at)).collect();
        }
    }

    fn begin_value(&mut self, types: Types) {
        let schemas = self.shape.holding(&self.next, types);
        self.work += schemas.len() as u64;
        if let Some(refusing) = schemas.iter().find(|id| !self.shape.node(**id).types.meets(types)) {
            return self.refuse(types, self.shape.node(*refusing).types);
        }
        if types == Types::OBJECT || types == Types::ARRAY {
            return self.open(types, schemas);
        }
        let numbers = types == Types::NUMBER;
        self.keeps = numbers || schemas.iter().any(|id| self.shape.node(*id).options.is_some());
        self.next = schemas;
    }

    fn open(&mut self, types: Types, schemas: Vec<NodeId>) {
        if self.levels.len() >= MOST_LEVELS {
            self.found = Some(sentence::too_deep());
            return;
        }
        let at = match types {
            Types::ARRAY => At::Item(0),
            _ => At::Field { name: String::new(), seen: HashSet::new() },
        };
        self.next = match at {
            At::Item(_) => schemas.iter().filter_map(|id| self.shape.node(*id).item(0)).collect(),
            At::Field { .. } => Vec::new(),
        };
        self.levels.push(Level { schemas, at });
    }

    fn end(&mut self, kind: JsonKind) {
        match kind {
            JsonKind::Key => self.name(),
            JsonKind::Close => self.close(),
            JsonKind::String | JsonKind::Number | JsonKind::Constant => self.end_scalar(kind),
            _ => {}
        }
        self.keeps = false;
    }

    /// A field's name is whole: the schemas of its value are known.
    fn name(&mut self) {
        let Ok(name) = serde_json::from_str::<String>(&self.token) else { return };
        let Some(Level { schemas, at: At::Field { name: current, seen } }) = self.levels.last_mut() else { return };
        if !seen.insert(name.clone()) {
            self.found = Some(sentence::said(sentence::below(&self.object(), &name), "is given twice"));
            return;
        }
        self.work += schemas.len() as u64;
        self.next.clear();
        let mut known = true;
        for id in &*schemas {
            let node = self.shape.node(*id);
            match (node.fields.get(&name).copied(), node.others) {
                (Some(field), _) | (None, Others::Like(field)) => self.next.push(field),
                (None, Others::Any) => {}
                (None, Others::Never) => known = false,
            }
        }
        if known {
            *current = name;
        } else {
            self.found = Some(sentence::unknown(&self.object(), &name));
        }
    }

    /// The pointer to the object whose field is read. It is as long as the names that lead there: made for a fault alone.
    fn object(&self) -> String {
        self.pointer(self.levels.len().saturating_sub(1))
    }

    fn close(&mut self) {
        let Some(Level { schemas, at }) = self.levels.pop() else { return };
        let At::Field { seen, .. } = at else { return };
        let required = schemas.iter().flat_map(|id| &self.shape.node(*id).required);
        self.work += required.clone().count() as u64;
        if let Some(missing) = required.clone().find(|name| !seen.contains(*name)) {
            let place = self.pointer(self.levels.len());
            self.found = Some(sentence::said(sentence::below(&place, missing), "is missing"));
        }
    }

    fn end_scalar(&mut self, kind: JsonKind) {
        if !self.keeps {
            return;
        }
        let Ok(value) = serde_json::from_str::<Value>(&self.token) else { return };
        let is_fraction = kind == JsonKind::Number && value.as_f64().is_some_and(|number| number.fract() != 0.0);
        let nodes = self.next.iter().map(|id| self.shape.node(*id));
        if let Some(node) = nodes.clone().find(|node| is_fraction && !node.types.meets(Types::FRACTION)) {
            return self.found = Some(self.wrong(&sentence::told(&value), node.types));
        }
        let refused = nodes
            .filter_map(|node| node.options.as_ref())
            .find(|options| !options.iter().any(|option| is_same(option, &value)));
        if let Some(options) = refused {
            let what = sentence::not_allowed(&value, options);
            self.found = Some(sentence::said(self.pointer(self.levels.len()), &what));
        }
    }

    /// A value of this type has begun where others are wanted.
    fn refuse(&mut self, types: Types, wanted: Types) {
        let stands = types.names().join(" or ");
        self.found = Some(self.wrong(&stands, wanted));
    }

    fn wrong(&self, stands: &str, wanted: Types) -> Violation {
        let pointer = self.pointer(self.levels.len());
        match wanted.names() {
            names if names.is_empty() => sentence::said(pointer, "is not allowed here"),
            names => sentence::said(pointer, &format!("is {stands}, where {} is wanted", sentence::either(&names))),
        }
    }

    /// The place within so many of the open brackets.
    fn pointer(&self, levels: usize) -> String {
        self.levels[..levels].iter().fold(String::new(), |place, level| match &level.at {
            At::Item(at) => format!("{place}/{at}"),
            At::Field { name, .. } => sentence::below(&place, name),
        })
    }
}

/// Whether two values are the same to a schema: numbers by what they are, not by how they are written.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() <= f64::EPSILON * one.abs().max(other.abs()),
        _ => one == other,
    }
}
