//! What a command reads and where it writes: files, standard input and standard output.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Problem;
use super::print::{Sink, gone};
use crate::config::{
    ConfigError, open_given_or_pipe, read_given, read_given_text, text_given, write_private, write_private_new,
};
use crate::text;

/// Where a text goes.
#[derive(Debug, Default, Args)]
pub(super) struct Destination {
    /// Write to this file, which only you may read, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Overwrite the file if it is there
    #[arg(long, requires = "output")]
    pub(super) force: bool,
}

/// The text of a file, a pipe or standard input, up to so many bytes. `told` hears how many there are by now.
pub(super) fn text_of(from: &str, most: usize, told: impl FnMut(usize)) -> Result<String, Problem> {
    let most = most as u64;
    let text = match from {
        "-" => read_given(io::stdin().lock(), most, told).and_then(text_given),
        path => open_given_or_pipe(Path::new(path)).and_then(|file| read_given_text(file, most, told)),
    };
    text.map_err(|error| Problem::failure(format!("{} cannot be read: {error}.", shown(from))))
}

/// The most that goes into one request, from a file or standard input: far more than any endpoint takes.
pub(super) const MOST_ASKED: u64 = 64 << 20;

/// The text of a file or a pipe that an option names.
pub(super) fn named_text(path: &Path, option: &str) -> Result<String, Problem> {
    let text = open_given_or_pipe(path).and_then(|file| read_given_text(file, MOST_ASKED, |_| {}));
    text.map_err(|error| Problem::misuse(format!("{option}: {} cannot be read: {error}.", path.display())))
}

/// What is piped in; bytes that are no text are replaced.
pub(super) fn piped_text() -> Result<String, Problem> {
    let bytes = read_given(io::stdin().lock(), MOST_ASKED, |_| {});
    let bytes = bytes.map_err(|error| Problem::failure(format!("Standard input cannot be read: {error}.")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A source's name in a sentence.
pub(super) fn shown(from: &str) -> String {
    if from == "-" { "Standard input".to_owned() } else { text::clean_line(from).into_owned() }
}

impl Destination {
    /// Writes a text there.
    pub(super) fn write(&self, text: &str) -> Result<(), Problem> {
        match &self.output {
            Some(path) => {
                let write: fn(&Path, &[u8]) -> _ = if self.force { write_private } else { write_private_new };
                write(path, text.as_bytes()).map_err(|error| match error {
                    ConfigError::Exists(path) => is_there(&path),
                    error => Problem::failure(format!("{error}.")),
                })
            }
            None => {
                let mut out = Sink::stdout();
                out.write(text).and_then(|()| out.end()).map_err(|error| gone(&error))
            }
        }
    }
}

/// What is said of a file that is not overwritten unasked.
pub(super) fn is_there(path: &Path) -> Problem {
    let path = path.display();
    Problem::failure(format!("{path} is there already and was left as it is; --force overwrites it."))
}
