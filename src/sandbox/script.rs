//! What is sent for a streamed answer, step by step, with its faults; time is somebody else's.

use std::collections::VecDeque;
use std::time::Duration;

use super::ask::Ask;
use super::chunk::{Count, Head};
use super::models::{Behaviour, Break, Recital};
use super::piece::{Bounded, Piece};

/// So many tokens are sent before something goes wrong.
const TOKENS_BEFORE_BREAK: usize = 9;
/// The silence of the slow model.
const SILENCE: Duration = Duration::from_secs(3);

/// One step of sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Bytes that hold this many tokens.
    Send {
        bytes: String,
        tokens: usize,
    },
    Wait(Duration),
    /// Never anything again.
    Hang,
    /// The connection drops.
    Drop,
}

/// How fast tokens are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pace {
    AsTaken,
    PerSecond(f64),
}

/// The pace of a model whose usual one is `usual`.
pub(crate) fn pace(behaviour: Behaviour, usual: Pace) -> Pace {
    match behaviour {
        Behaviour::Breaks(Break::Slow) => Pace::PerSecond(2.0),
        Behaviour::Recital(Recital::Markdown | Recital::Big) => Pace::AsTaken,
        _ => usual,
    }
}

/// The steps of one streamed answer.
pub(crate) struct Script {
    head: Head,
    choices: Vec<Bounded>,
    turn: usize,
    count: Count,
    fault: Option<Break>,
    ready: VecDeque<Step>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Opening,
    Pieces,
    Over,
}

impl Script {
    /// The answer made of `choices`.
    pub(crate) fn new(ask: &Ask, head: Head, choices: Vec<Bounded>) -> Self {
        let fault = match ask.model.behaviour {
            Behaviour::Breaks(fault) => Some(fault),
            _ => None,
        };
        let count = Count { prompt: ask.prompt_tokens, ..Count::default() };
        Self { head, choices, turn: 0, count, fault, ready: VecDeque::new(), phase: Phase::Opening }
    }

    fn open(&mut self) {
        self.phase = Phase::Pieces;
        for index in (0..).take(self.choices.len()) {
            self.send(self.head.role(index), 0);
        }
        if self.fault == Some(Break::Slow) {
            self.ready.push_back(Step::Wait(SILENCE));
        }
    }

    /// The next piece of the next choice that still has one.
    fn next_piece(&mut self) -> Option<(u32, Piece)> {
        for _ in 0..self.choices.len() {
            let at = self.turn % self.choices.len();
            self.turn += 1;
            if let Some(piece) = self.choices.get_mut(at).and_then(Iterator::next) {
                return Some((u32::try_from(at).unwrap_or_default(), piece));
            }
        }
        None
    }

    fn advance(&mut self) {
        let Some((index, piece)) = self.next_piece() else { return self.close() };
        let finished = matches!(piece, Piece::Finish(_));
        let due = self.count.completion >= TOKENS_BEFORE_BREAK || finished;
        let tokens = self.count.add(&piece);
        let event = self.head.piece(index, &piece);
        match self.fault.filter(|_| due) {
            Some(Break::Cut) => {
                let middle = event.find("\"delta\"").map_or(event.len() / 2, |at| at + 14);
                self.send(event.chars().take(middle).collect(), tokens);
                self.stop_with(Step::Drop);
            }
            Some(Break::NoFinish) => self.phase = Phase::Over,
            Some(Break::ErrorEvent) => {
                let error = r#"{"error":{"message":"The sandbox broke this stream on purpose.","type":"server_error","param":null,"code":"server_error"}}"#;
                self.send(format!("data: {error}\n\n"), 0);
                self.phase = Phase::Over;
            }
            Some(Break::Hang) => self.stop_with(Step::Hang),
            Some(Break::Garbage) => {
                self.fault = None;
                self.send("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"bro\n\n".to_owned(), 0);
                self.send(event, tokens);
            }
            Some(Break::Slow | Break::NoUsage) | None => self.send(event, tokens),
        }
    }

    fn close(&mut self) {
        self.phase = Phase::Over;
        if let Some(usage) = self.head.usage(self.count).filter(|_| self.fault != Some(Break::NoUsage)) {
            self.send(usage, 0);
        }
        self.send("data: [DONE]\n\n".to_owned(), 0);
    }

    fn send(&mut self, bytes: String, tokens: usize) {
        self.ready.push_back(Step::Send { bytes, tokens });
    }

    fn stop_with(&mut self, step: Step) {
        self.ready.push_back(step);
        self.phase = Phase::Over;
    }
}

impl Iterator for Script {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        while self.ready.is_empty() {
            match self.phase {
                Phase::Opening => self.open(),
                Phase::Pieces => self.advance(),
                Phase::Over => return None,
            }
        }
        self.ready.pop_front()
    }
}
