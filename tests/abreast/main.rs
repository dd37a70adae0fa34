//! The program's parts together, over loopback: one crate, so that it links once.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
mod docs;
mod sandbox;
mod server;
mod wire;
