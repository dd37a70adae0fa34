//! The status line: the session, the focused lane's model, what the session cost.

use ratatui::layout::Rect;

use crate::chat::Money;
use crate::state::{State, Totals};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, truncate};

use super::super::canvas::Canvas;
use super::{cells, cost};

const NAME: &str = " abreast";

/// Columns between two parts of the line.
const GAP: u16 = 2;

/// The name always fits; then the cost has its room, then the model, and the title takes what is left.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, row: Rect) {
    let room = row.width.saturating_sub(cells(NAME) + 1);
    let settings = &state.lane().settings;
    let notional = cost::price(state, &settings.provider, &settings.model).is_some_and(|price| price.notional);
    let spent = spent(state.session.totals(), notional, room / 2);
    let room = room - cells(&spent);
    let model = if settings.model.is_empty() { "no model".into() } else { clean_line(&settings.model) };
    let served = format!("{model} @ {}", clean_line(&settings.provider));
    let served = truncate(&served, usize::from(room.saturating_sub(2 * GAP))).into_owned();
    let title_room = room.saturating_sub(cells(&served) + 2 * GAP);

    let ink = Ink::from(StyleRole::Title).with(Emphasis::BOLD);
    let mut left = canvas.text(row.x, row.y, row.width, NAME, ink);
    if !state.session.title.is_empty() && title_room > 6 {
        let title = format!(" · {}", clean_line(&state.session.title));
        left = canvas.text(left, row.y, title_room, &title, StyleRole::Text);
    }
    let last = row.right().saturating_sub(cells(&spent) + 1 + GAP + cells(&served));
    let middle = (row.x + row.width.saturating_sub(cells(&served)) / 2).min(last).max(left + GAP);
    canvas.text(middle, row.y, row.right().saturating_sub(middle), &served, StyleRole::Text);
    let right = Rect { width: row.width.saturating_sub(1), ..row };
    canvas.right(right, &[Span::new(spent, StyleRole::Cost)]);
}

/// `¥0.0184 session · n/a: 2 runs`, without the word where that is too wide; empty before anything was spent.
fn spent(totals: &Totals, notional: bool, columns: u16) -> String {
    let sums: Vec<String> = totals.money.iter().map(Money::to_string).collect();
    let remark = if notional { ", notional" } else { "" };
    let said = |word: &str| {
        let sum = (!sums.is_empty()).then(|| format!("{}{word}{remark}", sums.join(" + ")));
        sum.into_iter().chain(cost::unknown_runs(totals)).collect::<Vec<_>>().join(" · ")
    };
    let whole = said(" session");
    let fitting = if cells(&whole) <= columns { whole } else { said("") };
    truncate(&fitting, usize::from(columns)).into_owned()
}
