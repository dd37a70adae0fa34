//! Abreast: a full-screen terminal workstation for chat models.
//!
//! Events come in, state changes, effects go out. The rooms, from low to high; a room uses only rooms below it:
//!
//! | room | what it owns |
//! |---|---|
//! | [`text`], [`chat`] | lines for a terminal; the domain of conversations |
//! | [`api`], `pricing`, `tools`, `config`, `input` | the wire; prices; tools; files and providers; keys |
//! | `store`, [`exchange`], `sandbox` | what is kept on disk; import and export; the provider inside the program |
//! | `state` | what the screen is about |
//! | `update`, `view` | how events change it; how it is drawn |
//! | `app` | the loop, the effects' runner, the terminal |
//! | `cli` | commands |

pub mod api;
pub mod app;
pub mod chat;
pub mod cli;
pub mod config;
pub mod exchange;
pub mod input;
pub mod pricing;
pub mod sandbox;
pub mod state;
pub mod store;
pub mod text;
pub mod tools;
pub mod update;
pub mod view;
