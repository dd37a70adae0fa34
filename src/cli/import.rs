//! `abreast import`: the conversations of other programs, and sessions that were exported, become sessions of the store.

use std::path::{Path, PathBuf};

use clap::Args;

use super::options::DataOptions;
use super::print::say;
use super::progress::{Progress, Step};
use super::resume::anchor;
use super::source::{Destination, shown, text_of};
use super::{Ended, Problem};
use crate::chat::Settings;
use crate::config::{Config, Environment, Paths, SANDBOX};
use crate::exchange::{self, Conversation, ReadError};
use crate::state::{Charge, imported_session, restored};
use crate::store::{Import, Imported, SavedSession, StoreFault};
use crate::text;

#[derive(Debug, Args)]
pub(super) struct ImportOptions {
    /// Read these files, or standard input with `-`: sessions of abreast, a request body, a curl command, a JSON list or
    /// JSON lines of messages, ChatGPT's conversations.json, or the logs.db of llm
    #[arg(value_name = "FILE", required = true)]
    from: Vec<String>,
    /// Say what would come in, and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the sessions as abreast's own JSON instead of keeping them; with -o into a file
    #[arg(long, conflicts_with = "dry_run")]
    json: bool,
    #[command(flatten)]
    to: Destination,
    #[command(flatten)]
    data: DataOptions,
}

/// What one file holds.
struct Read {
    sessions: Sessions,
    /// What was not taken over, a clause for each reason; empty when that is nothing.
    skipped: String,
}

enum Sessions {
    Own(Vec<SavedSession>),
    Foreign(Vec<Conversation>),
}

pub(super) fn run(options: &ImportOptions, environment: &Environment) -> Result<Ended, Problem> {
    if options.json || options.to.output.is_some() {
        return convert(options);
    }
    let paths = Paths::of(environment).map_err(Problem::failure)?;
    let directory = options.data.directory(&paths);
    let mut before = Config::load(&paths, environment).map_err(|error| Problem::misuse(format!("{error}.")))?.start();
    if before.provider == SANDBOX && before.model.is_empty() {
        SANDBOX.clone_into(&mut before.model);
    }
    let mut store = if options.dry_run {
        Import::rehearse(&directory).map_err(|fault| stopped(&fault))?
    } else {
        let (store, said) = Import::open(&directory).map_err(|fault| stopped(&fault))?;
        said.iter().for_each(|said| say(said));
        store
    };
    let mut tally = Tally::default();
    let mut ended = Ended::Well;
    for from in &options.from {
        let mut progress = Progress::of(shown(from));
        let read = read(from, &mut progress);
        let kept = read.and_then(|read| keep(&mut store, (from, &mut progress), read, &before, &mut tally));
        drop(progress);
        match kept {
            Ok(()) => {}
            Err(Refused::File(problem)) => {
                say(&problem);
                ended = Ended::Failed;
            }
            Err(Refused::Store(fault)) => {
                say(&tally.told(options.dry_run));
                return Err(stopped(&fault));
            }
        }
    }
    say(&tally.told(options.dry_run));
    Ok(if tally.refused == 0 { ended } else { Ended::Failed })
}

/// The sessions as our own JSON, for other programs or another time.
fn convert(options: &ImportOptions) -> Result<Ended, Problem> {
    let mut sessions = Vec::new();
    let mut tally = Tally::default();
    for from in &options.from {
        let read = read(from, &mut Progress::of(shown(from))).map_err(Refused::problem)?;
        tally.skip(&read.skipped);
        match read.sessions {
            Sessions::Own(own) => sessions.extend(own),
            Sessions::Foreign(conversations) => {
                for conversation in conversations {
                    let session = imported_session(&conversation, anchor().unix_ms, &Settings::default());
                    sessions.push(session.map_err(|fault| Problem::failure(format!("{}: {fault}.", shown(from))))?);
                }
            }
        }
    }
    let written = exchange::write_sessions(&sessions).map_err(|problem| Problem::failure(format!("{problem}.")))?;
    options.to.write(&written)?;
    tally.sessions = sessions.len();
    tally.turns = sessions.iter().map(|session| session.turns.len()).sum();
    say(&tally.counted("Read"));
    Ok(Ended::Well)
}

/// Why something was not imported.
enum Refused {
    /// A file cannot be read; the next one may.
    File(String),
    /// The store takes nothing any more.
    Store(StoreFault),
}

