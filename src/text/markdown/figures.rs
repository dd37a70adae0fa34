//! The blocks that are drawn rather than wrapped: code and tables.

use super::blocks::Writer;
use super::code;
use super::deferred::Deferred;
use super::frame::{Above, Begun, Last};
use super::memory::Memory;
use super::pass::{Colours, Until};
use super::table::{Grid, Layout};
use crate::text::highlight::Highlighter;
use crate::text::{Span, clean};

impl Writer<'_, '_> {
    pub(super) fn code(&mut self, info: &str, text: String) {
        if let Begun::Code(colours) = std::mem::take(&mut self.begun) {
            self.code_lines(&text, *colours);
        } else {
            self.begin(Last::Other);
            self.row(&[code::caption(info, self.margin.room())]);
            match self.memory.take() {
                Some(memory) => self.remembered_lines(info, &text, memory),
                None if self.colours == Colours::WhenSeen => {
                    let place = (self.width, self.margin.rest());
                    self.ending.deferred.push(Deferred::write(info, text, place, self.out));
                }
                None => self.code_lines(&text, Highlighter::new(info)),
            }
        }
        self.row(&[code::end(self.margin.room())]);
    }

    fn code_lines(&mut self, text: &str, mut colours: Highlighter) {
        code::lines(text, &mut colours, (self.width, self.margin.rest()), self.out);
        self.ending.code = Some(colours);
    }

    fn remembered_lines(&mut self, info: &str, text: &str, mut memory: Memory) {
        memory.begin(info);
        for line in text.lines() {
            code::line(memory.line(&clean(line)), self.width, self.margin.rest(), self.out);
        }
        memory.end();
        self.memory = Some(memory);
    }

    pub(super) fn table(&mut self, grid: Grid) {
        let layout = grid.layout(self.margin.room());
        if self.until == Until::LastBlock {
            self.ending.above = Some(Above { rows: self.out.len(), within: self.within() });
        }
        if grid.goes_on() {
            self.table_rows(&grid, &layout, Vec::new());
        } else {
            self.table_again(&grid, &layout);
        }
        let is_the_one = self.ending.table.as_ref().is_none_or(|(before, _)| !before.goes_on());
        if is_the_one {
            self.ending.table = Some((grid, layout));
        }
    }

    /// A table with its header, as its own block.
    pub(super) fn table_again(&mut self, grid: &Grid, layout: &Layout) {
        self.begin(Last::Other);
        let mut rows = Vec::new();
        grid.draw_header(layout, &mut rows);
        self.table_rows(grid, layout, rows);
    }

    fn table_rows(&mut self, grid: &Grid, layout: &Layout, mut rows: Vec<Vec<Span>>) {
        grid.draw_rows(layout, self.margin.room(), &mut rows);
        for row in rows {
            match layout {
                Layout::Columns { .. } => self.row(&row),
                Layout::Headers | Layout::Lists => self.prose(&row),
            }
        }
    }
}
