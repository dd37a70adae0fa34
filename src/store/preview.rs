//! Some turns of a session for a look at it: of one branch, bounded in number and length.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{SavedCall, ShelfPreview, ShelfTurn, StoreFault};

/// Turns before the one that is asked for, and after it.
const AROUND: usize = 8;

/// So many signs of a text are shown at the most.
const LONGEST: u32 = 4000;

/// Turns after the one that is asked for among which its answers are looked for.
const NEXT: u32 = 64;

/// A turn with the one before it.
type Step = (Option<u32>, ShelfTurn);

/// The turns around one of a session, or its last ones.
pub(super) fn preview(connection: &Connection, id: &str, turn: Option<u32>) -> Result<ShelfPreview, StoreFault> {
    if !connection.prepare_cached("SELECT 1 FROM sessions WHERE id = ?1")?.exists([id])? {
        return Err(StoreFault::NoSession(id.to_owned()));
    }
    let sql = "SELECT max(turn) FROM turns WHERE session = ?1";
    let last: Option<u32> = connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?;
    let mut turns = Vec::new();
    let mut next = turn.or(last);
    // The branch above; that of the last turn is all there is to show, so more of it is.
    let before = if turn.is_some() { AROUND } else { 2 * AROUND };
    while let Some(place) = next.filter(|_| turns.len() <= before) {
        let Some((parent, found)) = step(connection, id, place)? else { break };
        turns.push(found);
        // Parents come before their children; a file that says otherwise ends here.
        next = parent.filter(|parent| *parent < place);
    }
    turns.reverse();
    if let Some(turn) = turn {
        after(connection, id, turn, &mut turns)?;
    }
    for turn in turns.iter_mut().filter(|turn| turn.text.is_empty()) {
        turn.text = unfinished(connection, id, turn.turn)?;
    }
    Ok(ShelfPreview { id: id.to_owned(), turns })
}

fn step(connection: &Connection, id: &str, turn: u32) -> Result<Option<Step>, StoreFault> {
    let sql = "SELECT parent, turn, role, substr(text, 1, ?3), CASE WHEN text = '' THEN body END FROM turns
        WHERE session = ?1 AND turn = ?2";
    Ok(connection.prepare_cached(sql)?.query_row(params![id, turn, LONGEST], read).optional()?)
}

/// One answer to each, from the turn on.
fn after(connection: &Connection, id: &str, turn: u32, turns: &mut Vec<ShelfTurn>) -> Result<(), StoreFault> {
    let sql = "SELECT parent, turn, role, substr(text, 1, ?3), CASE WHEN text = '' THEN body END FROM turns
        WHERE session = ?1 AND turn > ?2 ORDER BY turn LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![id, turn, LONGEST, NEXT])?;
    let (mut last, mut count) = (turn, 0);
    while let Some(row) = rows.next()?.filter(|_| count < AROUND) {
        let (parent, next) = read(row)?;
        if parent == Some(last) {
            (last, count) = (next.turn, count + 1);
            turns.push(next);
        }
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Step> {
    let text: String = row.get(3)?;
    let text = match row.get::<_, Option<String>>(4)? {
        Some(body) => calls(&body),
        None => text,
    };
    Ok((row.get(0)?, ShelfTurn { turn: row.get(1)?, role: row.get(2)?, text }))
}

/// What a turn without a text asks for: its calls, one a line.
fn calls(body: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Called {
        #[serde(default)]
        tool_calls: Vec<SavedCall>,
    }
    let called: Vec<SavedCall> = serde_json::from_str(body).map(|turn: Called| turn.tool_calls).unwrap_or_default();
    let lines = called.iter().map(|call| format!("{} {}", call.name, call.arguments).trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n").chars().take(LONGEST as usize).collect()
}

/// What had come of a reply that never ended.
fn unfinished(connection: &Connection, id: &str, turn: u32) -> Result<String, StoreFault> {
    let sql = "SELECT piece FROM pieces WHERE session = ?1 AND turn = ?2 AND part = 'text' ORDER BY key LIMIT 100";
    let mut statement = connection.prepare_cached(sql)?;
    let pieces: Vec<String> = statement.query_map(params![id, turn], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(pieces.concat().chars().take(LONGEST as usize).collect())
}
