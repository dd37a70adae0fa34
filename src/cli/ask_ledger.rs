//! What a run of `abreast ask` costs: the sum that is printed, and a row of the ledger for each request that was taken.

use std::path::Path;
use std::time::UNIX_EPOCH;

use jiff::Timestamp;

use super::print::say;
use super::result::{Followed, Round};
use super::setup::Setup;
use crate::chat::{Cost, Money};
use crate::pricing::{self, Asked, Catalogue, Circumstances, Found, Reach};
use crate::store::{LedgerPrice, LedgerRow, LedgerState, enter_rows};

/// What all requests cost together.
pub(super) fn cost(run: &Followed, setup: &Setup) -> Cost {
    let catalogue = setup.catalogue();
    let one = |round: &Round| cost_of(round, &priced(round, setup, catalogue));
    run.earlier.iter().map(one).fold(one(&run.round()), |sum, cost| plus(&sum, &cost))
}

fn cost_of(round: &Round, (found, circumstances): &(Option<Found<'_>>, Circumstances<'_>)) -> Cost {
    let price = found.map(|found| found.price);
    round.usage.as_ref().map_or(Cost::Unknown, |usage| pricing::cost(usage, price, circumstances))
}

/// The price of one request, and what else its cost depends on.
fn priced<'a>(round: &'a Round, setup: &'a Setup, catalogue: &'a Catalogue) -> (Option<Found<'a>>, Circumstances<'a>) {
    let settings = &setup.settings;
    let at = Timestamp::try_from(round.sent).ok();
    let reach = Reach::of(setup.base_url(&settings.provider));
    let usual = Asked::new(&settings.provider, reach, &settings.model);
    let asked = Asked { served_by: round.served_by.as_deref(), at, ..usual };
    (catalogue.find(&asked), Circumstances::of(round.service_tier.as_deref(), &settings.params, at))
}

/// Two costs together: unknown where one of them is, and no better known than the other.
fn plus(one: &Cost, other: &Cost) -> Cost {
    let (Some(left), Some(right)) = (one.money(), other.money()) else { return Cost::Unknown };
    let sum = left.amount.checked_add(right.amount).filter(|_| left.currency == right.currency);
    let Some(sum) = sum.map(|amount| Money { amount, currency: left.currency.clone() }) else { return Cost::Unknown };
    match (one, other) {
        (Cost::Estimated(_), _) | (_, Cost::Estimated(_)) => Cost::Estimated(sum),
        (Cost::Reported(_), Cost::Reported(_)) => Cost::Reported(sum),
        _ => Cost::Known(sum),
    }
}

/// Enters what was taken. Who asked gets the answer also where that fails, and is told.
pub(super) fn enter(run: &Followed, last: LedgerState, setup: &Setup, directory: &Path) {
    let catalogue = setup.catalogue();
    let earlier = run.earlier.iter().map(|round| (round.clone(), LedgerState::Complete));
    let rounds = earlier.chain([(run.round(), last)]);
    let taken = rounds.zip(0..).filter(|((round, _), _)| round.is_taken || round.usage.is_some());
    let rows: Vec<LedgerRow> =
        taken.map(|((round, state), number)| row((&round, number), state, setup, catalogue)).collect();
    if rows.is_empty() {
        return;
    }
    if let Err(fault) = enter_rows(directory, &rows) {
        say(&format!("What this run cost could not be entered into the ledger: {fault}."));
    }
}

fn row((round, number): (&Round, u32), state: LedgerState, setup: &Setup, catalogue: &Catalogue) -> LedgerRow {
    let settings = &setup.settings;
    let since = round.sent.duration_since(UNIX_EPOCH).unwrap_or_default();
    let at = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    let priced = priced(round, setup, catalogue);
    let cost = cost_of(round, &priced);
    let (found, circumstances) = priced;
    let used = found.filter(|_| matches!(cost, Cost::Known(_)));
    let row = LedgerRow {
        run: number,
        served_by: round.served_by.clone(),
        state: Some(state),
        tier: circumstances.tier.map(str::to_owned),
        cost,
        notional: found.is_some_and(|found| found.price.notional),
        price: used.map(|found| LedgerPrice::of(&found)),
        ..LedgerRow::new(at, &settings.provider, &settings.model)
    };
    row.with_usage(round.usage.as_ref())
}
