//! A reply's tokens by their probability: their classes and figures, where each stands, and the one under the cursor.

use ratatui::layout::Rect;

use super::{Breadth, Reader, Size};
use crate::chat::{Chance, TurnId};
use crate::text::{Line, StyleRole};

/// Least rows for the tokens themselves, however much is told around them.
const LEAST_TOKENS: u16 = 3;

/// How likely a token was, in five steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChanceClass {
    Certain,
    Likely,
    Open,
    Unlikely,
    Rare,
}

impl ChanceClass {
    /// Every class, the likeliest first.
    pub const ALL: [Self; 5] = [Self::Certain, Self::Likely, Self::Open, Self::Unlikely, Self::Rare];

    /// The class of a chance; `None` where the server did not tell.
    #[must_use]
    pub fn of(chance: Chance) -> Option<Self> {
        match chance {
            Chance::Unknown => None,
            Chance::Slight => Some(Self::Rare),
            Chance::Known(logprob) => {
                let probability = logprob.exp();
                Self::ALL.into_iter().find(|class| probability >= f64::from(class.least_percent()) / 100.0)
            }
        }
    }

    /// The least probability of the class, in percent.
    #[must_use]
    pub fn least_percent(self) -> u8 {
        match self {
            Self::Certain => 90,
            Self::Likely => 60,
            Self::Open => 30,
            Self::Unlikely => 10,
            Self::Rare => 0,
        }
    }

    /// How its tokens look: the less likely, the more they stand out.
    #[must_use]
    pub fn role(self) -> StyleRole {
        match self {
            Self::Certain => StyleRole::Text,
            Self::Likely => StyleRole::ChanceLikely,
            Self::Open => StyleRole::ChanceOpen,
            Self::Unlikely => StyleRole::ChanceUnlikely,
            Self::Rare => StyleRole::ChanceRare,
        }
    }
}

/// Sums over tokens, kept as they come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChanceFigures {
    /// By the place of the class in [`ChanceClass::ALL`].
    pub classes: [usize; 5],
    /// Tokens whose probability is known as a figure; the sums are over these.
    pub known: usize,
    pub probability: f64,
    pub logprob: f64,
    /// Tokens of which the server told nothing.
    pub untold: usize,
    /// The least probable token's place and its chance.
    pub least: Option<(usize, Chance)>,
    /// The most alternatives that any token has.
    pub alternatives: usize,
}

/// A place among the rows of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub row: usize,
    pub column: u16,
}

/// Where a token stands: from its first cell to the one after its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Spot,
    pub to: Spot,
}

/// The heat of a reply, laid out for one width. Rows only ever grow at their end until the width changes.
#[derive(Clone, Debug)]
pub struct Heat {
    pub turn: TurnId,
    /// Whose reply it is, clean.
    pub title: String,
    pub figures: ChanceFigures,
    /// The summary and the legend.
    pub head: Vec<Line>,
    pub rows: Vec<Line>,
    /// Of each token that is laid out.
    pub places: Vec<Stretch>,
    /// The token under the cursor.
    pub at: usize,
    /// The rank of the token under the cursor among the least probable ones, from 0, when it was gone to as such.
    pub rank: Option<usize>,
    /// The token under the cursor and what could have stood in its place.
    pub detail: Vec<Line>,
    pub scroll: usize,
}

/// The parts of the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeatAreas {
    pub frame: Rect,
    pub head: Rect,
    pub tokens: Rect,
    pub detail: Rect,
    pub keys: Rect,
}

impl Heat {
    #[must_use]
    pub fn new(turn: TurnId, title: String) -> Self {
        Self {
            turn,
            title,
            figures: ChanceFigures::default(),
            head: Vec::new(),
            rows: Vec::new(),
            places: Vec::new(),
            at: 0,
            rank: None,
            detail: Vec::new(),
            scroll: 0,
        }
    }

    /// The columns for text on a screen.
    #[must_use]
    pub fn columns(size: Size) -> u16 {
        Reader::body(size, Breadth::Prose).width.max(1)
    }

    /// The rows for the token under the cursor: itself, its alternatives (where it is none of them, one more), and what
    /// is left for all others.
    #[must_use]
    pub fn detail_rows(&self, size: Size) -> u16 {
        let wanted = u16::try_from(self.figures.alternatives).unwrap_or(u16::MAX).saturating_add(3);
        wanted.min(Reader::body(size, Breadth::Prose).height / 3 + 1)
    }

    /// The parts of the box on a screen: a blank row follows the head, a rule stands over the detail.
    #[must_use]
    pub fn areas(&self, size: Size) -> HeatAreas {
        let (frame, body) = (Reader::frame(size, Breadth::Prose), Reader::body(size, Breadth::Prose));
        let detail = self.detail_rows(size).min(body.height.saturating_sub(LEAST_TOKENS + 1));
        let room = body.height.saturating_sub(detail + 1 + LEAST_TOKENS);
        let head = u16::try_from(self.head.len()).unwrap_or(u16::MAX).min(room);
        let above = if head < room { head + 1 } else { head };
        let rows = |y: u16, height: u16| Rect { y: body.y + y, height, ..body };
        HeatAreas {
            frame,
            head: rows(0, head),
            tokens: rows(above, body.height.saturating_sub(above + detail + 1)),
            detail: rows(body.height - detail, detail),
            keys: Rect { y: body.bottom(), height: 1, ..body },
        }
    }
}
