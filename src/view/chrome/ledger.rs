//! The page of the ledger: a table of groups with a bar for each, the runs of those that are unfolded, and a run's bill.
//!
//! Only the lines in the window are looked at.

use ratatui::layout::{Position, Rect};

use crate::input::Action;
use crate::state::{Breadth, LedgerLine, LedgerPage, Reader, State, Target};
use crate::store::{LedgerBy, LedgerGroup, LedgerRow, LedgerState, LedgerSums};
use crate::text::{Emphasis, Ink, Span, StyleRole, clean_line, counted, grouped, truncate};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::bars::bar;
use super::overlay::{draw_query, draw_row, window};
use super::reader::{draw as draw_reader, hinted, own_hints};

const KEYS: [(Action, &str); 5] = [
    (Action::OverlayAccept, "runs, bill"),
    (Action::LedgerNext, "group"),
    (Action::LedgerSort, "sort"),
    (Action::LedgerScope, "session/all"),
    (Action::LedgerFold, "fold"),
];

/// The keys that the box has no room for: the footer names them. Over a bill none of them works.
pub(super) fn other_keys(state: &State, page: &LedgerPage) -> &'static [(Action, &'static str)] {
    let columns = Reader::body(state.size, Breadth::Whole).width;
    if page.bill.is_some() { &[] } else { &KEYS[hinted(state, columns, &KEYS)..] }
}

/// From so many columns on, what was cached has a column of its own.
const CACHED_FROM: u16 = 100;
/// From so many columns on, tokens have columns.
const TOKENS_FROM: u16 = 80;

/// The columns of a whole day, with the mark before it and the gap after it.
const A_DAY: u16 = 13;

/// The columns of the table.
struct Columns {
    name: u16,
    runs: u16,
    /// Input, cached, output: as many as there is room for.
    tokens: Vec<u16>,
    cost: u16,
    bar: u16,
}

impl Columns {
    fn of(room: u16) -> Self {
        let tokens = match room {
            CACHED_FROM.. => vec![12, 11, 11],
            TOKENS_FROM.. => vec![10, 9],
            _ => Vec::new(),
        };
        let (runs, cost) = (6, if room >= TOKENS_FROM { 24 } else { 20 });
        let rest = room.saturating_sub(runs + cost + tokens.iter().sum::<u16>());
        let name = (rest * 11 / 20).clamp(A_DAY.min(rest), 40);
        Self { name, runs, tokens, cost, bar: rest - name.min(rest) }
    }
}

/// Draws the page; returns where its filter is typed.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, page: &LedgerPage, hits: &mut Hits) -> Option<Position> {
    if let Some((_, reader)) = &page.bill {
        let title = [Span::new("Bill of a run", Ink::from(StyleRole::Title).with(Emphasis::BOLD))];
        draw_reader(canvas, state, (reader, Breadth::Prose), &title, &[], hits);
        return None;
    }
    let (frame, body) = (Reader::frame(state.size, Breadth::Whole), Reader::body(state.size, Breadth::Whole));
    canvas.clear(frame);
    canvas.frame(frame, StyleRole::Focus, &title(page));
    hits.add(frame, Target::Overlay);
    let row = |y: u16| Rect { y: body.y + y, height: 1, ..body };
    groupings(canvas, page, row(0));
    let query = Rect { x: body.x.saturating_sub(1), ..row(1) };
    let cursor = draw_query(canvas, query, &page.words, "type to filter by model, provider, session, preset or state");
    let foot = foot(state, page);
    let foot_rows = u16::try_from(foot.len()).unwrap_or(0).min(body.height.saturating_sub(4));
    let list = Rect { y: body.y + 3, height: body.height.saturating_sub(3 + foot_rows), ..body };
    let columns = Columns::of(body.width.saturating_sub(3));
    head(canvas, page, &columns, row(2));
    if page.lines.is_empty() {
        canvas.text(list.x + 2, list.y, list.width.saturating_sub(2), &empty(page), StyleRole::Dim);
    }
    lines(canvas, (state, page), &columns, list, hits);
    for (y, spans) in (list.bottom()..body.bottom()).zip(&foot) {
        canvas.spans(body.x + 2, y, body.width.saturating_sub(2), spans);
    }
    own_hints(canvas, state, Rect { y: body.bottom(), height: 1, ..body }, &KEYS);
    Some(cursor)
}

/// `Ledger · all sessions · newest first`.
fn title(page: &LedgerPage) -> Vec<Span> {
    let scope = if page.here { "this session" } else { "all sessions" };
    let reading = if page.awaits() { " · reading …" } else { "" };
    let said = format!("  {scope} · {}{reading}", page.order.title(page.by));
    vec![Span::new("Ledger", Ink::from(StyleRole::Title).with(Emphasis::BOLD)), Span::new(said, StyleRole::Dim)]
}

