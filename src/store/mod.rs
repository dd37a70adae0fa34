//! What is kept on disk: the form of a saved session, the file, and the thread that writes it.
//!
//! Owns plain types with names of their own, so that what is written does not change when the program does, the tables
//! that they go into, and what is done when the disk fails. How saved sessions become living ones is `state`'s.

mod actor;
mod base;
mod blob;
mod fault;
mod lock;
mod mailbox;
mod read;
mod recover;
mod saved;
mod saved_file;
mod saved_run;
mod schema;
#[cfg(test)]
mod tests;
mod write;

pub use actor::{Store, StoreNews, StoreWork, load};
pub use fault::StoreFault;
pub use lock::{OpenElsewhere, SessionLock};
pub use saved::{
    AS_SENT, FORMAT, Fields, SavedCall, SavedCandidate, SavedComposer, SavedLane, SavedQueue, SavedQueued, SavedScroll,
    SavedSession, SavedSettings, SavedToken, SavedTokens, SavedTool, SavedTurn,
};
pub use saved_file::{SavedAttachment, SavedFile, SavedHistoryAttachments};
pub use saved_run::{
    SavedCost, SavedForm, SavedKnown, SavedOutcome, SavedRequest, SavedResponse, SavedRun, SavedStop, SavedTry,
    SavedUsage, SavedWire, SavedWireKept,
};
pub use write::{SavedCallPiece, SavedHead, SavedPart, Write};
