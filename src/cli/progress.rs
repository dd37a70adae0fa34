//! A line on the terminal that says how far a long piece of work is.
//!
//! Only a terminal gets it: where standard error goes to a file or a pipe, nothing is drawn.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::text::{counted, graphemes, width};

/// The line is drawn this often: fast enough to move, too seldom to cost anything.
const PACE: Duration = Duration::from_millis(100);

/// Cells of the bar.
const BAR: usize = 20;

/// How far a piece of work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// So many bytes were read, of nobody knows how many.
    Read(usize),
    /// All is read, and it is found out what it says.
    Understanding,
    /// So many sessions of all.
    Sessions { done: usize, of: usize },
}

impl Step {
    fn said(self) -> String {
        match self {
            Self::Read(bytes) => format!("{} MiB read", bytes >> 20),
            Self::Understanding => "reading".to_owned(),
            Self::Sessions { done, of } => {
                let full = done * BAR / of.max(1);
                format!("{}{} {done}/{}", "━".repeat(full), "─".repeat(BAR - full), counted(of as u64, "session"))
            }
        }
    }
}

/// The line of one piece of work. It goes when this does.
pub(super) struct Progress {
    name: String,
    is_seen: bool,
    /// When it was drawn last.
    drawn: Option<Instant>,
}

impl Progress {
    /// Of something with a name that can go on a terminal.
    pub(super) fn of(name: String) -> Self {
        Self { name, is_seen: io::stderr().is_terminal(), drawn: None }
    }

    /// Draws the line: the first time at once, then at its pace.
    pub(super) fn show(&mut self, step: Step) {
        if self.is_seen && self.drawn.is_none_or(|drawn| drawn.elapsed() >= PACE) {
            self.drawn = Some(Instant::now());
            let columns = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
            // Nobody is left to be told when standard error is closed.
            let _ = write!(io::stderr(), "\r\x1b[K{}", line(&self.name, &step.said(), columns));
        }
    }

    /// Gives the row back to what is to be said there.
    pub(super) fn clear(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// What fits into one row, which is all that can be taken back: of a long name the end.
fn line(name: &str, said: &str, columns: usize) -> String {
    let room = columns.saturating_sub(width(said) + 3);
    if width(name) <= room {
        return format!("{name}: {said}");
    }
    let clusters: Vec<(&str, usize)> = graphemes(name).collect();
    let mut left = room.saturating_sub(1);
    let kept = clusters.iter().rev().take_while(|(_, cells)| {
        let fits = *cells <= left;
        left = left.saturating_sub(*cells);
        fits
    });
    let first = clusters.len() - kept.count();
    let end: String = clusters[first..].iter().map(|(cluster, _)| *cluster).collect();
    format!("…{end}: {said}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_says_how_far_it_is() {
        let said = [Step::Read(5 << 20), Step::Understanding, Step::Sessions { done: 30, of: 40 }].map(Step::said);
        assert_eq!(said, ["5 MiB read", "reading", "━━━━━━━━━━━━━━━───── 30/40 sessions"]);
    }

    #[test]
    fn a_long_name_shows_its_end_and_the_line_stays_in_one_row() {
        assert_eq!(line("chats.json", "5 MiB read", 80), "chats.json: 5 MiB read");
        assert_eq!(line("/home/ada/downloads/chats.json", "5 MiB read", 30), "…loads/chats.json: 5 MiB read");
        for columns in 15..60 {
            assert!(width(&line("/home/ada/下载/chats.json", "5 MiB read", columns)) < columns);
        }
    }
}
