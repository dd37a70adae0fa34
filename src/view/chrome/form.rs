//! A form's box: the text, the fields below it, what is to be said of it, and the keys that take or leave it.

use ratatui::layout::{Position, Rect};

use crate::chat::Field;
use crate::input::{Action, Editor};
use crate::state::{CallForm, CallId, Form, FormFocus, FormPurpose, Lane, LaneId, State, Verdict};
use crate::text::{Emphasis, Ink, Span, StyleRole, Wrap, clean_line, truncate, wrap};

use super::super::canvas::Canvas;
use super::super::hits::Hits;
use super::super::title::brief;
use super::cells;
use super::flow::at_most;
use super::overlay::draw_box;
use super::reader::hints;

/// As wide as a text reads well.
const COLUMNS: u16 = 96;

/// Rows for a text of many lines, on a screen that has them.
const ROWS: u16 = 24;

/// Rows of the box that are not the text's: its borders, the keys; the verdict comes to that.
const AROUND: u16 = 3;

/// Rows for the verdict on what is told in a sentence: values, calls, budgets.
const VERDICT_ROWS: u16 = 2;

/// What a system prompt without variables says below its text.
const VARIABLES: &str = "A {{name}} in the text is a variable: its value is asked for here.";

/// Draws the form; returns where the caret is.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, form: &Form, hits: &mut Hits) -> Option<Position> {
    let screen = canvas.area();
    let fields = u16::try_from(form.fields.len()).unwrap_or(u16::MAX);
    let columns = COLUMNS.min(screen.width.saturating_sub(4));
    let text = if form.is_line() { 1 } else { ROWS };
    let sentences = form.is_value() || form.is_call() || form.purpose == FormPurpose::Budgets;
    let said = if sentences { VERDICT_ROWS } else { 1 };
    let rows = text.saturating_add(AROUND + said).saturating_add(fields).min(screen.height.saturating_sub(2));
    let body = draw_box(canvas, (columns, rows), &title(state, &form.purpose), hits);
    let inner = Rect { x: body.x + 1, width: body.width.saturating_sub(2), ..body };
    // The fields get what the text leaves, which keeps three rows for itself, or its only one; the keys have a row below.
    let kept = if form.is_line() { 1 } else { 3 };
    let fields = fields.min(inner.height.saturating_sub(kept + 1 + said));
    let text = Rect { height: inner.height.saturating_sub(1 + said + fields), ..inner };
    let mut caret = editor(canvas, &form.editor, text).filter(|_| form.at == FormFocus::Text);
    for (place, y) in (0..usize::from(fields)).zip(text.bottom()..) {
        let at = field(canvas, form, place, Rect { y, height: 1, ..inner });
        caret = at.filter(|_| form.at == FormFocus::Field(place)).or(caret);
    }
    verdict(canvas, form, Rect { y: inner.bottom().saturating_sub(1 + said), height: said, ..inner });
    keys(canvas, state, form, Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner });
    caret
}

fn title(state: &State, purpose: &FormPurpose) -> String {
    let lane = |id: &LaneId| state.lane_by_id(*id).map_or_else(String::new, |lane| lane.letter.to_string());
    match purpose {
        FormPurpose::LaneName(id) => format!("Name of lane {}", lane(id)),
        FormPurpose::BranchName(_) => "Name of this branch".to_owned(),
        FormPurpose::System(id) => format!("System prompt · {}{}", lane(id), sharers(state, *id, &Field::System)),
        FormPurpose::Value { lane: id, field: Field::Tools } => {
            format!("Tools · {}{}", lane(id), sharers(state, *id, &Field::Tools))
        }
        FormPurpose::Value { lane: id, field } => {
            format!("{} · {}{}", clean_line(field.name()), lane(id), sharers(state, *id, field))
        }
        FormPurpose::Extra(id) => format!("Other fields · {}", lane(id)),
        FormPurpose::Export => "Export to the file".to_owned(),
        FormPurpose::Price { provider, model } => {
            format!("What 1M input tokens of {} @ {} cost", clean_line(model), clean_line(provider))
        }
        FormPurpose::Budgets => "The session's budget, until the program ends".to_owned(),
        FormPurpose::SessionTitle(_) => "Title of the session".to_owned(),
        FormPurpose::SessionTags(_) => "Tags of the session, with commas between them".to_owned(),
        FormPurpose::Call { what, .. } => call_title(state, what),
    }
}

/// What is written about a call; beside its arguments stand those that came.
fn call_title(state: &State, what: &CallForm) -> String {
    let called = |call: &CallId| state.session.call(*call).map(|(came, _)| came);
    let name = |call: &CallId| called(call).map_or_else(String::new, |came| clean_line(&came.name).into_owned());
    match what {
        CallForm::Arguments(call) => {
            let came = called(call).map_or_else(String::new, |came| brief(&came.arguments, 40));
            format!("Arguments of {} · as it came: {came}", name(call))
        }
        CallForm::Again(call) => format!("Arguments of {}, in a branch of its own", name(call)),
        CallForm::Answer(call) => {
            let arguments = state.session.arguments(*call).unwrap_or_default();
            format!("Result of {} · {}", name(call), brief(arguments, 40))
        }
        CallForm::Refusal(call) => format!("Why {} is refused", name(call)),
        CallForm::RefusalOfAll(_) => "Why all calls are refused".to_owned(),
        CallForm::Responder(tool) => format!("What answers {}", clean_line(tool)),
        CallForm::Result(_) => "Another result".to_owned(),
    }
}

