//! Makes characters visible that a terminal would obey, hide or let pile up.
//!
//! Owns what each character becomes. Does not know escape sequences: to this stage an escape is one character.
//! Sources: UAX #31 and UTS #39 (default ignorables), UTS #51 (flag tags), CVE-2021-42574 (bidi).

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// So many marks or joined characters may hang on one base; real scripts and emoji stay well below.
const MOST_PER_BASE: usize = 16;
/// A run of hidden characters up to this long is spelt out, a longer one is summed up.
const MOST_SPELT: usize = 4;
/// Tag characters in a flag before the closing one: a country and a subdivision, `gbeng`.
const FLAG_TAGS: std::ops::RangeInclusive<usize> = 3..=6;
const BLACK_FLAG: char = '\u{1F3F4}';
const TAG_END: char = '\u{E007F}';
const ZWNJ: char = '\u{200C}';
const ZWJ: char = '\u{200D}';

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Takes cells and stands for itself.
    Plain,
    LineEnd,
    /// C0 and DEL, which have a picture.
    Control,
    /// Takes no cell and steers, joins nothing that is seen: shown by its number.
    Hidden,
    /// A hint that no terminal shows: left out.
    SoftHyphen,
    Tag,
    Joiner,
    VariationSelector,
    /// Other marks without a cell of their own.
    Mark,
}

fn class(c: char) -> Class {
    match c {
        ' '..='~' | '\t' | '\u{A0}'..='\u{AC}' | '\u{AE}'..='\u{2FF}' => Class::Plain,
        '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => Class::Plain,
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Class::LineEnd,
        '\0'..='\u{1F}' | '\u{7F}' => Class::Control,
        '\u{AD}' => Class::SoftHyphen,
        ZWNJ | ZWJ => Class::Joiner,
        '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => {
            Class::VariationSelector
        }
        '\u{E0020}'..='\u{E007F}' => Class::Tag,
        c if is_hidden(c) => Class::Hidden,
        c if c.width() == Some(0) => Class::Mark,
        _ => Class::Plain,
    }
}

/// C1, bidi controls, blanks without width, fillers, format controls, noncharacters.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9F}'
        | '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        | '\u{200B}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{180E}'
        | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{17B4}' | '\u{17B5}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{FDD0}'..='\u{FDEF}'
        | '\u{E0000}'..='\u{E001F}' | '\u{E0080}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// The length of the longest beginning that certainly stays as it is.
pub(super) fn plain_prefix(text: &str) -> usize {
    let mut at = ascii_prefix(text.as_bytes());
    while let Some(c) = text[at..].chars().next() {
        if c.is_ascii() || class(c) != Class::Plain {
            break;
        }
        at += c.len_utf8();
        at += ascii_prefix(&text.as_bytes()[at..]);
    }
    at
}

fn ascii_prefix(bytes: &[u8]) -> usize {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    let blocks = bytes.chunks_exact(32).take_while(|block| block.iter().fold(true, |all, byte| all & plain(byte)));
    let whole = blocks.count() * 32;
    whole + bytes[whole..].iter().take_while(|byte| plain(byte)).count()
}

/// The second stage of cleaning: takes characters one by one, remembers only what hangs on the last base.
#[derive(Clone, Debug, Default)]
pub(super) struct Revealer {
    last: Option<char>,
    /// Marks on the last base, and joins since the last unjoined base.
    marks: usize,
    joins: usize,
    /// Hidden characters not yet written: the first few, and how many in all.
    spelt: [char; MOST_SPELT],
    hidden: usize,
    /// Tags after a black flag that may still become a flag.
    flag: Option<FlagTags>,
    after_return: bool,
    found: bool,
}

#[derive(Clone, Debug, Default)]
struct FlagTags {
    tags: [char; *FLAG_TAGS.end()],
    len: usize,
}

impl Revealer {
    /// Whether anything came by that a reader of the raw text would not have seen.
    pub(super) fn found_hidden(&self) -> bool {
        self.found
    }

    pub(super) fn note_hidden(&mut self) {
        self.found = true;
    }

    /// Takes a beginning measured by [`plain_prefix`].
    pub(super) fn take_plain(&mut self, text: &str, out: &mut String) {
        let Some(last) = text.chars().next_back() else { return };
        self.settle(out);
        self.note_return(text.starts_with('\n'));
        let text = if self.after_return { text.strip_prefix('\n').unwrap_or(text) } else { text };
        self.after_return = false;
        out.push_str(text);
        let joined = self.last == Some(ZWJ) && text.len() == last.len_utf8();
        self.joins = if joined { self.joins } else { 0 };
        self.marks = 0;
        self.last = Some(last);
        self.open_flag(last);
    }

    pub(super) fn take(&mut self, c: char, out: &mut String) {
        match class(c) {
            Class::SoftHyphen => self.found = true,
            Class::Plain => self.take_plain(c.encode_utf8(&mut [0; 4]), out),
            Class::LineEnd => self.take_line_end(c, out),
            Class::Control => {
                self.found = true;
                self.write_base(picture(c), out);
            }
            Class::Hidden => self.hide(c),
            Class::Tag => self.take_tag(c, out),
            Class::Joiner => self.take_joiner(c, out),
            Class::VariationSelector => self.take_selector(c, out),
            Class::Mark => self.take_mark(c, out),
        }
    }

