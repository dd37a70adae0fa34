//! Sessions as they are read back.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;

use super::blob::unpacked;
use super::{
    SavedCall, SavedCallPiece, SavedComposer, SavedFile, SavedHead, SavedLane, SavedRun, SavedSession, SavedTurn,
    SavedWire, StoreFault,
};
use crate::chat::WirePlace;

/// The session that was changed last and has something in it.
pub(super) fn last(connection: &Connection) -> Result<Option<String>, StoreFault> {
    let sql = "SELECT id FROM sessions WHERE id NOT IN (SELECT session FROM marks WHERE deleted IS NOT NULL)
        ORDER BY updated DESC, rowid DESC LIMIT 1";
    Ok(connection.query_row(sql, [], |row| row.get(0)).optional()?)
}

/// How many sessions are named to who has to choose between them.
const SOME: u32 = 4;

/// All between a beginning and what follows all that begins so: a part of the index, however many sessions there are.
const NAMED: &str = "SELECT id FROM sessions WHERE id >= ?1 AND id < ?2 ORDER BY id = ?1 DESC, updated DESC LIMIT ?3";

/// The id of the one session whose id is, or begins with, what was given.
pub(super) fn named(connection: &Connection, beginning: &str) -> Result<String, StoreFault> {
    let mut statement = connection.prepare(NAMED)?;
    let after = format!("{beginning}\u{10FFFF}");
    let ids = statement.query_map(params![beginning, after, SOME], |row| row.get(0))?;
    let mut some: Vec<String> = ids.collect::<Result<_, _>>()?;
    match some.len() {
        0 => Err(StoreFault::NoSession(beginning.to_owned())),
        1 => Ok(some.remove(0)),
        _ if some[0] == beginning => Ok(some.remove(0)),
        _ => Err(StoreFault::Ambiguous { beginning: beginning.to_owned(), some }),
    }
}

/// What stands at the beginning of a session, beside its lanes and turns.
pub(super) struct Head {
    pub(super) title: String,
    created: i64,
    pub(super) body: SavedHead,
    deleted: bool,
}

/// The head of a session; `None` when there is none of that id.
pub(super) fn head(connection: &Connection, id: &str) -> Result<Option<Head>, StoreFault> {
    let sql = "SELECT coalesce(marks.title, sessions.title), created, body, deleted IS NOT NULL
        FROM sessions LEFT JOIN marks ON marks.session = id WHERE id = ?1";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get(3)?));
    let Some((title, created, body, deleted)) = connection.query_row(sql, [id], row).optional()? else {
        return Ok(None);
    };
    Ok(Some(Head { title, created, body: serde_json::from_str(&body)?, deleted }))
}

/// One session with everything in it but the wires of its runs, which are only told of; `None` when there is none of that id.
pub(super) fn session(connection: &Connection, id: &str) -> Result<Option<SavedSession>, StoreFault> {
    let Some(Head { title, created, body: head, deleted }) = head(connection, id)? else { return Ok(None) };
    let mut session = SavedSession {
        version: head.version,
        id: id.to_owned(),
        title,
        created,
        focused: head.focused,
        shared: head.shared,
        deleted,
        queue: head.queue,
        other: head.other,
        lanes: bodies::<SavedLane>(connection, "SELECT body FROM lanes WHERE session = ?1 ORDER BY place", id)?,
        turns: turns(connection, id)?,
        runs: runs(connection, id)?,
        ..SavedSession::default()
    };
    session.composer = composer(connection, id)?;
    grow(connection, id, &mut session.turns)?;
    session.files = files(connection, session.needs())?;
    Ok(Some(session))
}

/// What is attached; a file that cannot be read is no reason to lose what it was attached to.
fn files(connection: &Connection, needed: BTreeSet<String>) -> Result<Vec<SavedFile>, StoreFault> {
    let mut out = Vec::new();
    for sha256 in needed {
        let row = |row: &Row<'_>| row.get::<_, Vec<u8>>(0);
        let found = connection.query_row("SELECT bytes FROM files WHERE sha256 = ?1", [&sha256], row).optional()?;
        out.extend(found.map(|bytes| SavedFile { sha256, bytes: bytes.into() }));
    }
    Ok(out)
}

fn bodies<T: DeserializeOwned>(connection: &Connection, sql: &str, id: &str) -> Result<Vec<T>, StoreFault> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([id])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(serde_json::from_str(row.get_ref(0)?.as_str().map_err(|_| StoreFault::Damaged)?)?);
    }
    Ok(out)
}

fn composer(connection: &Connection, id: &str) -> Result<SavedComposer, StoreFault> {
    let sql = "SELECT draft, editing, body FROM drafts WHERE session = ?1";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?));
    let Some((draft, editing, body)) = connection.query_row(sql, [id], row).optional()? else {
        return Ok(SavedComposer::default());
    };
    let before: SavedComposer = serde_json::from_str(&body)?;
    Ok(SavedComposer { draft, editing, ..before })
}

fn turns(connection: &Connection, id: &str) -> Result<Vec<SavedTurn>, StoreFault> {
    let mut statement = connection.prepare("SELECT body, text FROM turns WHERE session = ?1 ORDER BY turn")?;
    let mut rows = statement.query([id])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let turn: SavedTurn = serde_json::from_str(&row.get::<_, String>(0)?)?;
        out.push(SavedTurn { text: row.get(1)?, ..turn });
    }
    Ok(out)
}

