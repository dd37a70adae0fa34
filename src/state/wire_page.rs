//! The wire of a run as it is read: its events in rows, those that hold a text, and one of them in full.
//!
//! Made from the run when it is opened and when it is read anew, never while the run streams.

use std::time::Duration;

use ratatui::layout::Rect;

use super::wire_text::{detail, find, wire_data};
use super::{Breadth, Reader, Recall, Size, WireSight, WireStage};
use crate::api::{WireEvent, wire_events};
use crate::chat::{Outcome, Run, WireKept, WireTry};

/// A gap is long when it is so many times the middle one.
const LONG: u32 = 4;

/// Rows above the list: the address, the sums, what is looked for or is to be said.
const HEAD_ROWS: u16 = 3;

/// A row of the list, by its place in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireRow {
    /// The request of a try.
    Request(usize),
    /// A header of a try's request.
    RequestHeader(usize, usize),
    /// The head of a try's response.
    Response(usize),
    /// A header of a try's response.
    ResponseHeader(usize, usize),
    Event(usize),
    /// Why a try was read no further.
    Stopped(usize),
}

/// Whether headers have rows of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WireHeaders {
    #[default]
    Folded,
    Unfolded,
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WireFind {
    #[default]
    Nothing,
    /// It is being typed.
    Typing(String),
    Kept(String),
}

/// What the keys move in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WireFocus {
    #[default]
    Rows,
    /// The selected row in full.
    Detail,
}

/// The page and the places in it.
#[derive(Clone, Debug, Default)]
pub struct WirePage {
    pub tries: Vec<WireTry>,
    pub events: Vec<WireEvent>,
    pub kept: WireKept,
    /// Whether what there is of the record is here, or comes.
    pub stage: WireStage,
    /// Bytes of all bodies, kept or not.
    pub received: usize,
    /// When the last piece came.
    pub until: Duration,
    /// Whether more came or comes after what was read.
    pub is_running: bool,
    pub longest_gap: Duration,
    /// Gaps longer than this one are marked.
    pub usual_gap: Duration,
    pub find: WireFind,
    pub focus: WireFocus,
    headers: WireHeaders,
    rows: Vec<WireRow>,
    /// For each row where in its text the search hit, or where its news begins.
    hits: Vec<usize>,
    /// For each event where its data says something else than the event before.
    told: Vec<usize>,
    selected: usize,
    detail: Reader,
    /// What the detail was made of: a row and a width.
    made_of: Option<(WireRow, u16)>,
}

/// Where the parts of the page are on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireAreas {
    pub head: Rect,
    pub rows: Rect,
    pub rule: Rect,
    pub detail: Rect,
    pub keys: Rect,
}

impl WirePage {
    /// The page of a run as far as it has come, its first event selected.
    #[must_use]
    pub fn of(run: &Run, recall: &Recall, size: Size) -> Self {
        let mut page = Self::default();
        page.read(run, recall, size);
        page.select_first_event(size);
        page
    }

    pub fn select_first_event(&mut self, size: Size) {
        let first = self.rows.iter().position(|row| matches!(row, WireRow::Event(_)));
        self.select(first.unwrap_or(0), size);
    }

    /// Reads the run anew; what is looked for, folded and selected stays.
    pub fn read(&mut self, run: &Run, recall: &Recall, size: Size) {
        let WireSight { wire, stage } = recall.sight(run);
        self.tries = wire.tries().to_vec();
        self.events = wire_events(wire);
        self.kept = wire.kept();
        self.received = wire.received();
        self.until = wire.until();
        self.stage = stage;
        self.is_running = run.outcome == Outcome::Running;
        self.longest_gap = self.events.iter().map(|event| event.gap).max().unwrap_or_default();
        self.usual_gap = usual_gap(&self.events);
        self.told = told(&self.events);
        self.made_of = None;
        self.refill(size);
    }

