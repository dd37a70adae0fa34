//! Attaching files to the draft: the list of an `@path`, what is taken from it, and what a draft names when it is sent.
//!
//! Owns that nothing is sent while a named file cannot be. Reads no file: effects do, and their answers come here.

use std::time::{Duration, Instant};

use super::{Effects, ask};
use crate::chat::Attachment;
use crate::input::Action;
use crate::state::attach::{
    AtWord, AttachPurpose, AttachWork, Completion, FileRows, FoundFile, at_words, dropped_path, open_word,
};
use crate::state::{Effect, Focus, Level, State, Topic};
use crate::text::{self, clean_line};

/// The most files of one message: more than anybody reads.
const MOST_FILES: usize = 32;

/// How long it is said what can be done with a pasted path.
const OFFERED: Duration = Duration::from_secs(12);

pub(super) fn perform(state: &mut State, action: Action, now: Instant) -> Effects {
    match action {
        Action::Attach => return begin(state, now),
        Action::Detach => {
            let last = state.composer.attachments.len().checked_sub(1);
            last.into_iter().for_each(|place| detach(state, place, now));
        }
        Action::FileTake => return take(state),
        Action::FileLeave => leave(state),
        _ => {
            if let Some(completion) = &mut state.composer.completion {
                completion.step(action == Action::FileDown);
            }
        }
    }
    Effects::new()
}

/// Takes the image whose path was pasted, or begins the path of a file.
fn begin(state: &mut State, now: Instant) -> Effects {
    (state.overlay, state.focus) = (None, Focus::Composer);
    let composer = &mut state.composer;
    if let Some((word, image)) = composer.offered.take()
        && composer.editor.swap(&word, &image.name)
    {
        composer.editor.end_word();
        state.notices.withdraw(Topic::Pasted);
        add(state, image, now);
        return Effects::new();
    }
    let before = composer.editor.before_caret();
    let gap = if before.chars().next_back().is_none_or(char::is_whitespace) { "" } else { " " };
    composer.editor.insert(&format!("{gap}@"));
    composer.completion_left = false;
    follow(state)
}

/// Puts the selected file, or the directory, into the draft; the file is read beside the loop.
fn take(state: &mut State) -> Effects {
    let composer = &mut state.composer;
    let Some((query, (path, is_directory))) =
        composer.offers().and_then(|completion| Some((completion.query.clone(), completion.chosen()?)))
    else {
        return Effects::new();
    };
    let word = if is_directory { AtWord::new(format!("@{path}"), path.as_str()) } else { AtWord::of_path(&path) };
    let (written, _) = &word.spellings[0];
    composer.editor.complete(query.chars().count() + 1, written);
    if is_directory {
        return follow(state);
    }
    composer.editor.end_word();
    leave(state);
    vec![Effect::Attach(AttachWork { words: vec![word], purpose: AttachPurpose::Take })]
}

fn leave(state: &mut State) {
    (state.composer.completion, state.composer.completion_left) = (None, true);
}

/// Brings the list of files up to what stands at the caret.
pub(super) fn follow(state: &mut State) -> Effects {
    let typing = state.focus == Focus::Composer && state.overlay.is_none();
    if state.composer.is_empty() {
        state.notices.withdraw(Topic::Attaching);
    }
    let composer = &mut state.composer;
    let before = if typing { composer.editor.before_caret() } else { String::new() };
    let Some(query) = open_word(&before) else {
        (composer.completion, composer.completion_left) = (None, composer.completion_left && !typing);
        return Effects::new();
    };
    if composer.completion_left {
        return Effects::new();
    }
    let wanted = Completion::new(query);
    match &mut composer.completion {
        Some(completion) if completion.directory() == wanted.directory() => {
            completion.narrow(query);
            Effects::new()
        }
        completion => {
            let directory = wanted.directory().to_owned();
            *completion = Some(wanted);
            vec![Effect::ListFiles { directory }]
        }
    }
}

/// A directory was read.
pub(super) fn listed(state: &mut State, directory: &str, files: FileRows) {
    if let Some(completion) = &mut state.composer.completion
        && completion.directory() == directory
    {
        completion.read(files);
    }
}

/// Takes a file out of the draft; its name in the text stays.
pub(super) fn detach(state: &mut State, place: usize, now: Instant) {
    if place < state.composer.attachments.len() {
        let gone = state.composer.attachments.remove(place);
        let said = format!("{} does not go with the message any more.", clean_line(&gone.name));
        state.notices.show(Level::Note, said, now);
    }
}

