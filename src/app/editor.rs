//! `$EDITOR` on a text, through a private file.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use super::clipboard::{create_private, private_path};

/// Runs the user's editor on `text` in the foreground and gives what it left. The terminal is already the editor's.
pub(super) fn edit(text: &str) -> Result<String, String> {
    let path = private_path("abreast-draft");
    let edited = edit_file(&path, text)?;
    // The draft may be private, so it does not stay behind. After a failure it does: it is all that is left of the edit.
    fs::remove_file(&path)
        .map_err(|error| format!("The draft's file {} could not be removed: {error}.", path.display()))?;
    Ok(edited)
}

fn edit_file(path: &Path, text: &str) -> Result<String, String> {
    let trouble = |error: io::Error| format!("The draft's file {} cannot be used: {error}.", path.display());
    create_private(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(trouble)?;
    let command = command();
    let mut words = command.split_whitespace();
    let program = words.next().unwrap_or("vi");
    // An editor and its plugins have no business with the keys of endpoints.
    let keys = std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().ends_with("API_KEY"));
    let mut child = Command::new(program);
    keys.for_each(|name| {
        child.env_remove(name);
    });
    match child.args(words).arg(path).status() {
        Ok(status) if status.success() => fs::read_to_string(path).map_err(trouble),
        Ok(status) => Err(format!(
            "The editor `{program}` ended with {status}, so the draft is as it was; what it saved is in {}.",
            path.display()
        )),
        Err(error) => {
            fs::remove_file(path).map_err(trouble)?;
            Err(format!("The editor `{program}` does not start: {error}. Set EDITOR to one that does."))
        }
    }
}

/// `VISUAL`, else `EDITOR`, else `vi`; they may hold arguments, such as `code --wait`.
fn command() -> String {
    let named = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".to_owned())
}
