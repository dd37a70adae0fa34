use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;

const AREA: Rect = Rect { x: 0, y: 0, width: 48, height: 5 };

/// A piece of text somewhere, in some style.
type Piece = (u16, u16, &'static str, Style);

fn buffer(pieces: &[Piece]) -> Buffer {
    let mut buffer = Buffer::empty(AREA);
    for (x, y, text, style) in pieces {
        buffer.set_stringn(*x, *y, text, usize::from(AREA.width - x), *style);
    }
    buffer
}

fn bytes(before: &Buffer, after: &Buffer) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, std::iter::once((before, after))).unwrap();
    bytes
}

/// What is seen of a terminal: by cell its symbol, its colours and its emphasis; of the terminal's ground no foreground.
fn seen(terminal: &vt100::Parser) -> Vec<String> {
    let screen = terminal.screen();
    let cell = |row, column| {
        let cell = screen.cell(row, column).unwrap();
        let emphasis = (cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse());
        let ground = cell.contents().trim().is_empty() && !cell.underline() && !cell.inverse();
        match (ground, cell.is_wide_continuation()) {
            (_, true) => "wide".to_owned(),
            (true, _) => format!("{:?}", cell.bgcolor()),
            (false, _) => format!("{:?} {:?} {:?} {emphasis:?}", cell.contents(), cell.fgcolor(), cell.bgcolor()),
        }
    };
    (0..AREA.height).flat_map(|row| (0..AREA.width).map(move |column| cell(row, column))).collect()
}

fn terminal(frames: &[&Buffer]) -> vt100::Parser {
    let size = |cells| std::num::NonZero::new(cells).unwrap();
    let mut terminal = vt100::Parser::new(size(AREA.height), size(AREA.width), 0);
    let mut before = Buffer::empty(AREA);
    for frame in frames {
        terminal.process(&bytes(&before, frame));
        before = (*frame).clone();
    }
    terminal
}

fn style() -> impl Strategy<Value = Style> {
    let colour = || {
        prop::sample::select(vec![
            Color::Reset,
            Color::Reset,
            Color::Red,
            Color::White,
            Color::Indexed(99),
            Color::Rgb(1, 2, 3),
        ])
    };
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM | Modifier::ITALIC,
        Modifier::UNDERLINED,
        Modifier::REVERSED,
    ]);
    // Of what is bold and dim the emulator knows one only.
    let alone = |modifier| Style::new().add_modifier(modifier).remove_modifier(Modifier::all() - modifier);
    (colour(), colour(), modifier).prop_map(move |(fg, bg, modifier)| alone(modifier).fg(fg).bg(bg))
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let text = prop::sample::select(vec![
        "word",
        "two words and more",
        " ",
        "      ",
        "                                  ",
        "日本語",
        "a日b",
        "│──│ · →",
        "✅ ok",
        "⚠️ ok",
        "é",
    ]);
    prop::collection::vec((0..AREA.width - 1, 0..AREA.height, text, style()), 0..12)
}

proptest! {
    #[test]
    fn a_terminal_that_is_told_what_changed_shows_what_one_shows_that_is_told_everything(
        first in pieces(),
        second in pieces(),
        third in pieces(),
    ) {
        let mut both = second.clone();
        both.extend(third.iter().copied());
        let (first, second, both) = (buffer(&first), buffer(&second), buffer(&both));
        let (told, whole) = (seen(&terminal(&[&first, &second, &both])), seen(&terminal(&[&both])));
        for (at, (told, whole)) in told.iter().zip(&whole).enumerate() {
            prop_assert_eq!(told, whole, "at {}", at);
        }
    }
}

#[test]
fn little_is_written_for_little_change() {
    let plain = Style::new();
    let red = plain.fg(Color::Red);
    let told = |before: &[Piece], after: &[Piece]| String::from_utf8(bytes(&buffer(before), &buffer(after))).unwrap();
    let text = (0, 0, "one two three", plain);
    assert_eq!(told(&[text], &[text]), "");
    assert_eq!(told(&[text], &[text, (0, 1, " ", red)]), "", "a blank has no colour that is seen");
    assert_eq!(told(&[text], &[(0, 0, "one", plain)]), "\x1b[1;5H\x1b[44X", "a run is erased at once");
    assert_eq!(told(&[text], &[(0, 0, "ONE TWO three", plain)]), "\x1b[1;1HONE TWO", "a short gap is written again");
    assert_eq!(
        told(&[text], &[(0, 0, "One two thrEe", red)]).matches("\x1b[").count(),
        3,
        "a place, a colour and the end of it, over blanks that look the same"
    );
    assert_eq!(told(&[text], &[(0, 0, "One two threE", plain)]), "\x1b[1;1HO\x1b[13GE", "a far one is a column");
    assert_eq!(
        told(&[text], &[text, (0, 2, "日本", red)]),
        "\x1b[3;1H\x1b[31m日本\x1b[m",
        "letters are trusted to be wide"
    );
}
