//! A run looked into: what it sent and what it got.

use super::WirePage;
use crate::chat::RunId;

/// The overlay that looks into one run.
#[derive(Clone, Debug)]
pub struct Inspect {
    pub run: RunId,
    pub wire: WirePage,
}
