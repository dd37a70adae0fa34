//! Functions that models call: whether arguments conform to their schema, and what answers a call.
//!
//! Owns definitions as files, their checks, responders and how a command is run. Which call waits for whom, and what the
//! user decides, is `state`'s and `update`'s.

mod answer;
mod call_check;
mod call_end;
pub mod command;
mod cut;
mod definition;
mod effort;
mod environment;
mod lint;
mod partial;
mod responder;
mod responder_file;
mod samples;
mod schema;
mod sentence;
mod shape;

pub use answer::{AnswerCheck, AnswerEnd, AnswerFormat, Verdict};
pub use call_check::{CallCheck, check_arguments, check_call};
pub use call_end::CallEnd;
pub use cut::shortened;
pub use definition::{Definition, DefinitionError, LARGEST_BYTES, json_fault, read_tools, write_tools};
pub use environment::ChildEnvironment;
pub use lint::{Finding, Severity, lint, lint_command, lint_tool, strict_faults};
pub use partial::given_twice;
pub use responder::{CannedRule, CommandResponder, Responder, Responders};
pub use responder_file::{ResponderFileError, read_responders, write_responder};
pub use samples::{SAMPLES, Sample, answerer, sample, sample_responders};
pub use schema::{MOST_VIOLATIONS, Schema, SchemaFault, Violation, parse};
