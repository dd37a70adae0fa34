//! What differs between two texts, by words.
//!
//! Owns how two texts are matched (by lines, then by words where lines differ) and how changes are joined until they
//! read as phrases. The search for the longest common run is the crate's. Reads no clock: the same texts always give
//! the same pieces. Does not know rows or colours.

use std::fmt;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

use super::words::{count, has_word, words};

/// Lines of both texts, and words and signs of one stretch of changed lines, that are compared; what is longer is
/// replaced whole between its equal ends.
///
/// The search grows faster than its input (n·√n here), and two texts that have not one line of so many in common have no
/// phrases to be shown either. About 40 KB of prose on each side, and some 50 ms at worst.
const MOST_COMPARED: usize = 16_000;
/// So much work as four such stretches make is spent on two texts, by the growth above; what comes after it is replaced
/// whole as well. Replies of megabytes have hundreds of stretches.
const MOST_WORK: usize = 4 * work(MOST_COMPARED);
/// So few unchanged words beside a larger change are chance, not a phrase that was kept.
const ISLAND_WORDS: usize = 2;
/// How many times larger than an island the larger of the two changes around it is when they swallow it.
const ISLAND_RATIO: usize = 3;

/// A part of the two texts. `Same` and `Removed` make the old text, `Same` and `Added` the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Same(&'a str),
    Removed(&'a str),
    Added(&'a str),
}

/// What the comparison of so many items costs.
const fn work(items: usize) -> usize {
    items.saturating_mul(items.isqrt())
}

/// The pieces that lead from the old text to the new one; in each change what was removed comes first.
///
/// Words are never cut; characters of scripts without blanks are words of their own.
#[must_use]
pub fn word_diff<'a>(old: &'a str, new: &'a str) -> Vec<Piece<'a>> {
    if old == new {
        return pieces(old, new, &[Stretch::same(0..old.len(), 0..new.len())]);
    }
    let both = Both { old, new };
    let (mut lines, mut left) = (Vec::new(), MOST_WORK);
    compare(&both.sides(&(0..old.len()), &(0..new.len()), lines_of), &mut left, &mut lines);
    // A blank line or a fence is no sign that what lies around it belongs together.
    let hunks = join(&lines, |island, _, _| !has_word(&old[island.old.clone()]));
    let mut found = Vec::new();
    for hunk in hunks {
        if hunk.kind == Kind::Same || hunk.old.is_empty() || hunk.new.is_empty() {
            push(&mut found, hunk);
        } else {
            compare(&both.sides(&hunk.old, &hunk.new, words), &mut left, &mut found);
        }
    }
    pieces(old, new, &join(&found, |island, before, after| both.is_chance(island, before, after)))
}

/// How many words are in the pieces of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub same: usize,
    pub removed: usize,
    pub added: usize,
    /// Whether anything differs, if only a blank or a sign.
    pub differs: bool,
}

impl Tally {
    #[must_use]
    pub fn of(pieces: &[Piece<'_>]) -> Self {
        let mut tally = Self::default();
        for piece in pieces {
            match piece {
                Piece::Same(text) => tally.same += count(text),
                Piece::Removed(text) => tally.removed += count(text),
                Piece::Added(text) => tally.added += count(text),
            }
            tally.differs |= !matches!(piece, Piece::Same(_));
        }
        tally
    }

    /// The words of both texts that are in both, in whole percent; 100 only when no word differs.
    #[must_use]
    pub fn percent_same(&self) -> usize {
        let both = self.same * 2;
        (both * 100).checked_div(both + self.removed + self.added).unwrap_or(100)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { differs: false, .. } => f.write_str("the same text"),
            Self { removed: 0, added: 0, .. } => f.write_str("the same words; blanks or signs differ"),
            Self { removed, added, .. } => {
                let noun = if *removed == 1 { "word" } else { "words" };
                write!(f, "{removed} {noun} removed, {added} added, {} % the same", self.percent_same())
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Same,
    Changed,
}

/// A stretch of both texts, as bytes of each.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stretch {
    kind: Kind,
    old: Range<usize>,
    new: Range<usize>,
}

impl Stretch {
    fn same(old: Range<usize>, new: Range<usize>) -> Self {
        Self { kind: Kind::Same, old, new }
    }

    fn is_empty(&self) -> bool {
        self.old.is_empty() && self.new.is_empty()
    }
}

struct Both<'a> {
    old: &'a str,
    new: &'a str,
}

impl<'a> Both<'a> {
    fn sides(&self, old: &Range<usize>, new: &Range<usize>, split: Split) -> [Side<'a>; 2] {
        [Side::new(self.old, old, split), Side::new(self.new, new, split)]
    }

