//! What runs cost: which price a model has, and what usage comes to.
//!
//! Owns the catalogue of prices and the arithmetic, in exact decimals. Knows no configuration: the user's own prices are
//! given to it. An unknown price or usage stays unknown, and is never zero.

mod catalogue;
mod cost;

pub use catalogue::{Card, Catalogue, CatalogueError, Price, Reach};
pub use cost::cost;
