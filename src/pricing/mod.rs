//! What models are and what runs cost: which card and which price a model has, and what usage comes to.
//!
//! Owns the catalogue and the arithmetic, in exact decimals. Knows no configuration: the user's own prices are given to
//! it. An unknown fact, price or usage stays unknown, and is never zero. docs/money.md has the rules.

mod bill;
mod card;
mod catalogue;
mod conversion;
mod cost;
mod estimate;
mod identity;
mod import;
mod list;
mod price;
mod rates;
mod reach;
#[cfg(test)]
mod tests;
mod window;
mod written;

pub use bill::{Bill, BillLine, Unbillable, bill};
pub use card::{Facts, Feature, Kind, Row};
pub use catalogue::{Asked, Card, Catalogue, CatalogueError, Found, Origin, RowError, rows};
pub use conversion::{Converted, Exchange, Worth};
pub use cost::{cost, reported};
pub use estimate::{Family, MESSAGE_TOKENS, REPLY_TOKENS, SAMPLE, TokenCount};
pub use identity::PriceId;
pub use import::{Import, ImportError, Imported, ListForm, import};
pub use price::{Applied, Circumstances, Price, Slice, Variant};
pub use rates::{BadRate, Dimension, Rates, checked_rate, exact_decimal};
pub use reach::Reach;
pub use window::{Hours, Window, time_zone};
