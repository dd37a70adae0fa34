//! What answers a tool's calls.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

/// Who or what answers the calls of one tool.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Responder {
    /// The user types or pastes the result.
    #[default]
    Person,
    /// The first rule that fits the arguments gives the result; without one, a person is asked.
    Canned(Vec<CannedRule>),
    Command(CommandResponder),
}

/// A result that is given when the arguments hold certain values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CannedRule {
    /// JSON pointers into the arguments, each with the value that stands there; none fit every call.
    pub when: BTreeMap<String, Value>,
    pub result: String,
}

/// A program that is run with the arguments as JSON on its standard input. No shell is between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandResponder {
    /// The program and its arguments; `{/pointer}` inside one is replaced by that value of the call's arguments.
    pub argv: Vec<String>,
    /// Where it runs; the working directory of Abreast when absent.
    pub directory: Option<PathBuf>,
    pub timeout: Duration,
    /// What it prints beyond this is dropped and said to be.
    pub most_bytes: usize,
}

/// The responders by the names of their tools. A tool that has none is answered by a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Responders(pub BTreeMap<String, Responder>);
