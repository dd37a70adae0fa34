//! The program's parts together, over loopback: one crate, so that it links once.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod app;
mod cli;
mod docs;
mod layers;
mod money;
mod program;
#[cfg(unix)]
mod pty;
mod sandbox;
mod server;
mod wire;
