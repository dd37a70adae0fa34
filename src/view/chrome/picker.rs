//! The model picker: models, where they are, what they cost.

use ratatui::layout::{Position, Rect};

use crate::pricing::Price;
use crate::state::{Found, Picker, PickerRow, Provider, State};
use crate::text::{Line, Span, StyleRole, clean_line, truncate};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::cost;
use super::overlay::{draw_box, draw_query, draw_row, window};

const COLUMNS: u16 = 96;
const ROWS: u16 = 24;
/// From this width on a provider's long name fits too.
const WIDE_FROM: u16 = 76;
const PRICE_COLUMNS: u16 = 16;

/// Rows for what providers failed to list.
const MOST_REMARKS: usize = 4;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, picker: &Picker, hits: &mut Hits) -> Position {
    let screen = canvas.area();
    let size = (COLUMNS.min(screen.width.saturating_sub(4)), ROWS.min(screen.height.saturating_sub(2)));
    let body = draw_box(canvas, size, "Models", hits);
    let cursor = draw_query(canvas, body, &picker.query, "type to find a model, or its name");
    let remarks = remarks(state);
    let below = u16::try_from(remarks.len()).unwrap_or(0).min(body.height.saturating_sub(4));
    let head = Rect { x: body.x + 3, y: body.y + 1, width: body.width.saturating_sub(4), height: 1 };
    canvas.right(head, &[Span::new("per 1M in / out", StyleRole::Dim)]);
    let list = Rect { y: body.y + 2, height: body.height.saturating_sub(2 + below), ..body };
    if picker.rows.is_empty() {
        let hint = "No models are known yet: type a name.";
        canvas.text(list.x + 3, list.y, list.width.saturating_sub(4), hint, StyleRole::Dim);
    }
    let shown = window(picker.selected, picker.rows.len(), list.height);
    for (y, place) in (list.y..list.bottom()).zip(shown) {
        let area = Rect { y, height: 1, ..list };
        let room = draw_row(canvas, area, (place, picker.selected), hits);
        entry(canvas, state, room, &picker.rows[place]);
    }
    for (y, remark) in (list.bottom()..body.bottom()).zip(&remarks) {
        let text = truncate(&remark.plain(), usize::from(head.width)).into_owned();
        canvas.text(head.x, y, head.width, &text, StyleRole::Dim);
    }
    cursor
}

fn entry(canvas: &mut Canvas<'_>, state: &State, row: Rect, choice: &PickerRow) {
    let (model, provider) = (clean_line(&choice.model), clean_line(&choice.provider));
    if choice.typed {
        canvas.text(row.x, row.y, row.width, &format!("use “{model}” at {provider}"), StyleRole::Text);
        return;
    }
    let price = cost::price(state, &choice.provider, &choice.model);
    let figures = price.map_or_else(|| "n/a".to_owned(), figures);
    canvas.right(row, &[Span::new(figures, StyleRole::Cost)]);
    let columns = if row.width < WIDE_FROM { 12 } else { 20 };
    let at = row.right().saturating_sub(PRICE_COLUMNS + columns).max(row.x);
    canvas.text(at, row.y, columns - 1, &provider, StyleRole::Dim);
    canvas.text(row.x, row.y, at.saturating_sub(row.x + 1), &model, StyleRole::Text);
}

/// `$1.25 / $10`; a price that nobody is charged is in brackets.
fn figures(price: &Price) -> String {
    let sign = price.currency.sign();
    let figures = format!("{sign}{} / {sign}{}", price.input.normalize(), price.output.normalize());
    if price.notional { format!("({figures})") } else { figures }
}

/// What providers said instead of a list, and which have not answered yet.
fn remarks(state: &State) -> Vec<Line> {
    let awaited = state.providers.all.iter().filter(|provider| !provider.candidate).filter_map(remark);
    awaited.take(MOST_REMARKS).map(|text| Line::new(text, StyleRole::Dim)).collect()
}

fn remark(provider: &Provider) -> Option<String> {
    let name = clean_line(&provider.name);
    match &provider.models {
        Some(Found::Failed(sentence)) => Some(format!("{name}: {}", clean_line(sentence))),
        None => Some(format!("{name}: being asked …")),
        Some(Found::Models(_)) => None,
    }
}
