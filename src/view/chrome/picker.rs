//! The model picker: models, where they are, what they cost, what fits into them.

use ratatui::layout::{Position, Rect};

use crate::input::Action;
use crate::pricing::{Card, Dimension, Facts, Price};
use crate::state::{Found, Picker, PickerRow, Provider, Standing, State};
use crate::text::{Line, Span, StyleRole, clean_line, truncate, width};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::overlay::{draw_box, draw_query, draw_row, window};
use super::reader::hints;

const COLUMNS: u16 = 124;
const ROWS: u16 = 26;

/// Rows for what providers failed to list.
const MOST_REMARKS: usize = 4;

/// Before the name: the sign of a favourite or of a model that was asked.
const MARK: u16 = 2;

/// The columns behind the name, by the width of a row. The name keeps the most; all badges but one are the first to go.
#[derive(Clone, Copy)]
struct Columns {
    provider: u16,
    badges: u16,
    context: u16,
    price: u16,
    /// What stands above the context and the price.
    head: &'static str,
    /// What stands between the two prices.
    between: &'static str,
}

const WIDE: Columns =
    Columns { provider: 20, badges: 32, context: 7, price: 16, head: "context  per 1M in / out", between: " / " };
const MIDDLE: Columns = Columns { provider: 16, badges: 0, ..WIDE };
const NARROW: Columns =
    Columns { provider: 9, badges: 0, context: 6, price: 13, head: "context  1M in/out", between: "/" };

impl Columns {
    fn of(width: u16) -> Self {
        match width {
            106.. => WIDE,
            70.. => MIDDLE,
            _ => NARROW,
        }
    }
}

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, picker: &Picker, hits: &mut Hits) -> Position {
    let screen = canvas.area();
    let size = (COLUMNS.min(screen.width.saturating_sub(4)), ROWS.min(screen.height.saturating_sub(2)));
    let body = draw_box(canvas, size, "Models", hits);
    let cursor = draw_query(canvas, body, &picker.query, "type to find a model, or: name @ provider");
    let remarks = remarks(state);
    let below = u16::try_from(remarks.len()).unwrap_or(0).min(body.height.saturating_sub(5));
    let head = Rect { x: body.x + 3, y: body.y + 1, width: body.width.saturating_sub(4), height: 1 };
    canvas.right(head, &[Span::new(Columns::of(head.width).head, StyleRole::Dim)]);
    let list = Rect { y: body.y + 2, height: body.height.saturating_sub(3 + below), ..body };
    if picker.rows.is_empty() {
        canvas.text(list.x + 3, list.y, list.width.saturating_sub(4), empty(picker), StyleRole::Dim);
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
    let keys =
        [(Action::OverlayAccept, "takes it"), (Action::ModelCard, "card"), (Action::OverlayFavourite, "favourite")];
    hints(canvas, state, Rect { y: body.bottom().saturating_sub(1), ..head }, &keys);
    cursor
}

fn empty(picker: &Picker) -> &'static str {
    if picker.query.trim().is_empty() {
        "No models are known yet: type a name."
    } else {
        "No provider of that name is known."
    }
}

fn entry(canvas: &mut Canvas<'_>, state: &State, row: Rect, choice: &PickerRow) {
    let (model, provider) = (clean_line(&choice.at.model), clean_line(&choice.at.provider));
    if choice.standing == Standing::Typed {
        canvas.text(row.x, row.y, row.width, &format!("use “{model}” at {provider}"), StyleRole::Text);
        return;
    }
    let (sign, role) = match choice.standing {
        Standing::Favourite => ("★", StyleRole::Warning),
        Standing::Recent => ("↺", StyleRole::Dim),
        Standing::Listed | Standing::Typed => ("", StyleRole::Dim),
    };
    canvas.text(row.x, row.y, MARK, sign, role);
    let card = state.card(&choice.at);
    let columns = Columns::of(row.width);
    let mut right = row.right();
    let mut column = |wide: u16| {
        right = right.saturating_sub(wide).max(row.x);
        Rect { x: right, width: wide.min(row.right() - right), ..row }
    };
    let figures = card.price.map_or_else(|| "n/a".to_owned(), |price| figures(price, columns.between));
    canvas.right(column(columns.price), &[Span::new(figures, StyleRole::Cost)]);
    let context = card.facts.and_then(|facts| facts.context).map_or_else(|| "n/a".to_owned(), thousands);
    canvas.right(column(columns.context), &[Span::new(context, StyleRole::Dim)]);
    let badges = column(columns.badges);
    canvas.text(badges.x, badges.y, badges.width, &long_badges(card.facts), StyleRole::Dim);
    let at = column(columns.provider);
    canvas.text(at.x, at.y, at.width.saturating_sub(1), &provider, StyleRole::Dim);
    name(canvas, row, at.x, &model, short_badge(&card).filter(|_| columns.badges == 0));
}

/// The name, and behind it a badge of one word where there is room for it; brackets keep the two apart without colours.
fn name(canvas: &mut Canvas<'_>, row: Rect, end: u16, model: &str, badge: Option<&str>) {
    let room = end.saturating_sub(row.x + MARK + 1);
    let x = canvas.text(row.x + MARK, row.y, room, model, StyleRole::Text);
    let badge = badge.map(|badge| format!("[{}]", clean_line(badge)));
    if let Some(badge) = badge.filter(|badge| width(badge) < usize::from(end.saturating_sub(x + 1))) {
        canvas.text(x + 1, row.y, end - x - 1, &badge, StyleRole::Dim);
    }
}

fn long_badges(facts: Option<&Facts>) -> String {
    let badges = facts.map(Facts::badges).unwrap_or_default();
    badges.iter().map(|badge| clean_line(badge)).collect::<Vec<_>>().join(" ")
}

/// The first badge stands for the others.
fn short_badge<'a>(card: &Card<'a>) -> Option<&'a str> {
    card.facts?.badges().first().copied()
}

/// `400k`, `1.05M`: as exact as a column allows.
fn thousands(tokens: u64) -> String {
    match tokens {
        0..1_000 => tokens.to_string(),
        1_000..1_000_000 => format!("{}k", tokens / 1_000),
        _ if tokens % 1_000_000 < 10_000 => format!("{}M", tokens / 1_000_000),
        _ => format!("{}.{:02}M", tokens / 1_000_000, tokens % 1_000_000 / 10_000),
    }
}

/// `$1.25 / $10`; a price that nobody is charged is in brackets.
fn figures(price: &Price, between: &str) -> String {
    let sign = price.currency.sign();
    let rate =
        |dimension| price.rates.written(dimension).map_or_else(|| "n/a".to_owned(), |rate| format!("{sign}{rate}"));
    let figures = format!("{}{between}{}", rate(Dimension::Input), rate(Dimension::Output));
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
