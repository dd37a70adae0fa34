//! Reading what is to be attached: files by the words of a draft, and the entries of a directory. Blocks; never called by
//! the loop itself.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::files::place;
use crate::chat::Attachment;
use crate::config::{GivenError, open_given};
use crate::state::attach::{AtWord, FileRow, FileRows, FoundFile};

/// Entries of a directory that are read at the most.
const MOST_ENTRIES: usize = 5_000;

/// Why a path gives no attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAttached {
    /// Nothing is there.
    Missing,
    Directory,
    /// A clause about a file that is there.
    Refused(String),
}

/// Reads a file. `path` is as the user wrote it.
///
/// # Errors
/// When there is none, or a message cannot carry it.
pub fn attachment(path: &str) -> Result<Attachment, NotAttached> {
    let at = place(path);
    let refused = |why: String| NotAttached::Refused(why);
    let unreadable = |error: std::io::Error| refused(format!("it cannot be read: {error}"));
    // What is no name at all is no file either.
    fs::metadata(&at).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => unreadable(error),
        _ => NotAttached::Missing,
    })?;
    let file = open_given(&at).map_err(|error| match error {
        GivenError::Directory => NotAttached::Directory,
        GivenError::Unreadable(error) => unreadable(error),
        // A pipe or a device would never end.
        _ => refused("it is neither a text nor an image".to_owned()),
    })?;
    let mut bytes = Vec::new();
    file.take(Attachment::MOST_IMAGE as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Attachment::of(shown_name(path, &at), bytes).map_err(|why| refused(why.to_string()))
}

/// The name under which a file goes out: a path below the working directory as it was written, of any other the last
/// part, since the rest is nobody's business.
fn shown_name(path: &str, at: &Path) -> String {
    let own = path.trim_start_matches("./");
    let last = || at.file_name().map_or_else(|| own.to_owned(), |name| name.to_string_lossy().into_owned());
    if own.starts_with(['/', '~']) || own.contains("..") || at.is_absolute() { last() } else { own.to_owned() }
}

/// What a word of a draft turns out to be. A directory is no file; only who writes it as a path hears about it.
pub(super) fn found(word: &AtWord, must_be: bool) -> FoundFile {
    for (written, path) in &word.spellings {
        let why = match attachment(path) {
            Ok(attachment) => return FoundFile::File { word: written.clone(), attachment },
            Err(NotAttached::Missing) => continue,
            Err(NotAttached::Directory) if !must_be && !path.contains('/') => continue,
            Err(NotAttached::Directory) => "it is a directory. Attach its files one by one".to_owned(),
            Err(NotAttached::Refused(why)) => why,
        };
        return FoundFile::Refused(format!("{path} cannot be attached: {why}."));
    }
    match word.spellings.first() {
        Some((_, path)) if must_be => {
            FoundFile::Refused(format!("{path} cannot be attached: it is not there any more."))
        }
        _ => FoundFile::Nothing,
    }
}

/// The entries of a directory, by their names, directories first.
pub(super) fn listed(directory: &str) -> FileRows {
    let at = if directory.is_empty() { place(".") } else { place(directory) };
    let Ok(entries) = fs::read_dir(at) else { return FileRows::default() };
    let mut entries = entries.filter_map(Result::ok);
    let mut rows: Vec<FileRow> = entries
        .by_ref()
        .take(MOST_ENTRIES)
        .filter_map(|entry| {
            // A path in a draft ends with its line.
            let name = entry.file_name().into_string().ok().filter(|name| !name.contains(['\n', '\r']))?;
            // Through a link, as it will be read.
            let about = fs::metadata(entry.path()).ok()?;
            Some(FileRow { name, is_directory: about.is_dir(), size: about.len() })
        })
        .collect();
    rows.sort_by(|one, other| (!one.is_directory, &one.name).cmp(&(!other.is_directory, &other.name)));
    FileRows { rows, cut: entries.next().is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> (tempfile::TempDir, impl Fn(&str) -> String) {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().to_string_lossy().into_owned();
        (home, move |name: &str| format!("{root}/{name}"))
    }

    #[test]
    fn a_word_is_a_file_nothing_or_a_reason() {
        let (_home, path) = home();
        fs::write(path("a.md"), "one").unwrap();
        fs::write(path("b.bin"), [0, 1]).unwrap();
        fs::create_dir(path("sub")).unwrap();
        let of = |name: &str, must_be| found(&AtWord::of_path(&path(name)), must_be);
        let attachment = Attachment::of("a.md", "one".as_bytes().to_vec()).unwrap();
        assert_eq!(of("a.md", false), FoundFile::File { word: format!("@{}", path("a.md")), attachment });
        assert_eq!(of("none", false), FoundFile::Nothing);
        assert_eq!(of("a.md/none", false), FoundFile::Nothing);
        assert_eq!(of(&"x".repeat(4000), false), FoundFile::Nothing);
        let refused = |name: &str, why: &str| FoundFile::Refused(format!("{} cannot be attached: {why}.", path(name)));
        assert_eq!(of("gone", true), refused("gone", "it is not there any more"));
        assert_eq!(of("sub", false), refused("sub", "it is a directory. Attach its files one by one"));
        let why = "it is binary. Texts in UTF-8 and images (PNG, JPEG, GIF, WebP) can be attached";
        assert_eq!(of("b.bin", false), refused("b.bin", why));
        assert_eq!(found(&AtWord::of_path("src"), false), FoundFile::Nothing, "a bare word that names a directory");
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_is_refused_before_it_is_opened() {
        let (_home, path) = home();
        assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        assert_eq!(attachment(&path("pipe")), Err(NotAttached::Refused("it is neither a text nor an image".into())));
    }

    #[test]
    fn only_a_path_below_the_working_directory_goes_out_whole() {
        let name = |path: &str| shown_name(path, &place(path));
        assert_eq!(name("./src/main.rs"), "src/main.rs");
        assert_eq!(name("/home/ada/secret/cat.png"), "cat.png");
        assert_eq!(name("~/cat.png"), "cat.png");
        assert_eq!(name("../other/cat.png"), "cat.png");
    }

    #[test]
    fn a_directory_is_listed_with_what_links_lead_to() {
        let (_home, path) = home();
        fs::write(path("b"), "12").unwrap();
        fs::write(path(".a"), "").unwrap();
        fs::create_dir(path("z")).unwrap();
        let row = |name: &str, is_directory, size| (name.to_owned(), is_directory, size);
        let rows = listed(&path(""));
        let got: Vec<_> = rows
            .rows
            .iter()
            .map(|row| (row.name.clone(), row.is_directory, if row.is_directory { 0 } else { row.size }))
            .collect();
        assert_eq!((got, rows.cut), (vec![row("z", true, 0), row(".a", false, 0), row("b", false, 2)], false));
        assert_eq!(listed(&path("none")), FileRows::default());
    }
}
