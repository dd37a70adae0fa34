//! The user's files: where they are, what may stand in them, and what they say.
//!
//! Owns the configuration, providers, keys' sources and themes. Reads the environment only as a value that it is given.

mod environment;
mod error;
pub mod theme;

pub use environment::Environment;
pub use error::ConfigError;
pub use theme::{Background, ColorDepth, Rgb, Theme, Themes};
