//! The parameters of the focused lane: values, sliders, and what the selected one does.

use ratatui::layout::{Position, Rect};
use serde_json::Value;

use crate::chat::{Param, Track};
use crate::input::Action;
use crate::state::{Focus, SidebarRow, State, Target};
use crate::text::{Emphasis, Ink, Line, Span, StyleRole, Wrap, clean_line, graphemes, truncate, width, wrap};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::super::title::{brief, value_in_short};
use super::cells;
use super::flow::at_most;
use super::slider;

/// Rows for the selected param's help: the longest takes three.
const HELP_ROWS: u16 = 3;

/// Of fewer rows than this the help gets two.
const WHOLE_HELP_FROM: u16 = 12;

/// Of fewer rows than this all are for the list.
const HELP_FROM: u16 = 6;

/// Draws the list and the help; returns where a value is being typed.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, body: Rect, hits: &mut Hits) -> Option<Position> {
    let help_rows = match body.height {
        0..HELP_FROM => 0,
        HELP_FROM..WHOLE_HELP_FROM => HELP_ROWS - 1,
        _ => HELP_ROWS,
    };
    let room = Rect { height: body.height - help_rows, ..body };
    help(canvas, state, Rect { y: room.bottom(), height: help_rows, ..body });
    let rows = SidebarRow::all();
    let cut = rows.iter().map(rows_of).sum::<u16>() > room.height;
    let list = Rect { height: room.height.saturating_sub(u16::from(cut)), ..room };
    let mut caret = None;
    let mut y = list.y;
    let mut next = first_row(state.sidebar.row, list.height);
    for (row, shown) in rows.iter().enumerate().skip(next) {
        if y >= list.bottom() {
            break;
        }
        next = row + 1;
        let height = rows_of(shown).min(list.bottom() - y);
        let area = Rect { y, height, ..list };
        hits.add(area, Target::Param { row });
        caret = name_and_value(canvas, state, row, area).or(caret);
        let slider = shown.param().and_then(|param| Some((param, Track::of(param)?)));
        if let Some((param, range)) = slider.filter(|_| height > 1) {
            let area = Rect { x: area.x + 2, y: y + 1, width: area.width.saturating_sub(3), height: 1 };
            slider::draw(canvas, state, param, range, slider::Place { area, row }, hits);
        }
        y += height;
    }
    if cut {
        more(canvas, Rect { y: list.bottom(), height: 1, ..room }, rows.len() - next);
    }
    others(canvas, state, Rect { y, height: list.bottom() - y, ..list });
    caret
}

/// How many params follow those that are shown.
fn more(canvas: &mut Canvas<'_>, row: Rect, below: usize) {
    if below > 0 {
        canvas.text(row.x + 2, row.y, row.width.saturating_sub(2), &format!("▼ {below} more"), StyleRole::Dim);
    }
}

fn rows_of(row: &SidebarRow) -> u16 {
    1 + u16::from(row.param().and_then(Track::of).is_some())
}

/// The first param that is shown, so that the selected one stands near the middle and none is missing at the end.
fn first_row(selected: usize, rows: u16) -> usize {
    let all = SidebarRow::all();
    let tops: Vec<u16> = all
        .iter()
        .scan(0, |top, row| {
            let here = *top;
            *top += rows_of(row);
            Some(here)
        })
        .collect();
    let total: u16 = all.iter().map(rows_of).sum();
    let top = tops.get(selected).copied().unwrap_or(0);
    let whole = (top + all.get(selected).map_or(1, rows_of)).saturating_sub(rows);
    let wanted = top.saturating_sub(rows / 2).min(total.saturating_sub(rows)).max(whole).min(top);
    tops.iter().position(|top| *top >= wanted).unwrap_or(0)
}

