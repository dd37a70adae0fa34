//! What is kept on disk: the form of a saved session, the file, and the thread that writes it.
//!
//! Owns plain types with names of their own, so that what is written does not change when the program does, the tables
//! that they go into, and what is done when the disk fails. How saved sessions become living ones is `state`'s.

mod actor;
mod ahead;
mod awaited;
mod backup;
mod base;
mod blob;
mod change;
mod desk;
mod fault;
mod find;
mod health;
mod import;
mod index;
mod ledger;
mod ledger_file;
mod ledger_sums;
mod listed;
mod lock;
mod mailbox;
mod preview;
mod purge;
mod query;
mod read;
mod reader;
mod recover;
mod rows;
mod saved;
mod saved_call;
mod saved_file;
mod saved_run;
mod schema;
mod shelf;
mod snippet;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub use actor::{Marked, Store, StoreNews, StoreWork, load, load_without_wires};
pub use awaited::Awaited;
pub use backup::{Backup, backup};
pub use desk::Shelf;
pub use fault::StoreFault;
pub use health::{Health, examine};
pub use import::{Import, Imported, fingerprint};
pub use ledger::{
    LedgerAnswer, LedgerAsk, LedgerBy, LedgerGroup, LedgerPrice, LedgerQuery, LedgerRow, LedgerState, LedgerTable,
    LedgerTokens,
};
pub use ledger_file::{Ledger, enter_rows};
pub use ledger_sums::{LedgerPart, LedgerSums, LedgerTally};
pub use lock::{OpenElsewhere, SessionLock};
pub use purge::{Held, Purge, Purged, purge};
pub use query::Query;
pub use reader::{ShelfReader, read_wires};
pub use saved::{
    AS_SENT, FORMAT, Fields, SavedCall, SavedCandidate, SavedComposer, SavedLane, SavedQueue, SavedQueued, SavedScroll,
    SavedSession, SavedSettings, SavedToken, SavedTokens, SavedTool, SavedTurn,
};
pub use saved_call::{SavedAnswerer, SavedCallEnd, SavedCallRecord, SavedCallState};
pub use saved_file::{SavedAttachment, SavedFile, SavedHistoryAttachments};
pub use saved_run::{
    SavedCost, SavedForm, SavedKnown, SavedOutcome, SavedRequest, SavedResponse, SavedRun, SavedStop, SavedTry,
    SavedUsage, SavedWire, SavedWireKept,
};
pub use shelf::{ShelfAnswer, ShelfChange, ShelfFound, ShelfHit, ShelfPreview, ShelfRow, ShelfTurn, ShelfWork};
pub use write::{SavedCallPiece, SavedHead, SavedPart, Write};
