//! The session: its turns, its runs, and what they cost in sum.

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::Calls;
use crate::chat::{Cost, Currency, Money, Run, RunId, TurnTree, Usage, WirePiece, WirePlace};
use crate::text;

/// What is kept of a conversation.
#[derive(Debug, Default)]
pub struct Session {
    /// Tells this session from those before it: turns and runs are numbered anew in each.
    pub serial: u64,
    /// What it is called in the store; empty where nothing is saved.
    pub id: String,
    /// When its first message was sent, in unix milliseconds.
    pub created: Option<i64>,
    /// From the first message; empty before it.
    pub title: String,
    pub turns: TurnTree,
    /// What became of the calls of its replies.
    pub calls: Calls,
    runs: Vec<Run>,
    /// Those that were added or changed since somebody asked; a record of the wire alone is no change.
    changed: BTreeSet<RunId>,
    totals: Totals,
    /// The bytes that the runs' records of the wire take together, times included.
    wire_bytes: usize,
    /// How many of the oldest runs have given those bytes back.
    wires_forgotten: usize,
    /// How many runs have come to their end.
    closed: u64,
    /// How often what became of calls changed.
    pub(super) calls_changed: u64,
}

/// 32 MiB: the newest hundred long replies, and less than a terminal keeps of its own.
const MOST_WIRE_BYTES: usize = 32 << 20;

/// Sums over a session's runs, kept as runs change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// One sum for each currency, and another for what nobody is charged; different ones are never added.
    pub sums: Vec<Sum>,
    /// Finished runs whose cost is unknown.
    pub unknown: usize,
    /// `None` while no server has told, as the next two.
    pub input: Option<u64>,
    pub cached: Option<u64>,
    pub output: Option<u64>,
    /// Finished runs whose tokens nobody told, so that the sums are the least that was used.
    pub uncounted: usize,
}

/// What was spent in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    pub money: Money,
    /// Whether it is only there to be looked at, as the sandbox's prices are.
    pub notional: bool,
    /// How many of its amounts are estimates.
    pub estimated: usize,
}

impl Sum {
    /// The sum as a cost: one that has an estimate in it is an estimate.
    #[must_use]
    pub fn cost(&self) -> Cost {
        let money = self.money.clone();
        if self.estimated > 0 { Cost::Estimated(money) } else { Cost::Known(money) }
    }
}

/// Whether somebody is charged what a run costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    Real,
    Notional,
}

impl Charge {
    /// By whether it is only there to be looked at.
    #[must_use]
    pub fn of(notional: bool) -> Self {
        if notional { Self::Notional } else { Self::Real }
    }
}

