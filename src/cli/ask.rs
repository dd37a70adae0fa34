//! `abreast ask`: one request without the screen, through the same client and the same assembly.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use clap::Args;
use futures_util::StreamExt;

use super::ask_ledger::{self, cost};
use super::ask_loop::{AskEnd, Loop, Next};
use super::ask_schema::{self, say_verdict};
use super::conversation::{attachments, messages};
use super::max_cost::MaxCost;
use super::options::{DataOptions, EndpointOptions, ToolOptions};
use super::print::{Sink, gone, print_json, say, sentence};
use super::result::{Followed, event_json, extend};
use super::setup::{Setup, decide_model};
use super::{Ended, Problem};
use crate::api::{ApiError, ChatBackend, Delta};
use crate::app::{Connections, LimitOverrides, child_environment};
use crate::chat::{ChatRequest, Images, Tool};
use crate::config::Environment;
use crate::pricing::{Feature, Reach};
use crate::store::LedgerState;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(super) struct AskOptions {
    /// The prompt; `-` reads it from standard input. Whatever is piped in is put after the prompt
    prompt: Option<String>,
    #[command(flatten)]
    endpoint: EndpointOptions,
    #[command(flatten)]
    tools: ToolOptions,
    /// Answer calls of the tool NAME: run COMMAND with the arguments as JSON on its standard input, or give the text of
    /// @FILE. The words of COMMAND are split as a shell does, but no shell is run
    #[arg(long, value_name = "NAME=COMMAND", requires = "tools")]
    respond: Vec<String>,
    /// Ask again at most so many times with the results of calls
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_rounds: u32,
    /// Ask with the messages in this file: a JSON array; a prompt follows them
    #[arg(long, value_name = "FILE")]
    messages: Option<PathBuf>,
    /// Ask for an answer in JSON by the schema, or the whole response_format, in this file; fail when it does not conform
    #[arg(long, value_name = "FILE")]
    json_schema: Option<PathBuf>,
    /// Attach a text (UTF-8) or an image (PNG, JPEG, GIF, WebP) to the prompt; may be given more than once
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    /// Send nothing when the input alone costs more than AMOUNT by an estimate; AMOUNT is in the currency of the model's
    /// price, or names its own, as in `0.05 USD`
    #[arg(long, value_name = "AMOUNT", value_parser = super::max_cost::MaxCost::parse)]
    max_cost: Option<super::max_cost::MaxCost>,
    /// Print one JSON object at the end, whether the run succeeds or fails
    #[arg(long, conflicts_with = "events")]
    json: bool,
    /// Print each piece as a line of JSON as it comes, and the object of --json as the last one
    #[arg(long)]
    events: bool,
    /// Ask for the whole answer at once instead of a stream
    #[arg(long)]
    no_stream: bool,
    /// Fail when nothing comes for this many seconds
    #[arg(long, value_name = "S", value_parser = seconds, allow_negative_numbers = true)]
    idle_timeout: Option<Duration>,
    /// Fail when there is no connection after this many seconds
    #[arg(long, value_name = "S", value_parser = seconds, allow_negative_numbers = true)]
    connect_timeout: Option<Duration>,
    /// Try this many times more after a failure that may pass
    #[arg(long, value_name = "N")]
    retries: Option<u32>,
    /// Enter nothing into the ledger
    #[arg(long)]
    no_ledger: bool,
    #[command(flatten)]
    data: DataOptions,
}

/// How a run is printed.
enum Output {
    Plain { text: Box<Sink<io::Stdout>>, reasoning: Box<Sink<io::Stderr>> },
    Json,
    Events,
}

/// A positive number of seconds, with or without decimals.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("`{text}` is no number of seconds"))?;
    let time = Duration::try_from_secs_f64(seconds).map_err(|_| format!("`{text}` is no number of seconds"))?;
    if time.is_zero() { Err("it has to be more than nought".to_owned()) } else { Ok(time) }
}

