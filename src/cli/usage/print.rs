//! Sums and rows of the ledger as text, JSON and comma-separated values.

use serde_json::{Map, Value, json};

use super::super::Problem;
use super::super::print::{print_json, print_line, say};
use super::{Asked, Form, moment, unread};
use crate::chat::{Currency, Money};
use crate::pricing::Exchange;
use crate::state::LedgerPage;
use crate::store::{Ledger, LedgerRow, LedgerState, LedgerSums, LedgerTable, LedgerTally};
use crate::text::{clean_line, counted, grouped, width};

pub(super) fn sums(table: &LedgerTable, asked: &Asked) -> Result<(), Problem> {
    match asked.form {
        Form::Text => text(table, asked),
        Form::Json => print_json(&object(table, asked)),
        Form::Csv => csv(table, asked),
    }
}

/// Lines of cells, the first column to the left and the others to the right.
pub(super) fn lines(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max();
    let widths: Vec<usize> = (0..columns).map(|column| wide(column).unwrap_or(0)).collect();
    let cell = |(column, text): (usize, &String)| {
        let pad = " ".repeat(widths[column].saturating_sub(width(text)));
        if column == 0 { format!("{text}{pad}") } else { format!("  {pad}{text}") }
    };
    rows.iter().map(|row| row.iter().enumerate().map(cell).collect::<String>().trim_end().to_owned()).collect()
}

fn text(table: &LedgerTable, asked: &Asked) -> Result<(), Problem> {
    if table.groups.is_empty() {
        say("Nothing was spent there. Every run that a server takes is entered here.");
        return Ok(());
    }
    let head = [asked.query.by.name(), "runs", "in", "cached", "out", "reasoning", "cost"].map(str::to_owned);
    let display = asked.exchange.display.as_ref();
    let mut rows = vec![head.into_iter().chain(display.map(|shown| format!("in {}", shown.code()))).collect()];
    for group in &table.groups {
        let name = if group.label.is_empty() { "n/a".to_owned() } else { clean_line(&group.label).into_owned() };
        rows.push(cells(name, &group.sums, &asked.exchange));
    }
    rows.push(cells("total".to_owned(), &table.total, &asked.exchange));
    lines(&rows).iter().try_for_each(|line| print_line(line))?;
    notes(&table.total, &asked.exchange).iter().for_each(|note| say(note));
    Ok(())
}

fn cells(name: String, sums: &LedgerSums, exchange: &Exchange) -> Vec<String> {
    let all = sums.all();
    let least = if all.uncounted > 0 { "≥" } else { "" };
    let counts = [all.input, all.cached, all.output, all.reasoning].map(|count| format!("{least}{}", grouped(count)));
    let cells = [name, grouped(all.runs)].into_iter().chain(counts).chain([costs(sums)]);
    cells.chain(exchange.display.as_ref().map(|_| worth(sums, exchange))).collect()
}

/// `¥0.0184 + $0.02 (¥0.01 notional) n/a: 2`.
pub(super) fn costs(sums: &LedgerSums) -> String {
    let (real, notional) = (LedgerPage::costs(sums.costs(false)), LedgerPage::costs(sums.costs(true)));
    let notional = (!notional.is_empty()).then(|| format!("({notional} notional)"));
    let unknown = Some(sums.unknown()).filter(|runs| *runs > 0).map(|runs| format!("n/a: {runs}"));
    let real = Some(real).filter(|real| !real.is_empty());
    real.into_iter().chain(notional).chain(unknown).collect::<Vec<_>>().join(" ")
}

/// What is charged in the currency that is shown beside; what has no rate stands as it is.
fn worth(sums: &LedgerSums, exchange: &Exchange) -> String {
    let guessed = if sums.costs(false).any(|cost| cost.is_estimated()) { "~" } else { "" };
    let money: Vec<Money> = sums.costs(false).filter_map(|cost| cost.money().cloned()).collect();
    let worth = exchange.worth(&money);
    let together = worth.together.map(|together| format!("{guessed}{}", together.money));
    together.into_iter().chain(worth.apart.iter().map(ToString::to_string)).collect::<Vec<_>>().join(" + ")
}

