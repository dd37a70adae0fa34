//! Commands: what is typed in a shell, and the exit status that comes of it.
//!
//! Owns arguments, the choice of the provider, and everything that is printed outside the full screen.

mod ask;
mod ask_ledger;
mod ask_loop;
mod ask_schema;
mod backup;
mod card;
mod configure;
mod conversation;
mod doctor;
mod export;
mod import;
mod lanes;
mod max_cost;
mod models;
mod options;
mod price_list;
mod prices;
mod print;
mod progress;
mod result;
mod resume;
mod sandbox;
mod search;
mod sessions;
mod setup;
mod source;
mod tools;
mod usage;
mod workstation;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::runtime::{Builder, LocalOptions};

use crate::config::Environment;
use options::{EndpointOptions, SessionOptions, ToolOptions};
use print::say;

/// A full-screen terminal workstation for chat models.
///
/// Without a command it opens the workstation. With no key configured and no local server running, it talks to the
/// sandbox: a toy model inside abreast.
#[derive(Debug, Parser)]
#[command(name = "abreast", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(flatten)]
    endpoint: EndpointOptions,
    #[command(flatten)]
    tools: ToolOptions,
    /// Open a lane with these settings; once for each lane. Besides parameters: model, provider, system, name
    #[arg(long = "lane", value_name = "NAME=VALUE,…")]
    lanes: Vec<String>,
    /// Open a lane with the request body or the curl command in this file, or on standard input with `-`
    #[arg(long, value_name = "FILE")]
    open: Option<String>,
    #[command(flatten)]
    session: SessionOptions,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask once and print the answer as it comes
    Ask(Box<ask::AskOptions>),
    /// List the models that a provider serves, show the card of one, or list and import prices
    Models(models::ModelsOptions),
    /// Write a session for readers, browsers or other programs
    Export(export::ExportOptions),
    /// Take sessions out of files into the store, also those of other programs
    Import(import::ImportOptions),
    /// Find saved sessions by what was said in them
    Search(search::SearchOptions),
    /// List the newest saved sessions, or remove deleted ones for good
    Sessions(sessions::SessionsOptions),
    /// List the tools that can be offered, check files with definitions, or print a sample to start from
    Tools(tools::ToolsOptions),
    /// Show what was spent: sums of the ledger, its rows, or what another model would have cost
    Usage(usage::UsageOptions),
    /// Copy the whole store into one file, also while Abreast runs
    Backup(backup::BackupOptions),
    /// Look whether files, store, providers and terminal are as they should be
    Doctor(doctor::DoctorOptions),
    /// Show, check or start the configuration
    Config(configure::ConfigOptions),
    /// Serve the built-in toy model to other programs
    Sandbox(sandbox::SandboxOptions),
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Well,
    /// What was asked for did not work: status 1.
    Failed,
    /// It could not be understood: status 2.
    Misused,
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output with status 0, errors to standard error with status 2.
            let status = if error.use_stderr() { Ended::Misused } else { Ended::Well };
            let _ = error.print();
            return status.code();
        }
    };
    // One thread for the loop and its streams: what they do takes microseconds, and to wake another thread for each token
    // costs more than all of it. The small interval lets keys in between the pieces of streams at full speed.
    let runtime = Builder::new_current_thread().event_interval(11).enable_all().build_local(LocalOptions::default());
    match runtime {
        Ok(runtime) => {
            let ended = runtime.block_on(dispatch(arguments, Environment::of_process()));
            // A reader that still waits for standard input would hold the exit up.
            runtime.shutdown_background();
            ended.code()
        }
        Err(error) => {
            say(&format!("The program's threads cannot be started: {error}."));
            Ended::Failed.code()
        }
    }
}

async fn dispatch(arguments: Arguments, environment: Environment) -> Ended {
    let ended = match arguments.command {
        None => Box::pin(workstation::run(arguments, environment)).await,
        Some(Command::Ask(options)) => ask::run(*options, environment).await,
        Some(Command::Models(options)) => models::run(options, environment).await,
        Some(Command::Export(options)) => export::run(&options, &environment),
        Some(Command::Import(options)) => import::run(&options, &environment),
        Some(Command::Search(options)) => search::search(&options, &environment),
        Some(Command::Sessions(options)) => sessions::run(&options, &environment),
        Some(Command::Tools(options)) => tools::run(&options, &environment),
        Some(Command::Usage(options)) => usage::run(&options, &environment),
        Some(Command::Backup(options)) => backup::run(&options, &environment),
        Some(Command::Doctor(options)) => doctor::run(&options, environment).await,
        Some(Command::Config(options)) => configure::run(&options, &environment),
        Some(Command::Sandbox(options)) => sandbox::run(&options).await,
    };
    ended.unwrap_or_else(|problem| {
        say(&problem.sentence);
        problem.ended
    })
}

/// Why a command could not do its work, in a sentence for standard error.
#[derive(Debug)]
struct Problem {
    sentence: String,
    ended: Ended,
}

impl Problem {
    fn misuse(sentence: impl std::fmt::Display) -> Self {
        Self { sentence: sentence.to_string(), ended: Ended::Misused }
    }

    fn failure(sentence: impl std::fmt::Display) -> Self {
        Self { sentence: sentence.to_string(), ended: Ended::Failed }
    }
}

impl Ended {
    fn code(self) -> ExitCode {
        match self {
            Self::Well => ExitCode::SUCCESS,
            Self::Failed => ExitCode::from(1),
            Self::Misused => ExitCode::from(2),
        }
    }
}
