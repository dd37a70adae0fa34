//! Files with definitions of tools.
//!
//! Owns the reading of files. What they say, and what is wrong with it, is `tools`'.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::config::{GivenError, open_given, open_given_or_pipe, read_given_text};
use crate::tools::{Definition, LARGEST_BYTES, read_tools};

/// A file of the directory of tools; one that is wrong does not hide the others.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolFile {
    pub file: PathBuf,
    /// The tools, or a sentence without its full stop that names the file, the entry and the field.
    pub tools: Result<Vec<Definition>, String>,
}

/// Reads the tools of a file.
///
/// # Errors
/// A sentence without its full stop that names the file, the entry and the field.
pub fn read_tool_file(file: &Path) -> Result<Vec<Definition>, String> {
    tools_of(file, open_given_or_pipe(file))
}

fn tools_of(file: &Path, opened: Result<File, GivenError>) -> Result<Vec<Definition>, String> {
    let text = opened.and_then(|opened| read_given_text(opened, LARGEST_BYTES as u64, |_| {}));
    let text = text.map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    read_tools(&text).map_err(|error| format!("{}: {error}", file.display()))
}

/// Every `*.json` of the directory of tools, by name. A directory that is not there has none.
///
/// # Errors
/// When the directory cannot be read, in a sentence without its full stop.
pub fn list_tool_files(directory: &Path) -> Result<Vec<ToolFile>, String> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("{} cannot be read: {error}", directory.display())),
    };
    let is_json = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json");
    // What an editor left half done is hidden.
    let is_hidden = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths.filter(|path| is_json(path) && !is_hidden(path)).collect();
    paths.sort();
    Ok(paths.into_iter().map(listed).collect())
}

/// A pipe among the files would keep the reader waiting for ever.
fn listed(file: PathBuf) -> ToolFile {
    ToolFile { tools: tools_of(&file, open_given(&file)), file }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_directory_gives_its_tools_or_says_why_not() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::write(at("b.json"), r#"{"name":"look"}"#).unwrap();
        fs::write(at("c.json"), r#"[{"name":7}]"#).unwrap();
        fs::write(at(".d.json"), "half").unwrap();
        fs::write(at("e.txt"), "notes").unwrap();
        fs::create_dir(at("a.json")).unwrap();
        let files = list_tool_files(home.path()).unwrap();
        let told: Vec<Result<usize, String>> =
            files.into_iter().map(|file| file.tools.map(|definitions| definitions.len())).collect();
        let no_file = format!("{} cannot be read: it is a directory", at("a.json").display());
        let wrong = format!("{}: /0/name: a name is a string, not a number", at("c.json").display());
        assert_eq!(told, [Err(no_file), Ok(1), Err(wrong)]);
        assert_eq!(list_tool_files(&at("none")), Ok(vec![]));
    }

    #[test]
    fn a_device_is_refused_and_a_long_file_is_left_after_its_first_mebibyte() {
        let home = tempfile::tempdir().unwrap();
        let long = home.path().join("long.json");
        fs::write(&long, vec![b' '; LARGEST_BYTES + 1]).unwrap();
        assert_eq!(read_tool_file(&long), Err(format!("{} cannot be read: it is larger than 1 MiB", long.display())));
        let zeros = Path::new("/dev/zero");
        if zeros.exists() {
            assert_eq!(read_tool_file(zeros), Err("/dev/zero cannot be read: it is no file".to_owned()));
        }
    }
}
