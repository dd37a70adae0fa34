//! What lies under which cell.

use ratatui::layout::{Position, Rect};

use crate::state::Target;

/// The areas of the last frame, later ones over earlier ones.
#[derive(Debug, Default)]
pub(super) struct Hits(Vec<Hit>);

#[derive(Debug)]
enum Hit {
    Area(Rect, Target),
    /// A param's track: the column says how far along.
    Track {
        area: Rect,
        row: usize,
    },
    Editor(Rect),
}

impl Hits {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn add(&mut self, area: Rect, target: Target) {
        self.0.push(Hit::Area(area, target));
    }

    /// Notes what lies in an area, in the place of what was noted for the very same area before.
    pub(super) fn put(&mut self, area: Rect, target: Target) {
        let same = |hit: &&mut Hit| matches!(hit, Hit::Area(other, _) if *other == area);
        match self.0.iter_mut().rev().find(same) {
            Some(hit) => *hit = Hit::Area(area, target),
            None => self.add(area, target),
        }
    }

    pub(super) fn add_track(&mut self, area: Rect, row: usize) {
        self.0.push(Hit::Track { area, row });
    }

    pub(super) fn add_editor(&mut self, area: Rect) {
        self.0.push(Hit::Editor(area));
    }

    pub(super) fn target(&self, x: u16, y: u16) -> Target {
        let at = Position { x, y };
        self.0.iter().rev().find_map(|hit| hit.target(at)).unwrap_or(Target::Nothing)
    }
}

impl Hit {
    fn target(&self, at: Position) -> Option<Target> {
        match self {
            Self::Area(area, target) => area.contains(at).then_some(*target),
            Self::Editor(area) => area.contains(at).then_some(Target::Composer { x: at.x, y: at.y }),
            Self::Track { area, row } => area.contains(at).then(|| {
                let steps = u32::from(area.width.saturating_sub(1).max(1));
                let along = u32::from(at.x - area.x) * 1000 / steps;
                Target::Track { row: *row, thousandths: u16::try_from(along).unwrap_or(1000) }
            }),
        }
    }
}
