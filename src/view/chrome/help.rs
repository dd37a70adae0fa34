//! The help: every key that works, and what it does.

use ratatui::layout::Rect;

use crate::input::{ACTIONS, Action, ActionRow, Context};
use crate::state::State;
use crate::text::{Emphasis, Ink, Line, Span, StyleRole, Wrap, width, wrap};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::overlay::draw_box;

/// The sections in the order of the pages.
const SECTIONS: [(Context, &str); 11] = [
    (Context::Composer, "Composer"),
    (Context::Completion, "Files of an @path"),
    (Context::Global, "Everywhere"),
    (Context::Transcript, "Transcript"),
    (Context::Sidebar, "Parameters"),
    (Context::Calls, "Tool calls"),
    (Context::Overlay, "Lists and help"),
    (Context::Reader, "Readers"),
    (Context::Tree, "Tree of turns"),
    (Context::Sessions, "Sessions"),
    (Context::Form, "Editors in a box"),
];

/// From this width on there are two columns.
const TWO_FROM: u16 = 116;

/// The widest column that is still easy to read across.
const WIDEST: u16 = 76;

/// Columns for the keys of an action.
const KEY_COLUMNS: u16 = 20;

/// The help of a screen: its columns of text, and how much room there is for them.
struct Book {
    pages: Vec<Vec<Line>>,
    columns: u16,
    rows: usize,
    /// The rows of the box, its borders among them.
    high: u16,
}

impl Book {
    fn of(state: &State, screen: Rect) -> Self {
        let count = if screen.width >= TWO_FROM { 2 } else { 1 };
        let columns = (screen.width.saturating_sub(6) / count).saturating_sub(2).min(WIDEST);
        let pages = pages(state, columns, count);
        let rows = pages.iter().map(Vec::len).max().unwrap_or(0);
        let high = u16::try_from(rows + 2).unwrap_or(u16::MAX).min(screen.height.saturating_sub(2));
        Self { pages, columns, rows, high }
    }

    fn wide(&self) -> u16 {
        let count = u16::try_from(self.pages.len()).unwrap_or(1);
        (self.columns + 2) * count + 2
    }

    fn last_scroll(&self) -> usize {
        self.rows.saturating_sub(usize::from(self.high.saturating_sub(2)))
    }
}

/// How far the help of a screen can be scrolled.
pub(crate) fn last_scroll(state: &State) -> usize {
    Book::of(state, Rect::new(0, 0, state.size.columns, state.size.rows)).last_scroll()
}

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, scroll: usize, hits: &mut Hits) {
    let book = Book::of(state, canvas.area());
    let closes = state.keymap.chord_in(state.contexts(), Action::Back);
    let closes = closes.map(|chord| format!(" · {chord} closes")).unwrap_or_default();
    let title = format!("abreast {}{closes}", env!("CARGO_PKG_VERSION"));
    let body = draw_box(canvas, (book.wide(), book.high), &title, hits);
    let first = scroll.min(book.last_scroll());
    for (x, page) in (body.x + 1..).step_by(usize::from(book.columns + 2)).zip(&book.pages) {
        for (y, line) in (body.y..body.bottom()).zip(page.iter().skip(first)) {
            canvas.line(x, y, book.columns, line);
        }
    }
    rest(canvas, body, book.rows.saturating_sub(first + usize::from(body.height)));
}

/// How much is below, in the lower border.
fn rest(canvas: &mut Canvas<'_>, body: Rect, below: usize) {
    if below > 0 {
        let border = Rect { y: body.bottom(), height: 1, width: body.width.saturating_sub(1), ..body };
        canvas.right(border, &[Span::new(format!(" ▼ {below} more "), StyleRole::Dim)]);
    }
}

/// The sections in as many columns as there are, broken between two sections where that makes them least high.
fn pages(state: &State, columns: u16, count: u16) -> Vec<Vec<Line>> {
    let sections: Vec<Vec<Line>> =
        SECTIONS.iter().map(|(context, name)| section(state, *context, name, columns)).collect();
    let rows = |part: &[Vec<Line>]| part.iter().map(Vec::len).sum::<usize>();
    let breaks = 1..=sections.len();
    let highest = |at: &usize| rows(&sections[..*at]).max(rows(&sections[*at..]));
    let at = if count > 1 { breaks.min_by_key(highest).unwrap_or(1) } else { sections.len() };
    let (left, right) = sections.split_at(at);
    let page = |part: &[Vec<Line>]| part.join(&Line::default());
    [left, right].into_iter().filter(|part| !part.is_empty()).map(page).collect()
}

fn section(state: &State, context: Context, name: &str, columns: u16) -> Vec<Line> {
    let mut rows = vec![Line::new(name, Ink::from(StyleRole::Heading).with(Emphasis::UNDERLINE))];
    for action in ACTIONS.iter().filter(|row| row.context == context) {
        rows.extend(entry(state, action, columns));
    }
    rows
}

/// An action's keys to the left, what it does to the right; both take as many rows as they need.
fn entry(state: &State, action: &ActionRow, columns: u16) -> Vec<Line> {
    let chords = state.keymap.chords_of(action.action);
    let keys: Vec<String> = chords.iter().map(ToString::to_string).collect();
    let keys =
        if keys.is_empty() { Span::new("palette", StyleRole::Dim) } else { Span::new(keys.join(", "), StyleRole::Key) };
    let (mut left, mut right) = (Vec::new(), Vec::new());
    wrap(&[keys], &Wrap::plain(KEY_COLUMNS), &mut left);
    let room = columns.saturating_sub(KEY_COLUMNS + 2);
    wrap(&[Span::new(action.help, StyleRole::Text)], &Wrap::plain(room), &mut right);
    let rows = left.len().max(right.len());
    (0..rows).map(|row| beside(left.get(row), right.get(row))).collect()
}

fn beside(left: Option<&Line>, right: Option<&Line>) -> Line {
    let mut spans = left.map(|line| line.spans.clone()).unwrap_or_default();
    let used: usize = spans.iter().map(|span| width(&span.text)).sum();
    spans.push(Span::new(" ".repeat((usize::from(KEY_COLUMNS) + 2).saturating_sub(used)), StyleRole::Text));
    spans.extend(right.map(|line| line.spans.clone()).unwrap_or_default());
    Line { spans }
}
