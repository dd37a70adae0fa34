//! The file that imported rows are kept in: a line of JSON about the list, then one for each row.
//!
//! Lines, so that one damaged row costs that row alone and the file is read quickly.

use serde::{Deserialize, Serialize};

use super::{Import, MOST_ROWS};
use crate::pricing::CatalogueError;
use crate::pricing::card::Row;
use crate::pricing::written::Written;

/// Imported rows as they were kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Whose list it was, in words; empty where nothing was imported.
    pub from: String,
    /// When, as a moment in UTC.
    pub at: String,
    pub rows: Vec<Row>,
    /// Lines that cannot be read.
    pub damaged: usize,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    /// Tells the file from others; the number is the form's.
    abreast_prices: u32,
    from: String,
    imported: String,
    rows: usize,
}

/// The form that is written and read here.
const FORM: u32 = 1;

impl Import {
    /// The text of the file; `at` is when it is imported, as a moment in UTC.
    #[must_use]
    pub fn print(&self, at: &str) -> String {
        let (from, imported) = (self.form.title().to_owned(), at.to_owned());
        let head = Head { abreast_prices: FORM, from, imported, rows: self.rows.len() };
        let lines = self.rows.iter().map(|row| serde_json::to_string(&Written::of(row)));
        let lines: Vec<String> =
            std::iter::once(serde_json::to_string(&head)).chain(lines).filter_map(Result::ok).collect();
        lines.join("\n") + "\n"
    }
}

impl Imported {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// When it does not begin as one.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let mut lines = text.lines();
        let head: Option<Head> = lines.next().and_then(|line| serde_json::from_str(line).ok());
        let Some(head) = head.filter(|head| head.abreast_prices == FORM) else {
            return Err(CatalogueError::Syntax("it is no file of imported prices".to_owned()));
        };
        let read = |line: &str| serde_json::from_str::<Written>(line).ok()?.row().ok();
        let rows: Vec<Option<Row>> = lines.take(MOST_ROWS).map(read).collect();
        let missing = head.rows.saturating_sub(rows.len());
        let damaged = rows.iter().filter(|row| row.is_none()).count() + missing;
        Ok(Self { from: head.from, at: head.imported, rows: rows.into_iter().flatten().collect(), damaged })
    }

    /// The whole days since the import, at a moment; `None` where nothing was imported.
    #[must_use]
    pub fn age_in_days(&self, now: jiff::Timestamp) -> Option<i64> {
        let at: jiff::Timestamp = self.at.parse().ok()?;
        Some(now.duration_since(at).as_hours() / 24)
    }
}
