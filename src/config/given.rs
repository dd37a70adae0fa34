//! Reading what a user names: nothing that never ends, and nothing that waits for somebody who never comes.
//!
//! What stands under a name can change between a look at it and its opening, so it is opened without waiting, and what
//! was opened is looked at.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use thiserror::Error;

/// Read at once, so that who waits can be told how far it is.
const STEP_BYTES: u64 = 1 << 20;

/// Why something that was named is not read; a clause without its full stop.
#[derive(Debug, Error)]
pub enum GivenError {
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    #[error("it is a directory")]
    Directory,
    /// A device, or a pipe where none can be taken.
    #[error("it is no file")]
    NoFile,
    #[error("it is larger than {} MiB", most >> 20)]
    TooLarge { most: u64 },
    #[error("it is no text in UTF-8")]
    NoText,
}

/// Opens a file, and nothing else. Never waits for the other end of a pipe.
///
/// # Errors
/// When it cannot be opened, or is something else.
pub fn open_given(path: &Path) -> Result<File, GivenError> {
    // To open a device can already do something.
    expect_file(&fs::metadata(path)?)?;
    let file = at_once(OpenOptions::new().read(true)).open(path)?;
    expect_file(&file.metadata()?)?;
    Ok(file)
}

fn expect_file(about: &Metadata) -> Result<(), GivenError> {
    match about {
        about if about.is_file() => Ok(()),
        about if about.is_dir() => Err(GivenError::Directory),
        _ => Err(GivenError::NoFile),
    }
}

/// Opens a file or a pipe, such as a shell's `<(command)`; who names a pipe waits for its other end.
///
/// # Errors
/// As [`open_given`].
pub fn open_given_or_pipe(path: &Path) -> Result<File, GivenError> {
    if !is_pipe(&fs::metadata(path)?) {
        return open_given(path);
    }
    let pipe = File::open(path)?;
    let about = pipe.metadata()?;
    if is_pipe(&about) { Ok(pipe) } else { expect_file(&about).map(|()| pipe) }
}

#[cfg(unix)]
fn is_pipe(about: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    about.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn at_once(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    // For a file this means nothing; a pipe is opened without its other end, to be refused then.
    options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
}

#[cfg(not(unix))]
fn at_once(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Reads to the end, but no more than `most` bytes. `told` hears how many there are by now.
///
/// # Errors
/// When it goes on after that, or cannot be read.
pub fn read_given(mut from: impl Read, most: u64, mut told: impl FnMut(usize)) -> Result<Vec<u8>, GivenError> {
    let mut bytes = Vec::new();
    loop {
        let read = from.by_ref().take(STEP_BYTES).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            return Err(GivenError::TooLarge { most });
        }
        if read == 0 {
            return Ok(bytes);
        }
        told(bytes.len());
    }
}

/// As [`read_given`], the text of a file. One that is too large is not read at all.
///
/// # Errors
/// Also when it is no text.
pub fn read_given_text(file: File, most: u64, told: impl FnMut(usize)) -> Result<String, GivenError> {
    if file.metadata().is_ok_and(|about| about.is_file() && about.len() > most) {
        return Err(GivenError::TooLarge { most });
    }
    text_given(read_given(file, most, told)?)
}

/// Bytes as a text.
///
/// # Errors
/// When they are none.
pub fn text_given(bytes: Vec<u8>) -> Result<String, GivenError> {
    String::from_utf8(bytes).map_err(|_| GivenError::NoText)
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write;
    use std::process::Command;
    use std::thread;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn said<T>(read: Result<T, GivenError>) -> Option<String> {
        read.err().map(|error| error.to_string())
    }

    #[test]
    fn devices_directories_and_pipes_without_another_end_are_refused_at_once() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let no_file = Some("it is no file".to_owned());
        assert_eq!(said(open_given(&pipe)), no_file);
        assert_eq!(said(open_given(Path::new("/dev/zero"))), no_file);
        assert_eq!(said(open_given_or_pipe(Path::new("/dev/zero"))), no_file);
        assert_eq!(said(open_given_or_pipe(home.path())), Some("it is a directory".to_owned()));
        assert!(matches!(open_given(&home.path().join("none")), Err(GivenError::Unreadable(_))));
        // A pipe that takes the place of a file after it was looked at is opened too, but nobody waits for it.
        let opened = at_once(OpenOptions::new().read(true)).open(&pipe).unwrap();
        assert_eq!(said(expect_file(&opened.metadata().unwrap())), no_file);
    }

    #[test]
    fn a_pipe_that_was_named_is_read_to_its_end() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let far = pipe.clone();
        let writer = thread::spawn(move || OpenOptions::new().write(true).open(far).unwrap().write_all(b"all of it"));
        let file = open_given_or_pipe(&pipe).unwrap();
        assert_eq!(read_given_text(file, MIB, |_| {}).unwrap(), "all of it");
        writer.join().unwrap().unwrap();
    }

    #[test]
    fn what_never_ends_is_read_up_to_the_bound_and_told_on_the_way() {
        let mut heard = Vec::new();
        let read = read_given(io::repeat(b' '), 3 * MIB, |bytes| heard.push(bytes as u64));
        assert_eq!(said(read), Some("it is larger than 3 MiB".to_owned()));
        assert_eq!(heard, [MIB, 2 * MIB, 3 * MIB]);
        assert_eq!(read_given(&[7; 20][..], 20, |_| {}).unwrap(), [7; 20]);
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read_at_all() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sparse");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let read = read_given_text(open_given(&path).unwrap(), 512 * MIB, |_| panic!("it was read"));
        assert_eq!(said(read), Some("it is larger than 512 MiB".to_owned()));
        fs::write(&path, [0xff, 0xfe]).unwrap();
        let read = read_given_text(open_given(&path).unwrap(), MIB, |_| {});
        assert_eq!(said(read), Some("it is no text in UTF-8".to_owned()));
    }
}