impl Session {
    /// An empty session that takes this one's place.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { serial: self.serial + 1, ..Self::default() }
    }

    /// What the terminal's title says while it is on the screen.
    #[must_use]
    pub fn window_title(&self) -> String {
        if self.title.is_empty() { "abreast".to_owned() } else { format!("abreast · {}", self.title) }
    }

    /// Adds the run that `make` builds with its id.
    pub fn add_run(&mut self, make: impl FnOnce(RunId) -> Run) -> RunId {
        let id = RunId(u32::try_from(self.runs.len()).unwrap_or(u32::MAX));
        let run = make(id);
        self.wire_bytes += run.wire.footprint();
        self.runs.push(run);
        self.changed.insert(id);
        self.forget_wires();
        id
    }

    #[must_use]
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.get(id.0 as usize)
    }

    /// The run to be changed. Its usage and cost change by [`Session::account`] only, which keeps the sums.
    pub fn run_mut(&mut self, id: RunId) -> Option<&mut Run> {
        self.changed.insert(id);
        self.runs.get_mut(id.0 as usize)
    }

    /// The runs that were added or changed since this was asked before.
    pub fn take_changed_runs(&mut self) -> BTreeSet<RunId> {
        std::mem::take(&mut self.changed)
    }

    #[must_use]
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Adds to a run's record of the wire. When the session's records grow too large, the oldest runs lose their bytes:
    /// they are read back from where they are stored, or the run says so.
    pub fn record(&mut self, id: RunId, piece: WirePiece) {
        let Some(run) = self.runs.get_mut(id.0 as usize) else { return };
        self.wire_bytes += run.wire.push(piece);
        self.forget_wires();
    }

    /// The store has the wire of a run under these names.
    pub fn keep_wire(&mut self, id: RunId, session: &Arc<str>) {
        if let Some(run) = self.runs.get_mut(id.0 as usize) {
            run.stored = Some(WirePlace { session: Arc::clone(session), run: id.0 });
        }
    }

    fn forget_wires(&mut self) {
        while self.wire_bytes > MOST_WIRE_BYTES
            && let Some(oldest) = self.runs.get_mut(self.wires_forgotten)
        {
            if !oldest.wire.is_empty() {
                self.wire_bytes -= oldest.wire.forget();
            }
            self.wires_forgotten += 1;
        }
    }

    /// Puts a run's usage and cost in the place of the ones before: servers send running totals, which are never added.
    pub fn account(&mut self, id: RunId, usage: Option<Usage>, cost: Cost, charge: Charge) {
        let Some(run) = self.runs.get_mut(id.0 as usize) else { return };
        if let Some(before) = &run.usage {
            self.totals.tokens(before, u64::saturating_sub);
        }
        self.totals.remove(&run.cost, charge);
        if let Some(usage) = &usage {
            self.totals.tokens(usage, u64::saturating_add);
        }
        self.totals.add(&cost, charge);
        run.usage = usage;
        run.cost = cost;
        self.changed.insert(id);
    }

    /// A number that is another one whenever the records of calls changed.
    #[must_use]
    pub fn calls_changed(&self) -> u64 {
        self.calls_changed
    }

    /// How many runs have come to their end.
    #[must_use]
    pub fn closed_runs(&self) -> u64 {
        self.closed
    }

    /// What a run cost that was over before anybody had estimated it.
    pub fn account_late(&mut self, id: RunId, cost: Cost, charge: Charge) {
        let Some(usage) = self.run(id).map(|run| run.usage.clone()) else { return };
        self.account(id, usage, cost, charge);
        self.totals.unknown = self.totals.unknown.saturating_sub(1);
    }

    /// Counts what a finished run leaves unknown, if the server took it.
    pub fn close_run(&mut self, id: RunId) {
        let Some(run) = self.runs.get(id.0 as usize) else { return };
        self.closed += 1;
        if run.is_refused() {
            return;
        }
        self.totals.unknown += usize::from(run.cost == Cost::Unknown);
        self.totals.uncounted += usize::from(run.usage.is_none());
    }
}

/// What a session is called after its first message: the beginning of the first line that says something.
#[must_use]
pub fn title_of(question: &str) -> String {
    const LONGEST: usize = 48;
    let line = question.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    text::truncate(&text::clean_line(line.trim()), LONGEST).into_owned()
}

impl Totals {
    /// Adds what a run cost, or that nobody knows what it cost.
    pub fn count(&mut self, run: &Run, charge: Charge) {
        self.add(&run.cost, charge);
        self.unknown += usize::from(run.finished.is_some() && run.cost == Cost::Unknown && !run.is_refused());
    }

    /// Adds the money of other sums, and what is unknown of them.
    pub fn join(&mut self, other: &Self) {
        for sum in &other.sums {
            let own = self.sum(&sum.money.currency, Charge::of(sum.notional));
            own.money.amount = own.money.amount.saturating_add(sum.money.amount);
            own.estimated += sum.estimated;
        }
        self.unknown += other.unknown;
    }

    fn tokens(&mut self, usage: &Usage, join: fn(u64, u64) -> u64) {
        let add = |sum: &mut Option<u64>, count: Option<u64>| {
            if let Some(count) = count {
                *sum = Some(join(sum.unwrap_or(0), count));
            }
        };
        add(&mut self.input, usage.input);
        add(&mut self.cached, usage.cached);
        add(&mut self.output, usage.output);
    }

    pub(super) fn add(&mut self, cost: &Cost, charge: Charge) {
        if let Some(money) = cost.money() {
            let sum = self.sum(&money.currency, charge);
            sum.money.amount = sum.money.amount.saturating_add(money.amount);
            sum.estimated += usize::from(cost.is_estimated());
        }
    }

    pub(super) fn remove(&mut self, cost: &Cost, charge: Charge) {
        if let Some(money) = cost.money() {
            let sum = self.sum(&money.currency, charge);
            sum.money.amount = sum.money.amount.saturating_sub(money.amount);
            sum.estimated = sum.estimated.saturating_sub(usize::from(cost.is_estimated()));
        }
    }

