//! `abreast usage`: what was spent, by the rows of the ledger. Asks no server.

mod print;
mod what_if;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::options::DataOptions;
use super::{Ended, Problem};
use crate::config::{Config, Environment, Paths};
use crate::pricing::{Exchange, time_zone};
use crate::store::{Ledger, LedgerBy, LedgerQuery, StoreFault};

#[derive(Debug, Args)]
pub(super) struct UsageOptions {
    /// Sum up by this
    #[arg(long, value_name = "WHAT", default_value = "day")]
    by: By,
    /// Only runs from this day on, written as 2026-11-23
    #[arg(long, value_name = "DAY")]
    since: Option<Date>,
    /// Only runs up to the end of this day
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// Let days begin in this time zone: a name such as Asia/Shanghai, UTC, or an offset such as +08:00
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    timezone: Option<String>,
    /// Only runs of the session with this id
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Print the rows themselves instead of sums
    #[arg(long, conflicts_with = "what_if")]
    rows: bool,
    /// What the same tokens would have cost with this model
    #[arg(long, value_name = "MODEL")]
    what_if: Option<String>,
    /// The provider of that model; without it, the price that its row lists
    #[arg(long, value_name = "NAME", requires = "what_if")]
    what_if_provider: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print lines of comma-separated values with a head
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    data: DataOptions,
}

/// By what sums are made, as it is written in a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct By(LedgerBy);

impl ValueEnum for By {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [By; LedgerBy::ALL.len()] = {
            let mut all = [By(LedgerBy::Day); LedgerBy::ALL.len()];
            let mut place = 0;
            while place < all.len() {
                all[place] = By(LedgerBy::ALL[place]);
                place += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.name()))
    }
}

/// How it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    Csv,
}

/// What is asked, and how it is told.
struct Asked {
    query: LedgerQuery,
    zone: TimeZone,
    form: Form,
    exchange: Exchange,
}

pub(super) fn run(options: &UsageOptions, environment: &Environment) -> Result<Ended, Problem> {
    let paths = Paths::of(environment).map_err(Problem::failure)?;
    let config = Config::load(&paths, environment).map_err(|error| Problem::misuse(format!("{error}.")))?;
    let zone = zone(options.timezone.as_deref())?;
    let moment = |day: Option<Date>| day.map(|day| begin(day, &zone)).transpose();
    let after = |day: Date| day.tomorrow().map_err(|_| Problem::misuse("--until: no day follows this one."));
    let query = LedgerQuery {
        by: options.by.0,
        session: options.session.clone(),
        since: moment(options.since)?,
        until: moment(options.until.map(after).transpose()?)?,
        words: String::new(),
    };
    let form = match (options.json, options.csv) {
        (true, _) => Form::Json,
        (_, true) => Form::Csv,
        _ => Form::Text,
    };
    let exchange = Exchange { display: config.money.display, rates: config.money.rates };
    let asked = Asked { query, zone, form, exchange };
    let ledger = Ledger::open(&options.data.directory(&paths)).map_err(unread)?;
    if let Some(model) = &options.what_if {
        return what_if::run(&ledger, &asked, (model, options.what_if_provider.as_deref()), environment);
    }
    if options.rows {
        print::rows(&ledger, &asked)?;
    } else {
        print::sums(&ledger.table(&asked.query, &asked.zone).map_err(unread)?, &asked)?;
    }
    Ok(Ended::Well)
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
fn unread(fault: StoreFault) -> Problem {
    Problem::failure(format!("The ledger cannot be read: {fault}."))
}

fn zone(name: Option<&str>) -> Result<TimeZone, Problem> {
    let Some(name) = name else { return Ok(TimeZone::system()) };
    time_zone(name).ok_or_else(|| {
        let said = "is no time zone that this system knows; write Asia/Shanghai, UTC or +08:00";
        Problem::misuse(format!("--timezone: `{name}` {said}."))
    })
}

/// When a day begins, in unix milliseconds.
fn begin(day: Date, zone: &TimeZone) -> Result<i64, Problem> {
    let begin = day.to_zoned(zone.clone()).map_err(|error| Problem::misuse(format!("{day}: {error}.")))?;
    Ok(begin.timestamp().as_millisecond())
}

/// A moment as it is printed: with its day and its offset; as a number where no calendar has it.
fn moment(unix_ms: i64, zone: &TimeZone) -> String {
    let at = Timestamp::from_millisecond(unix_ms).map(|at| at.to_zoned(zone.clone()));
    at.map_or_else(|_| unix_ms.to_string(), |at| at.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string())
}
