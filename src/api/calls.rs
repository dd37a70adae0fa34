//! Tool calls of one choice, told apart whatever the server does with indices, ids and names.
//!
//! Owns the numbering of calls from 0, their unique ids and the start of their arguments. The reference sends an index
//! with every piece, id and name with the first, and arguments bit by bit; the rules for everyone else are at
//! [`Calls::place`].

use std::collections::{HashMap, HashSet};

use fastrand::Rng;
use serde_json::Value;

/// A piece of a call as the wire brought it; empty ids and names are absent.
#[derive(Clone, Debug, Default)]
pub(super) struct WirePiece<'a> {
    pub(super) index: Option<u64>,
    pub(super) id: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) arguments: &'a str,
    pub(super) extra: Option<Value>,
}

/// A piece with its place and only what is new in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Placed {
    pub(super) index: usize,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) arguments: String,
    pub(super) extra: Option<Value>,
}

#[derive(Debug, Default)]
pub(super) struct Calls {
    calls: Vec<Call>,
    by_index: HashMap<u64, usize>,
    by_id: HashMap<String, usize>,
    /// The ids that were given out.
    ids: HashSet<String>,
}

#[derive(Debug, Default)]
struct Call {
    wire_id: Option<String>,
    name: String,
    arguments: Arguments,
}

/// How far a call's arguments have come.
#[derive(Debug, Default)]
enum Arguments {
    #[default]
    None,
    /// A first piece that was just `{}`: either all of it, or a placeholder before the real ones (wire: litellm#4537).
    EmptyObject,
    Open(Nesting),
    /// An object that was closed.
    Whole,
}

/// How deep in JSON the text so far ends.
#[derive(Clone, Copy, Debug, Default)]
struct Nesting {
    depth: u32,
    in_string: bool,
    escaped: bool,
}

impl Calls {
    /// Gives a piece its place. `None` when it says nothing new.
    pub(super) fn take(&mut self, piece: WirePiece<'_>, ids: &mut Rng) -> Option<Placed> {
        let known = self.calls.len();
        let index = self.place(&piece);
        let fresh = index == known;
        if fresh {
            self.calls.push(Call::default());
        }
        if let Some(wire) = piece.index {
            self.by_index.insert(wire, index);
        }
        let id = self.name_id(index, piece.id, fresh, ids);
        let call = self.calls.get_mut(index)?;
        let name = piece.name.and_then(|name| call.rename(name, &piece));
        let arguments = call.arguments.take(piece.arguments).to_owned();
        let says_something = fresh || id.is_some() || name.is_some() || !arguments.is_empty() || piece.extra.is_some();
        says_something.then_some(Placed { index, id, name, arguments, extra: piece.extra })
    }

    /// Gives out what is held back: the choice is finished.
    pub(super) fn flush(&mut self) -> Vec<Placed> {
        let held = |(index, call): (usize, &mut Call)| {
            matches!(call.arguments, Arguments::EmptyObject).then(|| {
                call.arguments = Arguments::Whole;
                Placed { index, arguments: "{}".to_owned(), ..Placed::default() }
            })
        };
        self.calls.iter_mut().enumerate().filter_map(held).collect()
    }

    /// The call that a piece belongs to; one past the last for a new call.
    ///
    /// - A free index is a new call, unless the piece has no name and the id of a known call.
    /// - On a taken index, a new id with a name is a new call (wire: Ollama numbers every call 0, ollama#15457); a new id
    ///   without a name is not: old vLLM draws another id for every piece.
    /// - Without an index, a name is a new call (wire: Gemini, OpenMAIC#1556), unless its id is known.
    /// - Whole arguments that are followed by a name and further arguments are two calls, whatever the ids say.
    fn place(&self, piece: &WirePiece<'_>) -> usize {
        let new = self.calls.len();
        let by_id = piece.id.and_then(|id| self.by_id.get(id)).copied();
        let by_index = piece.index.and_then(|index| self.by_index.get(&index)).copied();
        let named = piece.name.is_some();
        let found = match (piece.index, by_index) {
            (Some(_), Some(at)) if self.has_other_id(at, piece) => by_id.filter(|_| !named).or((!named).then_some(at)),
            (Some(_), Some(at)) => Some(at),
            (Some(_), None) => by_id.filter(|_| !named),
            (None, _) => by_id.or_else(|| new.checked_sub(1).filter(|_| !named)),
        };
        found.filter(|&at| !self.begins_anew(at, piece)).unwrap_or(new)
    }