    /// Whether so little between two changes stayed the same that a reader is better served without it.
    fn is_chance(&self, island: &Stretch, before: &Stretch, after: &Stretch) -> bool {
        let text = &self.old[island.old.clone()];
        if text.contains('\n') {
            return false;
        }
        let kept = count(text);
        kept == 0 || kept <= ISLAND_WORDS && kept * ISLAND_RATIO <= self.words_in(before).max(self.words_in(after))
    }

    fn words_in(&self, change: &Stretch) -> usize {
        count(&self.old[change.old.clone()]).max(count(&self.new[change.new.clone()]))
    }
}

/// How a text is cut into what is compared; what the cuts leave out goes with what is beside it.
type Split = fn(&str) -> Vec<Range<usize>>;

fn lines_of(text: &str) -> Vec<Range<usize>> {
    let mut end = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let start = end;
        end += line.len();
        start..end
    });
    lines.collect()
}

/// One of the two texts, or a part of it, cut into items.
struct Side<'a> {
    text: &'a str,
    /// Places in the whole text.
    items: Vec<Range<usize>>,
    range: Range<usize>,
}

impl<'a> Side<'a> {
    fn new(text: &'a str, range: &Range<usize>, split: Split) -> Self {
        let items = split(&text[range.clone()]).into_iter();
        let items = items.map(|item| item.start + range.start..item.end + range.start).collect();
        Self { text, items, range: range.clone() }
    }

    fn item(&self, at: usize) -> &'a str {
        &self.text[self.items[at].clone()]
    }

    fn texts(&self, items: Range<usize>) -> Vec<&'a str> {
        items.map(|at| self.item(at)).collect()
    }

    /// The bytes from the end of one item to the start of another, neither included.
    fn gap(&self, items: &Range<usize>) -> Range<usize> {
        let start = items.start.checked_sub(1).map_or(self.range.start, |before| self.items[before].end);
        start..self.items.get(items.end).map_or(self.range.end, |after| after.start)
    }

    /// The blanks at both ends of a gap; where it holds no item, both are all of it.
    fn margins(&self, items: &Range<usize>) -> [&'a str; 2] {
        let gap = self.gap(items);
        let [first, last] = [items.start, items.end.wrapping_sub(1)].map(|at| self.items.get(at));
        match (first, last) {
            (Some(first), Some(last)) if !items.is_empty() => {
                [&self.text[gap.start..first.start], &self.text[last.end..gap.end]]
            }
            _ => [&self.text[gap.clone()], &self.text[gap]],
        }
    }
}

/// Appends the stretches of two sides; what it costs goes off the work that is left.
fn compare([old, new]: &[Side<'_>; 2], left: &mut usize, out: &mut Vec<Stretch>) {
    let mut done = (0, 0);
    for (at_old, at_new, len) in matches(old, new, left) {
        for (in_old, in_new) in (at_old..).zip(at_new..).take(len) {
            between(old, &(done.0..in_old), new, &(done.1..in_new), out);
            push(out, Stretch::same(old.items[in_old].clone(), new.items[in_new].clone()));
            done = (in_old + 1, in_new + 1);
        }
    }
    between(old, &(done.0..old.items.len()), new, &(done.1..new.items.len()), out);
}

/// The runs of equal items, in order: where they begin on both sides, and how long they are.
fn matches(old: &Side<'_>, new: &Side<'_>, left: &mut usize) -> Vec<(usize, usize, usize)> {
    let (olds, news) = (old.items.len(), new.items.len());
    let shorter = olds.min(news);
    let head = (0..shorter).take_while(|&at| old.item(at) == new.item(at)).count();
    let is_tail = |at: &usize| old.item(olds - 1 - at) == new.item(news - 1 - at);
    let tail = (0..shorter - head).take_while(is_tail).count();
    let mut found = vec![(0, 0, head)];
    let between = olds + news - 2 * (head + tail);
    if between <= MOST_COMPARED && work(between) <= *left {
        *left -= work(between);
        let [middle_old, middle_new] = [old.texts(head..olds - tail), new.texts(head..news - tail)];
        for op in capture_diff_slices(Algorithm::Myers, &middle_old, &middle_new) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                found.push((head + old_index, head + new_index, len));
            }
        }
    }
    found.push((olds - tail, news - tail, tail));
    found
}

