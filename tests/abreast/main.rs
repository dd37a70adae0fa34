//! The program's parts together, over loopback.

mod server;
mod wire;
