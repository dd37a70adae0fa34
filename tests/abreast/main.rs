//! The integration tests: one crate, so that it links once.
mod sandbox;
//! The program's parts together, over loopback.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
mod server;
mod wire;

