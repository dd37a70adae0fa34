//! The members and brackets of a JSON text, as its tokens tell them.

use crate::text::json_scan::{JsonKind, JsonPiece};

/// No item.
pub(super) const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    /// A value in one row, empty brackets among them.
    Leaf,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) token: JsonKind,
    pub(super) depth: u32,
    pub(super) parent: u32,
    /// The other bracket.
    pub(super) partner: u32,
    /// Its place among the members of its parent.
    pub(super) place: u32,
    pub(super) members: u32,
    /// Bytes of the key with its quotes; empty where there is none.
    pub(super) key: (u32, u32),
    pub(super) value: (u32, u32),
    pub(super) comma: bool,
    pub(super) folded: bool,
}

/// What is built while the text is read.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) items: Vec<Item>,
    open: Vec<u32>,
    key: (u32, u32),
}

impl Builder {
    pub(super) fn take(&mut self, piece: &JsonPiece<'_>, at: u32) {
        let end = at.saturating_add(u32::try_from(piece.text.len()).unwrap_or(u32::MAX));
        match piece.kind {
            JsonKind::Key if piece.begins => self.key = (at, end),
            JsonKind::Key => self.key.1 = end,
            JsonKind::Open => {
                let place = self.add(Kind::Open, piece.kind, (at, end));
                self.open.push(place);
            }
            JsonKind::Close => self.close((at, end)),
            JsonKind::Comma => self.comma(),
            JsonKind::String | JsonKind::Number | JsonKind::Constant if piece.begins => {
                self.add(Kind::Leaf, piece.kind, (at, end));
            }
            JsonKind::String | JsonKind::Number | JsonKind::Constant => {
                if let Some(last) = self.items.last_mut() {
                    last.value.1 = end;
                }
            }
            JsonKind::Colon | JsonKind::Fence | JsonKind::Raw => {}
        }
    }

    fn add(&mut self, kind: Kind, token: JsonKind, value: (u32, u32)) -> u32 {
        let parent = self.open.last().copied().unwrap_or(NONE);
        let place = self.items.get_mut(parent as usize).map_or(0, |parent| {
            parent.members += 1;
            parent.members - 1
        });
        let depth = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        let key = std::mem::take(&mut self.key);
        let at = u32::try_from(self.items.len()).unwrap_or(NONE);
        let partner = NONE;
        let (members, comma, folded) = (0, false, false);
        self.items.push(Item { kind, token, depth, parent, partner, place, members, key, value, comma, folded });
        at
    }

    fn close(&mut self, (at, end): (u32, u32)) {
        let Some(place) = self.open.pop() else { return };
        let partner = u32::try_from(self.items.len()).unwrap_or(NONE);
        let Some(open) = self.items.get_mut(place as usize) else { return };
        open.value.1 = end;
        if open.members == 0 {
            open.kind = Kind::Leaf;
            return;
        }
        open.partner = partner;
        let Item { depth, parent, .. } = self.items[place as usize];
        self.items.push(Item {
            kind: Kind::Close,
            token: JsonKind::Close,
            depth,
            parent,
            partner: place,
            place: 0,
            members: 0,
            key: (0, 0),
            value: (at, end),
            comma: false,
            folded: false,
        });
    }

    fn comma(&mut self) {
        let Some(last) = self.items.last_mut() else { return };
        last.comma = true;
        let partner = last.partner as usize;
        if let Some(open) = self.items.get_mut(partner) {
            open.comma = true;
        }
    }
}
