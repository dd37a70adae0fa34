//! The clipboard through the terminal: OSC 52, plain, which tmux takes when its `set-clipboard` is on.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The longest text that is sent: terminals cut or drop what is much longer (xterm and tmux stop near 100 kB of base64).
const MOST_BYTES: usize = 74_000;

/// The sequence that sets the clipboard, or `None` when the text is too long for terminals to take.
pub(super) fn osc52(text: &str) -> Option<String> {
    (text.len() <= MOST_BYTES).then(|| format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(text)))
}

/// Writes a text that is too long for the clipboard into a new private file.
pub(super) fn write_aside(text: &str) -> io::Result<PathBuf> {
    let path = private_path("abreast-copy");
    create_private(&path)?.write_all(text.as_bytes())?;
    Ok(path)
}

/// A path in the temporary folder that nobody can guess.
pub(super) fn private_path(stem: &str) -> PathBuf {
    std::env::temp_dir().join(format!("{stem}-{:016x}.md", fastrand::u64(..)))
}

/// Creates a file that did not exist and that only its owner can read.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_travels_as_base64_without_passthrough() {
        assert_eq!(osc52("héllo").unwrap(), "\x1b]52;c;aMOpbGxv\x1b\\");
    }

    #[test]
    fn what_a_terminal_would_cut_is_not_sent() {
        assert_eq!(osc52(&"x".repeat(MOST_BYTES + 1)), None);
    }
}