    /// Fills the rows anew by what is looked for and what is folded, and keeps the selected one if it is still there.
    pub fn refill(&mut self, size: Size) {
        let before = self.row();
        let needle = self.needle().to_ascii_lowercase();
        let rows = self.all_rows().into_iter();
        let place = |row| if needle.is_empty() { Some(self.news(row)) } else { find(self, row, &needle) };
        let found = rows.filter_map(|row| Some((row, place(row)?)));
        (self.rows, self.hits) = found.collect();
        let place = before.and_then(|before| self.rows.iter().position(|row| *row == before));
        self.select(place.unwrap_or(self.selected), size);
    }

    /// Every row, in the order of the wire.
    fn all_rows(&self) -> Vec<WireRow> {
        let unfolded = self.is_unfolded();
        let headers = |headers: &[(String, String)]| if unfolded { 0..headers.len() } else { 0..0 };
        let mut rows = Vec::new();
        let mut events = self.events.iter().enumerate().peekable();
        for (place, one) in self.tries.iter().enumerate() {
            rows.push(WireRow::Request(place));
            rows.extend(headers(&one.request.headers).map(|header| WireRow::RequestHeader(place, header)));
            if let Some(response) = &one.response {
                rows.push(WireRow::Response(place));
                rows.extend(headers(&response.headers).map(|header| WireRow::ResponseHeader(place, header)));
            }
            while let Some((event, _)) = events.next_if(|(_, event)| event.attempt == place) {
                rows.push(WireRow::Event(event));
            }
            rows.extend(one.stopped.is_some().then_some(WireRow::Stopped(place)));
        }
        rows
    }

    #[must_use]
    pub fn rows(&self) -> &[WireRow] {
        &self.rows
    }

    fn news(&self, row: WireRow) -> usize {
        match row {
            WireRow::Event(place) => self.told.get(place).copied().unwrap_or(0),
            _ => 0,
        }
    }

    /// Whether headers have rows of their own.
    #[must_use]
    pub fn is_unfolded(&self) -> bool {
        self.headers == WireHeaders::Unfolded
    }

    /// Where the row at `place` is to be read from, in bytes of its data: where the search hit, or without one where it
    /// says something else than the event before, which most events begin like.
    #[must_use]
    pub fn hit(&self, place: usize) -> usize {
        self.hits.get(place).copied().unwrap_or(0)
    }

    #[must_use]
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The selected row, unless nothing matches.
    #[must_use]
    pub fn row(&self) -> Option<WireRow> {
        self.rows.get(self.selected).copied()
    }

    #[must_use]
    pub fn detail(&self) -> &Reader {
        &self.detail
    }

    /// What rows have to hold to be shown; empty for all.
    #[must_use]
    pub fn needle(&self) -> &str {
        match &self.find {
            WireFind::Nothing => "",
            WireFind::Typing(text) | WireFind::Kept(text) => text,
        }
    }

    /// Selects a row and makes its detail, unless it is made already.
    pub fn select(&mut self, place: usize, size: Size) {
        self.selected = place.min(self.rows.len().saturating_sub(1));
        let width = self.areas(size).detail.width;
        let made_of = self.row().map(|row| (row, width));
        if made_of != self.made_of || made_of.is_none() {
            let rows = made_of.map(|(row, width)| detail(self, row, width)).unwrap_or_default();
            self.detail = Reader::default();
            self.detail.set_rows(rows);
            self.made_of = made_of;
        }
    }

    /// Moves by rows, in the list or in the detail.
    pub fn step(&mut self, rows: isize, size: Size) {
        match self.focus {
            WireFocus::Rows => self.select(self.selected.saturating_add_signed(rows), size),
            WireFocus::Detail => self.detail.scroll_by(rows, self.areas(size).detail.height),
        }
    }

    /// Selects the row after or before, and goes on at the other end.
    pub fn go_round(&mut self, forward: bool, size: Size) {
        let last = self.rows.len().saturating_sub(1);
        let next = match (forward, self.selected) {
            (true, at) if at >= last => 0,
            (true, at) => at + 1,
            (false, 0) => last,
            (false, at) => at - 1,
        };
        self.select(next, size);
    }

