//! Writing files so that nobody else can read them and no half of one is ever there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ConfigError;

/// Writes a file that only its owner may read (0600 on Unix) in one step: a new file beside it is written, flushed to
/// the disk and put in its place. A link stays a link; what it points to is replaced. Missing directories are made,
/// for the owner alone.
///
/// # Errors
/// When that fails; the file is then as it was.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), ConfigError> {
    let unwritable = |error: io::Error| ConfigError::Unwritable { file: path.to_owned(), reason: error.to_string() };
    // Users keep their dotfiles elsewhere and link to them.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Some(directory) = target.parent() {
        make_directory(directory).map_err(unwritable)?;
    }
    let beside = beside(&target);
    let written = write_new(&beside, content).and_then(|()| fs::rename(&beside, &target));
    written.map_err(|error| {
        // The first error is the one to be told; what is left of the new file is removed as far as that goes.
        let _ = fs::remove_file(&beside);
        unwritable(error)
    })
}

/// As [`write_private`], but never in the place of another file.
///
/// # Errors
/// When a file of that name is there, or the directory is not, or the write fails; nothing is left behind then.
pub fn write_private_new(path: &Path, content: &[u8]) -> Result<(), ConfigError> {
    // The empty file takes the name before anything is written, so that nobody else can.
    let taken = private(OpenOptions::new().write(true).create_new(true)).open(path);
    taken.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => ConfigError::Exists(path.to_owned()),
        _ => ConfigError::Unwritable { file: path.to_owned(), reason: error.to_string() },
    })?;
    write_private(path, content).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

/// A name beside a file that no other run of the program takes.
#[must_use]
pub fn beside(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{:08x}.new", std::process::id(), fastrand::u32(..)));
    target.with_file_name(name)
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(path)?;
    file.write_all(content)?;
    file.sync_all()?;
    // The name is on the disk only once its directory is; where that cannot be asked for, the system does it in time.
    if let Some(directory) = path.parent().and_then(|directory| File::open(directory).ok()) {
        let _ = directory.sync_all();
    }
    Ok(())
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn make_directory(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn make_directory(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b/config.toml");
        write_private(&path, b"one, and a longer one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(path.parent().unwrap()), ["config.toml"]);
    }

    #[test]
    fn a_write_that_fails_leaves_nothing_behind_and_says_what_failed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("taken");
        fs::create_dir(&path).unwrap();
        let error = write_private(&path, b"x").unwrap_err();
        assert!(matches!(&error, ConfigError::Unwritable { file, .. } if *file == path), "{error}");
        assert_eq!(names(home.path()), ["taken"]);
    }

    #[test]
    fn a_new_file_never_takes_the_place_of_another() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("session.md");
        write_private_new(&path, b"one").unwrap();
        assert!(matches!(write_private_new(&path, b"two"), Err(ConfigError::Exists(file)) if file == path));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert!(matches!(write_private_new(&home.path().join("none/x"), b"x"), Err(ConfigError::Unwritable { .. })));
        assert_eq!(names(home.path()), ["session.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it_and_a_link_stays_a_link() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let real = home.path().join("dotfiles.toml");
        let link = home.path().join("config.toml");
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_private(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