    /// As [`Self::take`], but nothing is left out or made a plain line end: each character but LF is seen.
    pub(super) fn take_literally(&mut self, c: char, out: &mut String) {
        match c {
            '\u{AD}' | '\u{85}' | '\u{2028}' | '\u{2029}' => self.hide(c),
            '\r' => self.write_base('␍', out),
            _ => self.take(c, out),
        }
    }

    /// Writes what was held back; the next character begins a new text.
    pub(super) fn finish(&mut self, out: &mut String) {
        self.note_return(false);
        self.settle(out);
        let found = self.found;
        *self = Self { found, ..Self::default() };
    }

    fn take_line_end(&mut self, c: char, out: &mut String) {
        let completes_return = c == '\n' && self.after_return;
        self.note_return(c == '\n');
        self.after_return = c == '\r';
        if !completes_return {
            self.settle(out);
            self.write('\n', out);
        }
    }

    /// A return that no line feed follows would overwrite the row.
    fn note_return(&mut self, line_feed_follows: bool) {
        self.found |= self.after_return && !line_feed_follows;
    }

    fn write_base(&mut self, c: char, out: &mut String) {
        self.settle(out);
        self.note_return(false);
        self.after_return = false;
        self.write(c, out);
    }

    fn write(&mut self, c: char, out: &mut String) {
        out.push(c);
        self.last = Some(c);
        self.marks = 0;
        self.joins = 0;
    }

    /// Joiners belong to scripts and emoji; after ASCII or a mark of ours they only carry secrets.
    fn take_joiner(&mut self, c: char, out: &mut String) {
        let belongs = self.last.is_some_and(|last| !last.is_ascii() && !is_written_by_us(last));
        self.joins += usize::from(c == ZWJ);
        self.keep_if(belongs && self.joins <= MOST_PER_BASE, c, out);
    }

    /// One selector may follow a base that can have variants: keycap digits, ideographs, symbols, letters of scripts.
    fn take_selector(&mut self, c: char, out: &mut String) {
        let belongs = self.last.is_some_and(|last| match last {
            '0'..='9' | '#' | '*' => c <= '\u{FE0F}',
            last if last.is_ascii() || is_written_by_us(last) => false,
            last if class(last) == Class::VariationSelector => false,
            last => c <= '\u{FE0F}' || is_ideograph(last),
        });
        self.keep_if(belongs, c, out);
    }

    /// A mark that joins neither the base before it nor what follows would be drawn nowhere.
    fn take_mark(&mut self, c: char, out: &mut String) {
        let belongs = self.last.is_some_and(|last| is_one_cluster(last, c)) || is_one_cluster(c, 'a');
        self.keep_if(belongs, c, out);
    }

    fn keep_if(&mut self, belongs: bool, c: char, out: &mut String) {
        self.settle_flag();
        if !belongs || self.hidden > 0 || self.marks >= MOST_PER_BASE {
            return self.hide(c);
        }
        self.marks += 1;
        self.last = Some(c);
        out.push(c);
    }

    fn take_tag(&mut self, c: char, out: &mut String) {
        let Some(flag) = &mut self.flag else { return self.hide(c) };
        if c == TAG_END && FLAG_TAGS.contains(&flag.len) {
            out.extend(&flag.tags[..flag.len]);
            out.push(TAG_END);
            self.marks = flag.len + 1;
            self.last = Some(TAG_END);
            self.flag = None;
        } else if flag.len < *FLAG_TAGS.end() && matches!(c, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}') {
            flag.tags[flag.len] = c;
            flag.len += 1;
        } else {
            self.hide(c);
        }
    }

    fn open_flag(&mut self, last: char) {
        if last == BLACK_FLAG {
            self.flag = Some(FlagTags::default());
        }
    }

    fn hide(&mut self, c: char) {
        self.settle_flag();
        self.note_return(false);
        self.after_return = false;
        self.count_hidden(c);
    }

    fn count_hidden(&mut self, c: char) {
        self.found = true;
        if let Some(place) = self.spelt.get_mut(self.hidden) {
            *place = c;
        }
        self.hidden += 1;
    }

    /// Tags that became no flag are hidden characters.
    fn settle_flag(&mut self) {
        let Some(flag) = self.flag.take() else { return };
        for &tag in &flag.tags[..flag.len] {
            self.count_hidden(tag);
        }
    }

    fn settle(&mut self, out: &mut String) {
        self.settle_flag();
        let hidden = std::mem::take(&mut self.hidden);
        if hidden == 0 {
            return;
        }
        if hidden > MOST_SPELT {
            // Writing to a string cannot fail.
            let _ = write!(out, "⟨{hidden} invisible⟩");
        } else {
            for c in &self.spelt[..hidden] {
                let _ = write!(out, "⟨U+{:04X}⟩", u32::from(*c));
            }
        }
        self.last = Some('⟩');
        self.marks = 0;
        self.joins = 0;
    }
}

fn picture(control: char) -> char {
    match control {
        '\u{7F}' => '␡',
        c => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}'),
    }
}

fn is_written_by_us(c: char) -> bool {
    matches!(c, '⟩' | '\u{2400}'..='\u{2421}')
}

fn is_one_cluster(first: char, second: char) -> bool {
    let mut pair = [0; 8];
    let (head, tail) = pair.split_at_mut(first.len_utf8());
    first.encode_utf8(head);
    let len = first.len_utf8() + second.encode_utf8(tail).len();
    std::str::from_utf8(&pair[..len]).is_ok_and(|pair| pair.graphemes(true).nth(1).is_none())
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}')
}
