//! Counting: a text's runs of signs of one kind, each worth what such runs take on average in the vocabulary of a family.
//!
//! Owns what a run is. A text may come in any pieces: the count is that of the whole. Nothing is looked at twice.

use super::table::{Table, hundredths};

/// What a run is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Small Latin letters behind a space, which belongs to their token.
    Word,
    /// The same behind a sign, which often belongs to their token.
    WordAfterSign,
    /// The same behind anything else.
    Joined,
    /// Latin letters that begin with large ones and go on with small ones, behind a space.
    Capital,
    /// The same behind anything else.
    JoinedCapital,
    /// Large Latin letters.
    Capitals,
    /// Latin letters with at least one beyond ASCII.
    Accented,
    Digits,
    /// Signs of ASCII.
    Signs,
    /// Signs right before a letter.
    SignsBeforeWord,
    /// One sign again and again, three times at least.
    Rule,
    /// Spaces before anything but a digit.
    Spaces,
    /// Spaces before a digit, which has its tokens without them.
    SpacesBeforeDigits,
    Newlines,
    /// Newlines behind a sign, which often takes them into its token.
    NewlinesAfterSign,
    Tabs,
    Cyrillic,
    /// Any other alphabet.
    Alphabet,
    Han,
    Hiragana,
    Katakana,
    Hangul,
    /// Punctuation and full-width forms of CJK.
    WideSigns,
    /// Everything else, pictograms among them.
    Others,
}

/// How many kinds there are.
pub(super) const KINDS: usize = Kind::Others as usize + 1;

/// A run that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    kind: Kind,
    signs: u32,
    /// Its last sign.
    last: char,
    /// Of [`Kind::Signs`], how many from the end are the same; of [`Kind::Capitals`], nought behind a space and at the
    /// beginning of a text.
    same: u32,
}

/// How many tokens a text takes, as it grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenCount {
    table: &'static Table,
    /// Of the runs that ended, in hundredths of a token.
    settled: u64,
    run: Option<Run>,
}

impl TokenCount {
    pub(super) fn with(table: &'static Table) -> Self {
        Self { table, settled: 0, run: None }
    }

    /// Goes on with a piece of the text.
    pub fn push(&mut self, text: &str) {
        let table = self.table;
        let mut settled = 0;
        for sign in text.chars() {
            if let Some((kind, signs)) = step(&mut self.run, sign) {
                settled += hundredths(table, kind, signs);
            }
        }
        self.settled = self.settled.saturating_add(settled);
    }

    /// Another text begins, whose first sign has nothing to do with the last one of this.
    pub fn cut(&mut self) {
        let open = self.run.take().map_or(0, |run| run.hundredths(self.table));
        self.settled = self.settled.saturating_add(open);
    }

    /// The tokens of all that came, rounded; a text of any length has one at least.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        let all = self.settled.saturating_add(self.run.map_or(0, |run| run.hundredths(self.table)));
        let least = u64::from(self.settled > 0 || self.run.is_some());
        (all.saturating_add(50) / 100).max(least)
    }
}

impl Run {
    fn begin(kind: Kind, sign: char) -> Self {
        Self { kind, signs: 1, last: sign, same: 1 }
    }

    fn hundredths(self, table: &Table) -> u64 {
        hundredths(table, self.kind, self.signs)
    }

    /// Whether the sign belongs to the run, which may turn out to be of another kind by it.
    fn takes(&mut self, next: Kind, sign: char) -> bool {
        use Kind as K;
        let kind = match (self.kind, next) {
            (K::Word | K::WordAfterSign | K::Joined | K::Capital | K::JoinedCapital, K::Word)
            | (K::Capitals, K::Capitals) => self.kind,
            (K::Capitals, K::Word) if self.same == 0 => K::Capital,
            (K::Capitals, K::Word) => K::JoinedCapital,
            (K::Word | K::WordAfterSign | K::Joined | K::Capital | K::JoinedCapital | K::Capitals, K::Accented)
            | (K::Accented, K::Word | K::Accented) => K::Accented,
            (K::Signs | K::Rule, K::Signs) => return self.takes_sign(sign),
            (K::NewlinesAfterSign, K::Newlines) => K::NewlinesAfterSign,
            (own, next) if own == next => own,
            _ => return false,
        };
        self.kind = kind;
        true
    }