    fn has_other_id(&self, at: usize, piece: &WirePiece<'_>) -> bool {
        let known = self.calls.get(at).and_then(|call| call.wire_id.as_deref());
        matches!((known, piece.id), (Some(known), Some(id)) if known != id)
    }

    /// Whether a named piece cannot continue the call: that one is complete, or has another name and no common id.
    fn begins_anew(&self, at: usize, piece: &WirePiece<'_>) -> bool {
        let (Some(call), Some(name)) = (self.calls.get(at), piece.name) else { return false };
        let more = piece.arguments.trim_start().starts_with('{');
        let same_id = call.wire_id.is_some() && call.wire_id.as_deref() == piece.id;
        match call.arguments {
            Arguments::None => false,
            Arguments::EmptyObject | Arguments::Whole => more || (call.name != name && !same_id),
            Arguments::Open(_) => call.name != name && !same_id,
        }
    }

    /// The id to give out, if it is new: the server's own where it is unique, else one of ours.
    fn name_id(&mut self, index: usize, wire: Option<&str>, fresh: bool, ids: &mut Rng) -> Option<String> {
        let call = self.calls.get_mut(index)?;
        if let (None, Some(wire)) = (&call.wire_id, wire) {
            call.wire_id = Some(wire.to_owned());
            self.by_id.insert(wire.to_owned(), index);
            if self.ids.insert(wire.to_owned()) {
                return Some(wire.to_owned());
            }
        }
        if !fresh {
            return None;
        }
        let id = std::iter::repeat_with(|| own_id(ids)).find(|id| !self.ids.contains(id))?;
        self.ids.insert(id.clone());
        Some(id)
    }
}

/// Nine letters and digits: the one form that every server takes back (Mistral demands exactly this).
fn own_id(ids: &mut Rng) -> String {
    std::iter::repeat_with(|| ids.alphanumeric()).take(9).collect()
}

impl Call {
    /// The whole name, if the piece changes it. A repeated name is the same name; before any arguments, a different one
    /// is its continuation (wire: continue#5849).
    fn rename(&mut self, name: &str, piece: &WirePiece<'_>) -> Option<String> {
        if self.name == name {
            return None;
        }
        let continues = matches!(self.arguments, Arguments::None) && piece.arguments.is_empty();
        if continues && !name.starts_with(&self.name) {
            self.name.push_str(name);
        } else {
            name.clone_into(&mut self.name);
        }
        Some(self.name.clone())
    }
}

impl Arguments {
    /// What of the piece is to be given out now.
    fn take<'a>(&mut self, piece: &'a str) -> &'a str {
        if piece.is_empty() {
            return piece;
        }
        *self = match (std::mem::take(self), piece) {
            (Self::None, "{}") => {
                *self = Self::EmptyObject;
                return "";
            }
            (Self::None | Self::EmptyObject, piece) => Nesting::default().read(piece),
            (Self::Open(nesting), piece) => nesting.read(piece),
            (Self::Whole, _) => Self::Whole,
        };
        piece
    }
}

impl Nesting {
    fn read(mut self, piece: &str) -> Arguments {
        for byte in piece.bytes() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                b'{' | b'[' if !self.in_string => self.depth = self.depth.saturating_add(1),
                b'}' | b']' if !self.in_string => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Arguments::Whole;
                    }
                }
                _ => {}
            }
        }
        Arguments::Open(self)
    }
}

#[cfg(test)]
mod tests;
