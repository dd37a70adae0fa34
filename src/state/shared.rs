//! What lanes share field by field, and what happens to all of them when one changes it.

use std::collections::BTreeSet;

use super::{Lane, LaneId, State};
use crate::chat::{Field, Settings};

/// What the lanes ask with where they share it. For every lane and every field in its `shares`, the lane's own settings
/// agree with these: the changes below see to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared(Settings);

/// The settings of a lane and what it shared, to be put back.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingsBefore {
    lane: LaneId,
    settings: Settings,
    shares: BTreeSet<Field>,
}

impl From<Settings> for Shared {
    fn from(settings: Settings) -> Self {
        Self(settings)
    }
}

impl Shared {
    /// The shared value of every field.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0
    }

    /// What the first lane asks with, to begin with. The others share what they have in common with it.
    pub(super) fn of(lanes: &mut [Lane]) -> Self {
        let Some(first) = lanes.first().map(|lane| lane.settings.clone()) else { return Self::default() };
        for lane in lanes {
            let Lane { shares, settings, .. } = lane;
            shares.retain(|field| settings.agree(&first, field));
        }
        Self(first)
    }
}

impl State {
    /// Changes a field of a lane; where the lane shares it, the field changes in every lane that does.
    pub fn change(&mut self, place: usize, field: &Field, change: impl FnOnce(&mut Settings)) {
        let Some(lane) = self.lanes.get_mut(place) else { return };
        change(&mut lane.settings);
        lane.settings.drop_idle_force();
        if lane.shares.contains(field) {
            self.shared.0.take(field, &lane.settings);
            self.follow(field);
        }
    }

    /// Puts the shared value of a field into every lane that shares it.
    fn follow(&mut self, field: &Field) {
        for lane in self.lanes.iter_mut().filter(|lane| lane.shares.contains(field)) {
            lane.settings.take(field, &self.shared.0);
        }
    }

    /// Lets a lane share a field or have its own. Who joins others takes their value; who is the first keeps the own.
    pub fn toggle_share(&mut self, place: usize, field: &Field) {
        let joins = self.lanes.iter().any(|lane| lane.shares.contains(field));
        let Some(lane) = self.lanes.get_mut(place) else { return };
        if lane.shares.remove(field) {
            return;
        }
        lane.shares.insert(field.clone());
        if joins {
            lane.settings.take(field, &self.shared.0);
        } else {
            self.shared.0.take(field, &lane.settings);
        }
    }

    /// Lets all lanes share a field with the value of one of them, or each have its own when all share it already.
    pub fn toggle_share_all(&mut self, place: usize, field: &Field) {
        let all = self.lanes.iter().all(|lane| lane.shares.contains(field));
        if all {
            for lane in &mut self.lanes {
                lane.shares.remove(field);
            }
            return;
        }
        let Some(lane) = self.lanes.get(place) else { return };
        self.shared.0.take(field, &lane.settings);
        for lane in &mut self.lanes {
            lane.shares.insert(field.clone());
        }
        self.follow(field);
    }

    /// Copies a lane's value of a field to all lanes; who shares it goes on doing so.
    pub fn copy_to_all(&mut self, place: usize, field: &Field) {
        let Some(from) = self.lanes.get(place).map(|lane| lane.settings.clone()) else { return };
        self.shared.0.take(field, &from);
        for lane in &mut self.lanes {
            lane.settings.take(field, &from);
        }
    }

    /// Gives a lane other settings whole. What changes by that becomes the lane's own, so that no other lane changes.
    pub fn put_settings(&mut self, place: usize, mut settings: Settings) {
        let Some(lane) = self.lanes.get_mut(place) else { return };
        settings.drop_idle_force();
        let Lane { shares, settings: current, .. } = lane;
        shares.retain(|field| current.agree(&settings, field));
        *current = settings;
    }

    /// The settings of the focused lane as they are now.
    #[must_use]
    pub fn settings_now(&self) -> SettingsBefore {
        Self::settings_of(self.lane())
    }

    /// The settings as they are now of the lane whose settings were taken note of; what was noted when it is gone.
    #[must_use]
    pub fn settings_since(&self, before: &SettingsBefore) -> SettingsBefore {
        self.lane_by_id(before.lane).map_or_else(|| before.clone(), Self::settings_of)
    }

    fn settings_of(lane: &Lane) -> SettingsBefore {
        SettingsBefore { lane: lane.id, settings: lane.settings.clone(), shares: lane.shares.clone() }
    }

    /// Puts settings back that were taken note of, if their lane is still there. No other lane changes.
    pub fn put_back(&mut self, before: SettingsBefore) {
        let Some(place) = self.lanes.iter().position(|lane| lane.id == before.lane) else { return };
        let lane = &mut self.lanes[place];
        (lane.settings, lane.shares) = (before.settings, before.shares);
        self.rejoin(place);
    }

    /// Lets a lane that comes back have the value of others that share a field with it; where none does, its own is the
    /// shared one.
    pub fn rejoin(&mut self, place: usize) {
        let Some(shares) = self.lanes.get(place).map(|lane| lane.shares.clone()) else { return };
        for field in &shares {
            let mut others = self.lanes.iter().enumerate().filter(|(other, _)| *other != place);
            let joins = others.any(|(_, lane)| lane.shares.contains(field));
            let lane = &mut self.lanes[place];
            if joins {
                lane.settings.take(field, &self.shared.0);
            } else {
                self.shared.0.take(field, &lane.settings);
            }
        }
    }

    /// Whether every lane has the shared value of all that it shares.
    #[must_use]
    pub fn shares_hold(&self) -> bool {
        let holds = |lane: &Lane| lane.shares.iter().all(|field| lane.settings.agree(&self.shared.0, field));
        self.lanes.iter().all(holds)
    }
}
