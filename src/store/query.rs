//! What a query says: words, phrases and filters. Pure; there is no text that cannot be read.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use rust_decimal::Decimal;

use super::words;
use crate::text::clean_line;

/// A longer query is cut; nobody types one.
const LONGEST: usize = 1000;

/// Words, phrases and filters that count, together.
const MOST: usize = 32;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub(super) terms: Vec<Term>,
    pub(super) filters: Vec<Filter>,
    /// What could not be understood, in sentences.
    pub(super) problem: Option<String>,
}

/// Something that must be in a title or a text, or must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// As it was written.
    pub(super) text: String,
    /// Whole words in this order.
    pub(super) phrase: bool,
    pub(super) negated: bool,
}

/// Something that must be true of a session, or must not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filter {
    pub(super) of: Field,
    pub(super) negated: bool,
}

/// What a filter asks. Names match by any part of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Field {
    Model(String),
    Provider(String),
    Tool(String),
    Tag(String),
    /// Last changed before this day began.
    Before(Date),
    /// Last changed on this day or later.
    After(Date),
    Cost {
        bound: Bound,
        amount: Decimal,
        /// Codes; none means any.
        currencies: Vec<String>,
    },
    HasError,
    HasTool,
    Pinned,
    Deleted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    More,
    Less,
}

/// How a filter that cannot be used is told.
enum Trouble {
    /// It looks like a filter and is taken as a word.
    Unknown,
    /// It is one, and what follows its name is not for it.
    Wants(&'static str),
}

const FILTERS: &str = "model:, provider:, tool:, tag:, before:, after:, cost>, cost<, has:error, has:tool, is:pinned and \
                       is:deleted";

impl Query {
    /// Reads a query. `now` is in unix milliseconds; days are those of `zone`.
    #[must_use]
    pub fn parse(text: &str, now: i64, zone: &TimeZone) -> Self {
        let today = Timestamp::from_millisecond(now).unwrap_or_default().to_zoned(zone.clone()).date();
        let mut query = Self::default();
        let mut problems = Vec::new();
        let cut: String = text.chars().take(LONGEST).collect();
        for piece in pieces(&cut) {
            if query.terms.len() + query.filters.len() == MOST {
                problems.push(format!("Only the first {MOST} words and filters count."));
                break;
            }
            query.take(piece, today, &mut problems);
        }
        problems.truncate(3);
        query.problem = (!problems.is_empty()).then(|| problems.join(" "));
        query
    }

    fn take(&mut self, piece: Piece, today: Date, problems: &mut Vec<String>) {
        let Piece { text, name, phrase, negated } = piece;
        let written = || clean_line(&text).into_owned();
        let field = match &name {
            Some(name) => field(name, &text, today),
            None if phrase => Ok(None),
            None => cost(&text),
        };
        let text = match field {
            Ok(Some(of)) => return self.filters.push(Filter { of, negated }),
            Err(Trouble::Wants(what)) => {
                let name = name.map_or_else(written, |name| format!("{name}:"));
                return problems.push(format!("`{name}` wants {what}."));
            }
            Err(Trouble::Unknown) => {
                let name = name.unwrap_or_default();
                let whole = format!("{name}:{text}");
                problems.push(format!(
                    "`{name}:` is no filter, so `{}` is looked for in the text. Filters are {FILTERS}.",
                    clean_line(&whole)
                ));
                whole
            }
            Ok(None) => text,
        };
        if words::of_term(&text).is_empty() {
            if !text.is_empty() {
                let text = clean_line(&text);
                problems.push(format!("`{text}` has neither letters nor digits, so it is not looked for."));
            }
        } else {
            self.terms.push(Term { text, phrase, negated });
        }
    }

    /// What of the query could not be understood.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }
}

/// A part of a query between blanks, or within quotes.
struct Piece {
    text: String,
    /// What stands before the colon, where something does.
    name: Option<String>,
    phrase: bool,
    negated: bool,
}

fn is_quote(sign: char) -> bool {
    matches!(sign, '"' | '“' | '”' | '„')
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let negated = rest.starts_with('-');
        rest = rest.strip_prefix('-').unwrap_or(rest);
        let name = filter_name(rest);
        rest = &rest[name.map_or(0, |name| name.len() + 1)..];
        let phrase = rest.starts_with(is_quote);
        let inner = rest.strip_prefix(is_quote).unwrap_or(rest);
        let end = |sign: char| is_quote(sign) || (!phrase && sign.is_whitespace());
        let length = inner.find(end).unwrap_or(inner.len());
        let text = inner[..length].trim().to_owned();
        out.push(Piece { text, name: name.map(str::to_lowercase), phrase, negated });
        rest = &inner[length..];
        if phrase {
            rest = rest.strip_prefix(is_quote).unwrap_or(rest);
        }
        rest = rest.trim_start();
    }
    out
}

/// A name before a colon, unless it is part of an address, a path or a time of day.
fn filter_name(text: &str) -> Option<&str> {
    let (name, value) = text.split_once(':')?;
    let is_name = !name.is_empty() && name.len() <= 16 && name.bytes().all(|sign| sign.is_ascii_alphabetic());
    (is_name && !value.starts_with([':', '/', '\\'])).then_some(name)
}

