//! `abreast search`: saved sessions, found by what was said in them, and how a list of sessions is printed.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::print::{print_json, print_line, say};
use super::{Ended, Problem};
use crate::config::{Environment, Paths};
use crate::store::{Query, ShelfFound, ShelfHit, ShelfReader, ShelfRow};
use crate::text::clean_line;

#[derive(Debug, Args)]
pub(super) struct SearchOptions {
    /// Words that must all be there, "phrases", -words that must not, and filters: model:, provider:, tool:, tag:,
    /// before:, after: (a date, or 7d, 2w, 3m, 1y ago), cost>0.5, cost<¥2, has:error, has:tool, is:pinned, is:deleted
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    #[command(flatten)]
    list: ListOptions,
}

/// How a list of sessions is printed, and from where.
#[derive(Debug, Args)]
pub(super) struct ListOptions {
    /// Print a JSON object for each session
    #[arg(long)]
    json: bool,
    /// Print so many sessions at the most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
    /// Use the sessions in this directory
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Status 1 when nothing is found, as of grep.
pub(super) fn search(options: &SearchOptions, environment: &Environment) -> Result<Ended, Problem> {
    let found = find(&options.query.join(" "), &options.list, environment)?;
    print(&found, &options.list)?;
    if found.rows.is_empty() {
        say("No session was found.");
        return Ok(Ended::Failed);
    }
    Ok(Ended::Well)
}

pub(super) fn find(query: &str, options: &ListOptions, environment: &Environment) -> Result<ShelfFound, Problem> {
    let directory = match &options.data_dir {
        Some(directory) => directory.clone(),
        None => Paths::of(environment).map_err(|error| Problem::misuse(format!("{error}.")))?.data,
    };
    let zone = TimeZone::system();
    let query = Query::parse(query, Timestamp::now().as_millisecond(), &zone);
    let failed = |fault| Problem::failure(format!("The sessions cannot be read: {fault}."));
    let found = match ShelfReader::open(&directory).map_err(failed)? {
        Some(reader) => {
            reader.find(&query, &zone, usize::from(options.limit), &AtomicBool::new(false)).map_err(failed)?
        }
        None => ShelfFound::nothing(&query),
    };
    if let Some(problem) = &found.problem {
        say(problem);
    }
    Ok(found)
}

pub(super) fn print(found: &ShelfFound, options: &ListOptions) -> Result<(), Problem> {
    let zone = TimeZone::system();
    let bold = io::stdout().is_terminal();
    for row in &found.rows {
        if options.json {
            print_json(&object(row))?;
        } else {
            lines(row, &zone, bold).iter().try_for_each(|line| print_line(line))?;
        }
    }
    if found.more && !options.json {
        say(&format!("There are more: --limit N prints more than {}.", options.limit));
    }
    Ok(())
}

/// A session for people: its id, its day and its title, and below them where the words stand.
fn lines(row: &ShelfRow, zone: &TimeZone, bold: bool) -> Vec<String> {
    let day = Timestamp::from_millisecond(row.updated).unwrap_or_default().to_zoned(zone.clone()).date();
    let title = if row.title.trim().is_empty() { "(no title)".into() } else { clean_line(&row.title) };
    let pinned = if row.pinned { " [pinned]" } else { "" };
    let tags: String = row.tags.iter().map(|tag| format!(" #{}", clean_line(tag))).collect();
    let first = format!("{}  {day}  {title}{pinned}{tags}", clean_line(&row.id));
    let second = row.hit.as_ref().map(|hit| format!("    {}: {}", clean_line(&hit.role), snippet(hit, bold)));
    [first].into_iter().chain(second).collect()
}

fn snippet(hit: &ShelfHit, bold: bool) -> String {
    let pieces = hit.snippet.iter().map(|(matches, text)| match matches {
        true if bold => format!("\u{1b}[1m{text}\u{1b}[22m"),
        _ => text.clone(),
    });
    pieces.collect()
}

/// A session for programs. Times are of UTC.
fn object(row: &ShelfRow) -> Value {
    let time = |unix_ms| Timestamp::from_millisecond(unix_ms).map(|time| time.to_string()).ok();
    let hit = row.hit.as_ref().map(|hit| {
        let snippet: Vec<Value> =
            hit.snippet.iter().map(|(matches, text)| json!({"text": text, "match": matches})).collect();
        json!({"turn": hit.turn, "role": hit.role, "turns": hit.turns, "snippet": snippet})
    });
    json!({
        "id": row.id, "title": row.title, "created": time(row.created), "updated": time(row.updated),
        "pinned": row.pinned, "tags": row.tags, "turns": row.turns, "models": row.models, "costs": row.costs, "hit": hit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> ShelfRow {
        let snippet = vec![(false, "a ".to_owned()), (true, "word".to_owned())];
        ShelfRow {
            id: "s1".into(),
            title: "A \u{1b}[31mtitle".into(),
            updated: 1_763_899_200_000,
            pinned: true,
            tags: vec!["work".into()],
            hit: Some(ShelfHit { turn: 3, role: "user".into(), snippet, turns: 2 }),
            ..ShelfRow::default()
        }
    }

    #[test]
    fn a_terminal_gets_matches_in_bold_and_nothing_that_drives_it() {
        let shown = lines(&row(), &TimeZone::UTC, true);
        assert!(!shown[0].contains('\u{1b}'), "{shown:?}");
        assert_eq!(shown[1], "    user: a \u{1b}[1mword\u{1b}[22m");
        assert_eq!(lines(&row(), &TimeZone::UTC, false)[1], "    user: a word");
    }
}