pub(super) async fn run(options: AskOptions, environment: Environment) -> Result<Ended, Problem> {
    let mut setup = Setup::of(&options.endpoint, &environment)?;
    let tools = options.tools.load()?;
    if let Some(file) = &options.json_schema {
        setup.settings.params.set("response_format", ask_schema::response_format(file)?);
    }
    // A file of messages is a conversation of its own: the configured system prompt is no part of it.
    let system = match &options.messages {
        Some(_) => options.endpoint.system.as_deref().filter(|system| !system.is_empty()),
        None => setup.settings.system.as_deref(),
    };
    let attached = attachments(&options.attach)?;
    let messages = messages(options.prompt.as_deref(), options.messages.as_ref(), system, &attached)?;
    let mut images = Images::default();
    images.add(&attached);
    if setup.undecided {
        say("sandbox: a toy model inside abreast. Set OPENAI_API_KEY or use --base-url to ask a real one.");
    }
    let overrides =
        LimitOverrides { idle: options.idle_timeout, connect: options.connect_timeout, retries: options.retries };
    let connections = setup.connections(environment, overrides);
    let calls = Loop::of(&options.respond, options.max_rounds, &tools, child_environment(&setup.providers))?;
    let mut output = Output::of(&options);
    let mut run = Followed::since(Instant::now(), SystemTime::now());
    let mut ask = Ask {
        setup: &mut setup,
        messages,
        images,
        tools: &tools,
        no_stream: options.no_stream,
        calls,
        max_cost: options.max_cost.clone(),
        told_uncounted: false,
    };
    let end = ask.run(&connections, &mut run, &mut output).await;
    let mut calls = ask.calls;
    let state = ended(&end);
    if !options.no_ledger {
        ask_ledger::enter(&run, state, &setup, &options.data.directory(&setup.paths));
    }
    let stopped = calls.take_into(&mut run, end?, Instant::now());
    run.check = ask_schema::checked(&setup.settings.params, &run.assembly.first(), run.error.is_some());
    let ended = output.close(&run, &setup)?;
    let conforms = run.check.as_ref().filter(|_| options.json_schema.is_some()).is_none_or(say_verdict);
    if let Some(reason) = &stopped {
        say(reason);
    }
    Ok(if conforms && stopped.is_none() { ended } else { Ended::Failed })
}

/// How the last request ended: nobody could be told of one whose output is gone.
fn ended(end: &Result<AskEnd, Problem>) -> LedgerState {
    match end {
        Ok(AskEnd::Answered | AskEnd::Stopped(_)) => LedgerState::Complete,
        Ok(AskEnd::Failed(_)) => LedgerState::Failed,
        Err(_) => LedgerState::Stopped,
    }
}

/// What is asked, before the model is known.
struct Ask<'a> {
    setup: &'a mut Setup,
    messages: Vec<serde_json::Value>,
    images: Images,
    tools: &'a [Tool],
    no_stream: bool,
    calls: Loop,
    max_cost: Option<MaxCost>,
    /// Whether it was said that images are not counted.
    told_uncounted: bool,
}

impl Ask<'_> {
    /// Asks, and answers calls, until the answer is there or something ends it.
    async fn run(
        &mut self,
        connections: &Connections,
        run: &mut Followed,
        output: &mut Output,
    ) -> Result<AskEnd, Problem> {
        if let Err(error) = decide_model(connections, &mut self.setup.settings).await {
            return Ok(AskEnd::Failed(error));
        }
        let client = match connections.client(&self.setup.settings.provider).await {
            Ok(client) => client,
            Err(error) => return Ok(AskEnd::Failed(error)),
        };
        if !self.images.is_empty() && takes_images(self.setup) == Some(false) {
            say(&format!("{} is known to take no images; it is asked all the same.", self.setup.settings.model));
        }
        loop {
            if let Some(most) = &self.max_cost {
                let uncounted = most.check(self.setup, (&self.messages, &self.images), self.tools)?;
                if uncounted > 0 && !std::mem::replace(&mut self.told_uncounted, true) {
                    say(&format!("--max-cost: {} not counted.", super::max_cost::images(uncounted)));
                }
            }
            let images = self.images.clone();
            let request =
                ChatRequest { images, ..request(self.setup, self.messages.clone(), self.tools, self.no_stream) };
            if let Some(error) = follow(client.open(request), run, output).await? {
                return Ok(AskEnd::Failed(error));
            }
            let told = self.calls.calls.len();
            match self.calls.answer(&run.assembly.first()).await {
                Next::End => return Ok(AskEnd::Answered),
                Next::Stop(reason) => return Ok(AskEnd::Stopped(reason)),
                Next::Again(messages) => self.messages.extend(messages),
            }
            output.show_calls(&self.calls.calls[told..])?;
            run.begin_round(SystemTime::now());
        }
    }
}

fn request(setup: &Setup, messages: Vec<serde_json::Value>, tools: &[Tool], no_stream: bool) -> ChatRequest {
    let mut params = setup.settings.params.clone();
    let stream = params.unset("stream").and_then(|value| value.as_bool()).unwrap_or(true);
    ChatRequest {
        params,
        tools: tools.iter().map(|tool| tool.definition.clone()).collect(),
        stream: stream && !no_stream,
        ..ChatRequest::new(setup.settings.model.clone(), messages)
    }
}