/// What has to be said of sums so that nobody misreads them.
pub(super) fn notes(sums: &LedgerSums, exchange: &Exchange) -> Vec<String> {
    let all = sums.all();
    let mut notes = Vec::new();
    let runs = |count: u64| counted(count, "run");
    if sums.unknown() > 0 {
        notes.push(format!("{} of unknown cost (n/a).", runs(sums.unknown())));
    }
    if all.estimated > 0 {
        notes.push(format!("{} of estimated cost: sums with them have a ~.", runs(all.estimated)));
    }
    if all.uncounted > 0 {
        notes.push(format!("{} told no tokens: sums with them are the least that was used (≥).", runs(all.uncounted)));
    }
    if sums.parts.values().any(|tally| tally.rounded) {
        notes.push("A sum has more digits than can be kept; it is rounded and has a ~.".to_owned());
    }
    let converts = |currency: &Currency| exchange.rates.iter().any(|rate| rate.from == *currency);
    let display = exchange
        .display
        .as_ref()
        .filter(|_| sums.parts.keys().any(|part| part.currency.as_ref().is_some_and(converts)));
    if let Some(display) = display {
        let leads = exchange.rates.iter().filter(|rate| rate.to == *display);
        let rates: Vec<String> = leads
            .map(|rate| format!("1 {} = {} {} ({})", rate.from.code(), rate.rate, display.code(), rate.date))
            .collect();
        notes.push(format!("Rates: {}.", rates.join(", ")));
    }
    notes
}

fn object(table: &LedgerTable, asked: &Asked) -> Value {
    let by = asked.query.by.name();
    let group = |group: &crate::store::LedgerGroup| {
        let mut object = Map::new();
        object.insert(by.to_owned(), Value::String(group.key.clone()));
        if group.label != group.key {
            object.insert("title".to_owned(), Value::String(group.label.clone()));
        }
        object.extend(sums_object(&group.sums, &asked.exchange));
        Value::Object(object)
    };
    json!({
        "by": by,
        "groups": table.groups.iter().map(group).collect::<Vec<_>>(),
        "total": sums_object(&table.total, &asked.exchange),
    })
}

pub(super) fn sums_object(sums: &LedgerSums, exchange: &Exchange) -> Map<String, Value> {
    let all = sums.all();
    let mut object = counts(&all);
    let known = sums.parts.iter().filter_map(|(part, tally)| Some((part.currency.as_ref()?, part.notional, tally)));
    let cost = |(currency, notional, tally): (&Currency, bool, &LedgerTally)| {
        let mut object = json!({
            "amount": tally.amount.normalize().to_string(),
            "currency": currency.code(),
            "notional": notional,
            "runs": tally.runs,
            "estimated_runs": tally.estimated,
            "reported_runs": tally.reported,
            "rounded": tally.rounded,
        });
        let money = Money { amount: tally.amount, currency: currency.clone() };
        if let Some(converted) = exchange.convert(&money) {
            object["worth"] = json!({
                "amount": converted.money.amount.to_string(),
                "currency": converted.money.currency.code(),
                "rate_dates": converted.dates,
            });
        }
        object
    };
    object.insert("costs".to_owned(), known.map(cost).collect());
    object.insert("unknown_runs".to_owned(), sums.unknown().into());
    object
}

fn counts(tally: &LedgerTally) -> Map<String, Value> {
    let counts = [
        ("runs", tally.runs),
        ("input", tally.input),
        ("cached", tally.cached),
        ("output", tally.output),
        ("reasoning", tally.reasoning),
        ("uncounted_runs", tally.uncounted),
    ];
    counts.into_iter().map(|(name, count)| (name.to_owned(), count.into())).collect()
}

