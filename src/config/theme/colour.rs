//! Colours: how many a terminal shows, which one is nearest, and how far two are apart.

use ratatui::style::Color;

use crate::config::Environment;

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColorDepth {
    /// None are wanted or none are there: bold, underline and reverse alone.
    None,
    Ansi16,
    Indexed256,
    True,
}

impl ColorDepth {
    pub(super) const ALL: [Self; 4] = [Self::None, Self::Ansi16, Self::Indexed256, Self::True];

    /// What the environment says: NO_COLOR (no-color.org) and CLICOLOR come first, then what the terminal calls itself.
    #[must_use]
    pub fn of(environment: &Environment) -> Self {
        let variable = |name| environment.get(name).unwrap_or_default();
        let term = variable("TERM");
        let forced = !matches!(variable("CLICOLOR_FORCE"), "" | "0");
        if !variable("NO_COLOR").is_empty() || (variable("CLICOLOR") == "0" && !forced) || term == "dumb" {
            return Self::None;
        }
        let says_true = matches!(variable("COLORTERM"), "truecolor" | "24bit");
        if says_true || !variable("WT_SESSION").is_empty() || TRUE_TERMS.iter().any(|name| term.contains(name)) {
            return Self::True;
        }
        if term.contains("256") { Self::Indexed256 } else { Self::Ansi16 }
    }
}

/// Parts of TERM by which terminals of 16 million colours go.
const TRUE_TERMS: [&str; 7] = ["-direct", "-truecolor", "kitty", "alacritty", "ghostty", "wezterm", "foot"];

/// Whether the terminal's background is dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Background {
    #[default]
    Dark,
    Light,
}

impl Background {
    /// Of the colour that the terminal gave when it was asked (OSC 11).
    #[must_use]
    pub fn of_rgb(colour: Rgb) -> Self {
        // The luminance against which black and white contrast equally: (l + 0.05)² = 1.05 x 0.05.
        if colour.luminance() > 0.179 { Self::Light } else { Self::Dark }
    }

    /// Of COLORFGBG, such as `15;0` or `0;default;15`: the last number is the background's, of the sixteen colours.
    #[must_use]
    pub fn of(environment: &Environment) -> Option<Self> {
        let number: u8 = environment.get("COLORFGBG")?.rsplit(';').next()?.trim().parse().ok()?;
        match number {
            0..=6 | 8 => Some(Self::Dark),
            7 | 9..=15 => Some(Self::Light),
            _ => None,
        }
    }
}

/// A colour by its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Of the form in which terminals answer (OSC 10 and 11): `rgb:1e1e/1e1e/2e2e`, each part of one to four hex digits
    /// (X11's colour names). A fourth part, for transparency, is passed over.
    #[must_use]
    pub fn of_reply(reply: &str) -> Option<Self> {
        let parts = reply.strip_prefix("rgba:").or_else(|| reply.strip_prefix("rgb:"))?;
        let part = |digits: &str| {
            let most = 16_u32.checked_pow(u32::try_from(digits.len()).ok()?)? - 1;
            let fits = (1..=4).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            let value = u32::from_str_radix(digits, 16).ok().filter(|_| fits)?;
            u8::try_from(value * 255 / most).ok()
        };
        let mut parts = parts.split('/').map(part);
        Some(Self(parts.next()??, parts.next()??, parts.next()??))
    }

    /// The relative luminance, from 0 for black to 1 for white (WCAG 2.2).
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The contrast between two colours, from 1 to 21 (WCAG 2.2).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(two) / one.min(two)
    }

    fn distance(self, other: Self) -> u32 {
        let part = |one: u8, two: u8| u32::from(one.abs_diff(two)).pow(2);
        // The eye is most at home in green and least in blue.
        3 * part(self.0, other.0) + 6 * part(self.1, other.1) + part(self.2, other.2)
    }
}

/// The colour as a terminal of that depth shows it.
pub(super) fn shown_at(colour: Color, depth: ColorDepth) -> Color {
    match (colour, depth) {
        (_, ColorDepth::None) => Color::Reset,
        (Color::Rgb(r, g, b), ColorDepth::Indexed256) => Color::Indexed(nearest_indexed(Rgb(r, g, b))),
        (Color::Rgb(r, g, b), ColorDepth::Ansi16) => nearest_ansi(Rgb(r, g, b)),
        (Color::Indexed(index), ColorDepth::Ansi16) => nearest_ansi(indexed(index)),
        (colour, _) => colour,
    }
}

/// The steps of the colour cube of xterm's 256 colours.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest of xterm's cube (16 to 231) and greys (232 to 255); the first sixteen are the user's and could be anything.
fn nearest_indexed(colour: Rgb) -> u8 {
    (16..=255).min_by_key(|&index| colour.distance(indexed(index))).unwrap_or(16)
}

/// What xterm shows for an index; the first sixteen by their defaults.
fn indexed(index: u8) -> Rgb {
    match index {
        0..=15 => XTERM[usize::from(index)],
        16..=231 => {
            let place = index - 16;
            let step = |part: u8| CUBE[usize::from(part % 6)];
            Rgb(step(place / 36), step(place / 6), step(place))
        }
        232..=255 => {
            let grey = 8 + 10 * (index - 232);
            Rgb(grey, grey, grey)
        }
    }
}