/// `day week [month] model …`: brackets mark the one that holds where there are no colours.
fn groupings(canvas: &mut Canvas<'_>, page: &LedgerPage, row: Rect) {
    let mut x = row.x;
    for by in LedgerBy::ALL {
        let (text, ink) = if by == page.by {
            (format!("[{}]", by.name()), Ink::from(StyleRole::Focus).with(Emphasis::BOLD))
        } else {
            (format!(" {} ", by.name()), Ink::from(StyleRole::Dim))
        };
        x = canvas.text(x, row.y, row.right().saturating_sub(x), &text, ink);
    }
}

/// What to do where there is nothing to show.
fn empty(page: &LedgerPage) -> String {
    match &page.failed {
        Some(said) => format!("✗ {}", clean_line(said)),
        None if page.answered.is_none() => "Reading …".to_owned(),
        None if !page.words.trim().is_empty() => {
            "No run has these words in its names. Fewer words find more.".to_owned()
        }
        None if page.here => "This session has spent nothing yet.".to_owned(),
        None => "Nothing is spent yet. Every run that a server takes is entered here.".to_owned(),
    }
}

fn head(canvas: &mut Canvas<'_>, page: &LedgerPage, columns: &Columns, row: Rect) {
    let bar = page.bar_part().and_then(|part| Some((part.currency.as_ref()?, part.notional)));
    let bar =
        bar.map(|(currency, notional)| format!("{}{}", currency.code(), if notional { ", notional" } else { "" }));
    let names = ["in", "cached", "out"];
    let tokens = if columns.tokens.len() == 2 { [names[0], names[2]].to_vec() } else { names.to_vec() };
    let cells = [page.by.name().to_owned(), "runs".to_owned()];
    let tokens = tokens.into_iter().take(columns.tokens.len()).map(str::to_owned);
    let cells: Vec<String> = cells.into_iter().chain(tokens).chain(["cost".to_owned()]).collect();
    let room = Rect { x: row.x + 2, width: row.width.saturating_sub(3), ..row };
    let x = cells_of(canvas, room, columns, &cells, StyleRole::Dim);
    canvas.text(x + 1, row.y, room.right().saturating_sub(x + 1), &bar.unwrap_or_default(), StyleRole::Dim);
}

/// Draws the cells of a row: the first to the left, the others to the right of their columns. Gives the column after.
fn cells_of(canvas: &mut Canvas<'_>, row: Rect, columns: &Columns, cells: &[String], role: StyleRole) -> u16 {
    let widths: Vec<u16> =
        [columns.name, columns.runs].into_iter().chain(columns.tokens.iter().copied()).chain([columns.cost]).collect();
    let mut x = row.x;
    for (place, (cell, columns)) in cells.iter().zip(widths).enumerate() {
        let area = Rect { x, width: columns.min(row.right().saturating_sub(x)), ..row };
        if place == 0 {
            canvas.text(area.x, area.y, area.width.saturating_sub(1), cell, role);
        } else {
            let role = if place + 1 == cells.len() && role != StyleRole::Dim { StyleRole::Cost } else { role };
            let room = area.width.saturating_sub(1);
            let cut = truncate(cell, usize::from(room));
            canvas.right(area, &[Span::new(cut.into_owned(), role)]);
        }
        x = area.right();
    }
    x
}

fn lines(
    canvas: &mut Canvas<'_>,
    (state, page): (&State, &LedgerPage),
    columns: &Columns,
    area: Rect,
    hits: &mut Hits,
) {
    let part = page.bar_part();
    let amount =
        |sums: &LedgerSums| part.and_then(|part| sums.parts.get(part)).map(|tally| tally.amount).unwrap_or_default();
    let most = page.most;
    for (y, place) in (area.y..area.bottom()).zip(window(page.selected, page.lines.len(), area.height)) {
        let row = Rect { x: area.x.saturating_sub(1), y, width: area.width + 1, height: 1 };
        let room = draw_row(canvas, row, (place, page.selected), hits);
        match page.lines[place] {
            LedgerLine::Group(group) => {
                let group = &page.table.groups[group];
                let cells = group_cells(group, columns, page.runs.contains_key(&group.key));
                let x = cells_of(canvas, room, columns, &cells, StyleRole::Text);
                let bar = bar(amount(&group.sums), most, columns.bar.saturating_sub(1), state.spending.plain_signs);
                canvas.text(x + 1, y, room.right().saturating_sub(x + 1), &bar, StyleRole::SliderFilled);
            }
            line @ LedgerLine::Run(..) => {
                if let Some(run) = page.run(line) {
                    let cells = run_cells(state, run, columns);
                    let x = cells_of(canvas, room, columns, &cells, StyleRole::Text);
                    let said = run_said(run, page.by);
                    canvas.text(x + 1, y, room.right().saturating_sub(x + 1), &said, StyleRole::Dim);
                }
            }
            LedgerLine::Reading(_) => {
                canvas.text(room.x + 2, y, room.width, "reading …", StyleRole::Dim);
            }
            LedgerLine::More(_) => {
                canvas.text(room.x + 2, y, room.width, "older runs: abreast usage --rows", StyleRole::Dim);
            }
        }
    }
}

