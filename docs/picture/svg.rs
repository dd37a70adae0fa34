//! A terminal's cells as an SVG picture that stands by itself: every run of text is pinned to its columns, so that any
//! monospace font will do, and lines and blocks are shapes, so that they meet without gaps.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::boxes::{Shape, shapes};

/// A cell in pixels; an even height keeps the lines sharp.
const CELL: (f64, f64) = (8.4, 18.0);
/// The line on which the letters stand, from the top of the cell.
const BASELINE: f64 = 13.5;
const MARGIN: f64 = 14.0;
/// What a dark terminal shows where nothing says a colour.
const GROUND: &str = "#1a1c22";
const INK: &str = "#d8dce4";

/// How a run of cells looks, in the words of SVG.
#[derive(Clone, Debug, PartialEq)]
struct Look {
    ink: String,
    ground: Option<String>,
    modifiers: Modifier,
}

/// Cells of one row and one look.
struct Run {
    column: u16,
    columns: u16,
    text: String,
    look: Look,
}

/// The picture of a screen, with its cursor if it shows one.
pub(crate) fn picture(buffer: &Buffer, cursor: Option<Position>, title: &str) -> String {
    let (columns, rows) = (f64::from(buffer.area.width), f64::from(buffer.area.height));
    let (width, height) = (columns * CELL.0 + 2.0 * MARGIN, rows * CELL.1 + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace\" \
         font-size=\"14\">\n<title>{}</title>\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{GROUND}\"/>\n\
         <g transform=\"translate({MARGIN} {MARGIN})\">\n",
        escaped(title)
    );
    for row in 0..buffer.area.height {
        for run in runs(buffer, row) {
            draw(&mut svg, &run, row);
        }
    }
    if let Some(cursor) = cursor {
        let (x, y) = (f64::from(cursor.x) * CELL.0, f64::from(cursor.y) * CELL.1);
        let _ =
            writeln!(svg, "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"{INK}\"/>", CELL.0, CELL.1);
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// The runs of a row, from left to right. The cell behind a wide character belongs to it.
fn runs(buffer: &Buffer, row: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut column = 0;
    while column < buffer.area.width {
        let cell = &buffer[(buffer.area.x + column, buffer.area.y + row)];
        let columns = u16::try_from(cell.symbol().width().max(1)).unwrap_or(1);
        let look = look(cell);
        match runs.last_mut() {
            Some(run) if run.look == look => {
                run.columns += columns;
                run.text.push_str(cell.symbol());
            }
            _ => runs.push(Run { column, columns, text: cell.symbol().to_owned(), look }),
        }
        column += columns;
    }
    runs
}

fn look(cell: &Cell) -> Look {
    let modifiers = cell.modifier;
    let (ink, ground) = (colour(cell.fg), colour(cell.bg));
    if modifiers.contains(Modifier::REVERSED) {
        let ground = ground.unwrap_or_else(|| GROUND.to_owned());
        return Look { ink: ground, ground: Some(ink.unwrap_or_else(|| INK.to_owned())), modifiers };
    }
    Look { ink: ink.unwrap_or_else(|| INK.to_owned()), ground, modifiers }
}

/// The dark theme speaks in whole colours; anything else is the terminal's own.
fn colour(colour: Color) -> Option<String> {
    match colour {
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        _ => None,
    }
}

fn draw(svg: &mut String, run: &Run, row: u16) {
    let (x, y) = (f64::from(run.column) * CELL.0, f64::from(row) * CELL.1);
    if let Some(ground) = &run.look.ground {
        let width = f64::from(run.columns) * CELL.0;
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{}\" fill=\"{ground}\"/>",
            CELL.1
        );
    }
    let mut path = String::new();
    let mut words = Words::default();
    let mut column = run.column;
    for grapheme in run.text.graphemes(true) {
        let drawn = grapheme.chars().next().and_then(shapes);
        let columns = u16::try_from(grapheme.width().max(1)).unwrap_or(1);
        if let Some(drawn) = drawn {
            words.write(svg, &run.look, row);
            drawn.iter().for_each(|shape| outline(&mut path, svg, shape, &run.look, (column, row)));
        } else {
            if !words.takes(grapheme, columns) {
                words.write(svg, &run.look, row);
            }
            words.push(column, columns, grapheme);
        }
        column += columns;
    }
    words.write(svg, &run.look, row);
    if !path.is_empty() {
        let _ = writeln!(svg, "<path fill=\"{}\" d=\"{path}\"/>", run.look.ink);
    }
}

/// Words that are written at one place. Wide characters stand alone: fonts do not agree on their width.
#[derive(Default)]
struct Words {
    column: u16,
    columns: u16,
    text: String,
}

impl Words {
    fn takes(&self, grapheme: &str, columns: u16) -> bool {
        let widened = usize::from(self.columns) > self.text.chars().count();
        !widened && columns == 1 && !(grapheme == " " && self.text.ends_with(' '))
    }

    fn push(&mut self, column: u16, columns: u16, grapheme: &str) {
        if self.text.is_empty() {
            if grapheme == " " {
                return;
            }
            self.column = column;
        }
        self.columns += columns;
        self.text.push_str(grapheme);
    }

    fn write(&mut self, svg: &mut String, look: &Look, row: u16) {
        let words = std::mem::take(self);
        let text = words.text.trim_end();
        if text.is_empty() {
            return;
        }
        let spaces = f64::from(u8::from(words.text.ends_with(' ')));
        let (x, y) = (f64::from(words.column) * CELL.0, f64::from(row) * CELL.1 + BASELINE);
        let width = (f64::from(words.columns) - spaces) * CELL.0;
        let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y}\" textLength=\"{width:.1}\" fill=\"{}\"", look.ink);
        svg.push_str(&attributes(look.modifiers));
        let _ = writeln!(svg, ">{}</text>", escaped(text));
    }
}

fn attributes(modifiers: Modifier) -> String {
    let lines = [(Modifier::UNDERLINED, "underline"), (Modifier::CROSSED_OUT, "line-through")];
    let lines: Vec<&str> =
        lines.into_iter().filter(|(modifier, _)| modifiers.contains(*modifier)).map(|(_, word)| word).collect();
    let mut attributes = String::new();
    for (modifier, attribute) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::DIM, " opacity=\"0.6\""),
    ] {
        if modifiers.contains(modifier) {
            attributes.push_str(attribute);
        }
    }
    if !lines.is_empty() {
        let _ = write!(attributes, " text-decoration=\"{}\"", lines.join(" "));
    }
    attributes
}

/// Adds a shape to the run's path, or by itself when it does not cover what is under it.
fn outline(path: &mut String, svg: &mut String, shape: &Shape, look: &Look, (column, row): (u16, u16)) {
    let (x, y) = (f64::from(column) * CELL.0, f64::from(row) * CELL.1);
    let (left, top) = (x + shape.left * CELL.0, y + shape.top * CELL.1);
    let (width, height) = ((shape.right - shape.left) * CELL.0, (shape.bottom - shape.top) * CELL.1);
    let drawn = format!("M{left:.2} {top:.2}h{width:.2}v{height:.2}h-{width:.2}z");
    if shape.cover < 1.0 {
        let _ = writeln!(svg, "<path fill=\"{}\" opacity=\"{}\" d=\"{drawn}\"/>", look.ink, shape.cover);
    } else {
        path.push_str(&drawn);
    }
}

/// Text as XML takes it: no markup and no control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
