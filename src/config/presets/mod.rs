//! Presets: settings under a name, each in a file of its own, `presets/NAME.toml`.
//!
//! Owns the files and their names. They are made to live in git: the same settings give the same text, what did not
//! change is not touched, and no secret has a place in them.

mod read;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{ConfigError, read_or_empty, write_private};
use crate::chat::{Params, Settings, Tool};

/// The longest name, in bytes: with its ending it fits every file system.
const LONGEST_NAME: usize = 80;

const ENDING: &str = "toml";

/// What a preset says. What it says nothing of stays as it is in the lane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preset {
    pub provider: Option<String>,
    pub model: Option<String>,
    /// An empty one takes the system prompt away.
    pub system: Option<String>,
    /// All values of the system prompt's variables.
    pub variables: Option<BTreeMap<String, String>>,
    /// All the params that are set.
    pub params: Option<Params>,
    /// All the tools that are offered.
    pub tools: Option<Vec<Tool>>,
}

/// A name that is safe as a file's: letters, digits, blanks, `-`, `_` and `.`, no dot or blank at either end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PresetName(String);

/// One file of the directory, under the name that it has there.
#[derive(Clone, Debug, PartialEq)]
pub struct PresetFile {
    pub name: String,
    pub preset: Result<Preset, ConfigError>,
}

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    Keep,
    Replace,
}

impl PresetName {
    /// Takes a name that somebody typed.
    ///
    /// # Errors
    /// In a sentence without its full stop, when it is no name for a file.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let name = typed.trim();
        let plain = |sign: char| sign.is_alphanumeric() || " -_.".contains(sign);
        if name.is_empty() {
            return Err("a preset needs a name".to_owned());
        }
        if let Some(sign) = name.chars().find(|sign| !plain(*sign)) {
            let sign = sign.escape_debug();
            return Err(format!("a preset's name is made of letters, digits, blanks, - _ and . and has no `{sign}`"));
        }
        if name.starts_with('.') || name.ends_with('.') {
            return Err("a preset's name neither starts nor ends with a dot".to_owned());
        }
        if name.len() > LONGEST_NAME {
            return Err(format!("a preset's name has at most {LONGEST_NAME} bytes"));
        }
        Ok(Self(name.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn file(&self, directory: &Path) -> PathBuf {
        directory.join(format!("{}.{ENDING}", self.0))
    }
}

impl fmt::Display for PresetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Preset {
    /// All of a lane's settings that are set.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Self {
            provider: some(&settings.provider),
            model: some(&settings.model),
            system: settings.system.as_deref().map(str::to_owned),
            variables: Some(settings.variables.clone()).filter(|variables| !variables.is_empty()),
            params: Some(settings.params.clone()),
            tools: Some(settings.tools.to_vec()).filter(|tools| !tools.is_empty()),
        }
    }

    /// The settings with what the preset says in them.
    #[must_use]
    pub fn over(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        let put = |to: &mut String, from: &Option<String>| {
            if let Some(from) = from {
                to.clone_from(from);
            }
        };
        put(&mut settings.provider, &self.provider);
        put(&mut settings.model, &self.model);
        if let Some(system) = &self.system {
            settings.system = Some(system.as_str()).filter(|system| !system.is_empty()).map(Into::into);
        }
        if let Some(variables) = &self.variables {
            settings.variables.clone_from(variables);
        }
        if let Some(params) = &self.params {
            settings.params.clone_from(params);
        }
        if let Some(tools) = &self.tools {
            settings.tools = tools.as_slice().into();
        }
        settings
    }

    /// Reads a preset's text; `file` is only for messages.
    ///
    /// # Errors
    /// For the first thing that is wrong with it: where, what, and what would be right.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        read::preset(text, file)
    }

    /// The preset as the text of a file.
    #[must_use]
    pub fn to_toml(&self) -> String {
        self.written_over("")
    }

    /// The preset as the text of a file that said `before`: comments and what did not change stay as they are.
    #[must_use]
    pub fn written_over(&self, before: &str) -> String {
        write::over(before, self)
    }
}

/// Every preset of the directory, by name; a file that is wrong does not hide the others. A directory that is not there
/// has none.
///
/// # Errors
/// When the directory cannot be read.
pub fn list(directory: &Path) -> Result<Vec<PresetFile>, ConfigError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(ConfigError::unreadable(directory, &error)),
    };
    let named = |path: PathBuf| {
        let is_preset = path.extension().is_some_and(|ending| ending == ENDING);
        let name = path.file_stem().filter(|_| is_preset)?.to_string_lossy().into_owned();
        // What an editor or a write of our own left half done is hidden or has another ending.
        (!name.starts_with('.')).then_some((name, path))
    };
    let mut files: Vec<_> = entries.filter_map(|entry| named(entry.ok()?.path())).collect();
    files.sort();
    Ok(files.into_iter().map(|(name, path)| PresetFile { preset: read_file(&name, &path), name }).collect())
}

fn read_file(name: &str, path: &Path) -> Result<Preset, ConfigError> {
    if PresetName::parse(name).map(|parsed| parsed.0).as_deref() != Ok(name) {
        let reason = "its name is not one of letters, digits, blanks, - _ and .; rename it".to_owned();
        return Err(ConfigError::Unreadable { file: path.to_owned(), reason });
    }
    read::preset(&read_or_empty(path)?, path)
}

fn no_file(path: &Path) -> ConfigError {
    ConfigError::Unreadable { file: path.to_owned(), reason: "it is no file".to_owned() }
}

/// Writes a preset in one step. In a file that it replaces, comments and what did not change stay as they are.
///
/// # Errors
/// When there is one of that name and it is to be kept, or when the file cannot be written.
pub fn save(directory: &Path, name: &PresetName, preset: &Preset, existing: Existing) -> Result<(), ConfigError> {
    let file = name.file(directory);
    if existing == Existing::Keep && file.symlink_metadata().is_ok() {
        return Err(ConfigError::Exists(file));
    }
    if fs::metadata(&file).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(no_file(&file));
    }
    // What cannot be read has nothing that could be kept; the write says what is wrong with the place.
    let before = read_or_empty(&file).unwrap_or_default();
    write_private(&file, preset.written_over(&before).as_bytes())
}

/// Deletes a preset's file.
///
/// # Errors
/// When there is none, or it cannot be deleted.
pub fn delete(directory: &Path, name: &PresetName) -> Result<(), ConfigError> {
    let file = name.file(directory);
    fs::remove_file(&file).map_err(|error| ConfigError::Unwritable { file, reason: error.to_string() })
}

#[cfg(test)]
mod tests;
