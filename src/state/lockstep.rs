//! Lock-step: whether the lanes scroll each by itself or all together.

use super::{LaneId, Scroll, State};

/// Whose place in the transcript is whose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lockstep {
    /// Each lane has its own place.
    #[default]
    Apart,
    /// All lanes show one place, and turns of the same depth begin on the same row of the screen. The turn of the place
    /// may be of any lane: its depth says where the others are.
    Together(Scroll),
}

impl State {
    /// What a lane shows.
    #[must_use]
    pub fn scroll_of(&self, lane: LaneId) -> Scroll {
        match self.lockstep {
            Lockstep::Apart => self.lane_by_id(lane).map_or(Scroll::Follow, |lane| lane.scroll),
            Lockstep::Together(scroll) => scroll,
        }
    }

    /// Scrolls a lane, and with it whichever lanes go with it.
    pub fn scroll_to(&mut self, lane: LaneId, scroll: Scroll) {
        match &mut self.lockstep {
            Lockstep::Together(shared) => *shared = scroll,
            Lockstep::Apart => {
                if let Some(lane) = self.lane_by_id_mut(lane) {
                    lane.scroll = scroll;
                }
            }
        }
    }
}