fn field(name: &str, value: &str, today: Date) -> Result<Option<Field>, Trouble> {
    let text = |wants| if value.is_empty() { Err(Trouble::Wants(wants)) } else { Ok(value.to_owned()) };
    const DATE: &str = "a date such as 2025-11-23, or 7d, 2w, 3m or 1y for so long ago";
    let field = match name {
        "model" => Field::Model(text("a part of a model's name")?),
        "provider" => Field::Provider(text("a part of a provider's name")?),
        "tool" => Field::Tool(text("a part of a tool's name")?),
        "tag" => Field::Tag(text("a tag")?),
        "before" => Field::Before(date(value, today).ok_or(Trouble::Wants(DATE))?),
        "after" => Field::After(date(value, today).ok_or(Trouble::Wants(DATE))?),
        "has" => match value.to_lowercase().as_str() {
            "error" | "errors" => Field::HasError,
            "tool" | "tools" => Field::HasTool,
            _ => return Err(Trouble::Wants("`error` or `tool`")),
        },
        "is" => match value.to_lowercase().as_str() {
            "pinned" => Field::Pinned,
            "deleted" => Field::Deleted,
            _ => return Err(Trouble::Wants("`pinned` or `deleted`")),
        },
        "deleted" => match value.to_lowercase().as_str() {
            "yes" => Field::Deleted,
            _ => return Err(Trouble::Wants("`yes`")),
        },
        _ if value.is_empty() => return Err(Trouble::Wants("nothing: it is no filter")),
        _ => return Err(Trouble::Unknown),
    };
    Ok(Some(field))
}

/// A day, or how long ago it was.
fn date(value: &str, today: Date) -> Option<Date> {
    match value {
        "today" => return Some(today),
        "yesterday" => return today.yesterday().ok(),
        _ => {}
    }
    if let Ok(date) = value.parse::<Date>() {
        return (date.strftime("%Y-%m-%d").to_string() == value).then_some(date);
    }
    let unit = value.chars().next_back()?;
    let count: i64 = value[..value.len() - unit.len_utf8()].parse().ok().filter(|count| (0..=9999).contains(count))?;
    let ago: Span = match unit {
        'd' => count.days(),
        'w' => count.weeks(),
        'm' => count.months(),
        'y' => count.years(),
        _ => return None,
    };
    today.checked_sub(ago).ok().filter(|date| date.year() > 0)
}

/// `cost>0.5`, `cost<¥2`, `cost>2USD`; nothing where a piece is about something else.
fn cost(piece: &str) -> Result<Option<Field>, Trouble> {
    let Some(rest) = piece.get(4..).filter(|_| piece.is_char_boundary(4) && piece[..4].eq_ignore_ascii_case("cost"))
    else {
        return Ok(None);
    };
    let bound = match rest.chars().next() {
        Some('>') => Bound::More,
        Some('<') => Bound::Less,
        _ => return Ok(None),
    };
    let wants = || Trouble::Wants("an amount, such as 0.5, ¥2 or 2USD");
    let written = &rest[1..];
    let is_number = |sign: char| sign.is_ascii_digit() || sign == '.';
    let number: String = written.chars().filter(|sign| is_number(*sign)).collect();
    let around = written.split(is_number).filter(|part| !part.is_empty());
    let currency = around.collect::<Vec<_>>();
    let currencies = match currency.as_slice() {
        [] => Vec::new(),
        ["¥" | "￥"] => vec!["CNY".to_owned(), "JPY".to_owned()],
        ["$"] => vec!["USD".to_owned()],
        ["€"] => vec!["EUR".to_owned()],
        ["£"] => vec!["GBP".to_owned()],
        [code] if code.len() == 3 && code.bytes().all(|sign| sign.is_ascii_alphabetic()) => {
            vec![code.to_ascii_uppercase()]
        }
        _ => return Err(wants()),
    };
    let amount = number.parse::<Decimal>().map_err(|_| wants())?.normalize();
    Ok(Some(Field::Cost { bound, amount, currencies }))
}

impl fmt::Display for Query {
    /// The query again, in its plainest form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minus = |negated: bool| if negated { "-" } else { "" };
        let terms = self.terms.iter().map(|term| {
            let quote = if term.phrase { "\"" } else { "" };
            format!("{}{quote}{}{quote}", minus(term.negated), term.text)
        });
        let filters = self.filters.iter().map(|filter| format!("{}{}", minus(filter.negated), filter.of));
        f.write_str(&terms.chain(filters).collect::<Vec<_>>().join(" "))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(name) => write!(f, "model:\"{name}\""),
            Self::Provider(name) => write!(f, "provider:\"{name}\""),
            Self::Tool(name) => write!(f, "tool:\"{name}\""),
            Self::Tag(name) => write!(f, "tag:\"{name}\""),
            Self::Before(date) => write!(f, "before:{date}"),
            Self::After(date) => write!(f, "after:{date}"),
            Self::Cost { bound, amount, currencies } => {
                let sign = if *bound == Bound::More { '>' } else { '<' };
                let currency = if currencies.len() > 1 { "¥" } else { currencies.first().map_or("", String::as_str) };
                write!(f, "cost{sign}{currency}{amount}")
            }
            Self::HasError => f.write_str("has:error"),
            Self::HasTool => f.write_str("has:tool"),
            Self::Pinned => f.write_str("is:pinned"),
            Self::Deleted => f.write_str("is:deleted"),
        }
    }
}

#[cfg(test)]
mod tests;
