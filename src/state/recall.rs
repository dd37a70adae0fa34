//! The wire of a run that is not in memory: it is read back from the store while somebody looks at it.
//!
//! Owns the one record that was read last. When it is asked for, and let go, is `update`'s.

use crate::chat::{Run, Wire, WirePlace};

/// The record that is looked at, if it is not in memory by itself.
#[derive(Debug, Default)]
pub struct Recall {
    looked_at: Option<(WirePlace, Recalled)>,
    changes: u64,
}

#[derive(Debug)]
enum Recalled {
    Reading,
    Here(Wire),
    /// A sentence.
    Failed(String),
}

/// How far reading is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WireStage {
    /// What there is of the record is here.
    #[default]
    Here,
    Reading,
    /// Why it cannot be read, in a sentence.
    Failed(String),
}

/// What can be seen of a run's wire now.
#[derive(Clone, Debug, PartialEq)]
pub struct WireSight<'a> {
    pub wire: &'a Wire,
    pub stage: WireStage,
}

impl Recall {
    /// A number that is another one whenever what can be seen changed.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// What is looked at now. Gives what has to be read for it, once.
    pub fn look_at(&mut self, place: Option<&WirePlace>) -> Option<WirePlace> {
        if self.looked_at.as_ref().map(|(looked_at, _)| looked_at) == place {
            return None;
        }
        self.looked_at = place.map(|place| (place.clone(), Recalled::Reading));
        self.changes += 1;
        place.cloned()
    }

    /// Forgets that reading failed, so that it is tried again.
    pub fn try_again(&mut self) {
        self.looked_at.take_if(|(_, recalled)| matches!(recalled, Recalled::Failed(_)));
    }

    /// Takes in what was read, or the sentence that says why it could not be; whether it is still looked at.
    pub fn take(&mut self, place: &WirePlace, read: Result<Wire, String>) -> bool {
        let Some((_, recalled)) = self.looked_at.as_mut().filter(|(looked_at, _)| looked_at == place) else {
            return false;
        };
        *recalled = match read {
            Ok(wire) => Recalled::Here(wire),
            Err(said) => Recalled::Failed(said),
        };
        self.changes += 1;
        true
    }

    /// The run's own record, or the one that was read back.
    #[must_use]
    pub fn sight<'a>(&'a self, run: &'a Run) -> WireSight<'a> {
        let Some(place) = run.wire_elsewhere() else { return WireSight { wire: &run.wire, stage: WireStage::Here } };
        match &self.looked_at {
            Some((looked_at, Recalled::Here(wire))) if looked_at == place => WireSight { wire, stage: WireStage::Here },
            Some((looked_at, Recalled::Failed(said))) if looked_at == place => {
                WireSight { wire: &run.wire, stage: WireStage::Failed(said.clone()) }
            }
            _ => WireSight { wire: &run.wire, stage: WireStage::Reading },
        }
    }
}