    fn takes_sign(&mut self, sign: char) -> bool {
        let repeats = sign == self.last;
        match (self.kind, repeats) {
            (Kind::Rule, repeats) => repeats,
            (_, true) => {
                self.same += 1;
                if self.same == self.signs + 1 && self.same >= 3 {
                    self.kind = Kind::Rule;
                }
                true
            }
            (_, false) => {
                self.same = 1;
                true
            }
        }
    }
}

/// Takes a sign in; gives the run that ended by it.
pub(super) fn step(run: &mut Option<Run>, sign: char) -> Option<(Kind, u32)> {
    let next = kind_of(sign);
    let Some(open) = run else {
        *run = Some(first(next, sign, None));
        return None;
    };
    if open.takes(next, sign) {
        open.signs = open.signs.saturating_add(1);
        open.last = sign;
        return None;
    }
    let mut ended = *open;
    ended.kind = match (ended.kind, next) {
        (Kind::Spaces, Kind::Digits) => Kind::SpacesBeforeDigits,
        (Kind::Signs, Kind::Word | Kind::Capitals | Kind::Accented) => Kind::SignsBeforeWord,
        (kind, _) => kind,
    };
    *run = Some(first(next, sign, Some(&ended)));
    Some((ended.kind, ended.signs))
}

/// A run that begins behind another one.
fn first(kind: Kind, sign: char, before: Option<&Run>) -> Run {
    let spaced = before.is_none_or(|before| before.kind == Kind::Spaces);
    let after_sign = before.is_some_and(|before| matches!(before.kind, Kind::Signs | Kind::Rule));
    match kind {
        Kind::Word if after_sign => Run::begin(Kind::WordAfterSign, sign),
        Kind::Word if !spaced => Run::begin(Kind::Joined, sign),
        Kind::Capitals => Run { same: u32::from(!spaced), ..Run::begin(kind, sign) },
        Kind::Newlines if after_sign => Run::begin(Kind::NewlinesAfterSign, sign),
        kind => Run::begin(kind, sign),
    }
}

fn kind_of(sign: char) -> Kind {
    match sign {
        'a'..='z' => Kind::Word,
        'A'..='Z' => Kind::Capitals,
        '0'..='9' => Kind::Digits,
        ' ' => Kind::Spaces,
        '\n' | '\r' => Kind::Newlines,
        '\t' => Kind::Tabs,
        '\0'..='\x7f' => Kind::Signs,
        sign => beyond_ascii(sign),
    }
}

fn beyond_ascii(sign: char) -> Kind {
    match u32::from(sign) {
        0x00AA | 0x00BA | 0x00C0..=0x00D6 | 0x00D8..=0x00F6 | 0x00F8..=0x024F | 0x1E00..=0x1EFF => Kind::Accented,
        0x0400..=0x052F => Kind::Cyrillic,
        0x3040..=0x309F => Kind::Hiragana,
        0x30A0..=0x30FF | 0x31F0..=0x31FF => Kind::Katakana,
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF => {
            Kind::Han
        }
        0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7AF => Kind::Hangul,
        0x3000..=0x3004 | 0x3008..=0x303F | 0xFE30..=0xFE4F | 0xFF00..=0xFFEF => Kind::WideSigns,
        0x0370..=0x03FF | 0x0530..=0x1CFF | 0x1F00..=0x1FFF | 0x2C00..=0x2DFF | 0xA000..=0xABFF => Kind::Alphabet,
        _ => Kind::Others,
    }
}