const XTERM: [Rgb; 16] = [
    Rgb(0, 0, 0),
    Rgb(205, 0, 0),
    Rgb(0, 205, 0),
    Rgb(205, 205, 0),
    Rgb(0, 0, 238),
    Rgb(205, 0, 205),
    Rgb(0, 205, 205),
    Rgb(229, 229, 229),
    Rgb(127, 127, 127),
    Rgb(255, 0, 0),
    Rgb(0, 255, 0),
    Rgb(255, 255, 0),
    Rgb(92, 92, 255),
    Rgb(255, 0, 255),
    Rgb(0, 255, 255),
    Rgb(255, 255, 255),
];

/// The colour of the sixteen that means the same: by hue, since the nearest by distance makes every soft colour grey.
/// Light colours become the bright ones, which suits dark backgrounds, and dark ones the plain ones.
fn nearest_ansi(colour: Rgb) -> Color {
    let parts = [colour.0, colour.1, colour.2].map(i32::from);
    let (most, least) = (parts.into_iter().max().unwrap_or(0), parts.into_iter().min().unwrap_or(0));
    let spread = most - least;
    let light = most + least > 255;
    if spread < 40 {
        return match (most + least) / 2 {
            0..=40 => Color::Black,
            41..=160 => Color::DarkGray,
            161..=215 => Color::Gray,
            _ => Color::White,
        };
    }
    let [r, g, b] = parts;
    let degrees = match most {
        _ if most == r => 60 * (g - b) / spread,
        _ if most == g => 60 * (b - r) / spread + 120,
        _ => 60 * (r - g) / spread + 240,
    };
    let (plain, bright) = match degrees.rem_euclid(360) {
        0..=24 | 330..=359 => (Color::Red, Color::LightRed),
        25..=70 => (Color::Yellow, Color::LightYellow),
        71..=160 => (Color::Green, Color::LightGreen),
        161..=205 => (Color::Cyan, Color::LightCyan),
        206..=255 => (Color::Blue, Color::LightBlue),
        _ => (Color::Magenta, Color::LightMagenta),
    };
    if light { bright } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(variables: &[(&str, &str)]) -> ColorDepth {
        ColorDepth::of(&variables.iter().copied().collect())
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), ColorDepth::True);
        assert_eq!(depth(&[("TERM", "xterm-kitty")]), ColorDepth::True);
        assert_eq!(depth(&[("TERM", "tmux-256color")]), ColorDepth::Indexed256);
        assert_eq!(depth(&[("TERM", "linux")]), ColorDepth::Ansi16);
        assert_eq!(depth(&[("TERM", "dumb")]), ColorDepth::None);
        assert_eq!(depth(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")]), ColorDepth::None);
        assert_eq!(depth(&[("TERM", "xterm"), ("NO_COLOR", "")]), ColorDepth::Ansi16);
        assert_eq!(depth(&[("TERM", "xterm"), ("CLICOLOR", "0")]), ColorDepth::None);
        assert_eq!(depth(&[("TERM", "xterm"), ("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")]), ColorDepth::Ansi16);
    }

    #[test]
    fn the_background_comes_from_its_colour_or_from_colorfgbg() {
        assert_eq!(Background::of_rgb(Rgb(0x1e, 0x1e, 0x2e)), Background::Dark);
        assert_eq!(Background::of_rgb(Rgb(0xfd, 0xf6, 0xe3)), Background::Light);
        let colorfgbg = |value| Background::of(&Environment::from_iter([("COLORFGBG", value)]));
        assert_eq!(colorfgbg("15;0"), Some(Background::Dark));
        assert_eq!(colorfgbg("0;default;15"), Some(Background::Light));
        assert_eq!(colorfgbg("0;default"), None);
    }

    #[test]
    fn a_terminals_answer_is_read_at_any_precision() {
        assert_eq!(Rgb::of_reply("rgb:1e1e/ffff/2e2e"), Some(Rgb(0x1e, 0xff, 0x2e)));
        assert_eq!(Rgb::of_reply("rgb:1e/00/f"), Some(Rgb(0x1e, 0, 0xff)));
        assert_eq!(Rgb::of_reply("rgba:0000/0000/0000/ffff"), Some(Rgb(0, 0, 0)));
        for broken in ["", "rgb:", "rgb:1/2", "rgb:x/1/1", "rgb:11111/1/1", "rgb:+1/1/1", "#ffffff", "rgb:///"] {
            assert_eq!(Rgb::of_reply(broken), None, "{broken}");
        }
    }

    #[test]
    fn contrast_is_as_the_standard_has_it() {
        assert!((Rgb(255, 255, 255).contrast(Rgb(0, 0, 0)) - 21.0).abs() < 0.001);
        assert!((Rgb(0x77, 0x77, 0x77).contrast(Rgb(255, 255, 255)) - 4.48).abs() < 0.01);
    }

    #[test]
    fn colours_come_down_to_what_the_terminal_has() {
        let down = |hex: [u8; 3], depth| shown_at(Color::Rgb(hex[0], hex[1], hex[2]), depth);
        assert_eq!(down([0xff, 0x00, 0x00], ColorDepth::Indexed256), Color::Indexed(196));
        assert_eq!(down([0x80, 0x80, 0x80], ColorDepth::Indexed256), Color::Indexed(244));
        assert_eq!(down([0x6f, 0xb3, 0xd2], ColorDepth::Ansi16), Color::LightCyan);
        assert_eq!(down([0xb3, 0x26, 0x1e], ColorDepth::Ansi16), Color::Red);
        assert_eq!(down([0x86, 0x8e, 0x9c], ColorDepth::Ansi16), Color::DarkGray);
        assert_eq!(down([0x20, 0x22, 0x26], ColorDepth::Ansi16), Color::Black);
        assert_eq!(shown_at(Color::Red, ColorDepth::Ansi16), Color::Red);
    }
}
