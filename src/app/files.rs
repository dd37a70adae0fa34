//! Work on the user's files, off the loop: presets, one piece of work after the other, and files that are read for a form.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc::{Sender, UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot::Receiver;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use super::attach;
use super::responders::save_responder;
use super::runner::Batch;
use crate::config::presets::{self, Existing, PresetFile};
use crate::config::{ConfigError, PriceRow, open_given, read_given_text, save_price, write_private, write_private_new};
use crate::exchange::{self, Redaction};
use crate::state::attach::{AttachPurpose, AttachWork};
use crate::state::{Event, ExportWork, Exported, PresetWork};
use crate::store::{SavedSession, StoreFault, read_wires};
use crate::tools::Responder;

/// The largest file that a form takes.
const LARGEST_BYTES: u64 = 1024 * 1024;

/// What is to be done.
#[derive(Debug)]
pub(super) enum FileWork {
    Presets(PresetWork),
    Read {
        path: String,
    },
    Attach(AttachWork),
    List {
        directory: String,
    },
    Export {
        work: Box<ExportWork>,
        session: Box<SavedSession>,
        wires: Option<Wires>,
    },
    /// Keep a price.
    Price {
        file: Option<PathBuf>,
        price: Box<PriceRow>,
    },
    /// Keep what answers a tool.
    Responder {
        file: Option<PathBuf>,
        tool: String,
        responder: Box<Responder>,
    },
}

/// Where the wires are that are not in memory.
#[derive(Debug)]
pub(super) struct Wires {
    pub(super) directory: PathBuf,
    /// When all that was handed over to be kept is there.
    pub(super) kept: Receiver<Result<(), StoreFault>>,
}

impl Wires {
    /// Reads them into a session; those that cannot be read are left out.
    fn read(self, session: &mut SavedSession) {
        // What could not be kept may have been before; and without the store the rest is worth a file all the more.
        let _ = self.kept.blocking_recv();
        let _ = read_wires(&self.directory, session);
    }
}

/// How long the end of the program waits for work that was asked for.
const LAST_WORK: Duration = Duration::from_secs(2);

/// Does one thing after the other, so that what is saved last is what stays.
pub(super) struct Files {
    work: UnboundedSender<FileWork>,
    clerk: AbortOnDropHandle<()>,
}

impl Files {
    /// Starts with the directory of the presets, if there is one, and with that of files that are named without one.
    pub(super) fn of(presets: Option<PathBuf>, here: PathBuf, events: Sender<Batch>) -> Self {
        let (work, todo) = unbounded_channel();
        Self { work, clerk: AbortOnDropHandle::new(tokio::spawn(clerk((presets, here), todo, events))) }
    }

    pub(super) fn asks(&self, work: FileWork) {
        // The clerk goes only with this; so somebody takes it.
        let _ = self.work.send(work);
    }

    /// Ends when all is done that was asked for, or takes too long: who saves and quits has saved.
    pub(super) async fn finished(self) {
        let Self { work, clerk } = self;
        drop(work);
        // What is not done by then cannot be helped.
        let _ = timeout(LAST_WORK, clerk).await;
    }
}

async fn clerk(
    (presets, here): (Option<PathBuf>, PathBuf),
    mut todo: UnboundedReceiver<FileWork>,
    events: Sender<Batch>,
) {
    while let Some(work) = todo.recv().await {
        let (presets, here) = (presets.clone(), here.clone());
        let Ok(event) = spawn_blocking(move || done(presets.as_deref(), &here, work)).await else { return };
        // The loop may be gone; what was asked for is done all the same.
        let _ = events.send(vec![event]).await;
    }
}