/// `, shared with B C`, when what is kept is kept for other lanes too.
fn sharers(state: &State, id: LaneId, field: &Field) -> String {
    let shares = |lane: &&Lane| lane.shares.contains(field);
    if !state.lane_by_id(id).as_ref().is_some_and(shares) {
        return String::new();
    }
    let others = state.lanes.iter().filter(|lane| lane.id != id).filter(shares);
    let letters: Vec<String> = others.map(|lane| lane.letter.to_string()).collect();
    if letters.is_empty() { String::new() } else { format!(", shared with {}", letters.join(" ")) }
}

fn editor(canvas: &mut Canvas<'_>, editor: &Editor, area: Rect) -> Option<Position> {
    let area = area.intersection(canvas.area());
    let style = canvas.style(StyleRole::Text);
    editor.render(area, canvas.buffer, style);
    editor.cursor_position(area)
}

/// `name  value`, the name of the one that takes the keys marked.
fn field(canvas: &mut Canvas<'_>, form: &Form, place: usize, row: Rect) -> Option<Position> {
    let field = form.fields.get(place)?;
    let active = form.at == FormFocus::Field(place);
    let (mark, ink) = if active {
        ("▸ ", Ink::from(StyleRole::Focus).with(Emphasis::BOLD))
    } else {
        ("  ", Ink::from(StyleRole::Dim))
    };
    let widest = form.fields.iter().map(|field| cells(&field.name)).max().unwrap_or(0).min(row.width / 3);
    let name = truncate(&clean_line(&field.name), usize::from(widest)).into_owned();
    canvas.text(row.x, row.y, row.width, &format!("{mark}{name}"), ink);
    let x = row.x + 4 + widest;
    let place = Rect { x, width: row.right().saturating_sub(x), ..row };
    let caret = editor(canvas, &field.editor, place);
    if field.editor.is_empty() {
        let said = unset(form, &field.name);
        canvas.text(place.x, place.y, place.width, &said, StyleRole::Unset);
    }
    caret
}

/// What an empty field means.
fn unset(form: &Form, name: &str) -> String {
    match (&form.purpose, name) {
        (FormPurpose::Export, "lane") => "all of the session; or a letter".to_owned(),
        (FormPurpose::Export, "what") => "all; or turn, or branch: of the selected turn, or the last".to_owned(),
        (FormPurpose::Price { .. }, "output") => "the price of 1M output tokens".to_owned(),
        (FormPurpose::Price { .. }, "cached") => "as input; or the price of 1M cached input tokens".to_owned(),
        (FormPurpose::Price { .. }, _) => "three letters, such as CNY".to_owned(),
        (FormPurpose::Budgets, "request") => "none; a message to all its lanes".to_owned(),
        (FormPurpose::Budgets, "currency") => "three letters, such as CNY".to_owned(),
        (FormPurpose::Budgets, _) => "none".to_owned(),
        (FormPurpose::Export, _) => "nothing; or a regular expression".to_owned(),
        _ => format!("no value: sent as {{{{{}}}}}", clean_line(name)),
    }
}

fn verdict(canvas: &mut Canvas<'_>, form: &Form, area: Rect) {
    let (mark, sentence, role) = match &form.verdict {
        None if matches!(form.purpose, FormPurpose::System(_)) && form.fields.is_empty() => {
            ("", VARIABLES, StyleRole::Dim)
        }
        None => return,
        Some(Verdict::Good(sentence)) => ("✓ ", sentence.as_str(), StyleRole::Good),
        Some(Verdict::Asks(sentence)) => ("? ", sentence.as_str(), StyleRole::Warning),
        Some(Verdict::Bad(sentence)) => ("✗ ", sentence.as_str(), StyleRole::Error),
    };
    let (first, rest) = ([Span::new(mark, role)], [Span::new("  ", role)]);
    let mut rows = Vec::new();
    let sentence = [Span::new(clean_line(sentence), role)];
    wrap(&sentence, &Wrap { width: area.width, first: &first, rest: &rest }, &mut rows);
    at_most(&mut rows, usize::from(area.height), area.width);
    for (y, row) in (area.y..area.bottom()).zip(&rows) {
        canvas.line(area.x, y, area.width, row);
    }
}

fn keys(canvas: &mut Canvas<'_>, state: &State, form: &Form, row: Rect) {
    let keep = if form.is_line() { Action::FormEnter } else { Action::FormAccept };
    let does = match &form.purpose {
        FormPurpose::Export => "writes it",
        FormPurpose::Call { what: CallForm::Arguments(_), .. } => "runs it so",
        FormPurpose::Call { what: CallForm::Again(_), .. } => "makes the branch",
        FormPurpose::Call { what: CallForm::Answer(_) | CallForm::Result(_), .. } => "sends it",
        FormPurpose::Call { what: CallForm::Refusal(_) | CallForm::RefusalOfAll(_), .. } => "refuses",
        _ => "keeps it",
    };
    let mut keys = vec![(keep, does)];
    if !form.fields.is_empty() {
        keys.push((Action::FormNext, "next field"));
    }
    if form.template().is_some() {
        keys.push((Action::FormNext, "template"));
    }
    if !form.is_line() {
        keys.push((Action::FormEditor, "$EDITOR"));
    }
    hints(canvas, state, row, &keys);
}
