//! The sandbox: a provider inside the program, a real HTTP server on loopback with a toy model behind it.
//!
//! Owns its text, its n-gram model, the wire as a server speaks it, and faults on demand. Knows nothing of the client,
//! of files or of the screen: the program talks to it over HTTP as to any other provider.

mod answer;
mod ask;
mod calls;
mod chunk;
mod corpus;
mod endpoint;
mod facts;
mod faults;
mod fields;
mod generate;
mod json_answer;
mod lexeme;
mod message;
mod model;
mod models;
mod ngram;
mod number;
mod pacing;
mod pattern;
mod piece;
mod reasoning;
mod recital;
mod refusal;
mod retrieve;
mod sample;
mod schema;
mod script;
mod server;
mod string;
mod tokens;
mod tool_spec;
mod topic;

pub use models::{MODELS, OWNER, SandboxModel};
pub use server::{Server, ServerOptions};
