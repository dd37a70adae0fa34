//! What is kept on disk: the form of a saved session, the file, and the thread that writes it.
//!
//! Owns plain types with names of their own, so that what is written does not change when the program does, the tables
//! that they go into, and what is done when the disk fails. How saved sessions become living ones is `state`'s.

mod actor;
mod base;
mod blob;
mod change;
mod desk;
mod fault;
mod find;
mod index;
mod listed;
mod lock;
mod mailbox;
mod preview;
mod query;
mod read;
mod reader;
mod recover;
mod rows;
mod saved;
mod saved_run;
mod schema;
mod shelf;
mod snippet;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub use actor::{Store, StoreNews, StoreWork, load};
pub use desk::Shelf;
pub use fault::StoreFault;
pub use lock::{OpenElsewhere, SessionLock};
pub use query::Query;
pub use reader::ShelfReader;
pub use saved::{
    AS_SENT, FORMAT, Fields, SavedCall, SavedCandidate, SavedComposer, SavedLane, SavedQueue, SavedQueued, SavedScroll,
    SavedSession, SavedSettings, SavedToken, SavedTokens, SavedTool, SavedTurn,
};
pub use saved_run::{
    SavedCost, SavedForm, SavedKnown, SavedOutcome, SavedRequest, SavedResponse, SavedRun, SavedStop, SavedTry,
    SavedUsage, SavedWire, SavedWireKept,
};
pub use shelf::{ShelfAnswer, ShelfChange, ShelfFound, ShelfHit, ShelfPreview, ShelfRow, ShelfTurn, ShelfWork};
pub use write::{SavedCallPiece, SavedHead, SavedPart, Write};
