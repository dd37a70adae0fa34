//! `ask --respond`: the calls of a reply are answered, and the model is asked again, until it answers.
//!
//! Owns what answers which tool here, the order of a round, and what is told of each call. Arguments that do not conform
//! are never run: the model gets the violations instead.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::Problem;
use super::print::{say, sentence};
use super::result::Followed;
use super::source::named_text;
use crate::api::{ApiError, Reply};
use crate::chat::{Tool, ToolCall};
use crate::exchange::shell_words;
use crate::text::{clean_line, counted, truncate};
use crate::tools::{
    CallEnd, CannedRule, ChildEnvironment, CommandResponder, Responder, Responders, check_call, command,
};

/// Arguments and a result take so many cells each on standard error.
const TOLD_CELLS: usize = 120;

/// What answers calls, and how often.
#[derive(Debug)]
pub(super) struct Loop {
    responders: Responders,
    tools: Vec<Tool>,
    environment: ChildEnvironment,
    most_rounds: u32,
    rounds: u32,
    /// Every call that was answered, as `--json` tells it.
    pub(super) calls: Vec<Value>,
}

/// What follows a reply.
#[derive(Debug)]
pub(super) enum Next {
    /// It is the answer, or nothing here may answer its calls.
    End,
    /// The calls were answered: these messages follow those that were sent.
    Again(Vec<Value>),
    /// The loop stops before an answer, for this reason.
    Stop(String),
}

/// How asking ended.
#[derive(Debug)]
pub(super) enum AskEnd {
    Answered,
    Failed(ApiError),
    /// The loop stopped before an answer, for this reason.
    Stopped(String),
}

/// How one call went.
struct Answered<'c> {
    call: &'c ToolCall,
    outcome: &'static str,
    result: String,
    ms: u128,
}

impl Loop {
    /// Reads `NAME=COMMAND` and `NAME=@FILE`, each for a tool that is offered.
    pub(super) fn of(
        responds: &[String],
        most_rounds: u32,
        tools: &[Tool],
        environment: ChildEnvironment,
    ) -> Result<Self, Problem> {
        let mut responders = BTreeMap::new();
        for respond in responds {
            let (name, by) = respond
                .split_once('=')
                .ok_or_else(|| Problem::misuse("--respond: it is NAME=COMMAND, or NAME=@FILE for a fixed result."))?;
            if tools.iter().all(|tool| tool.name != name) {
                let name = clean_line(name);
                return Err(Problem::misuse(format!("--respond: no tool `{name}` is offered; --tools offers some.")));
            }
            responders.insert(name.to_owned(), responder(by)?);
        }
        let responders = Responders(responders);
        Ok(Self { responders, tools: tools.to_vec(), environment, most_rounds, rounds: 0, calls: Vec::new() })
    }

    /// Answers the calls of a reply, those of one reply together.
    pub(super) async fn answer(&mut self, reply: &Reply) -> Next {
        let calls: Vec<&ToolCall> = reply.tool_calls.iter().collect();
        if calls.is_empty() || self.responders.0.is_empty() {
            return Next::End;
        }
        if let Some(name) = calls.iter().map(|call| &call.name).find(|name| self.lacks(name)) {
            return Next::Stop(format!("Nothing answers {}: --respond {}=… does.", clean_line(name), clean_line(name)));
        }
        if self.rounds >= self.most_rounds {
            let rounds = counted(self.most_rounds.into(), "round");
            return Next::Stop(format!("The model still calls tools after {rounds}; --max-rounds allows more."));
        }
        self.rounds += 1;
        let all = stream::iter(calls.iter().map(|call| self.one(call)));
        let all = all.buffered(command::MOST_AT_ONCE).collect::<Vec<_>>();
        let answered = tokio::select! {
            answered = all => answered,
            // What runs is killed when it is dropped.
            _ = tokio::signal::ctrl_c() => return Next::Stop("Stopped.".to_owned()),
        };
        let mut messages = vec![assistant(reply)];
        for answered in &answered {
            say(&answered.line());
            messages.push(json!({"role": "tool", "tool_call_id": answered.call.id, "content": answered.result}));
        }
        self.calls.extend(answered.iter().map(|answered| answered.to_json(self.rounds)));
        Next::Again(messages)
    }