fn done(presets: Option<&Path>, here: &Path, work: FileWork) -> Event {
    match work {
        FileWork::Presets(work) => {
            let nowhere = || ConfigError::NoHome { variable: "ABREAST_CONFIG_DIR" };
            let outcome = presets.map_or_else(|| Err(nowhere()), |directory| on_presets(directory, &work));
            let files: Result<Vec<PresetFile>, ConfigError> = presets.map_or_else(|| Err(nowhere()), presets::list);
            Event::Presets { work, outcome, files }
        }
        FileWork::Read { path } => {
            let result = read(&path);
            Event::FileRead { path, result }
        }
        FileWork::Price { file, price } => {
            let saved = file.map_or(Ok(()), |file| save_price(&file, &price));
            Event::PriceSaved(saved.map_err(|error| format!("{error}.")))
        }
        FileWork::Responder { file, tool, responder } => {
            let saved = file.map_or(Ok(()), |file| save_responder(&file, &tool, &responder));
            Event::ResponderSaved { tool, result: saved.map_err(|error| format!("{error}.")) }
        }
        FileWork::Attach(work) => {
            let must_be = work.purpose == AttachPurpose::Take;
            let found = work.words.iter().map(|word| attach::found(word, must_be)).collect();
            Event::Attached { work, found }
        }
        FileWork::List { directory } => {
            let files = attach::listed(&directory);
            Event::FilesListed { directory, files }
        }
        FileWork::Export { work, session, wires } => {
            let outcome = exported(&work, here, *session, wires);
            Event::Exported { work, outcome }
        }
    }
}

/// Writes a session where only its owner can read it.
fn exported(work: &ExportWork, here: &Path, mut session: SavedSession, wires: Option<Wires>) -> Exported {
    let text = Redaction::of(work.redact.as_deref()).and_then(|redaction| {
        work.choice.apply(&mut session, work.format.says_asked())?;
        if let Some(wires) = wires.filter(|_| work.format.has_wire()) {
            work.format.forget_other_wires(&mut session);
            wires.read(&mut session);
        }
        redaction.apply(&mut session);
        exchange::export(&session, work.format, &|name| work.shapes.get(name).cloned())
    });
    let written = match text {
        Err(problem) => return Exported::Failed(format!("The session cannot be exported: {problem}.")),
        Ok(text) => match work.existing {
            Existing::Keep => write_private_new(&here.join(place(&work.path)), text.as_bytes()),
            Existing::Replace => write_private(&here.join(place(&work.path)), text.as_bytes()),
        },
    };
    match written {
        Ok(()) => match session.unread_wires() {
            runs if runs > 0 && work.format.has_wire() => Exported::WithoutWires(runs),
            _ => Exported::Written,
        },
        Err(ConfigError::Exists(_)) => Exported::Exists,
        Err(error) => Exported::Failed(format!("{error}.")),
    }
}

/// Where a path leads that a user wrote: `~` is the home directory.
pub(super) fn place(path: &str) -> PathBuf {
    match path.strip_prefix("~/") {
        Some(below) => std::env::home_dir().unwrap_or_default().join(below),
        None => PathBuf::from(path),
    }
}

fn on_presets(directory: &Path, work: &PresetWork) -> Result<(), ConfigError> {
    match work {
        PresetWork::List => Ok(()),
        PresetWork::Save { name, preset, existing } => presets::save(directory, name, preset, *existing),
        PresetWork::Delete(name) => presets::delete(directory, name),
    }
}

/// A text file of the user's.
fn read(path: &str) -> Result<String, String> {
    let at = place(path);
    let trouble = |reason: &str| format!("{path} cannot be read: {reason}");
    let text = open_given(&at).and_then(|file| read_given_text(file, LARGEST_BYTES, |_| {}));
    text.map_err(|error| trouble(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_for_a_form_is_a_text_of_a_bearable_size() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name).to_string_lossy().into_owned();
        fs::write(path("fine.json"), "{}").unwrap();
        fs::write(path("large.json"), vec![b' '; 1024 * 1024 + 1]).unwrap();
        fs::write(path("odd.json"), [0xff, 0xfe]).unwrap();
        assert_eq!(read(&path("fine.json")), Ok("{}".to_owned()));
        for (wrong, reason) in [
            ("large.json", "it is larger than 1 MiB"),
            ("odd.json", "it is no text in UTF-8"),
            (".", "it is a directory"),
        ] {
            assert_eq!(read(&path(wrong)), Err(format!("{} cannot be read: {reason}", path(wrong))));
        }
        assert!(read(&path("none.json")).unwrap_err().starts_with(&format!("{} cannot be read: ", path("none.json"))));
    }

    #[test]
    fn without_a_directory_work_on_presets_says_what_to_set() {
        let nowhere = || ConfigError::NoHome { variable: "ABREAST_CONFIG_DIR" };
        let event = Event::Presets { work: PresetWork::List, outcome: Err(nowhere()), files: Err(nowhere()) };
        assert_eq!(done(None, Path::new(""), FileWork::Presets(PresetWork::List)), event);
    }
}