impl Refused {
    fn problem(self) -> Problem {
        match self {
            Self::File(said) => Problem::failure(said),
            Self::Store(fault) => stopped(&fault),
        }
    }
}

fn stopped(fault: &StoreFault) -> Problem {
    Problem::failure(format!("The store takes nothing: {fault}. Run it again then: what is there already is skipped."))
}

fn read(from: &str, progress: &mut Progress) -> Result<Read, Refused> {
    let shown = shown(from);
    let unreadable = |error: ReadError| Refused::File(format!("{shown} cannot be read: {error}."));
    let foreign = |foreign: exchange::Foreign| Read {
        sessions: Sessions::Foreign(foreign.conversations),
        skipped: foreign.skipped.to_string(),
    };
    if from != "-" && exchange::is_database(Path::new(from)) {
        progress.show(Step::Understanding);
        return exchange::read_database(&PathBuf::from(from)).map(foreign).map_err(unreadable);
    }
    let source = text_of(from, exchange::MOST_BYTES, |bytes| progress.show(Step::Read(bytes)));
    let source = source.map_err(|problem| Refused::File(problem.sentence))?;
    if exchange::is_own(&source) {
        let own = exchange::read_sessions(&source).map_err(unreadable)?;
        return Ok(Read { sessions: Sessions::Own(own), skipped: String::new() });
    }
    exchange::read(&source).map(foreign).map_err(unreadable)
}

fn keep(
    store: &mut Import,
    (from, progress): (&str, &mut Progress),
    read: Read,
    before: &Settings,
    tally: &mut Tally,
) -> Result<(), Refused> {
    tally.skip(&read.skipped);
    let (count, sessions): (usize, Box<dyn Iterator<Item = Result<SavedSession, StoreFault>>>) = match read.sessions {
        Sessions::Own(own) => (own.len(), Box::new(own.into_iter().map(Ok))),
        Sessions::Foreign(all) => {
            let now = anchor().unix_ms;
            let session = move |conversation| imported_session(&conversation, now, before);
            (all.len(), Box::new(all.into_iter().map(session)))
        }
    };
    progress.clear();
    for (done, session) in sessions.enumerate() {
        progress.show(Step::Sessions { done, of: count });
        let taken = session.map(|session| {
            let turns = session.turns.len();
            let title = text::clean_line(&session.title).into_owned();
            (turns, title, checked(session).and_then(|session| store.take(session)))
        });
        match taken {
            Ok((turns, _, Ok(Imported::New(_)))) => tally.add(turns),
            Ok((_, _, Ok(Imported::There(_)))) => tally.there += 1,
            Ok((_, title, Err(StoreFault::Unfit(why)))) => {
                progress.clear();
                say(&format!("{}: `{title}` is not taken: {why}.", shown(from)));
                tally.refused += 1;
            }
            Ok((_, _, Err(fault))) | Err(fault) => return Err(Refused::Store(fault)),
        }
    }
    Ok(())
}

/// A session that this version can open, once it is in the store.
fn checked(session: SavedSession) -> Result<SavedSession, StoreFault> {
    match restored(session.clone(), anchor(), 0, |_| Charge::Real) {
        Ok(_) => Ok(session),
        Err(said) => Err(StoreFault::Unfit(said.trim_end_matches('.').to_owned())),
    }
}

/// What came in and what did not.
#[derive(Default)]
struct Tally {
    sessions: usize,
    turns: usize,
    /// Sessions that are in the store already.
    there: usize,
    /// Sessions that cannot be opened.
    refused: usize,
    /// What was not taken over of the files, by reason.
    skipped: Vec<String>,
}

impl Tally {
    fn add(&mut self, turns: usize) {
        self.sessions += 1;
        self.turns += turns;
    }

    fn skip(&mut self, skipped: &str) {
        if !skipped.is_empty() {
            self.skipped.push(skipped.to_owned());
        }
    }

    fn told(&self, dry: bool) -> String {
        self.counted(if dry { "Would be imported" } else { "Imported" })
    }

    fn counted(&self, what: &str) -> String {
        let many = |count: usize, one: &str| text::counted(count as u64, one);
        let mut said = format!("{what}: {}, {}.", many(self.sessions, "session"), many(self.turns, "turn"));
        if self.there > 0 {
            said.push_str(&format!(" Skipped: {} × a session that is there already.", self.there));
        }
        if !self.skipped.is_empty() {
            said.push_str(&format!(" Not taken over: {}.", self.skipped.join(", ")));
        }
        said
    }
}