/// One line for each group, currency, and whether it is charged: no run is in two of them.
fn csv(table: &LedgerTable, asked: &Asked) -> Result<(), Problem> {
    let head =
        "title,runs,input,cached,output,reasoning,uncounted_runs,amount,currency,notional,estimated_runs,reported_runs";
    print_line(&format!("{},{head}", asked.query.by.name()))?;
    for group in &table.groups {
        for (part, tally) in &group.sums.parts {
            let amount = part.currency.as_ref().map(|_| tally.amount.normalize().to_string());
            let counts = [tally.runs, tally.input, tally.cached, tally.output, tally.reasoning, tally.uncounted];
            let cells =
                [group.key.clone(), group.label.clone()].into_iter().chain(counts.map(|count| count.to_string()));
            let currency = part.currency.as_ref().map(|currency| currency.code().to_owned());
            let rest = [amount.unwrap_or_default(), currency.unwrap_or_default(), part.notional.to_string()];
            let rest = rest.into_iter().chain([tally.estimated.to_string(), tally.reported.to_string()]);
            print_line(&csv_line(cells.chain(rest)))?;
        }
    }
    Ok(())
}

/// A line by RFC 4180: a cell with a comma, a quote or a break stands in quotes.
fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let cell = |text: String| {
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    cells.map(cell).collect::<Vec<_>>().join(",")
}

/// The rows themselves, in the order in which they were entered.
pub(super) fn rows(ledger: &Ledger, asked: &Asked) -> Result<(), Problem> {
    let mut all = Vec::new();
    ledger
        .each(&asked.query, &asked.zone, |_, row| {
            all.push(row_object(&row, asked));
            true
        })
        .map_err(unread)?;
    match asked.form {
        Form::Json => print_json(&json!({"rows": all})),
        Form::Csv => {
            print_line(&ROW_FIELDS.join(","))?;
            all.iter().try_for_each(|row| print_line(&csv_line(ROW_FIELDS.into_iter().map(|name| plain(&row[name])))))
        }
        Form::Text => {
            let shown =
                ["time", "provider", "model", "lane", "state", "input", "output", "amount", "currency", "known"];
            let cell =
                |value: &Value| if value.is_null() { "n/a".to_owned() } else { clean_line(&plain(value)).into_owned() };
            let head = vec![shown.map(str::to_owned).to_vec()];
            let rows = all.iter().map(|row| {
                let known = if row["notional"] == true { " notional" } else { "" };
                let mut cells: Vec<String> = shown.iter().map(|name| cell(&row[*name])).collect();
                cells.iter_mut().last().into_iter().for_each(|last| last.push_str(known));
                cells
            });
            lines(&head.into_iter().chain(rows).collect::<Vec<_>>()).iter().try_for_each(|line| print_line(line))
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

const ROW_FIELDS: [&str; 23] = [
    "key",
    "time",
    "provider",
    "model",
    "served_by",
    "session",
    "lane",
    "run",
    "preset",
    "state",
    "service_tier",
    "input",
    "cached",
    "output",
    "reasoning",
    "known",
    "amount",
    "currency",
    "notional",
    "price",
    "price_source",
    "corrects",
    "usage",
];

fn row_object(row: &LedgerRow, asked: &Asked) -> Value {
    let money = row.cost.money();
    json!({
        "key": row.key,
        "time": moment(row.at, &asked.zone),
        "provider": row.provider,
        "model": row.model,
        "served_by": row.served_by,
        "session": row.session,
        "lane": row.lane,
        "run": row.run,
        "preset": row.preset,
        "state": row.state.map(LedgerState::name),
        "service_tier": row.tier,
        "input": row.tokens.input,
        "cached": row.tokens.cached,
        "output": row.tokens.output,
        "reasoning": row.tokens.reasoning,
        "known": row.known(),
        "amount": money.map(|money| money.amount.normalize().to_string()),
        "currency": money.map(|money| money.currency.code()),
        "notional": row.notional,
        "price": row.price.as_ref().map(|price| price.id.as_str()),
        "price_source": row.price.as_ref().map(|price| price.source.as_str()),
        "corrects": row.corrects,
        "usage": row.usage.clone().map(Value::Object),
    })
}
