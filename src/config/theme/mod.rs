//! Themes: what each role of the screen looks like, at every depth of colour that terminals have.
//!
//! Owns the theme files' format, the themes that come with the program and the user's own. The terminal's background is
//! never painted over; a theme only assumes one.

mod colour;
mod file;
mod roles;

use std::path::Path;
use std::sync::OnceLock;

use ratatui::style::{Modifier, Style};

pub use colour::{Background, ColorDepth, Rgb};
pub use file::{ThemeError, ThemeProblem};
pub use roles::{ROLES, RoleRow};

use super::{ANY, ConfigError, read_toml};
use crate::text::{Emphasis, Ink};
use file::Look;

/// The themes that come with the program, by name.
const BUILT_IN: [(&str, &str); 3] = [
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("ansi", include_str!("../../../themes/ansi.toml")),
];

/// A style for every role at every depth.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    name: String,
    /// By depth, then by role.
    styles: [Vec<Style>; 4],
}

impl Theme {
    /// Reads a theme file's text.
    ///
    /// # Errors
    /// On the first thing that is wrong with it; roles that are missing are named together.
    pub fn parse(name: &str, text: &str) -> Result<Self, ThemeError> {
        let looks = file::read(text)?;
        let styles = ColorDepth::ALL
            .map(|depth| ROLES.iter().zip(&looks).map(|(row, look)| at_depth(row, look, depth)).collect::<Vec<_>>());
        Ok(Self { name: name.to_owned(), styles })
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The style of an ink on a terminal of that depth.
    #[must_use]
    pub fn style(&self, ink: impl Into<Ink>, depth: ColorDepth) -> Style {
        let ink = ink.into();
        let style = self.styles[depth as usize].get(ink.role as usize).copied().unwrap_or_default();
        style.add_modifier(modifiers(ink.emphasis))
    }
}

fn modifiers(emphasis: Emphasis) -> Modifier {
    [
        (Emphasis::BOLD, Modifier::BOLD),
        (Emphasis::ITALIC, Modifier::ITALIC),
        (Emphasis::STRIKE, Modifier::CROSSED_OUT),
        (Emphasis::UNDERLINE, Modifier::UNDERLINED),
    ]
    .into_iter()
    .filter(|&(part, _)| emphasis.has(part))
    .fold(Modifier::empty(), |sum, (_, modifier)| sum | modifier)
}

fn at_depth(row: &RoleRow, look: &Look, depth: ColorDepth) -> Style {
    if depth == ColorDepth::None {
        return Style::default().add_modifier(row.colourless);
    }
    let mut style = Style::default().add_modifier(look.modifiers);
    style.fg = look.ink.map(|colour| colour::shown_at(colour, depth));
    match (look.ground, look.ink, depth) {
        // Sixteen colours have no shade that is near the background without being it.
        (Some(_), None, ColorDepth::Ansi16) => style.add_modifier(Modifier::REVERSED),
        (ground, _, _) => Style { bg: ground.map(|colour| colour::shown_at(colour, depth)), ..style },
    }
}

/// All themes that there are, in the order in which a key steps through them. Those of the program are read when somebody
/// asks for one: the first frame needs no more than its own.
#[derive(Clone, Debug)]
pub struct Themes(Vec<Named>);

/// A theme, read or still to be read.
#[derive(Clone, Debug)]
struct Named {
    name: String,
    /// Empty for one that is read.
    text: &'static str,
    /// `None` inside for a text that is wrong, which the tests rule out.
    theme: OnceLock<Option<Theme>>,
}

impl Named {
    fn theme(&self) -> Option<&Theme> {
        self.theme.get_or_init(|| Theme::parse(&self.name, self.text).ok()).as_ref()
    }
}

impl Themes {
    /// The themes that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        let unread =
            |&(name, text): &(&str, &'static str)| Named { name: name.to_owned(), text, theme: OnceLock::new() };
        Self(BUILT_IN.iter().map(unread).collect())
    }

    /// The program's themes and those in the user's `themes` directory (`NAME.toml`), where a name of the program's
    /// replaces it. A directory that is not there holds none.
    ///
    /// # Errors
    /// When a file cannot be read or is wrong; the error says where.
    pub fn load(directory: &Path) -> Result<Self, ConfigError> {
        let mut themes = Self::built_in();
        for path in theme_files(directory)? {
            let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            let text = read_toml(&path, &ANY)?;
            // The user is told of a wrong one at once.
            let theme = Theme::parse(name, &text).map_err(|error| ConfigError::theme(&path, &error))?;
            themes.0.retain(|known| known.name != theme.name);
            themes.0.push(Named { name: name.to_owned(), text: "", theme: OnceLock::from(Some(theme)) });
        }
        Ok(themes)
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Theme> {
        self.0.iter().find(|theme| theme.name == name)?.theme()
    }

    /// The theme for a terminal about which only this is known: sixteen colours are the user's own and fit as they are.
    #[must_use]
    pub fn auto(&self, background: Background, depth: ColorDepth) -> Option<&Theme> {
        let name = match (depth, background) {
            (ColorDepth::Ansi16, _) => "ansi",
            (_, Background::Dark) => "dark",
            (_, Background::Light) => "light",
        };
        self.get(name)
    }

    /// The theme after that one, in a ring.
    #[must_use]
    pub fn after(&self, name: &str) -> Option<&Theme> {
        let place = self.0.iter().position(|theme| theme.name == name).map_or(0, |place| place + 1);
        self.0.get(place % self.0.len().max(1))?.theme()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|theme| theme.name.as_str())
    }
}

/// The theme files of a directory, by name.
fn theme_files(directory: &Path) -> Result<Vec<std::path::PathBuf>, ConfigError> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(ConfigError::unreadable(directory, &error)),
    };
    let toml = |path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == "toml");
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(toml).collect();
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
