//! What `ask` asks: the system prompt, the messages of a file, the prompt, standard input.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Problem;
use super::options::read_json;
use super::source::piped_text;
use crate::app::{NotAttached, attachment};
use crate::chat::{Attachment, content};

/// The messages, oldest first.
pub(super) fn messages(
    prompt: Option<&str>,
    file: Option<&PathBuf>,
    system: Option<&str>,
    attachments: &[Attachment],
) -> Result<Vec<Value>, Problem> {
    let mut messages = match file {
        Some(file) => of_file(file)?,
        None => Vec::new(),
    };
    if let Some(system) = system {
        messages.insert(0, json!({"role": "system", "content": system}));
    }
    let piped = piped(prompt, file.is_some())?;
    let text = joined(prompt, piped.as_deref());
    if text.is_some() || !attachments.is_empty() {
        let content = content(text.as_deref().unwrap_or_default(), attachments);
        messages.push(json!({"role": "user", "content": content}));
    }
    if file.is_none() && messages.last().is_none_or(|last| last["role"] != "user") {
        return Err(Problem::misuse("There is nothing to ask: give a prompt, pipe one in, or use --messages FILE."));
    }
    Ok(messages)
}

/// Reads the files that go with the prompt.
pub(super) fn attachments(paths: &[PathBuf]) -> Result<Vec<Attachment>, Problem> {
    let read = |path: &PathBuf| {
        let path = path.to_string_lossy();
        attachment(&path).map_err(|why| {
            let why = match why {
                NotAttached::Missing => "there is no such file".to_owned(),
                NotAttached::Directory => "it is a directory. Attach its files one by one".to_owned(),
                NotAttached::Refused(why) => why,
            };
            Problem::misuse(format!("--attach: {path} cannot be attached: {why}."))
        })
    };
    paths.iter().map(read).collect()
}

fn of_file(file: &Path) -> Result<Vec<Value>, Problem> {
    match read_json(file, "--messages")? {
        Value::Array(messages) if !messages.is_empty() => Ok(messages),
        _ => Err(Problem::misuse(format!("--messages: {} holds no JSON array of messages.", file.display()))),
    }
}

/// What standard input brings. It is not read when a file brings the messages and no prompt asks for it, since a program
/// that started this one may have left it open.
fn piped(prompt: Option<&str>, has_file: bool) -> Result<Option<String>, Problem> {
    let asked = prompt == Some("-");
    if !asked && (io::stdin().is_terminal() || (has_file && prompt.is_none())) {
        return Ok(None);
    }
    piped_text().map(Some)
}

/// The prompt and what was piped, a blank line between them.
fn joined(prompt: Option<&str>, piped: Option<&str>) -> Option<String> {
    let prompt = prompt.filter(|prompt| *prompt != "-");
    let parts = [prompt, piped.map(str::trim_end)];
    let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_piped_follows_the_prompt() {
        assert_eq!(joined(Some("Sum up:"), Some("a\nb\n")), Some("Sum up:\n\na\nb".to_owned()));
        assert_eq!(joined(Some("-"), Some("a\n")), Some("a".to_owned()));
        assert_eq!(joined(Some("only"), Some("\n")), Some("only".to_owned()));
        assert_eq!(joined(None, None), None);
    }
}