/// The length of a wire is asked for, since SQLite knows it without reading the wire.
fn runs(connection: &Connection, id: &str) -> Result<Vec<SavedRun>, StoreFault> {
    let mut statement =
        connection.prepare("SELECT body, run, length(wire) FROM runs WHERE session = ?1 ORDER BY run")?;
    let mut rows = statement.query([id])?;
    let session: Arc<str> = id.into();
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let body = row.get_ref(0)?.as_str().map_err(|_| StoreFault::Damaged)?;
        let place = WirePlace { session: Arc::clone(&session), run: row.get(1)? };
        let length: Option<i64> = row.get(2)?;
        out.push(SavedRun { wire_place: length.map(|_| place), ..serde_json::from_str(body)? });
    }
    Ok(out)
}

/// The wire of one run; `None` where there is none that can be read.
pub(super) fn wire(connection: &Connection, place: &WirePlace) -> Result<Option<SavedWire>, StoreFault> {
    let mut statement = connection.prepare_cached("SELECT wire FROM runs WHERE session = ?1 AND run = ?2")?;
    let row = |row: &Row<'_>| row.get::<_, Option<Vec<u8>>>(0);
    let found = statement.query_row(params![place.session, place.run], row).optional()?.flatten();
    Ok(found.and_then(|wire| serde_json::from_slice(&unpacked(&wire).ok()?).ok()))
}

/// Reads the wires that were left in the store. One that cannot be read stays there: it is no reason to lose its run.
pub(super) fn wires(connection: &Connection, runs: &mut [SavedRun]) -> Result<(), StoreFault> {
    for run in runs {
        let Some(place) = &run.wire_place else { continue };
        run.wire = wire(connection, place)?;
        run.wire_place.take_if(|_| run.wire.is_some());
    }
    Ok(())
}

/// One turn of a session, with what came of it.
pub(super) fn turn(connection: &Connection, id: &str, turn: u32) -> Result<Option<SavedTurn>, StoreFault> {
    let sql = "SELECT body, text FROM turns WHERE session = ?1 AND turn = ?2";
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?));
    let found = connection.prepare_cached(sql)?.query_row(params![id, turn], row).optional()?;
    let Some((body, text)) = found else { return Ok(None) };
    let mut found = SavedTurn { text, ..serde_json::from_str(&body)? };
    let sql = "SELECT part, piece FROM pieces WHERE session = ?1 AND turn = ?2 ORDER BY key";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![id, turn])?;
    while let Some(row) = rows.next()? {
        go_on(&mut found, &row.get::<_, String>(0)?, &row.get::<_, String>(1)?)?;
    }
    Ok(Some(found))
}

/// Gives replies that never ended the pieces that had come of them.
fn grow(connection: &Connection, id: &str, turns: &mut [SavedTurn]) -> Result<(), StoreFault> {
    let mut statement = connection.prepare("SELECT turn, part, piece FROM pieces WHERE session = ?1 ORDER BY key")?;
    let mut rows = statement.query(params![id])?;
    while let Some(row) = rows.next()? {
        let place: u32 = row.get(0)?;
        let Ok(found) = turns.binary_search_by_key(&place, |turn| turn.id) else { continue };
        go_on(&mut turns[found], &row.get::<_, String>(1)?, &row.get::<_, String>(2)?)?;
    }
    Ok(())
}

/// Gives a turn one more of its pieces.
fn go_on(turn: &mut SavedTurn, part: &str, piece: &str) -> Result<(), StoreFault> {
    match part {
        "text" => turn.text.push_str(piece),
        "reasoning" => turn.reasoning.push_str(piece),
        "refusal" => turn.refusal.push_str(piece),
        "tokens" => {
            turn.tokens.go_on(serde_json::from_str(piece)?);
        }
        "call" => call(&mut turn.tool_calls, serde_json::from_str(piece)?),
        _ => {}
    }
    Ok(())
}

fn call(calls: &mut Vec<SavedCall>, piece: SavedCallPiece) {
    if piece.index >= calls.len() {
        calls.push(SavedCall::default());
    }
    let place = piece.index.min(calls.len() - 1);
    calls[place].go_on(piece.call);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::base::Base;

    #[test]
    fn a_session_is_found_by_the_beginning_of_its_id_in_a_part_of_the_index() {
        let home = tempfile::tempdir().unwrap();
        let base = Base::open_file(home.path()).unwrap();
        for (id, updated) in [("ab", 1), ("abc", 3), ("abd", 2), ("b", 4), ("ä", 5)] {
            let sql = "INSERT INTO sessions VALUES (?1, '', 1, ?2, '{}')";
            base.connection.execute(sql, params![id, updated]).unwrap();
        }
        let found = |beginning| named(&base.connection, beginning);
        assert_eq!(["ab", "abc", "b", "ä"].map(found), ["ab", "abc", "b", "ä"].map(|id| Ok(id.to_owned())));
        let some = ["abc", "abd", "ab"].map(str::to_owned).to_vec();
        assert_eq!(found("a"), Err(StoreFault::Ambiguous { beginning: "a".into(), some }));
        assert_eq!(found("abx"), Err(StoreFault::NoSession("abx".into())));
        let explained = format!("EXPLAIN QUERY PLAN {NAMED}");
        let plan: String = base.connection.query_row(&explained, params!["a", "b", 4], |row| row.get(3)).unwrap();
        assert!(plan.starts_with("SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id>? AND id<?)"), "{plan}");
    }
}
