//! `abreast sessions`: the newest saved sessions, and the removal of those that were deleted.

use crate::text::counted;
use std::io::{self, IsTerminal, Write};

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::options::DataOptions;
use super::print::{print_line, say};
use super::search::{ListOptions, find, print};
use super::{Ended, Problem};
use crate::config::{Environment, Paths};
use crate::state::wire_size;
use crate::store::{Purge, Purged, purge};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct SessionsOptions {
    #[command(flatten)]
    list: ListOptions,
    #[command(subcommand)]
    command: Option<SessionsCommand>,
}

#[derive(Debug, Subcommand)]
enum SessionsCommand {
    /// Remove deleted sessions for good, and contents of attachments that nothing refers to any more
    Purge(PurgeOptions),
}

#[derive(Debug, Args)]
struct PurgeOptions {
    /// Remove what was deleted more than so many days ago
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    older_than: u16,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    data: DataOptions,
}

pub(super) fn run(options: &SessionsOptions, environment: &Environment) -> Result<Ended, Problem> {
    match &options.command {
        Some(SessionsCommand::Purge(options)) => remove(options, environment),
        None => list(&options.list, environment),
    }
}

fn list(options: &ListOptions, environment: &Environment) -> Result<Ended, Problem> {
    let found = find("", options, environment)?;
    print(&found, options)?;
    if found.rows.is_empty() {
        say("There is no saved session yet: `abreast` begins one.");
    }
    Ok(Ended::Well)
}

fn remove(options: &PurgeOptions, environment: &Environment) -> Result<Ended, Problem> {
    let directory = options.data.directory(&Paths::of(environment).map_err(Problem::failure)?);
    let day = 24 * 60 * 60 * 1000;
    let before = Timestamp::now().as_millisecond() - i64::from(options.older_than) * day;
    let purge = |how| {
        let purged = purge(&directory, before, how);
        purged
            .map_err(|fault| Problem::failure(format!("Nothing was removed: {fault}.")))
            .map(Option::unwrap_or_default)
    };
    let would = purge(Purge::Rehearsed)?;
    tell_what_stays(&would);
    if would.sessions + would.files == 0 {
        print_line(&format!("Nothing was deleted more than {}.", ago(options.older_than)))?;
        return Ok(Ended::Well);
    }
    if !options.yes {
        print_line(&said("Would be removed for good", &would))?;
        if !io::stdin().is_terminal() {
            return Err(Problem::misuse("Nothing was removed: --yes removes it without asking."));
        }
        if !confirmed().map_err(|error| Problem::failure(format!("Nothing was removed: {error}.")))? {
            print_line("Nothing was removed.")?;
            return Ok(Ended::Failed);
        }
    }
    print_line(&said("Removed for good", &purge(Purge::Done)?))?;
    Ok(Ended::Well)
}

fn ago(days: u16) -> String {
    format!("{} ago", counted(days.into(), "day"))
}

fn said(what: &str, purged: &Purged) -> String {
    let Purged { sessions, turns, files, file_bytes, .. } = purged;
    let turns = counted(*turns, "turn");
    let size = wire_size(usize::try_from(*file_bytes).unwrap_or(usize::MAX));
    format!("{what}: sessions {sessions} with {turns}, attached contents {files} ({size}). The ledger stays.")
}

fn tell_what_stays(purged: &Purged) {
    if purged.open_elsewhere > 0 {
        say(&format!("Deleted sessions that another Abreast has open stay: {}.", purged.open_elsewhere));
    }
    if purged.files_stay {
        say(
            "Contents of attachments stay, since another Abreast is at work and may need them: run this again without it.",
        );
    }
}

fn confirmed() -> io::Result<bool> {
    write!(io::stderr(), "Remove them? They cannot be brought back. [y/N] ")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
