//! `abreast export` and `abreast import`: sessions as files, and the conversations of other programs as sessions.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use clap::builder::PossibleValue;

use super::print::{Sink, gone, say};
use super::{Ended, Problem};
use crate::config::{ConfigError, write_private, write_private_new};
use crate::exchange::{self, ExportFormat, Redaction};
use crate::state::imported_session;
use crate::store::SavedSession;
use crate::text;

#[derive(Debug, Args)]
pub(super) struct ExportOptions {
    /// Export this session: a file of abreast's own JSON; `-` reads it from standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    session: String,
    /// Write this format; without it the one that the name after -o ends in, or markdown
    #[arg(long)]
    format: Option<ExportFormat>,
    /// Write only this lane's branch
    #[arg(long, value_name = "LETTER")]
    lane: Option<char>,
    /// Leave out what matches this regular expression; may be given more than once
    #[arg(long, value_name = "PATTERN")]
    redact: Vec<String>,
    #[command(flatten)]
    to: Destination,
}

#[derive(Debug, Args)]
pub(super) struct ImportOptions {
    /// Read this file, or standard input with `-`: a session of abreast, a request body, a curl command, a JSON list or
    /// JSON lines of messages, or ChatGPT's conversations.json
    #[arg(value_name = "FILE")]
    from: String,
    #[command(flatten)]
    to: Destination,
}

/// Where a text goes.
#[derive(Debug, Args)]
struct Destination {
    /// Write to this file, which only you may read, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it is there
    #[arg(long, requires = "output")]
    force: bool,
}

impl clap::ValueEnum for ExportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let value = PossibleValue::new(self.name());
        Some(if self.extension() == self.name() { value } else { value.alias(self.extension()) })
    }
}

pub(super) fn export(options: &ExportOptions) -> Result<Ended, Problem> {
    let redaction = Redaction::of(options.redact.iter().map(String::as_str))
        .map_err(|problem| Problem::misuse(format!("--redact: {problem}.")))?;
    let mut session = one_session(&options.session)?;
    if let Some(letter) = options.lane {
        exchange::only_lane(&mut session, letter).map_err(|problem| Problem::misuse(format!("--lane: {problem}.")))?;
    }
    redaction.apply(&mut session);
    let named = options.to.output.as_ref().and_then(|path| ExportFormat::of_file(&path.to_string_lossy()));
    let format = options.format.or(named).unwrap_or(ExportFormat::Markdown);
    let text = exchange::export(&session, format).map_err(|problem| Problem::failure(format!("{problem}.")))?;
    options.to.write(&text)?;
    Ok(Ended::Well)
}

pub(super) fn import(options: &ImportOptions) -> Result<Ended, Problem> {
    let source = text_of(&options.from)?;
    let shown = shown(&options.from);
    let unreadable = |error: exchange::ReadError| Problem::failure(format!("{shown} cannot be read: {error}."));
    let (sessions, skipped) = if exchange::is_own(&source) {
        (exchange::read_sessions(&source).map_err(unreadable)?, String::new())
    } else {
        let foreign = exchange::read(&source).map_err(unreadable)?;
        let now = now();
        let sessions = foreign.conversations.iter().map(|conversation| imported_session(conversation, new_id(), now));
        (sessions.collect(), foreign.skipped.to_string())
    };
    let written = exchange::write_sessions(&sessions).map_err(|problem| Problem::failure(format!("{problem}.")))?;
    options.to.write(&written)?;
    let turns: usize = sessions.iter().map(|session| session.turns.len()).sum();
    let not_taken = if skipped.is_empty() { String::new() } else { format!(" Not taken over: {skipped}.") };
    say(&format!("Sessions: {}, turns: {turns}.{not_taken}", sessions.len()));
    Ok(Ended::Well)
}

fn one_session(from: &str) -> Result<SavedSession, Problem> {
    if from == "-" && io::stdin().is_terminal() {
        return Err(Problem::misuse("Say which session: --session FILE, or pipe one in."));
    }
    let source = text_of(from)?;
    let shown = shown(from);
    if !exchange::is_own(&source) {
        return Err(Problem::failure(format!(
            "{shown} is no session of abreast. `abreast import FILE` makes one of what other programs write."
        )));
    }
    let mut sessions = exchange::read_sessions(&source)
        .map_err(|error| Problem::failure(format!("{shown} cannot be read: {error}.")))?;
    match sessions.len() {
        0 => Err(Problem::failure(format!("{shown} holds no session."))),
        1 => Ok(sessions.remove(0)),
        count => Err(Problem::failure(format!("{shown} holds {count} sessions; one can be exported at a time."))),
    }
}

/// The text of a file or of standard input.
pub(super) fn text_of(from: &str) -> Result<String, Problem> {
    let shown = shown(from);
    let unreadable = |error: io::Error| Problem::failure(format!("{shown} cannot be read: {error}."));
    if from != "-" {
        return fs::read_to_string(from).map_err(unreadable);
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// A source's name in a sentence.
pub(super) fn shown(from: &str) -> String {
    if from == "-" { "Standard input".to_owned() } else { text::clean_line(from).into_owned() }
}

impl Destination {
    fn write(&self, text: &str) -> Result<(), Problem> {
        match &self.output {
            Some(path) => {
                let write: fn(&Path, &[u8]) -> _ = if self.force { write_private } else { write_private_new };
                write(path, text.as_bytes()).map_err(|error| match error {
                    ConfigError::Exists(path) => Problem::failure(format!(
                        "{} is there already and was left as it is; --force overwrites it.",
                        path.display()
                    )),
                    error => Problem::failure(format!("{error}.")),
                })
            }
            None => {
                let mut out = Sink::stdout();
                out.write(text).and_then(|()| out.end()).map_err(|error| gone(&error))
            }
        }
    }
}

/// A name that no other session has.
fn new_id() -> String {
    format!("{:016x}", fastrand::u64(..))
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