fn group_cells(group: &LedgerGroup, columns: &Columns, open: bool) -> Vec<String> {
    let all = group.sums.all();
    let name = if group.label.is_empty() { "n/a".into() } else { clean_line(&group.label) };
    let name = format!("{} {name}", if open { "▾" } else { "▸" });
    let least = if all.uncounted > 0 { "≥" } else { "" };
    let counts = [all.input, all.cached, all.output].map(|count| format!("{least}{}", grouped(count)));
    let (real, notional) = (LedgerPage::costs(group.sums.costs(false)), LedgerPage::costs(group.sums.costs(true)));
    let notional = if notional.is_empty() { notional } else { format!("({notional})") };
    let unknown = group.sums.unknown();
    let unknown = if unknown > 0 { format!("n/a: {unknown}") } else { String::new() };
    let cost: Vec<String> = [real, notional, unknown].into_iter().filter(|text| !text.is_empty()).collect();
    row_cells(name, grouped(all.runs), counts, cost.join(" "), columns)
}

/// The cells of a row, with as many counts as there are columns for.
fn row_cells(name: String, runs: String, counts: [String; 3], cost: String, columns: &Columns) -> Vec<String> {
    let [input, cached, output] = counts;
    let tokens = match columns.tokens.len() {
        0 => Vec::new(),
        2 => vec![input, output],
        _ => vec![input, cached, output],
    };
    [name, runs].into_iter().chain(tokens).chain([cost]).collect()
}

fn run_cells(state: &State, run: &LedgerRow, columns: &Columns) -> Vec<String> {
    let at = jiff::Timestamp::from_millisecond(run.at).map(|at| at.to_zoned(state.zone.clone()));
    let at = at.map_or_else(|_| "n/a".to_owned(), |at| at.strftime("%m-%d %H:%M:%S").to_string());
    let count = |count: Option<u64>| count.map_or_else(|| "n/a".to_owned(), grouped);
    let counts = [count(run.tokens.input), count(run.tokens.cached), count(run.tokens.output)];
    let cost = if run.notional { format!("({})", run.cost) } else { run.cost.to_string() };
    let lane = run.lane.map(String::from).unwrap_or_default();
    row_cells(format!("    {at}"), lane, counts, cost, columns)
}

/// What of a run its group does not say: the model, or else the provider; and how it ended, where not well.
fn run_said(run: &LedgerRow, by: LedgerBy) -> String {
    let name = if by == LedgerBy::Model { &run.provider } else { &run.model };
    let state = run.state.filter(|state| *state != LedgerState::Complete);
    let state = state.map(|state| format!(" {}", state.name())).unwrap_or_default();
    let reported = if run.cost.is_reported() { " reported" } else { "" };
    format!("{}{state}{reported}", clean_line(name))
}

/// The sums below the list: what is charged, what it is worth, what nobody is charged, what is unknown.
fn foot(state: &State, page: &LedgerPage) -> Vec<Vec<Span>> {
    let total = &page.table.total;
    let bold = Ink::from(StyleRole::Text).with(Emphasis::BOLD);
    let mut rows = Vec::new();
    let (real, notional) = (LedgerPage::costs(total.costs(false)), LedgerPage::costs(total.costs(true)));
    if !real.is_empty() || notional.is_empty() {
        let runs = counted(total.all().runs, "run");
        let real = if real.is_empty() { "nothing".to_owned() } else { real };
        rows.push(vec![
            Span::new("Σ ", bold),
            Span::new(real, StyleRole::Cost),
            Span::new(format!("  {runs}"), StyleRole::Dim),
        ]);
    }
    let monies: Vec<_> = total.costs(false).filter_map(|cost| cost.money().cloned()).collect();
    let converted = state.exchange.worth(&monies);
    if let Some(together) = converted.together.filter(|together| !together.dates.is_empty()) {
        let apart: Vec<String> = converted.apart.iter().map(|money| format!(" + {money}")).collect();
        let said = format!("{}{}", together.money, apart.concat());
        let days = format!("  at the rate of {}", together.dates.join(", "));
        rows.push(vec![Span::new("= ", bold), Span::new(said, StyleRole::Cost), Span::new(days, StyleRole::Dim)]);
    }
    if !notional.is_empty() {
        let said = "  notional: nobody is charged this";
        rows.push(vec![Span::new("Σ ", bold), Span::new(notional, StyleRole::Cost), Span::new(said, StyleRole::Dim)]);
    }
    if total.unknown() > 0 {
        rows.push(vec![Span::new(unknown(total.unknown()), StyleRole::Warning)]);
    }
    if let Some(said) = &page.unsaved {
        let said = format!("✗ The newest runs are not saved yet and are missing here: {}", clean_line(said));
        rows.push(vec![Span::new(said, StyleRole::Error)]);
    }
    rows
}

/// `3 runs of unknown cost (n/a)`.
fn unknown(runs: u64) -> String {
    format!("{} of unknown cost (n/a)", counted(runs, "run"))
}
