//! Renders a whole reply anew for each frame, until the incremental renderer takes this place.

use crate::text::Line;
use crate::text::markdown::render;

#[derive(Debug)]
pub(super) struct StreamingMarkdown {
    width: u16,
    lines: Vec<Line>,
    work: Work,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Work {
    pub(super) lines_rendered: u64,
}

impl StreamingMarkdown {
    pub(super) fn new(width: u16) -> Self {
        Self { width, lines: Vec::new(), work: Work::default() }
    }

    pub(super) fn update(&mut self, source: &str) {
        self.lines = render(source, self.width);
        self.work.lines_rendered += self.lines.len() as u64;
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn line(&self, at: usize) -> Option<&Line> {
        self.lines.get(at)
    }

    pub(super) fn work(&self) -> Work {
        self.work
    }
}