/// Asks what lies at a path that was pasted.
pub(super) fn look(paste: &str) -> Effects {
    let path = dropped_path(paste);
    let work = |path: String| AttachWork { words: vec![AtWord::new(paste.trim(), path)], purpose: AttachPurpose::Look };
    path.map(work).map(Effect::Attach).into_iter().collect()
}

/// What has to be known before a draft is sent: whether its `@words` name files. Nothing when none is left to ask about.
pub(super) fn before_sending(state: &State) -> Option<Effect> {
    let revision = state.composer.editor.revision();
    if state.composer.looked_up == Some(revision) {
        return None;
    }
    let words = at_words(&state.composer.text());
    let purpose = AttachPurpose::Send { revision, serial: state.session.serial };
    let work = AttachWork { words, purpose };
    (!work.words.is_empty()).then_some(Effect::Attach(work))
}

/// Files were read, or not.
pub(super) fn found(state: &mut State, work: &AttachWork, found: Vec<FoundFile>, now: Instant) -> Effects {
    match work.purpose {
        AttachPurpose::Look => offer(state, found, now),
        AttachPurpose::Take => put(state, found, now),
        // That draft went to another session's place.
        AttachPurpose::Send { serial, .. } if state.session.serial != serial => {}
        AttachPurpose::Send { revision, .. } if state.composer.editor.revision() != revision => {
            let said = format!("The draft changed while its files were read: {} sends it.", state.key(Action::Send));
            state.notices.show(Level::Note, said, now);
        }
        AttachPurpose::Send { .. } => {
            let refused: Vec<String> = found
                .iter()
                .filter_map(
                    |one| if let FoundFile::Refused(why) = one { Some(clean_line(why).into_owned()) } else { None },
                )
                .collect();
            if !refused.is_empty() {
                let said = format!("{} Nothing was sent (without @ it is text).", told(&refused));
                state.notices.refuse(Topic::Attaching, said, now);
                return Effects::new();
            }
            let before = state.composer.attachments.len();
            put(state, found, now);
            state.composer.looked_up = Some(state.composer.editor.revision());
            if state.composer.attachments.len() == before {
                return ask::perform(state, Action::Send, now);
            }
            hold(state, before, now);
        }
    }
    Effects::new()
}

/// Why files were refused: of several each in its first sentence, so that none is cut.
fn told(refused: &[String]) -> String {
    let short = |why: &String| why.split_once(". ").map_or_else(|| why.clone(), |(first, _)| format!("{first}."));
    match refused {
        [one] => one.clone(),
        several => several.iter().map(short).collect::<Vec<_>>().join(" "),
    }
}

/// A pasted text may name files that nobody meant to send: what was not seen as a chip waits for another press.
fn hold(state: &mut State, before: usize, now: Instant) {
    let new: Vec<_> = state.composer.attachments.iter().skip(before).map(|file| clean_line(&file.name)).collect();
    let (names, go) = (new.join(", "), if new.len() == 1 { "goes" } else { "go" });
    let said = format!("{names} {go} with the message: {} sends it.", state.key(Action::Send));
    state.notices.show(Level::Warning, said, now);
}

fn put(state: &mut State, found: Vec<FoundFile>, now: Instant) {
    for one in found {
        match one {
            FoundFile::File { word, attachment } => {
                // Who has taken the word out again does not want the file.
                if state.composer.editor.swap(&word, &attachment.name) {
                    add(state, attachment, now);
                }
            }
            FoundFile::Nothing => {}
            FoundFile::Refused(why) => state.notices.show(Level::Error, clean_line(&why).into_owned(), now),
        }
    }
}

fn add(state: &mut State, attachment: Attachment, now: Instant) {
    let attachments = &mut state.composer.attachments;
    if attachments.contains(&attachment) {
        return;
    }
    if attachments.len() >= MOST_FILES {
        let said = format!("{MOST_FILES} files go with a message at the most: {} was left out.", attachment.name);
        state.notices.show(Level::Error, clean_line(&said).into_owned(), now);
        return;
    }
    attachments.push(attachment);
}

fn offer(state: &mut State, found: Vec<FoundFile>, now: Instant) {
    let Some(FoundFile::File { word, attachment }) = found.into_iter().next() else { return };
    let Some(picture) = attachment.picture().filter(|_| state.composer.text().contains(&word)) else { return };
    let pixels = picture.dimensions.map(|(width, height)| format!(", {width}×{height}")).unwrap_or_default();
    let (name, size) = (clean_line(&attachment.name), text::file_size(attachment.size()));
    let said = format!("{name} is an image ({size}{pixels}): {} attaches it.", state.key(Action::Attach));
    state.notices.show_about(Topic::Pasted, said, now, OFFERED);
    state.composer.offered = Some((word, attachment));
}