/// Appends what lies between two pairs of equal items; blanks that both sides have at its ends are no change.
fn between(old: &Side<'_>, olds: &Range<usize>, new: &Side<'_>, news: &Range<usize>, out: &mut Vec<Stretch>) {
    let [in_old, in_new] = [old.gap(olds), new.gap(news)];
    let [old_margins, new_margins] = [old.margins(olds), new.margins(news)];
    let shorter = in_old.len().min(in_new.len());
    let head = common(old_margins[0].graphemes(true), new_margins[0].graphemes(true), shorter);
    // Where a gap is nothing but blanks, its head and its tail are the same ones.
    let tail = common(old_margins[1].graphemes(true).rev(), new_margins[1].graphemes(true).rev(), shorter - head);
    let [old_head, new_head] = [in_old.start + head, in_new.start + head];
    let [old_tail, new_tail] = [in_old.end - tail, in_new.end - tail];
    push(out, Stretch::same(in_old.start..old_head, in_new.start..new_head));
    push(out, Stretch { kind: Kind::Changed, old: old_head..old_tail, new: new_head..new_tail });
    push(out, Stretch::same(old_tail..in_old.end, new_tail..in_new.end));
}

/// The bytes that two rows of clusters have in common before they part, and at most so many.
fn common<'a>(one: impl Iterator<Item = &'a str>, two: impl Iterator<Item = &'a str>, most: usize) -> usize {
    let mut bytes = 0;
    for (cluster, other) in one.zip(two) {
        if cluster != other || bytes + cluster.len() > most {
            break;
        }
        bytes += cluster.len();
    }
    bytes
}

/// Appends a stretch; neighbours of one kind become one.
fn push(out: &mut Vec<Stretch>, next: Stretch) {
    match out.last_mut() {
        _ if next.is_empty() => {}
        Some(last) if last.kind == next.kind => {
            last.old.end = next.old.end;
            last.new.end = next.new.end;
        }
        _ => out.push(next),
    }
}

/// Makes one change of two and what stayed the same between them, where `swallows` says so of the island, the change
/// before it (as it came, so that each is looked at once) and the change after it.
fn join(stretches: &[Stretch], swallows: impl Fn(&Stretch, &Stretch, &Stretch) -> bool) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for (at, next) in stretches.iter().enumerate() {
        let around = at.checked_sub(1).and_then(|before| stretches.get(before)).zip(stretches.get(at + 1));
        let gone = next.kind == Kind::Same && around.is_some_and(|(before, after)| swallows(next, before, after));
        push(&mut joined, if gone { Stretch { kind: Kind::Changed, ..next.clone() } } else { next.clone() });
    }
    joined
}

fn pieces<'a>(old: &'a str, new: &'a str, stretches: &[Stretch]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::with_capacity(stretches.len() * 2);
    for stretch in stretches {
        let [before, after] = [&old[stretch.old.clone()], &new[stretch.new.clone()]];
        match stretch.kind {
            Kind::Same if before.is_empty() => {}
            Kind::Same => pieces.push(Piece::Same(before)),
            Kind::Changed => {
                let change = [(before, Piece::Removed(before)), (after, Piece::Added(after))];
                pieces.extend(change.into_iter().filter(|(text, _)| !text.is_empty()).map(|(_, piece)| piece));
            }
        }
    }
    pieces
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