    fn sum(&mut self, currency: &Currency, charge: Charge) -> &mut Sum {
        let notional = charge == Charge::Notional;
        let is_it = |sum: &Sum| sum.money.currency == *currency && sum.notional == notional;
        let place = self.sums.iter().position(is_it).unwrap_or_else(|| {
            let money = Money { amount: Decimal::ZERO, currency: currency.clone() };
            self.sums.push(Sum { money, notional, estimated: 0 });
            self.sums.len() - 1
        });
        &mut self.sums[place]
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::chat::{ChatRequest, Settings, Wire, WireKept, WireLoss};

    fn ask(session: &mut Session) -> RunId {
        let form = ChatRequest::new("m", Vec::new());
        session.add_run(|id| Run::new(id, Settings::default(), form, Instant::now()))
    }

    #[test]
    fn the_oldest_runs_give_the_room_for_the_newest_and_say_so() {
        let mut session = Session::default();
        let bytes = bytes::Bytes::from(vec![b'a'; Wire::MOST_BYTES]);
        let runs = MOST_WIRE_BYTES / Wire::MOST_BYTES + 2;
        for _ in 0..runs {
            let run = ask(&mut session);
            session.record(run, WirePiece::Bytes { at: Duration::ZERO, bytes: bytes.clone() });
        }
        session.record(RunId(0), WirePiece::Bytes { at: Duration::ZERO, bytes: bytes.slice(..1) });
        let kept: Vec<WireKept> = session.runs().iter().map(|run| run.wire.kept()).collect();
        let gone = WireKept::Heads(WireLoss { bytes: Wire::MOST_BYTES, reads: 1 });
        let gone_and_more = WireKept::Heads(WireLoss { bytes: Wire::MOST_BYTES + 1, reads: 2 });
        // The times need a little room, so that of 32 runs that would just fit one is too many.
        assert_eq!(kept[..4], [gone_and_more, gone, gone, WireKept::All]);
        assert!(kept[4..].iter().all(|kept| *kept == WireKept::All));
    }

    #[test]
    fn a_run_that_gave_its_room_is_read_from_where_it_is_stored_and_others_are_not() {
        let mut session = Session::default();
        let bytes = bytes::Bytes::from(vec![b'a'; Wire::MOST_BYTES]);
        let (name, runs) = ("k3".into(), MOST_WIRE_BYTES / Wire::MOST_BYTES + 1);
        let old = session.add_run(|id| {
            let stored = Some(WirePlace { session: "k2".into(), run: 9 });
            Run { stored, ..Run::new(id, Settings::default(), ChatRequest::new("m", Vec::new()), Instant::now()) }
        });
        for _ in 0..runs {
            let run = ask(&mut session);
            session.record(run, WirePiece::Bytes { at: Duration::ZERO, bytes: bytes.clone() });
            session.keep_wire(run, &name);
        }
        let places: Vec<_> = session.runs().iter().map(|run| run.wire_elsewhere().cloned()).collect();
        assert_eq!(places[0], Some(WirePlace { session: "k2".into(), run: 9 }));
        assert_eq!(places[1], Some(WirePlace { session: "k3".into(), run: 1 }));
        assert_eq!(places[3..], vec![None; runs - 2]);
        assert_eq!(session.run(old).map(|run| run.wire.kept()), Some(WireKept::All), "there was nothing to give");
    }

    #[test]
    fn records_that_were_read_with_their_session_count_as_those_that_grew_here() {
        let mut session = Session::default();
        let byte = bytes::Bytes::from_static(b"a");
        let runs = MOST_WIRE_BYTES / (Wire::MOST_READS * 24) + 2;
        let mut wire = Wire::default();
        for _ in 0..Wire::MOST_READS {
            wire.push(WirePiece::Bytes { at: Duration::ZERO, bytes: byte.clone() });
        }
        for _ in 0..runs {
            let form = ChatRequest::new("m", Vec::new());
            let wire = wire.clone();
            session.add_run(|id| Run { wire, ..Run::new(id, Settings::default(), form, Instant::now()) });
        }
        let gone = session.runs().iter().filter(|run| run.wire.kept() != WireKept::All).count();
        assert_eq!(gone, runs - MOST_WIRE_BYTES / wire.footprint());
    }

    #[test]
    fn bytes_that_come_one_by_one_take_the_room_of_their_times_as_well() {
        let mut session = Session::default();
        let byte = bytes::Bytes::from_static(b"a");
        let runs = MOST_WIRE_BYTES / (Wire::MOST_READS * 24) + 1;
        for _ in 0..runs {
            let run = ask(&mut session);
            for _ in 0..Wire::MOST_READS {
                session.record(run, WirePiece::Bytes { at: Duration::ZERO, bytes: byte.clone() });
            }
        }
        assert!(matches!(session.runs()[0].wire.kept(), WireKept::Heads(_)));
        assert_eq!(session.runs()[runs - 1].wire.kept(), WireKept::All);
    }
}