    /// Hands over what is told of the calls; gives why the loop stopped, if it did.
    pub(super) fn take_into(&mut self, run: &mut Followed, end: AskEnd, now: Instant) -> Option<String> {
        run.calls = std::mem::take(&mut self.calls);
        let (error, stopped) = match end {
            AskEnd::Answered => (None, None),
            AskEnd::Failed(error) => (Some(error), None),
            AskEnd::Stopped(reason) => (None, Some(reason)),
        };
        run.end(error, now);
        stopped
    }

    /// Whether a tool is offered and nothing answers it.
    fn lacks(&self, name: &str) -> bool {
        self.tools.iter().any(|tool| tool.name == name) && *self.responders.of(name) == Responder::Person
    }

    async fn one<'c>(&self, call: &'c ToolCall) -> Answered<'c> {
        let started = Instant::now();
        let (outcome, result) = self.result(call).await;
        Answered { call, outcome, result, ms: started.elapsed().as_millis() }
    }

    async fn result(&self, call: &ToolCall) -> (&'static str, String) {
        let check = check_call(&self.tools, &call.name, &call.arguments);
        if !check.may_run() {
            let faults: Vec<String> = check.faults().into_iter().map(|fault| fault.said).collect();
            return ("invalid", sentence(&format!("The call was not run: {}", faults.join("; "))));
        }
        let responder = self.responders.of(&call.name);
        let end = match responder {
            Responder::Command(by) => command::run(by, &call.name, &call.arguments, &self.environment).await,
            _ => CallEnd::Answered(responder.canned(&call.arguments).unwrap_or_default().to_owned()),
        };
        (outcome(&end), end.to_content())
    }
}

fn outcome(end: &CallEnd) -> &'static str {
    match end {
        CallEnd::Answered(_) => "answered",
        CallEnd::Refused { .. } => "refused",
        CallEnd::Failed { .. } => "failed",
        CallEnd::TimedOut { .. } => "timed_out",
        CallEnd::Cancelled { .. } => "cancelled",
    }
}

/// A file's text, or a command whose words are split as a shell splits them. No shell is run.
fn responder(by: &str) -> Result<Responder, Problem> {
    if let Some(file) = by.strip_prefix('@') {
        let result = named_text(Path::new(file), "--respond")?;
        return Ok(Responder::Canned(vec![CannedRule { when: BTreeMap::new(), result }]));
    }
    let argv = shell_words(by).map_err(|error| Problem::misuse(format!("--respond: {}", sentence(&error))))?;
    if argv.is_empty() {
        return Err(Problem::misuse("--respond: there is no command after the `=`."));
    }
    Ok(Responder::Command(CommandResponder::new(argv)))
}

/// The reply as it goes back, with its calls as they came.
fn assistant(reply: &Reply) -> Value {
    let calls: Vec<Value> = reply.tool_calls.iter().map(ToolCall::to_json).collect();
    let content = if reply.text.is_empty() { Value::Null } else { json!(reply.text) };
    json!({"role": "assistant", "content": content, "tool_calls": calls})
}

impl Answered<'_> {
    fn to_json(&self, round: u32) -> Value {
        json!({"round": round, "id": self.call.id, "name": self.call.name, "arguments": self.call.arguments,
            "outcome": self.outcome, "result": self.result, "ms": self.ms})
    }

    /// `get_weather {"city":"Tokyo"} · answered 12 ms: {"temperature":22}`
    fn line(&self) -> String {
        let cut = |text: &str| {
            let start: String = text.chars().take(TOLD_CELLS * 8).collect();
            truncate(&clean_line(&start), TOLD_CELLS).into_owned()
        };
        let (name, arguments) = (cut(&self.call.name), cut(&self.call.arguments));
        format!("{name} {arguments} · {} {} ms: {}", self.outcome, self.ms, cut(&self.result))
    }
}
