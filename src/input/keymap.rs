//! The keymap: which chord asks for which action, and where.
//!
//! Owns the default keys, the user's changes to them and every complaint about those. Knows no files: it is given text.

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ACTIONS, Action, Chord, Context};
use crate::text::{Place, nearest, reveal, truncate};

/// Actions that have no key of their own: the palette reaches them.
pub const PALETTE_ONLY: &[Action] =
    &[Action::Quit, Action::FocusTranscript, Action::FocusComposer, Action::RenameSession, Action::CopyBody];

const DEFAULT_KEYS: &str = include_str!("../../assets/keymap.toml");

/// Every context, in the order of the keymap file.
const CONTEXTS: [Context; 13] = [
    Context::Global,
    Context::Composer,
    Context::Completion,
    Context::Transcript,
    Context::Sidebar,
    Context::Calls,
    Context::Overlay,
    Context::Reader,
    Context::Tree,
    Context::Sessions,
    Context::Inspector,
    Context::Ledger,
    Context::Form,
];

/// What each chord does in each context.
#[derive(Clone, Debug)]
pub struct Keymap {
    /// A hundred rows: reading them through is as quick as any index.
    bindings: Vec<Binding>,
    chords: BTreeMap<Action, Vec<Chord>>,
    warnings: Vec<KeymapWarning>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Binding {
    context: Context,
    chord: Chord,
    action: Action,
}

/// One thing that is wrong with a keymap file, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {problem}")]
pub struct KeymapError {
    pub place: Place,
    pub problem: KeymapProblem,
}

/// What is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeymapProblem {
    #[error("{0}")]
    Syntax(String),
    #[error("`{name}` is no table of keys; {}", meant(.near.as_deref(), &tables()))]
    Context { name: String, near: Option<String> },
    #[error("`{0}` is a table of keys: write [{0}] above them")]
    NoTable(&'static str),
    #[error("`{0}` is no key; write it like ctrl-p, alt-enter, shift-tab, f5 or pageup")]
    Chord(String),
    #[error("`{name}` is no action; {}", meant(.near.as_deref(), "F1 lists them all"))]
    Action { name: String, near: Option<String> },
    #[error("{chord} needs the name of an action in quotes, or \"none\"")]
    NotText { chord: Chord },
    #[error("{chord} is bound twice in [{context}], the first time at {first}; keep one of the two")]
    Twice { chord: Chord, context: &'static str, first: Place },
    #[error("`{action}` only works in [{home}]; move the line there")]
    Misplaced { action: &'static str, home: &'static str },
    #[error("{chord} types a sign in [{context}]; bind it with ctrl or alt, or take a key such as f5")]
    Types { chord: Chord, context: &'static str },
}

/// What a table of keys may be called.
fn tables() -> String {
    format!("there are {}", CONTEXTS.map(|context| format!("[{}]", context.name())).join(", "))
}

fn meant(near: Option<&str>, otherwise: &str) -> String {
    near.map_or_else(|| otherwise.to_owned(), |near| format!("did you mean `{near}`?"))
}

/// A binding that stands but may not work everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {chord} may never arrive: {reason}")]
pub struct KeymapWarning {
    pub place: Place,
    pub chord: Chord,
    pub reason: &'static str,
}

/// A line of a keymap file that was understood. Without an action it unbinds.
#[derive(Clone, Copy)]
struct Row {
    context: Context,
    chord: Chord,
    action: Option<Action>,
    place: Place,
}

impl Default for Keymap {
    fn default() -> Self {
        let mut reading = Reading::new(DEFAULT_KEYS);
        reading.file();
        Self::of(&reading.rows)
    }
}

impl Keymap {
    /// The default keys, changed as the text of a keymap file says.
    ///
    /// # Errors
    /// Everything that is wrong with the text, in its order; then nothing of it counts.
    pub fn with_overrides(text: &str) -> Result<Self, Vec<KeymapError>> {
        let mut reading = Reading::new(text);
        reading.file();
        if !reading.errors.is_empty() {
            reading.errors.sort_by_key(|error| error.place);
            return Err(reading.errors);
        }
        // The user's own rows come first, so the footer shows the user's key where an action has several.
        let mut rows = reading.rows;
        let mut defaults = Reading::new(DEFAULT_KEYS);
        defaults.file();
        let taken = |row: &Row| rows.iter().any(|own| own.context == row.context && own.chord == row.chord);
        let kept: Vec<Row> = defaults.rows.into_iter().filter(|row| !taken(row)).collect();
        let warnings = rows.iter().filter_map(warning).collect();
        rows.extend(kept);
        Ok(Self { warnings, ..Self::of(&rows) })
    }

    fn of(rows: &[Row]) -> Self {
        let mut chords: BTreeMap<Action, Vec<Chord>> = BTreeMap::new();
        let mut bindings = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(action) = row.action else { continue };
            bindings.push(Binding { context: row.context, chord: row.chord, action });
            let of_action = chords.entry(action).or_default();
            if !of_action.contains(&row.chord) {
                of_action.push(row.chord);
            }
        }
        Self { bindings, chords, warnings: Vec::new() }
    }

    /// What the key asks for: the narrowest of `contexts` (narrow to wide) that binds it decides. `None` for a release
    /// and for a key that nothing is bound to.
    #[must_use]
    pub fn resolve(&self, contexts: &[Context], key: KeyEvent) -> Option<Action> {
        let chord = Chord::pressed(key)?;
        contexts.iter().find_map(|&context| self.bound(context, chord))
    }

    fn bound(&self, context: Context, chord: Chord) -> Option<Action> {
        let here = |binding: &&Binding| binding.context == context && binding.chord == chord;
        self.bindings.iter().find(here).map(|binding| binding.action)
    }

    /// The chords of an action, the preferred one first; none when only the palette reaches it.
    #[must_use]
    pub fn chords_of(&self, action: Action) -> &[Chord] {
        self.chords.get(&action).map_or(&[], Vec::as_slice)
    }

    /// The preferred chord of an action among those that ask for it while `contexts` (narrow to wide) listen: a narrower
    /// context may have taken a chord for itself.
    #[must_use]
    pub fn chord_in(&self, contexts: &[Context], action: Action) -> Option<Chord> {
        let asks = |chord: &&Chord| contexts.iter().find_map(|&context| self.bound(context, **chord)) == Some(action);
        self.chords_of(action).iter().find(asks).copied()
    }

    /// What may not work everywhere in the user's own rows.
    #[must_use]
    pub fn warnings(&self) -> &[KeymapWarning] {
        &self.warnings
    }
}

fn warning(row: &Row) -> Option<KeymapWarning> {
    row.action?;
    let reason = row.chord.trouble()?;
    Some(KeymapWarning { place: row.place, chord: row.chord, reason })
}

/// What somebody wrote, as it may stand in a sentence: with what hides in it, and not too much of it.
fn shown(written: &str) -> String {
    let start: String = written.chars().take(200).collect();
    truncate(&reveal(&start).replace('\n', "␊"), 48).into_owned()
}

/// The reading of one keymap text: what was understood and what was not.
struct Reading<'a> {
    text: &'a str,
    rows: Vec<Row>,
    errors: Vec<KeymapError>,
}

impl<'a> Reading<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, rows: Vec::new(), errors: Vec::new() }
    }

    fn refuse(&mut self, offset: usize, problem: KeymapProblem) {
        self.errors.push(KeymapError { place: Place::at(self.text, offset), problem });
    }

    fn file(&mut self) {
        let table = match DeTable::parse(self.text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                return self.refuse(offset, KeymapProblem::Syntax(error.message().to_owned()));
            }
        };
        for (name, keys) in &table {
            let known = CONTEXTS.into_iter().find(|context| context.name() == name.get_ref());
            match (known, keys.get_ref()) {
                (Some(context), DeValue::Table(keys)) => self.keys_of(context, keys),
                (Some(context), _) => self.refuse(name.span().start, KeymapProblem::NoTable(context.name())),
                (None, _) => {
                    let near = nearest(name.get_ref(), CONTEXTS.map(Context::name)).map(str::to_owned);
                    self.refuse(name.span().start, KeymapProblem::Context { name: shown(name.get_ref()), near });
                }
            }
        }
    }

    fn keys_of(&mut self, context: Context, keys: &DeTable<'_>) {
        let mut in_order: Vec<_> = keys.iter().collect();
        in_order.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in in_order {
            let Some(chord) = Chord::parse(key.get_ref()) else {
                self.refuse(key.span().start, KeymapProblem::Chord(shown(key.get_ref())));
                continue;
            };
            let place = Place::at(self.text, key.span().start);
            if let Some(first) = self.rows.iter().find(|row| row.context == context && row.chord == chord) {
                let problem = KeymapProblem::Twice { chord, context: context.name(), first: first.place };
                self.refuse(key.span().start, problem);
                continue;
            }
            match wanted(context, chord, value) {
                Ok(action) => self.rows.push(Row { context, chord, action, place }),
                Err(problem) => self.refuse(value.span().start, problem),
            }
        }
    }
}

