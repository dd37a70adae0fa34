//! The configuration file that `abreast config init` writes.
//!
//! A line that starts with `#` and a letter or a bracket is an example: without its `#` it is valid.

/// The text: every field with what it does, all of them commented out.
#[must_use]
pub fn template() -> &'static str {
    include_str!("../../assets/config.toml")
}