    pub fn toggle_headers(&mut self, size: Size) {
        self.headers = match self.headers {
            WireHeaders::Folded => WireHeaders::Unfolded,
            WireHeaders::Unfolded => WireHeaders::Folded,
        };
        self.refill(size);
    }

    /// Gives the keys to the list or to the detail, which has the larger part of the page then.
    pub fn turn_to(&mut self, focus: WireFocus, size: Size) {
        self.focus = focus;
        self.detail.scroll_by(0, self.areas(size).detail.height);
    }

    /// Whether a gap is to be marked.
    #[must_use]
    pub fn is_long(&self, gap: Duration) -> bool {
        !self.usual_gap.is_zero() && gap > self.usual_gap.saturating_mul(LONG)
    }

    #[must_use]
    pub fn areas(&self, size: Size) -> WireAreas {
        let body = Reader::body(size, Breadth::Whole);
        let left = body.height.saturating_sub(HEAD_ROWS + 1);
        let rows = match self.focus {
            WireFocus::Rows => left - left * 2 / 5,
            WireFocus::Detail => left.min(3),
        };
        let part = |y: u16, height: u16| Rect { y: body.y + y, height, ..body };
        WireAreas {
            head: part(0, HEAD_ROWS.min(body.height)),
            rows: part(HEAD_ROWS, rows),
            rule: part(HEAD_ROWS + rows, 1),
            detail: part(HEAD_ROWS + rows + 1, left - rows),
            keys: Rect { y: body.bottom(), height: 1, ..body },
        }
    }
}

/// For each event the place in its data from which it differs from the one before it in the same answer.
fn told(events: &[WireEvent]) -> Vec<usize> {
    let common = |before: &WireEvent, event: &WireEvent| {
        let (before, data) = (wire_data(&before.kind).as_bytes(), wire_data(&event.kind).as_bytes());
        let same = data.iter().zip(before).take_while(|(one, other)| one == other).count();
        // What says nothing new, or answers another request, is read from its beginning.
        if same < data.len() { same } else { 0 }
    };
    let pairs = events.windows(2).map(|pair| match pair {
        [before, event] if before.attempt == event.attempt => common(before, event),
        _ => 0,
    });
    std::iter::once(0).chain(pairs).take(events.len()).collect()
}

