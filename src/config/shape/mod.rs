//! What may stand in a TOML file of the user's, as a table, and the sentence about what may not.
//!
//! Owns whether keys are known and values of the right kind, and how both are named. What they mean together (a price
//! without its currency, a provider that is not there) is for who reads them then.

mod files;
mod syntax;

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::path::Path;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub use files::{ANY, CONFIG, MODELS, PRESET, RESPONDERS};

use super::{ConfigError, read_or_empty};
use crate::chat::{self, Currency};
use crate::text::{Place, nearest, reveal, truncate};

/// How much of a text of the file's is repeated in a sentence, in cells.
const MOST_SHOWN: usize = 48;

/// What is wrong, and the byte at which it starts.
pub(super) type Refusal = (usize, String);

/// What a value may be.
#[derive(Debug)]
pub enum Shape {
    Flag,
    /// A text, such as this one.
    Text(&'static str),
    /// A list of texts, such as this one.
    Texts(&'static str),
    Whole(RangeInclusive<i128>),
    /// A list of whole numbers, such as this one.
    Wholes(&'static str),
    /// Any number that is finite, such as this one.
    Number(&'static str),
    Amount(Least),
    Currency,
    OneOf(&'static [&'static str]),
    /// A list of some of these words.
    SomeOf(&'static [&'static str]),
    Table(Fields),
    /// `[[NAME]]`, any number of times.
    Tables(Fields),
    /// A table whose names are the user's.
    Named(&'static Shape),
    /// A table, or JSON in quotes, such as this.
    Json(&'static str),
    /// Whatever is there is looked at elsewhere.
    Any,
}

/// How little an amount may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Least {
    Nought,
    AboveNought,
}

/// The keys of a table.
type Fields = &'static [Field];

/// A key that may stand in a table.
#[derive(Debug)]
pub struct Field {
    name: &'static str,
    shape: Shape,
    needed: bool,
}

/// The text of a file of the user's, once its syntax, its keys and the kinds of its values are right; empty when there is
/// no such file. A mark of Windows editors before it is left out.
///
/// # Errors
/// When it cannot be read, and for the first thing that is wrong with it.
pub fn read_toml(file: &Path, shape: &'static Shape) -> Result<String, ConfigError> {
    let text = read_or_empty(file)?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    check(&text, shape).map_err(|refusal| refused(file, &text, refusal))?;
    Ok(text)
}

/// A refusal with the place that it is about.
pub(super) fn refused(file: &Path, text: &str, (offset, problem): Refusal) -> ConfigError {
    ConfigError::Wrong { file: file.to_owned(), place: Place::at(text, offset), problem }
}

/// The first thing that is wrong with a text.
pub(super) fn check(text: &str, shape: &'static Shape) -> Result<(), Refusal> {
    let table = syntax::table(text)?;
    match shape {
        Shape::Table(fields) => table_of(0, table.get_ref(), fields, ""),
        Shape::Named(each) => named(table.get_ref(), each, ""),
        _ => Ok(()),
    }
}

/// A text of the file's as it may stand in a sentence: controls as their pictures, cut where it is long.
pub(super) fn shown(text: &str) -> String {
    let start: String = text.chars().take(4 * MOST_SHOWN).collect();
    let one_line = start.replace('\n', "␊").replace('\t', "␉");
    truncate(&reveal(&one_line), MOST_SHOWN).into_owned()
}

type Value<'a> = Spanned<DeValue<'a>>;

/// The rows of a table in the order in which they are written, so that the first mistake is told first.
fn in_order<'t, 'a>(table: &'t DeTable<'a>) -> Vec<(&'t Spanned<Cow<'a, str>>, &'t Value<'a>)> {
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by_key(|(name, _)| name.span().start);
    rows
}

/// A table whose names are the user's, each with such a value.
fn named(table: &DeTable<'_>, each: &Shape, path: &str) -> Result<(), Refusal> {
    let below = |name: &str| if path.is_empty() { shown(name) } else { format!("{path}.{}", shown(name)) };
    in_order(table).into_iter().try_for_each(|(name, value)| value_of(value, each, &below(name.get_ref())))
}

fn table_of(start: usize, table: &DeTable<'_>, fields: Fields, path: &str) -> Result<(), Refusal> {
    for (name, value) in in_order(table) {
        let Some(field) = fields.iter().find(|field| field.name == name.get_ref()) else {
            return Err((name.span().start, unknown(name.get_ref(), fields, path)));
        };
        let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
        value_of(value, &field.shape, &path)?;
    }
    match fields.iter().find(|field| field.needed && !table.contains_key(field.name)) {
        Some(missing) => Err((start, format!("`{}` is missing here", missing.name))),
        None => Ok(()),
    }
}

/// What is said of a key that no table knows.
fn unknown(name: &str, fields: Fields, path: &str) -> String {
    let keyless = fields.iter().any(|field| field.name.starts_with("api_key"));
    if name == "api_key" && keyless {
        return "a key has no place in this file; name its source with api_key_env, api_key_cmd or api_key_keyring"
            .into();
    }
    let names = || fields.iter().map(|field| field.name);
    let key = shown(name);
    if let Some(near) = nearest(name, names()) {
        return format!("`{key}` is not known here; did you mean `{near}`?");
    }
    if path.is_empty() && names().any(|known| known == "params") && chat::param(name).is_some() {
        return format!("`{key}` belongs below [params]");
    }
    format!("`{key}` is not known here; known are {}", names().collect::<Vec<_>>().join(", "))
}

fn value_of(value: &Value<'_>, shape: &Shape, path: &str) -> Result<(), Refusal> {
    let start = value.span().start;
    let refuse =
        || Err((start, format!("`{path}` is {}, not {}", allowed(shape, path), found_at(path, value.get_ref()))));
    let right = match (shape, value.get_ref()) {
        (Shape::Table(fields), DeValue::Table(table)) => return table_of(start, table, fields, path),
        (Shape::Tables(fields), DeValue::Array(tables)) => return tables_of(tables, fields, path),
        (Shape::Named(each), DeValue::Table(table)) => return named(table, each, path),
        (Shape::Texts(_), DeValue::Array(items)) => {
            return each(items, refuse, |item| matches!(item, DeValue::String(_)));
        }
        (Shape::Wholes(_), DeValue::Array(items)) => return each(items, refuse, |item| whole(item).is_some()),
        (Shape::SomeOf(words), DeValue::Array(items)) => return words_of(items, words, path),
        (Shape::OneOf(words), DeValue::String(word)) if words.contains(&word.as_ref()) => true,
        (Shape::OneOf(words), DeValue::String(word)) => return Err((start, no_word(word, words, path))),
        (Shape::Any | Shape::Json(_), DeValue::Table(_)) | (Shape::Any, _) => return bounded(value, path),
        (Shape::Flag, DeValue::Boolean(_)) | (Shape::Text(_) | Shape::Json(_), DeValue::String(_)) => true,
        (Shape::Whole(range), number) => whole(number).is_some_and(|number| range.contains(&number)),
        (Shape::Number(_), number) => amount(number).is_some() && !number.is_str(),
        (Shape::Amount(least), number) => amount(number).is_some_and(|amount| least.allows(amount)),
        (Shape::Currency, DeValue::String(code)) => Currency::new(code).is_some(),
        _ => false,
    };
    if right { Ok(()) } else { refuse() }
}

/// Whatever may stand there, but for a number that nothing could hold.
fn bounded(value: &Value<'_>, path: &str) -> Result<(), Refusal> {
    match value.get_ref() {
        DeValue::Integer(number) if whole(value.get_ref()).is_none_or(|whole| i64::try_from(whole).is_err()) => {
            let problem =
                format!("`{path}` is {}, which is too large a number; put it in quotes", shown(number.as_str()));
            Err((value.span().start, problem))
        }
        DeValue::Array(items) => items.iter().try_for_each(|item| bounded(item, path)),
        DeValue::Table(fields) => in_order(fields).into_iter().try_for_each(|(_, field)| bounded(field, path)),
        _ => Ok(()),
    }
}

fn tables_of(tables: &[Value<'_>], fields: Fields, path: &str) -> Result<(), Refusal> {
    tables.iter().try_for_each(|table| match table.get_ref() {
        DeValue::Table(inner) => table_of(table.span().start, inner, fields, path),
        other => Err((table.span().start, format!("`{path}` is a list of [[{path}]] tables, not of {}", found(other)))),
    })
}

fn each(
    items: &[Value<'_>],
    refuse: impl Fn() -> Result<(), Refusal>,
    is_right: impl Fn(&DeValue<'_>) -> bool,
) -> Result<(), Refusal> {
    let wrong = items.iter().find(|item| !is_right(item.get_ref()));
    wrong.map_or(Ok(()), |item| {
        let (_, said) = refuse().err().unwrap_or_default();
        // The list as a whole was named; what is wrong is this item of it.
        let said = said.rsplit_once(", not ").map_or(said.clone(), |(said, _)| said.to_owned());
        Err((item.span().start, format!("{said}; {} cannot stand in it", found(item.get_ref()))))
    })
}

fn words_of(items: &[Value<'_>], words: &[&str], path: &str) -> Result<(), Refusal> {
    items.iter().try_for_each(|item| match item.get_ref() {
        DeValue::String(word) if words.contains(&word.as_ref()) => Ok(()),
        DeValue::String(word) => Err((item.span().start, no_word(word, words, path))),
        other => {
            Err((item.span().start, format!("`{path}` is a list of {}, not of {}", words.join(", "), found(other))))
        }
    })
}

fn no_word(word: &str, words: &[&str], path: &str) -> String {
    let word_shown = shown(word);
    match nearest(word, words.iter().copied()) {
        Some(near) => format!("`{word_shown}` is not known for `{path}`; did you mean `{near}`?"),
        None => format!("`{word_shown}` is not known for `{path}`; known are {}", words.join(", ")),
    }
}

impl Least {
    fn allows(self, amount: Decimal) -> bool {
        match self {
            Self::Nought => amount >= Decimal::ZERO,
            Self::AboveNought => amount > Decimal::ZERO,
        }
    }
}

/// What a key takes, to stand after "is".
fn allowed(shape: &Shape, path: &str) -> String {
    match shape {
        Shape::Flag => "true or false".to_owned(),
        Shape::Text(such_as) => format!("a text in quotes, such as \"{such_as}\""),
        Shape::Texts(such_as) => format!("a list of texts, such as {such_as}"),
        Shape::Wholes(such_as) => format!("a list of whole numbers, such as {such_as}"),
        Shape::Number(such_as) => format!("a number, such as {such_as}"),
        Shape::Whole(range) if *range.end() >= i128::from(u32::MAX) => {
            format!("a whole number of {} or more", range.start())
        }
        Shape::Whole(range) => format!("a whole number from {} to {}", range.start(), range.end()),
        Shape::Amount(Least::Nought) => "a number of 0 or more, such as 1.25".to_owned(),
        Shape::Amount(Least::AboveNought) => "a number above 0, such as 1.25".to_owned(),
        Shape::Currency => "a currency code of three letters, such as CNY".to_owned(),
        Shape::OneOf(words) => format!("one of {}", words.join(", ")),
        Shape::SomeOf(words) => format!("a list of {}", words.join(", ")),
        Shape::Table(_) | Shape::Named(_) => format!("a table: write [{path}] above its keys"),
        Shape::Tables(_) => format!("a list of tables: write [[{path}]] above the keys of each"),
        Shape::Json(such_as) => format!("a table or JSON in quotes, such as {such_as}"),
        Shape::Any => "free".to_owned(),
    }
}

/// What stands there, as it is written; of a text of a provider's only that it is one, since it may be a key.
fn found_at(path: &str, value: &DeValue<'_>) -> String {
    if value.is_str() && path.starts_with("providers") { "a text".to_owned() } else { found(value) }
}

/// What stands there, as it is written.
fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("\"{}\"", shown(text)),
        DeValue::Integer(number) => shown(number.as_str()),
        DeValue::Float(number) => shown(number.as_str()),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(date) => format!("the date {date}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

fn whole(value: &DeValue<'_>) -> Option<i128> {
    let number = value.as_integer()?;
    i128::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A number, or a text that is one, in exact decimals.
fn amount(value: &DeValue<'_>) -> Option<Decimal> {
    let of_text = |text: &str| text.parse().ok().or_else(|| Decimal::from_scientific(text).ok());
    match value {
        DeValue::Integer(_) => Decimal::try_from_i128_with_scale(whole(value)?, 0).ok(),
        DeValue::Float(number) => of_text(&number.as_str().replace('_', "")),
        DeValue::String(text) => of_text(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
