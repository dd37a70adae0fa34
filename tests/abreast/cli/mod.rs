//! The commands of the built program: what they print, what they send, and how they end.

mod asking;
mod card;
mod contract;
mod export;
mod faults;
mod keeping;
mod max_cost;
mod misuse;
mod others;
mod prices;
mod rounds;
mod schema;
mod search;
mod tools;
mod usage;

use serde_json::Value;

use crate::program::{Canned, Finished, Home};
use crate::server::{EVENTS, response};

/// A whole stream of one word with usage.
const OK: &str = concat!(
    "data: {\"id\":\"c1\",\"model\":\"served\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ok\"}}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}}\n\n",
    "data: [DONE]\n\n",
);

fn ok() -> Vec<u8> {
    response(200, &[EVENTS], OK)
}

/// Asks a canned server with these arguments more.
fn ask(server: &Canned, more: &[&str]) -> Finished {
    Home::new().run(asking(server, more))
}

fn asking(server: &Canned, more: &[&str]) -> Vec<String> {
    let base_url = server.base_url();
    let arguments = [&["ask", "--base-url", &base_url, "--model", "m"], more].concat();
    arguments.into_iter().map(ToOwned::to_owned).collect()
}

/// The only line on standard output, as JSON.
fn json(run: &Finished) -> Value {
    assert_eq!(run.out.lines().count(), 1, "{run:?}");
    serde_json::from_str(&run.out).unwrap()
}

/// Takes the times out, which no test can know.
fn without_times(mut object: Value) -> Value {
    let fields = object.as_object_mut().unwrap();
    assert!(fields.remove("seconds").unwrap().is_f64());
    let first = fields.remove("ttft_ms").unwrap();
    assert!(first.is_null() || first.is_u64(), "{first}");
    object
}
