//! The page of the ledger: how it is grouped and sorted, what is typed to filter it, what of it is open and selected.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::Reader;
use crate::chat::Cost;
use crate::store::{LedgerBy, LedgerGroup, LedgerPart, LedgerQuery, LedgerRow, LedgerTable};

/// The open page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LedgerPage {
    pub by: LedgerBy,
    pub order: LedgerOrder,
    /// Whether only the session on the screen is looked at.
    pub here: bool,
    /// What is typed: words that a run has in its names.
    pub words: String,
    /// The last question and its number.
    pub asked: Option<(LedgerQuery, u64)>,
    /// The number of the question that the table answers.
    pub answered: Option<u64>,
    pub table: LedgerTable,
    /// Why it cannot be read, in a sentence.
    pub failed: Option<String>,
    /// Why the newest runs are not in it, in a sentence.
    pub unsaved: Option<String>,
    /// The runs of the groups that are unfolded, by the groups' keys; `None` until they are read.
    pub runs: BTreeMap<String, Option<LedgerRuns>>,
    /// What is listed, made anew when any of this changes.
    pub lines: Vec<LedgerLine>,
    /// The largest amount of a group that a bar shows.
    pub most: Decimal,
    pub selected: usize,
    /// The bill that lies over the list.
    pub bill: Option<(Box<LedgerRow>, Reader)>,
}

/// The newest runs of a group, and whether there are more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LedgerRuns {
    pub rows: Vec<LedgerRow>,
    pub more: bool,
}

/// A line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerLine {
    /// By its place in the table.
    Group(usize),
    /// A run by the places of its group and of itself.
    Run(usize, usize),
    /// The runs of this group are being read.
    Reading(usize),
    /// This group has more runs than are listed.
    More(usize),
}

/// By what groups are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LedgerOrder {
    /// Times from the newest, names from the dearest.
    #[default]
    Usual,
    Name,
    Cost,
    Runs,
}

impl LedgerOrder {
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Usual => Self::Name,
            Self::Name => Self::Cost,
            Self::Cost => Self::Runs,
            Self::Runs => Self::Usual,
        }
    }

    /// What it sorts by, in words.
    #[must_use]
    pub fn title(self, by: LedgerBy) -> &'static str {
        match self {
            Self::Usual if by.is_time() => "newest first",
            Self::Usual | Self::Cost => "dearest first",
            Self::Name => "by name",
            Self::Runs => "most runs first",
        }
    }
}

impl LedgerPage {
    /// What is to be asked for this page.
    #[must_use]
    pub fn query(&self, session: &str) -> LedgerQuery {
        // A session that has not begun has no name, and neither have runs without a session.
        let session = if session.is_empty() { "-" } else { session };
        LedgerQuery {
            by: self.by,
            session: self.here.then(|| session.to_owned()),
            words: self.words.clone(),
            ..LedgerQuery::default()
        }
    }

    /// Whether the table answers an older question than the last.
    #[must_use]
    pub fn awaits(&self) -> bool {
        self.asked.as_ref().map(|(_, serial)| *serial) != self.answered
    }

    /// The part whose amounts the bars show: of what is charged, else of what nobody is charged, the one with most runs.
    #[must_use]
    pub fn bar_part(&self) -> Option<&LedgerPart> {
        let known = self.table.total.parts.iter().filter(|(part, _)| part.currency.is_some());
        known.max_by_key(|(part, tally)| (!part.notional, tally.runs)).map(|(part, _)| part)
    }

    /// Sorts the table, and lists it with what is unfolded. The selected line stays the same where it still is.
    pub fn arrange(&mut self) {
        let selected = self.lines.get(self.selected).and_then(|line| self.identity(*line));
        let bar = self.bar_part().cloned();
        let amount = |group: &LedgerGroup| {
            let tally = bar.as_ref().and_then(|part| group.sums.parts.get(part));
            tally.map(|tally| tally.amount).unwrap_or_default()
        };
        self.table.groups.sort_by(|one, other| one.key.cmp(&other.key));
        match (self.order, self.by.is_time()) {
            (LedgerOrder::Usual, true) => self.table.groups.reverse(),
            (LedgerOrder::Name, _) => self.table.groups.sort_by_cached_key(|group| group.label.to_lowercase()),
            (LedgerOrder::Runs, _) => self.table.groups.sort_by_key(|group| Reverse(group.sums.all().runs)),
            (LedgerOrder::Usual | LedgerOrder::Cost, _) => {
                self.table.groups.sort_by_key(|group| (Reverse(amount(group)), Reverse(group.sums.all().runs)));
            }
        }
        self.most = self.table.groups.iter().map(amount).max().unwrap_or_default();
        self.list();
        let kept =
            selected.and_then(|kept| self.lines.iter().position(|line| self.identity(*line) == Some(kept.clone())));
        self.selected = kept.unwrap_or(self.selected).min(self.lines.len().saturating_sub(1));
    }

    fn list(&mut self) {
        self.lines.clear();
        for (place, group) in self.table.groups.iter().enumerate() {
            self.lines.push(LedgerLine::Group(place));
            match self.runs.get(&group.key) {
                None => {}
                Some(None) => self.lines.push(LedgerLine::Reading(place)),
                Some(Some(runs)) => {
                    self.lines.extend((0..runs.rows.len()).map(|run| LedgerLine::Run(place, run)));
                    self.lines.extend(runs.more.then_some(LedgerLine::More(place)));
                }
            }
        }
    }

    /// What a line is about, wherever it stands: its group, and its run's number in the ledger.
    fn identity(&self, line: LedgerLine) -> Option<(String, Option<i64>)> {
        let group = self.group(line)?;
        let run = match line {
            LedgerLine::Run(..) => Some(self.run(line)?.key),
            _ => None,
        };
        Some((group.key.clone(), run))
    }

    /// The group of a line.
    #[must_use]
    pub fn group(&self, line: LedgerLine) -> Option<&LedgerGroup> {
        let (LedgerLine::Group(place)
        | LedgerLine::Run(place, _)
        | LedgerLine::Reading(place)
        | LedgerLine::More(place)) = line;
        self.table.groups.get(place)
    }

    /// The run of a line, if it is one.
    #[must_use]
    pub fn run(&self, line: LedgerLine) -> Option<&LedgerRow> {
        let LedgerLine::Run(_, run) = line else { return None };
        self.runs.get(&self.group(line)?.key)?.as_ref()?.rows.get(run)
    }

    #[must_use]
    pub fn selected_line(&self) -> Option<LedgerLine> {
        self.lines.get(self.selected).copied()
    }

    /// Selects a line, by its place.
    pub fn choose(&mut self, line: usize) {
        self.selected = line.min(self.lines.len().saturating_sub(1));
    }

    /// What a group or all of it cost: what is charged, then what nobody is charged, then what is unknown.
    #[must_use]
    pub fn costs(costs: impl Iterator<Item = Cost>) -> String {
        costs.map(|cost| cost.to_string()).collect::<Vec<_>>().join(" + ")
    }
}
