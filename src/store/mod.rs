//! What is kept on disk: the form of a saved session.
//!
//! Owns plain types with names of their own, so that what is written does not change when the program does. How they
//! become the living ones is `state`'s.

mod blob;
mod saved;
mod saved_run;

pub use saved::{
    AS_SENT, FORMAT, Fields, SavedCall, SavedCandidate, SavedComposer, SavedLane, SavedQueue, SavedQueued, SavedScroll,
    SavedSession, SavedSettings, SavedToken, SavedTokens, SavedTool, SavedTurn,
};
pub use saved_run::{
    SavedCost, SavedForm, SavedKnown, SavedOutcome, SavedRequest, SavedResponse, SavedRun, SavedStop, SavedTry,
    SavedUsage, SavedWire, SavedWireKept,
};