/// The middle one of the gaps: events that came in one read have none between them.
fn usual_gap(events: &[WireEvent]) -> Duration {
    let mut gaps: Vec<Duration> = events.iter().map(|event| event.gap).filter(|gap| !gap.is_zero()).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::api::WireEventKind;
    use crate::chat::{ChatRequest, RunId, Settings, Wire, WirePiece, WireRequest, WireResponse};

    const SIZE: Size = Size { columns: 100, rows: 30 };

    fn ms(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    /// A run of one try, with an event for each word; the words come at their times.
    fn run(words: &[(u64, &str)]) -> Run {
        let mut wire = Wire::default();
        let headers = || vec![("content-type".to_owned(), "text/event-stream".to_owned())];
        wire.push(WirePiece::Request(WireRequest {
            at: ms(0),
            method: "POST".to_owned(),
            url: "http://lab.test".to_owned(),
            headers: headers(),
            body_bytes: 2,
        }));
        let version = "HTTP/1.1".to_owned();
        wire.push(WirePiece::Response(WireResponse { at: ms(0), status: 200, version, headers: headers() }));
        for (at, word) in words {
            let bytes = Bytes::from(format!("data: {{\"id\":\"chatcmpl-1\",\"word\":\"{word}\"}}\n\n"));
            wire.push(WirePiece::Bytes { at: ms(*at), bytes });
        }
        Run { accepted: true, outcome: Outcome::Complete, wire, ..new_run() }
    }

    fn new_run() -> Run {
        Run::new(RunId(0), Settings::default(), ChatRequest::new("m", Vec::new()), Instant::now())
    }

    #[test]
    fn a_gap_is_long_by_the_middle_of_those_between_reads() {
        let page = WirePage::of(
            &run(&[(40, "a"), (40, "b"), (80, "c"), (120, "d"), (280, "e"), (441, "f")]),
            &Recall::default(),
            SIZE,
        );
        let long: Vec<bool> = page.events.iter().map(|event| page.is_long(event.gap)).collect();
        assert_eq!(long, [false, false, false, false, false, true]);
        assert_eq!((page.usual_gap, page.longest_gap), (ms(40), ms(161)));
        let at_once = WirePage::of(&run(&[(0, "a"), (0, "b")]), &Recall::default(), SIZE);
        assert!(!at_once.is_long(ms(0)));
    }

    #[test]
    fn a_row_is_read_from_where_it_says_something_new_or_from_its_hit() {
        let mut page =
            WirePage::of(&run(&[(1, "apple"), (2, "apply"), (3, "pear"), (4, "pear")]), &Recall::default(), SIZE);
        let hits = |page: &WirePage| (0..page.rows().len()).map(|place| page.hit(place)).collect::<Vec<_>>();
        assert_eq!(hits(&page), [0, 0, 0, 31, 27, 0]);
        page.find = WireFind::Kept("WORD\":\"P".to_owned());
        page.refill(SIZE);
        assert_eq!((page.rows(), hits(&page)), (&[WireRow::Event(2), WireRow::Event(3)][..], vec![20; 2]));
    }

    #[test]
    fn what_is_selected_stays_selected_when_rows_come_and_go() {
        let mut page = WirePage::of(&run(&[(1, "apple"), (2, "pear")]), &Recall::default(), SIZE);
        page.step(1, SIZE);
        page.toggle_headers(SIZE);
        assert_eq!(page.row(), Some(WireRow::Event(1)));
        page.read(&run(&[(1, "apple"), (2, "pear"), (3, "quince")]), &Recall::default(), SIZE);
        assert_eq!((page.row(), page.events.len()), (Some(WireRow::Event(1)), 3));
        assert!(page.events.iter().all(|event| matches!(event.kind, WireEventKind::Message { .. })));
    }

    #[derive(Clone, Debug)]
    enum Move {
        Step(isize),
        Round(bool),
        Select(usize),
        Fold,
        Turn(WireFocus),
        Find(String),
        Size(u16, u16),
    }

    fn moves() -> impl Strategy<Value = Move> {
        prop_oneof![
            prop::sample::select(vec![1, -1, 10, -10, isize::MAX, isize::MIN]).prop_map(Move::Step),
            any::<bool>().prop_map(Move::Round),
            (0..20_usize).prop_map(Move::Select),
            Just(Move::Fold),
            prop::sample::select(vec![WireFocus::Rows, WireFocus::Detail]).prop_map(Move::Turn),
            "[apw]{0,2}".prop_map(Move::Find),
            (1..130_u16, 1..50_u16).prop_map(|(columns, rows)| Move::Size(columns, rows)),
        ]
    }

    proptest! {
        #[test]
        fn whatever_is_done_a_row_is_selected_and_shown_in_full(moves in prop::collection::vec(moves(), 1..30)) {
            let mut page = WirePage::of(&run(&[(1, "apple"), (2, "pear"), (9, "quince")]), &Recall::default(), SIZE);
            let mut size = SIZE;
            for step in moves {
                match step {
                    Move::Step(rows) => page.step(rows, size),
                    Move::Round(forward) => page.go_round(forward, size),
                    Move::Select(place) => page.select(place, size),
                    Move::Fold => page.toggle_headers(size),
                    Move::Turn(focus) => page.turn_to(focus, size),
                    Move::Find(text) => {
                        page.find = WireFind::Kept(text);
                        page.refill(size);
                    }
                    Move::Size(columns, rows) => {
                        size = Size { columns, rows };
                        page.select(page.selected(), size);
                    }
                }
                prop_assert_eq!(page.row().is_none(), page.rows().is_empty());
                prop_assert_eq!(page.detail().rows().is_empty(), page.rows().is_empty());
                let (frame, areas) = (Reader::frame(size, Breadth::Whole), page.areas(size));
                for area in [areas.head, areas.rows, areas.detail] {
                    prop_assert!(area.is_empty() || frame.intersection(area) == area, "{:?} in {:?}", area, frame);
                }
            }
        }
    }
}
