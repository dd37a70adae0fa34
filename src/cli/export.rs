//! `abreast export`: a session of the store, or of a file, as a file for readers, browsers and other programs.

use std::io::{self, IsTerminal};

use clap::Args;
use clap::builder::PossibleValue;

use super::options::DataOptions;
use super::print::say;
use super::source::{Destination, shown, text_of};
use super::{Ended, Problem};
use crate::app::{shape_of, shape_of_sandbox};
use crate::config::{Config, Environment, Paths, SANDBOX};
use crate::exchange::{self, Choice, ExportFormat, Redaction, Span, Spot};
use crate::store::{SavedSession, load_without_wires, read_wires};

#[derive(Debug, Args)]
pub(super) struct ExportOptions {
    /// Export the stored session of this id, or of the beginning of one
    #[arg(long, value_name = "ID", conflicts_with_all = ["last", "file"])]
    session: Option<String>,
    /// Export the stored session that was used last
    #[arg(long, conflicts_with = "file")]
    last: bool,
    /// Export the session in this file of abreast's own JSON; `-` reads it from standard input
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
    /// Write this format; without it the one that the name after -o ends in, or markdown
    #[arg(long)]
    format: Option<ExportFormat>,
    /// Write only this lane's branch
    #[arg(long, value_name = "LETTER")]
    lane: Option<char>,
    /// Write the branch of this name, instead of the one that the lane shows
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Write only this turn of the branch: 1 is the first, -1 the last
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    turn: Option<i32>,
    /// Write the branch only down to this turn
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with = "turn")]
    until: Option<i32>,
    /// Leave out what matches this regular expression; may be given more than once
    #[arg(long, value_name = "PATTERN")]
    redact: Vec<String>,
    #[command(flatten)]
    to: Destination,
    #[command(flatten)]
    data: DataOptions,
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

pub(super) fn run(options: &ExportOptions, environment: &Environment) -> Result<Ended, Problem> {
    let redaction = Redaction::of(options.redact.iter().map(String::as_str))
        .map_err(|problem| Problem::misuse(format!("--redact: {problem}.")))?;
    let paths = Paths::of(environment).map_err(Problem::failure)?;
    let mut session = session(options, &paths)?;
    let named = options.to.output.as_ref().and_then(|path| ExportFormat::of_file(&path.to_string_lossy()));
    let format = options.format.or(named).unwrap_or(ExportFormat::Markdown);
    let span = options.turn.map(|turn| Span::Turn(Spot::Place(turn)));
    let span = span.or_else(|| options.until.map(|turn| Span::Until(Spot::Place(turn))));
    let choice = Choice { lane: options.lane, branch: options.branch.clone(), span };
    choice
        .apply(&mut session, format.says_asked())
        .map_err(|problem| Problem::misuse(format!("The session cannot be exported like this: {problem}.")))?;
    if format.has_wire() {
        format.forget_other_wires(&mut session);
        read_wires(&options.data.directory(&paths), &mut session)
            .map_err(|fault| Problem::failure(format!("The wires of the session cannot be read: {fault}.")))?;
        match session.unread_wires() {
            0 => {}
            runs => say(&format!("The session is written {}.", exchange::without_wires(runs))),
        }
    }
    redaction.apply(&mut session);
    // Only a command says where a request goes; a configuration that is wrong is no reason not to write the others.
    let config = match format {
        ExportFormat::Curl => {
            Config::load(&paths, environment).map_err(|error| Problem::misuse(format!("{error}.")))?
        }
        _ => Config::default(),
    };
    let shapes = |name: &str| match name {
        SANDBOX => Some(shape_of_sandbox()),
        name => config.provider(name).map(|provider| shape_of(&provider)),
    };
    let text = exchange::export(&session, format, &shapes)
        .map_err(|problem| Problem::failure(format!("The session cannot be exported like this: {problem}.")))?;
    options.to.write(&text)?;
    Ok(Ended::Well)
}

fn session(options: &ExportOptions, paths: &Paths) -> Result<SavedSession, Problem> {
    if options.last || options.session.is_some() {
        let directory = options.data.directory(paths);
        let loaded = load_without_wires(&directory, options.session.as_deref());
        let (session, said) = loaded.map_err(|fault| Problem::failure(format!("--session: {fault}.")))?;
        said.iter().for_each(|said| say(said));
        return Ok(session);
    }
    let from = options.file.as_deref().unwrap_or("-");
    if from == "-" && io::stdin().is_terminal() {
        return Err(Problem::misuse("Say which session: --last, --session ID, or --file FILE."));
    }
    of_file(from)
}

fn of_file(from: &str) -> Result<SavedSession, Problem> {
    let source = text_of(from, exchange::MOST_BYTES, |_| {})?;
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
