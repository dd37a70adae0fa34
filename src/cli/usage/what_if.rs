//! What the tokens of past runs would have cost with another model: usage as it was, at another price.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::super::options::EndpointOptions;
use super::super::print::{print_json, print_line, say};
use super::super::setup::Setup;
use super::super::{Ended, Problem};
use super::print::{costs, lines, notes, sums_object};
use super::{Asked, Form, unread};
use crate::chat::{Cost, Currency, Money, exact_sum};
use crate::config::Environment;
use crate::pricing::{self, Bill, Catalogue, Circumstances, Price, Reach, Unbillable};
use crate::store::{Ledger, LedgerRow, LedgerSums};
use crate::text::{clean_line, counted, grouped};

/// Runs at both prices.
#[derive(Debug, Default)]
struct Compared {
    /// What the runs that could be priced cost.
    was: LedgerSums,
    /// What they would have cost.
    would: LedgerSums,
    /// Of those runs whose two costs are known in one currency, what they would have cost more.
    more: BTreeMap<(bool, Currency), Decimal>,
    /// How many of them have no second cost to compare with.
    alone: u64,
    /// Why other runs could not be priced, and how many.
    left: BTreeMap<String, u64>,
}

impl Compared {
    fn add(&mut self, row: &LedgerRow, bill: Result<(Bill, bool), Unbillable>) {
        let (bill, notional) = match bill {
            Ok(bill) => bill,
            Err(problem) => {
                *self.left.entry(problem.to_string()).or_default() += 1;
                return;
            }
        };
        let notional = notional || row.notional;
        let Money { amount, currency } = bill.total.clone();
        let before = row.cost.money().filter(|money| money.currency == currency && notional == row.notional);
        let more = before.and_then(|money| exact_sum(amount, -money.amount)).and_then(|more| {
            let sum = self.more.get(&(notional, currency.clone())).copied().unwrap_or_default();
            exact_sum(sum, more)
        });
        match more {
            Some(sum) => {
                self.more.insert((notional, currency), sum);
            }
            None => self.alone += 1,
        }
        self.was.add(row);
        self.would.add(&LedgerRow { cost: Cost::Known(bill.total), notional, ..row.clone() });
    }

    /// `+¥0.0012`, `-$0.3`.
    fn difference(&self) -> String {
        let one = |((notional, currency), more): (&(bool, Currency), &Decimal)| {
            let sign = if *more < Decimal::ZERO { "-" } else { "+" };
            let money = Money { amount: more.abs(), currency: currency.clone() };
            if *notional { format!("({sign}{money} notional)") } else { format!("{sign}{money}") }
        };
        self.more.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn object(&self, asked: &Asked) -> Map<String, Value> {
        let more = self.more.iter().map(|((notional, currency), more)| {
            json!({"amount": more.normalize().to_string(), "currency": currency.code(), "notional": notional})
        });
        let mut object = Map::new();
        object.insert("was".to_owned(), sums_object(&self.was, &asked.exchange).into());
        object.insert("would_be".to_owned(), sums_object(&self.would, &asked.exchange).into());
        object.insert("difference".to_owned(), more.collect());
        object.insert("not_compared_runs".to_owned(), self.alone.into());
        object.insert("not_priced".to_owned(), json!(self.left));
        object
    }
}

pub(super) fn run(
    ledger: &Ledger,
    asked: &Asked,
    (model, provider): (&str, Option<&str>),
    environment: &Environment,
) -> Result<Ended, Problem> {
    if asked.form == Form::Csv {
        return Err(Problem::misuse("--what-if is printed as text or with --json."));
    }
    let setup = Setup::of(&EndpointOptions::default(), environment)?;
    let catalogue = setup.catalogue();
    let price = |at: Option<Timestamp>| price(&setup, catalogue, (model, provider), at);
    if price(None).is_none() && catalogue.listed(model).is_none() {
        let said = "`abreast models prices` lists those that are known";
        return Err(Problem::failure(format!("--what-if: no price is known for {}; {said}.", clean_line(model))));
    }
    let (mut groups, mut total) = (BTreeMap::<String, Compared>::new(), Compared::default());
    let each = |group: String, row: LedgerRow| {
        let bill = priced(&row, price(Timestamp::from_millisecond(row.at).ok()));
        groups.entry(group).or_default().add(&row, bill.clone());
        total.add(&row, bill);
        true
    };
    ledger.each(&asked.query, &asked.zone, each).map_err(unread)?;
    if asked.form == Form::Json {
        let by = asked.query.by.name();
        let groups: Vec<Value> = groups
            .iter()
            .map(|(key, compared)| {
                let mut object = compared.object(asked);
                object.insert(by.to_owned(), key.clone().into());
                object.into()
            })
            .collect();
        let total = total.object(asked);
        print_json(&json!({"by": by, "model": model, "provider": provider, "groups": groups, "total": total}))?;
    } else {
        text(&groups, &total, asked, model)?;
    }
    Ok(Ended::Well)
}

/// The price of the other model: at its provider, else as its row lists it.
fn price<'a>(
    setup: &'a Setup,
    catalogue: &'a Catalogue,
    (model, provider): (&'a str, Option<&'a str>),
    at: Option<Timestamp>,
) -> Option<&'a Price> {
    let Some(provider) = provider else { return catalogue.listed(model)?.price };
    let usual = pricing::Asked::new(provider, Reach::of(setup.base_url(provider)), model);
    catalogue.find(&pricing::Asked { at, ..usual }).map(|found| found.price)
}

/// A row's tokens at a price, and whether nobody is charged that.
fn priced(row: &LedgerRow, price: Option<&Price>) -> Result<(Bill, bool), Unbillable> {
    let price = price.ok_or(Unbillable::NoPrice)?;
    let usage = row.usage().ok_or(Unbillable::NoCounts)?;
    let circumstances = Circumstances { tier: row.tier.as_deref(), at: Timestamp::from_millisecond(row.at).ok() };
    Ok((pricing::bill(&usage, price, &circumstances)?, price.notional))
}

fn text(groups: &BTreeMap<String, Compared>, total: &Compared, asked: &Asked, model: &str) -> Result<(), Problem> {
    if groups.is_empty() {
        say("Nothing was spent there, so there is nothing to compare.");
        return Ok(());
    }
    let with = format!("with {}", clean_line(model));
    let head = [asked.query.by.name(), "runs", "cost", &with, "difference"].map(str::to_owned).to_vec();
    let cells = |name: &str, compared: &Compared| {
        let name = if name.is_empty() { "n/a".to_owned() } else { clean_line(name).into_owned() };
        let runs = grouped(compared.would.all().runs);
        vec![name, runs, costs(&compared.was), costs(&compared.would), compared.difference()]
    };
    let groups = groups.iter().map(|(name, compared)| cells(name, compared));
    let rows: Vec<Vec<String>> = [head].into_iter().chain(groups).chain([cells("total", total)]).collect();
    lines(&rows).iter().try_for_each(|line| print_line(line))?;
    notes(&total.was, &asked.exchange).iter().for_each(|note| say(note));
    if total.alone > 0 {
        say(&format!(
            "Not in the differences, since there is no cost in the same currency: {}.",
            counted(total.alone, "run")
        ));
    }
    for (problem, runs) in &total.left {
        say(&format!("Not priced: {} × {problem}.", grouped(*runs)));
    }
    Ok(())
}