/// `▸ temperature    = 0.20`, with the value as it is sent, as it is typed, or as the API's own in its absence; the `=`
/// says that the lane shares it.
fn name_and_value(canvas: &mut Canvas<'_>, state: &State, row: usize, area: Rect) -> Option<Position> {
    let shown = SidebarRow::all()[row];
    let selected = row == state.sidebar.row && state.focus == Focus::Sidebar && state.overlay.is_none();
    let line = Rect { height: 1, ..area };
    if selected {
        canvas.ground(line, StyleRole::Selection);
        canvas.text(line.x, line.y, 1, "▸", StyleRole::Focus);
    }
    let columns = line.width.saturating_sub(3);
    let name = Ink::from(match selected {
        true => StyleRole::Title,
        false if is_left_out(state, shown) => StyleRole::Dim,
        false => StyleRole::Text,
    });
    let end = canvas.text(line.x + 2, line.y, columns, shown.name(), name);
    let room = (line.x + 2 + columns).saturating_sub(end + 1);
    let area = Rect { x: end + 1, width: room, ..line };
    if let Some(typed) = state.sidebar.typed.as_deref().filter(|_| selected) {
        return Some(typed_value(canvas, typed, area));
    }
    let shares = shown.field().is_some_and(|field| state.lane().shares.contains(&field));
    let (mark, gap) = if shares && state.lanes.len() > 1 { ("=", " ") } else { ("", "") };
    let value = value(state, shown, room.saturating_sub(cells(mark) + cells(gap)));
    canvas.right(area, &[Span::new(mark, StyleRole::Chip), Span::new(gap, StyleRole::Text), value]);
    None
}

/// Whether the focused lane's model refuses a param, and nobody forces it.
fn is_left_out(state: &State, row: SidebarRow) -> bool {
    let settings = &state.lane().settings;
    let refused =
        |param: &Param| !settings.forced.contains(param.name) && state.refusals.refusal(settings, param.name).is_some();
    row.param().is_some_and(refused)
}

/// A param's value; `✗` before one that is not sent because the model refuses it, `!` before one that is sent all the same.
fn param_value(state: &State, param: &Param, room: u16) -> Span {
    let settings = &state.lane().settings;
    let Some(value) = settings.params.get(param.name) else { return unset(param, room) };
    let bold = Ink::from(StyleRole::Text).with(Emphasis::BOLD);
    let forced = settings.forced.contains(param.name);
    match state.refusals.refusal(settings, param.name) {
        None => Span::new(shown(value, room), bold),
        Some(_) if forced => Span::new(format!("! {}", shown(value, room.saturating_sub(2))), StyleRole::Warning),
        Some(_) => Span::new(format!("✗ {}", shown(value, room.saturating_sub(2))), StyleRole::Unset),
    }
}

/// What a row is set to in the focused lane.
fn value(state: &State, row: SidebarRow, room: u16) -> Span {
    let settings = &state.lane().settings;
    let bold = Ink::from(StyleRole::Text).with(Emphasis::BOLD);
    let set = |text: &str| Span::new(brief(text, usize::from(room)), bold);
    match row {
        SidebarRow::Model if settings.model.is_empty() => Span::new("none yet", StyleRole::Unset),
        SidebarRow::Model => set(&settings.model),
        SidebarRow::System => match settings.system.as_deref() {
            Some(text) => set(text.lines().next().unwrap_or_default()),
            None => Span::new("unset", StyleRole::Unset),
        },
        SidebarRow::Tools => match settings.tools.len() {
            0 => Span::new("none", StyleRole::Unset),
            count => set(&count.to_string()),
        },
        SidebarRow::Param(param) => param_value(state, param, room),
        SidebarRow::Extra => match settings.params.unlisted().count() {
            0 => Span::new("none", StyleRole::Unset),
            count => set(&count.to_string()),
        },
    }
}

/// The end of what is typed, with the cursor after it.
fn typed_value(canvas: &mut Canvas<'_>, typed: &str, area: Rect) -> Position {
    let clean = clean_line(typed);
    let text = end_of(&clean, usize::from(area.width.saturating_sub(1)));
    let ink = Ink::from(StyleRole::Focus).with(Emphasis::UNDERLINE);
    let row = Rect { width: area.width.saturating_sub(1), ..area };
    canvas.right(row, &[Span::new(text, ink)]);
    Position { x: row.right(), y: row.y }
}

/// As much of a text's end as fits.
pub(super) fn end_of(text: &str, room: usize) -> &str {
    let mut over = width(text).saturating_sub(room);
    let mut from = 0;
    for (cluster, wide) in graphemes(text) {
        if over == 0 {
            break;
        }
        over = over.saturating_sub(wide);
        from += cluster.len();
    }
    &text[from..]
}