/// Whether the model sees; `None` when nobody knows.
fn takes_images(setup: &Setup) -> Option<bool> {
    let settings = &setup.settings;
    let reach = Reach::of(setup.base_url(&settings.provider));
    setup.catalogue().has(&settings.provider, reach, &settings.model, Feature::Vision)
}

/// Takes the run in to its end; gives the error that ended it, if one did.
async fn follow(
    mut deltas: futures_util::stream::BoxStream<'static, Result<Delta, ApiError>>,
    run: &mut Followed,
    output: &mut Output,
) -> Result<Option<ApiError>, Problem> {
    while let Some(delta) = deltas.next().await {
        match delta {
            Ok(delta) => {
                run.apply(&delta, Instant::now());
                output.show(&delta)?;
            }
            Err(error) => return Ok(Some(error)),
        }
    }
    Ok(None)
}

impl Output {
    fn of(options: &AskOptions) -> Self {
        match (options.json, options.events) {
            (true, _) => Self::Json,
            (_, true) => Self::Events,
            _ => Self::Plain { text: Box::new(Sink::stdout()), reasoning: Box::new(Sink::stderr()) },
        }
    }

    /// Tells the calls that were answered, before the model is asked again.
    fn show_calls(&mut self, calls: &[serde_json::Value]) -> Result<(), Problem> {
        match self {
            Self::Json => Ok(()),
            Self::Events => calls.iter().try_for_each(|call| {
                let mut line = serde_json::json!({"type": "call"});
                extend(&mut line, call.clone());
                print_json(&line)
            }),
            Self::Plain { text, reasoning } => text.end().and(reasoning.end()).map_err(|error| gone(&error)),
        }
    }

    fn show(&mut self, delta: &Delta) -> Result<(), Problem> {
        match self {
            Self::Json => Ok(()),
            Self::Events => event_json(delta).map_or(Ok(()), |line| print_json(&line)),
            Self::Plain { text, reasoning } => show_plain(delta, text, reasoning).map_err(|error| gone(&error)),
        }
    }

    /// Prints what belongs at the end, and decides the exit status.
    fn close(self, run: &Followed, setup: &Setup) -> Result<Ended, Problem> {
        let ended = if run.error.is_some() { Ended::Failed } else { Ended::Well };
        match self {
            Self::Plain { text, reasoning } => close_plain(run, *text, *reasoning)?,
            Self::Json => print_json(&run.to_json(&setup.settings.model, &cost(run, setup)))?,
            Self::Events => {
                let mut object = serde_json::json!({"type": "result"});
                extend(&mut object, run.to_json(&setup.settings.model, &cost(run, setup)));
                print_json(&object)?;
            }
        }
        Ok(ended)
    }
}

fn show_plain(delta: &Delta, out: &mut Sink<io::Stdout>, thoughts: &mut Sink<io::Stderr>) -> io::Result<()> {
    match delta {
        Delta::Text { choice: 0, text } | Delta::Refusal { choice: 0, text } => out.write(text),
        Delta::Reasoning { choice: 0, text } => thoughts.write(text),
        Delta::Retry(retry) => {
            let wait = retry.wait.as_secs_f32();
            say(&format!("{} Try {} of {} in {wait:.1} s.", sentence(&retry.cause), retry.attempt, retry.of));
            Ok(())
        }
        Delta::Repaired(repair) => {
            say(&repair.to_string());
            Ok(())
        }
        Delta::Warning(warning) => {
            say(warning);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn close_plain(run: &Followed, mut text: Sink<io::Stdout>, mut reasoning: Sink<io::Stderr>) -> Result<(), Problem> {
    let gone = |error| gone(&error);
    text.end().map_err(gone)?;
    reasoning.end().map_err(gone)?;
    for call in run.assembly.first().tool_calls {
        text.write(&format!("{} {}", call.name, call.arguments)).map_err(gone)?;
        text.end().map_err(gone)?;
    }
    for (place, choice) in run.assembly.choices.values().enumerate().skip(1) {
        text.write(&format!("\n--- {} ---\n{}", place + 1, choice.text)).map_err(gone)?;
        text.end().map_err(gone)?;
    }
    match &run.error {
        Some(error) => {
            let cut = if run.assembly.anything_came() { "The answer was cut off: " } else { "" };
            let step = error.next_step.as_deref().unwrap_or_default();
            say(format!("{cut}{} {step}", sentence(&error.message)).trim_end());
        }
        None if !run.assembly.anything_came() => say("The model ended without a word."),
        None => {}
    }
    Ok(())
}
