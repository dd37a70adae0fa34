//! The reading of a theme file: a table of roles, each with a colour, or with `fg`, `bg` and `mods`.

use ratatui::style::{Color, Modifier};
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::roles::ROLES;
use crate::config::shape::shown;
use crate::text::{Place, nearest};

/// What a theme says of a role. `None` leaves the terminal's own colour.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Look {
    pub(super) ink: Option<Color>,
    pub(super) ground: Option<Color>,
    pub(super) modifiers: Modifier,
}

/// What is wrong with a theme file, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {problem}")]
pub struct ThemeError {
    pub place: Place,
    pub problem: ThemeProblem,
}

/// What is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ThemeProblem {
    #[error("{0}")]
    Syntax(String),
    #[error("`{0}` has no place in a theme; a theme is one table, [roles]")]
    Table(String),
    #[error("`{name}` is no role{}", .near.as_deref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    Role { name: String, near: Option<String> },
    #[error("`roles` is a table: write [roles] above its keys")]
    NoTable,
    #[error("the theme leaves out {}; give each a colour, or \"default\", or start from one that comes with Abreast", some(.0))]
    Missing(Vec<&'static str>),
    #[error(
        "`{0}` is no colour; write \"#rrggbb\", a name such as \"light-blue\", a number from 0 to 255, or \"default\""
    )]
    Colour(String),
    #[error("`{0}` is no field of a role; write fg, bg or mods")]
    Field(String),
    #[error("mods is a list of bold, dim, italic, underline, reverse or strike")]
    Modifier,
    #[error("a role is a colour in quotes, or {{ fg = \"…\", bg = \"…\", mods = [\"bold\"] }}")]
    Look,
}

/// The first of many, and how many more there are.
fn some(names: &[&str]) -> String {
    const NAMED: usize = 6;
    match names.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..NAMED].join(", ")),
    }
}

/// The looks of all roles, in the order of [`ROLES`].
pub(super) fn read(text: &str) -> Result<Vec<Look>, ThemeError> {
    let refuse = |offset, problem| ThemeError { place: Place::at(text, offset), problem };
    let table = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        refuse(offset, ThemeProblem::Syntax(error.message().to_owned()))
    })?;
    let table = table.into_inner();
    if let Some((name, _)) = table.iter().find(|(name, _)| name.get_ref() != "roles") {
        return Err(refuse(name.span().start, ThemeProblem::Table(shown(name.get_ref()))));
    }
    let empty = DeTable::new();
    let roles = match table.get("roles") {
        Some(roles) => roles.get_ref().as_table().ok_or_else(|| refuse(roles.span().start, ThemeProblem::NoTable))?,
        None => &empty,
    };
    let mut looks: Vec<Option<Look>> = vec![None; ROLES.len()];
    for (name, value) in roles {
        let Some(place) = ROLES.iter().position(|row| row.name == name.get_ref()) else {
            let near = nearest(name.get_ref(), ROLES.iter().map(|row| row.name)).map(str::to_owned);
            return Err(refuse(name.span().start, ThemeProblem::Role { name: shown(name.get_ref()), near }));
        };
        looks[place] = Some(look(value).map_err(|(offset, problem)| refuse(offset, problem))?);
    }
    let missing: Vec<_> =
        ROLES.iter().zip(&looks).filter(|(_, look)| look.is_none()).map(|(row, _)| row.name).collect();
    if !missing.is_empty() {
        return Err(refuse(0, ThemeProblem::Missing(missing)));
    }
    Ok(looks.into_iter().flatten().collect())
}

/// What is wrong with a value, and the byte at which it starts.
type Refusal = (usize, ThemeProblem);

fn look(value: &Spanned<DeValue<'_>>) -> Result<Look, Refusal> {
    let fields = match value.get_ref() {
        DeValue::Table(fields) => fields,
        DeValue::String(_) => return Ok(Look { ink: colour(value)?, ..Look::default() }),
        _ => return Err((value.span().start, ThemeProblem::Look)),
    };
    let mut look = Look::default();
    for (name, value) in fields {
        match name.get_ref().as_ref() {
            "fg" => look.ink = colour(value)?,
            "bg" => look.ground = colour(value)?,
            "mods" => look.modifiers = modifiers(value)?,
            other => return Err((name.span().start, ThemeProblem::Field(shown(other)))),
        }
    }
    Ok(look)
}

/// A colour; `default` is none, which leaves the terminal's.
fn colour(value: &Spanned<DeValue<'_>>) -> Result<Option<Color>, Refusal> {
    let Some(text) = value.get_ref().as_str() else {
        return Err((value.span().start, ThemeProblem::Look));
    };
    if text == "default" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| (value.span().start, ThemeProblem::Colour(shown(text))))
}

fn modifiers(value: &Spanned<DeValue<'_>>) -> Result<Modifier, Refusal> {
    let refusal = || (value.span().start, ThemeProblem::Modifier);
    let words = value.get_ref().as_array().ok_or_else(refusal)?;
    let mut sum = Modifier::empty();
    for word in words {
        sum |= match word.get_ref().as_str() {
            Some("bold") => Modifier::BOLD,
            Some("dim") => Modifier::DIM,
            Some("italic") => Modifier::ITALIC,
            Some("underline") => Modifier::UNDERLINED,
            Some("reverse") => Modifier::REVERSED,
            Some("strike") => Modifier::CROSSED_OUT,
            _ => return Err(refusal()),
        };
    }
    Ok(sum)
}