/// A value for some columns.
fn shown(value: &Value, room: u16) -> String {
    value_in_short(value, usize::from(room))
}

fn unset(param: &Param, room: u16) -> Span {
    let whole = format!("unset ({})", param.api_default);
    let text = if cells(&whole) <= room { whole } else { truncate("unset", usize::from(room)).into_owned() };
    Span::new(text, StyleRole::Unset)
}

/// What is set and in no table: it is sent, so it is shown.
fn others(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let set = state.lane().settings.params.unlisted();
    let columns = area.width.saturating_sub(3);
    for (y, (name, value)) in (area.y..area.bottom()).zip(set) {
        let end = canvas.text(area.x + 2, y, columns / 2, &clean_line(name), StyleRole::Text);
        let room = (area.x + 2 + columns).saturating_sub(end + 1);
        let ink = Ink::from(StyleRole::Text).with(Emphasis::BOLD);
        canvas.right(Rect { x: end + 1, y, width: room, height: 1 }, &[Span::new(shown(value, room), ink)]);
    }
}

/// What the selected param does; while a value is typed, how to take it.
fn help(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let columns = area.width.saturating_sub(2);
    let mut rows = Vec::new();
    if state.sidebar.typed.is_some() {
        rows.push(taking(state));
    }
    match refused(state) {
        Some(refused) => wrap(&refused, &Wrap::plain(columns), &mut rows),
        None => {
            let help = Span::new(state.sidebar.selected().help(), StyleRole::Dim);
            wrap(&[help], &Wrap::plain(columns), &mut rows);
        }
    }
    at_most(&mut rows, usize::from(area.height), columns);
    for (y, row) in (area.y..area.bottom()).zip(&rows) {
        canvas.line(area.x + 1, y, columns, row);
    }
}

/// Why the model does not get the selected param, and for one that is set the key that sends it all the same.
fn refused(state: &State) -> Option<[Span; 3]> {
    let (param, settings) = (state.sidebar.param()?, &state.lane().settings);
    let refusal = state.refusals.refusal(settings, param.name)?;
    let reason = clean_line(&refusal.reason).into_owned();
    let set = settings.params.get(param.name).is_some();
    let (mark, does) = match (set, settings.forced.contains(param.name)) {
        (false, _) => ("✗ ", ""),
        (true, false) => ("✗ not sent: ", "sends it"),
        (true, true) => ("! forced: ", "leaves it out"),
    };
    let force = state.keymap.chord_in(state.contexts(), Action::ParamForce).filter(|_| set);
    let force = force.map_or_else(String::new, |chord| format!(" {chord} {does}."));
    Some([
        Span::new(mark, Ink::from(StyleRole::Warning).with(Emphasis::BOLD)),
        Span::new(format!("{reason}."), StyleRole::Warning),
        Span::new(force, StyleRole::Dim),
    ])
}

fn taking(state: &State) -> Line {
    let entry = |action: Action, says: &str| {
        let chord = state.keymap.chord_in(state.contexts(), action)?;
        Some([Span::new(chord.to_string(), StyleRole::Key), Span::new(format!(" {says}"), StyleRole::Dim)])
    };
    let entries = [entry(Action::ParamCommit, "takes it  "), entry(Action::Back, "leaves it")];
    Line { spans: entries.into_iter().flatten().flatten().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_param_is_shown_whole_at_every_height() {
        for rows in 2..60 {
            for selected in 0..SidebarRow::all().len() {
                let first = first_row(selected, rows);
                let above: u16 = SidebarRow::all()[first..selected.max(first)].iter().map(rows_of).sum();
                assert!(first <= selected, "{rows} {selected}");
                assert!(above + rows_of(&SidebarRow::all()[selected]) <= rows, "{rows} {selected}: {first}");
            }
        }
    }

    #[test]
    fn a_text_too_long_is_shown_by_its_end() {
        assert_eq!(
            [end_of("0.725", 9), end_of("0.725", 3), end_of("a日本", 3), end_of("", 0)],
            ["0.725", "725", "本", ""]
        );
    }
}
