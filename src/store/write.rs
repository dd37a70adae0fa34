//! What is to be kept, as plain values, and how it goes into the tables.
//!
//! A reply that streams is kept as pieces, each written once; when it ends, its turn is written whole and the pieces go.
//! So a reply of 1 MB costs some 3 MB of writing in all (its pieces, its text, the index), however it is cut up.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use super::blob::packed;
use super::ledger_file::enter;
use super::{
    FORMAT, Fields, LedgerRow, SavedCall, SavedComposer, SavedFile, SavedLane, SavedOutcome, SavedQueue, SavedRun,
    SavedSession, SavedSettings, SavedTokens, SavedTurn, StoreFault,
};

/// Something to be kept of a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// The content of something that is attached, before what it is attached to. One that is there already stays.
    File(SavedFile),
    Head(Box<SavedHead>),
    /// It is no longer deleted.
    Restore,
    /// All lanes, in the place of those before.
    Lanes(Vec<SavedLane>),
    /// A turn as a whole.
    Turn(Box<SavedTurn>),
    /// More of a turn that is there already.
    Append {
        turn: u32,
        part: SavedPart,
    },
    /// A run as a whole; without a wire, the one that is there stays, or else the one at its place is copied.
    Run(Box<SavedRun>),
    /// What a run cost, once it is over. It outlives its session.
    Ledger(Box<LedgerRow>),
    Composer(SavedComposer),
    /// The draft alone; the drafts before it stay.
    Draft {
        draft: String,
        editing: Option<u32>,
    },
}

/// What is kept of a session beside its lanes, turns, runs and drafts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedHead {
    /// [`FORMAT`] of the program that wrote it.
    pub version: u32,
    #[serde(skip)]
    pub title: String,
    /// Unix milliseconds.
    #[serde(skip)]
    pub created: i64,
    #[serde(default)]
    pub focused: Option<char>,
    #[serde(default)]
    pub shared: SavedSettings,
    #[serde(default)]
    pub queue: SavedQueue,
    #[serde(flatten)]
    pub other: Fields,
}

/// A piece of a turn that still grows.
#[derive(Clone, Debug, PartialEq)]
pub enum SavedPart {
    Text(String),
    Reasoning(String),
    Refusal(String),
    Tokens(SavedTokens),
    Call(SavedCallPiece),
}

/// More of one call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedCallPiece {
    /// The call's place among those of its reply.
    pub index: usize,
    #[serde(flatten)]
    pub call: SavedCall,
}

impl Write {
    /// Whether somebody waits for it: a message that is to be sent, a run that begins or ends.
    pub(super) fn is_urgent(&self) -> bool {
        matches!(self, Self::Turn(_) | Self::Run(_) | Self::Ledger(_))
    }
}

impl SavedSession {
    /// The writes that keep all of it.
    #[must_use]
    pub fn writes(self) -> Vec<Write> {
        let head = SavedHead {
            version: FORMAT,
            title: self.title,
            created: self.created,
            focused: self.focused,
            shared: self.shared,
            queue: self.queue,
            other: self.other,
        };
        let turns = self.turns.into_iter().map(|turn| Write::Turn(Box::new(turn)));
        let runs = self.runs.into_iter().map(|run| Write::Run(Box::new(run)));
        let first = [Write::Head(Box::new(head)), Write::Lanes(self.lanes), Write::Composer(self.composer)];
        let files = self.files.into_iter().map(Write::File);
        files.chain(first).chain(turns).chain(runs).collect()
    }
}

/// Takes one more write into those that wait. What replaces an earlier one takes its place, and pieces that follow each
/// other are joined, so that what waits costs no more than what it says.
pub(super) fn join(waiting: &mut Vec<Write>, write: Write) {
    match (waiting.last_mut(), write) {
        (Some(Write::Append { turn, part }), Write::Append { turn: next, part: more }) if *turn == next => {
            if let Some(more) = continued(part, more) {
                waiting.push(Write::Append { turn: next, part: more });
            }
        }
        (_, write) => {
            let kind = std::mem::discriminant(&write);
            if matches!(write, Write::Head(_) | Write::Lanes(_) | Write::Composer(_) | Write::Draft { .. }) {
                waiting.retain(|earlier| std::mem::discriminant(earlier) != kind);
            }
            waiting.push(write);
        }
    }
}

/// Continues a piece with the next one, or gives that back.
fn continued(part: &mut SavedPart, more: SavedPart) -> Option<SavedPart> {
    match (part, more) {
        (SavedPart::Text(text), SavedPart::Text(more))
        | (SavedPart::Reasoning(text), SavedPart::Reasoning(more))
        | (SavedPart::Refusal(text), SavedPart::Refusal(more)) => text.push_str(&more),
        (SavedPart::Tokens(tokens), SavedPart::Tokens(more)) => {
            tokens.go_on(more);
        }
        (SavedPart::Call(call), SavedPart::Call(more)) if call.index == more.index => {
            call.call.go_on(more.call);
        }
        (_, more) => return Some(more),
    }
    None
}

/// Keeps everything or nothing. `now` is in unix milliseconds.
pub(super) fn apply(
    connection: &mut Connection,
    work: &[(impl AsRef<str>, Vec<Write>)],
    now: i64,
) -> Result<(), StoreFault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (session, writes) in work {
        let session = session.as_ref();
        for write in writes {
            one(&transaction, session, write)?;
        }
        // A piece of a reply leaves the time of its message, or every commit of a stream would write the session's row and
        // an index too.
        if writes.iter().all(|write| matches!(write, Write::Append { .. })) {
            continue;
        }
        transaction.prepare_cached("UPDATE sessions SET updated = ?2 WHERE id = ?1")?.execute(params![session, now])?;
    }
    Ok(transaction.commit()?)
}

