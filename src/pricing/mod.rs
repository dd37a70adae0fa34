//! What models are and what runs cost: which card and which price a model has, and what usage comes to.
//!
//! Owns the catalogue and the arithmetic, in exact decimals. Knows no configuration: the user's own prices are given to
//! it. An unknown fact, price or usage stays unknown, and is never zero.

mod card;
mod catalogue;
mod cost;
mod estimate;

pub use card::{Facts, Feature, Kind, Price, Row};
pub use catalogue::{Card, Catalogue, CatalogueError, Reach};
pub use cost::cost;
pub use estimate::attachment_tokens;
