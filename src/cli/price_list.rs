//! `abreast models import` and `abreast models prices`: the price lists. Ask no server.

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::options::EndpointOptions;
use super::prices::{MOST_LIST_BYTES, imported_text};
use super::print::{print_json, print_line, say};
use super::setup::Setup;
use super::source::text_of;
use super::{Ended, Problem};
use crate::config::{Environment, Paths, write_private};
use crate::pricing::{Catalogue, Dimension, Import, Imported, Origin, Price, Row, import};
use crate::text::{clean_line, grouped};

#[derive(Debug, Args)]
pub(super) struct ImportOptions {
    /// The list: model_prices_and_context_window.json, api.json or data.json; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Take it over even where it has less than half of the prices of the last one
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
pub(super) struct PricesOptions {
    /// Only models whose names have this in them
    #[arg(value_name = "TEXT")]
    having: Option<String>,
    /// Print the prices as one JSON array
    #[arg(long)]
    json: bool,
}

pub(super) fn import_list(options: &ImportOptions, environment: &Environment) -> Result<Ended, Problem> {
    let paths = Paths::of(environment).map_err(Problem::misuse)?;
    let text = text_of(&options.file, MOST_LIST_BYTES, |_| {})?;
    let now = Timestamp::now();
    let list = import(&text, &now.strftime("%Y-%m-%d").to_string())
        .map_err(|error| Problem::failure(format!("{}: {error}. The prices are as they were.", options.file)))?;
    let file = paths.imported_prices();
    let before = imported_text(&file).ok().and_then(|text| Imported::parse(&text).ok());
    let (had, has) = (before.map_or(0, |before| before.rows.len()), list.rows.len());
    if has * 2 < had && !options.force {
        return Err(Problem::failure(format!(
            "{} has {} prices where the last list had {}: it may be damaged. The prices are as they were; --force takes it over.",
            options.file,
            grouped(has as u64),
            grouped(had as u64)
        )));
    }
    write_private(&file, list.print(&now.to_string()).as_bytes()).map_err(Problem::failure)?;
    print_line(&summary(&list))?;
    Ok(Ended::Well)
}

/// What was taken over and what was not.
fn summary(list: &Import) -> String {
    let rows = grouped(list.rows.len() as u64);
    let skipped: usize = list.skipped.values().sum();
    if skipped == 0 {
        return format!("{rows} prices of {} were taken over.", list.form.title());
    }
    let mut reasons: Vec<(&str, usize)> = list.skipped.iter().map(|(reason, count)| (*reason, *count)).collect();
    reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
    let reasons: Vec<String> =
        reasons.into_iter().map(|(reason, count)| format!("{} × {reason}", grouped(count as u64))).collect();
    let left_out = grouped(skipped as u64);
    format!(
        "{rows} prices of {} were taken over; {left_out} entries were left out: {}.",
        list.form.title(),
        reasons.join(", ")
    )
}

pub(super) fn list(options: &PricesOptions, environment: &Environment) -> Result<Ended, Problem> {
    let setup = Setup::of(&EndpointOptions::default(), environment)?;
    let catalogue = setup.catalogue();
    let wanted = |row: &Row| options.having.as_ref().is_none_or(|text| row.model.contains(text.as_str()));
    let rows = catalogue.priced().filter(|(row, _, _)| wanted(row));
    if options.json {
        print_json(&Value::Array(rows.map(|(row, price, origin)| object(row, price, origin)).collect()))?;
        return Ok(Ended::Well);
    }
    let mut any = false;
    for (row, price, origin) in rows {
        print_line(&line(row, price, origin))?;
        any = true;
    }
    if !any {
        say(
            "No price is known. A [[prices]] table in config.toml says one; abreast models import FILE takes over a list.",
        );
    }
    say(&ages(catalogue, &setup.imported, Timestamp::now()));
    Ok(Ended::Well)
}

/// `gpt-5.1 at api.openai.com  $1.25 / $10.00  12ab34cd  OpenAI's page of the model (2026-11-22)`.
fn line(row: &Row, price: &Price, origin: Origin) -> String {
    let place = row.host.as_ref().or(row.provider.as_ref()).map(|place| format!(" at {place}")).unwrap_or_default();
    let figure = |dimension| price.rates.written(dimension).map_or_else(|| "n/a".to_owned(), |rate| price.figure(rate));
    let more = if price.variants.is_empty() { "" } else { ", with conditions" };
    let notional = if price.notional { ", notional" } else { "" };
    let rates = format!("{} / {}{more}{notional}", figure(Dimension::Input), figure(Dimension::Output));
    let day = if price.checked.is_empty() { String::new() } else { format!(" ({})", price.checked) };
    let text =
        format!("{}{place}  {rates}  {}  {}: {}{day}", row.model, price.id().short(), origin.title(), price.source);
    clean_line(&text).into_owned()
}

fn object(row: &Row, price: &Price, origin: Origin) -> Value {
    json!({
        "model": row.model,
        "aliases": row.aliases,
        "provider": row.provider,
        "host": row.host,
        "price": serde_json::from_str::<Value>(&price.canonical()).unwrap_or_default(),
        "id": price.id().to_string(),
        "origin": origin.name(),
        "source": price.source,
        "checked": price.checked,
    })
}

/// How old the lists are, in a sentence.
pub(super) fn ages(catalogue: &Catalogue, imported: &Imported, now: Timestamp) -> String {
    let of = |wanted: Origin| catalogue.priced().filter(move |(_, _, origin)| *origin == wanted);
    let checked = || of(Origin::BuiltIn).map(|(_, price, _)| price.checked.as_str()).filter(|day| !day.is_empty());
    let days = match (checked().min(), checked().max()) {
        (Some(oldest), Some(newest)) if oldest != newest => format!(", looked up from {oldest} to {newest}"),
        (Some(day), _) => format!(", looked up on {day}"),
        _ => String::new(),
    };
    let mut said = format!("{} prices came with the program{days}", of(Origin::BuiltIn).count());
    if let Some(age) = imported.age_in_days(now) {
        let ago = match age {
            ..=0 => "today".to_owned(),
            1 => "yesterday".to_owned(),
            days => format!("{days} days ago"),
        };
        let rows = grouped(of(Origin::Imported).count() as u64);
        said = format!("{said}; {rows} of {} were imported {ago}", imported.from);
    }
    match of(Origin::Own).count() {
        0 => format!("{said}."),
        own => format!("{said}; {own} are your own."),
    }
}