/// The action that was meant, also by who left out what stands before its dot.
fn near_action(name: &str) -> Option<&'static str> {
    let last = |name: &'static str| name.rsplit_once('.').map_or(name, |(_, last)| last);
    let whole = nearest(name, ACTIONS.iter().map(|row| row.name));
    let part = || nearest(name, ACTIONS.iter().map(|row| last(row.name)));
    whole.or_else(|| ACTIONS.iter().map(|row| row.name).find(|row| Some(last(row)) == part()))
}

/// The action that a row asks for, `None` for one that unbinds.
fn wanted(context: Context, chord: Chord, value: &Spanned<DeValue<'_>>) -> Result<Option<Action>, KeymapProblem> {
    let Some(name) = value.get_ref().as_str() else {
        return Err(KeymapProblem::NotText { chord });
    };
    if name == "none" {
        return Ok(None);
    }
    let Some(action) = Action::named(name) else {
        let near = near_action(name).map(str::to_owned);
        return Err(KeymapProblem::Action { name: shown(name), near });
    };
    let home = action.row().context;
    // A global action may be asked for from a narrower place by a key of its own there; readers, the tree, the list of
    // sessions, the inspector and the ledger are overlays.
    let is_overlay =
        matches!(context, Context::Reader | Context::Tree | Context::Sessions | Context::Inspector | Context::Ledger);
    let within = home == Context::Global || (home == Context::Overlay && is_overlay);
    if home != context && !within {
        return Err(KeymapProblem::Misplaced { action: action.row().name, home: home.name() });
    }
    if types_there(context, chord) && action != Action::SlashCommand {
        return Err(KeymapProblem::Types { chord, context: context.name() });
    }
    Ok(Some(action))
}

/// Whether the chord puts a sign into a text there. The one sign that may be bound is that of the commands, which only
/// counts while the composer is empty.
fn types_there(context: Context, chord: Chord) -> bool {
    let has_text = !matches!(
        context,
        Context::Transcript | Context::Sidebar | Context::Calls | Context::Reader | Context::Tree | Context::Inspector
    );
    has_text && chord.types().is_some()
}

#[cfg(test)]
#[path = "keymap_tests.rs"]
mod tests;