pub(super) fn one(transaction: &Transaction<'_>, session: &str, write: &Write) -> Result<(), StoreFault> {
    match write {
        Write::File(file) => {
            let sql = "INSERT OR IGNORE INTO files (sha256, bytes) VALUES (?1, ?2)";
            transaction.prepare_cached(sql)?.execute(params![file.sha256, file.bytes.as_ref()])?;
        }
        Write::Head(head) => {
            let sql = "INSERT INTO sessions (id, title, created, updated, body) VALUES (?1, ?2, ?3, ?3, ?4)
                ON CONFLICT (id) DO UPDATE SET title = ?2, body = ?4";
            let body = serde_json::to_string(head)?;
            transaction.prepare_cached(sql)?.execute(params![session, head.title, head.created, body])?;
        }
        Write::Restore => {
            transaction.prepare_cached("UPDATE marks SET deleted = NULL WHERE session = ?1")?.execute([session])?;
        }
        Write::Lanes(lanes) => write_lanes(transaction, session, lanes)?,
        Write::Turn(turn) => write_turn(transaction, session, turn)?,
        Write::Append { turn, part } => {
            let (part, piece) = match part {
                SavedPart::Text(text) => ("text", text.clone()),
                SavedPart::Reasoning(text) => ("reasoning", text.clone()),
                SavedPart::Refusal(text) => ("refusal", text.clone()),
                SavedPart::Tokens(tokens) => ("tokens", serde_json::to_string(tokens)?),
                SavedPart::Call(call) => ("call", serde_json::to_string(call)?),
            };
            let sql = "INSERT INTO pieces (session, turn, part, piece) VALUES (?1, ?2, ?3, ?4)";
            transaction.prepare_cached(sql)?.execute(params![session, turn, part, piece])?;
        }
        Write::Run(run) => write_run(transaction, session, run)?,
        Write::Ledger(row) => enter(transaction, row)?,
        Write::Composer(composer) => {
            let body = serde_json::to_string(&SavedComposer { draft: String::new(), ..composer.clone() })?;
            let sql = "INSERT OR REPLACE INTO drafts (session, draft, editing, body) VALUES (?1, ?2, ?3, ?4)";
            transaction.prepare_cached(sql)?.execute(params![session, composer.draft, composer.editing, body])?;
        }
        Write::Draft { draft, editing } => {
            let sql = "INSERT INTO drafts (session, draft, editing, body) VALUES (?1, ?2, ?3, '{}')
                ON CONFLICT (session) DO UPDATE SET draft = ?2, editing = ?3";
            transaction.prepare_cached(sql)?.execute(params![session, draft, editing])?;
        }
    }
    Ok(())
}

fn write_lanes(transaction: &Transaction<'_>, session: &str, lanes: &[SavedLane]) -> Result<(), StoreFault> {
    transaction.prepare_cached("DELETE FROM lanes WHERE session = ?1")?.execute([session])?;
    let mut insert =
        transaction.prepare_cached("INSERT INTO lanes (session, place, letter, body) VALUES (?1, ?2, ?3, ?4)")?;
    for (place, lane) in (0_u32..).zip(lanes) {
        insert.execute(params![session, place, lane.letter.to_string(), serde_json::to_string(lane)?])?;
    }
    Ok(())
}

fn write_turn(transaction: &Transaction<'_>, session: &str, turn: &SavedTurn) -> Result<(), StoreFault> {
    let body = serde_json::to_string(&SavedTurn { text: String::new(), ..turn.clone() })?;
    let sql = "INSERT INTO turns (session, turn, parent, role, run, text, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (session, turn) DO UPDATE SET parent = ?3, role = ?4, run = ?5, text = ?6, body = ?7";
    transaction.prepare_cached(sql)?.execute(params![
        session,
        turn.id,
        turn.parent,
        turn.role,
        turn.run,
        turn.text,
        body
    ])?;
    transaction
        .prepare_cached("DELETE FROM pieces WHERE session = ?1 AND turn = ?2")?
        .execute(params![session, turn.id])?;
    Ok(())
}

fn write_run(transaction: &Transaction<'_>, session: &str, run: &SavedRun) -> Result<(), StoreFault> {
    let wire = run.wire.as_ref().map(serde_json::to_vec).transpose()?.map(|wire| packed(&wire)).transpose()?;
    let body = serde_json::to_string(&SavedRun { wire: None, ..run.clone() })?;
    let outcome = match run.outcome {
        SavedOutcome::Running => "running",
        SavedOutcome::Complete => "complete",
        SavedOutcome::Stopped => "stopped",
        SavedOutcome::Failed { .. } => "failed",
    };
    let sql = "INSERT INTO runs (session, run, started, provider, model, outcome, body, wire)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, (SELECT wire FROM runs WHERE session = ?9 AND run = ?10)))
        ON CONFLICT (session, run) DO UPDATE
        SET outcome = ?6, body = ?7, wire = coalesce(?8, wire, excluded.wire)";
    let SavedSettings { provider, model, .. } = &run.settings;
    let (from, of) = run.wire_place.as_ref().map(|place| (&*place.session, place.run)).unzip();
    transaction.prepare_cached(sql)?.execute(params![
        session,
        run.id,
        run.started,
        provider,
        model,
        outcome,
        body,
        wire,
        from,
        of
    ])?;
    Ok(())
}
