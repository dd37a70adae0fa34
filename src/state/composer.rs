//! The composer: the draft, and the drafts before it.

use super::attach::Completion;
use crate::chat::{Attachment, TurnId};
use crate::input::Editor;

/// A message that is not sent yet: its text and the files that go with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    pub attachments: Vec<Attachment>,
}

impl Draft {
    /// Whether it would say nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty() && self.attachments.is_empty()
    }
}

impl<T: Into<String>> From<T> for Draft {
    fn from(text: T) -> Self {
        Self { text: text.into(), attachments: Vec::new() }
    }
}

/// What the user writes.
#[derive(Debug, Default)]
pub struct Composer {
    pub editor: Editor,
    /// The files that go with the draft.
    pub attachments: Vec<Attachment>,
    /// Files that could be meant by the `@path` at the caret.
    pub completion: Option<Completion>,
    /// Whether the list of this `@path` was left, and does not come again for it.
    pub completion_left: bool,
    /// An image that lies at a path that was pasted: the path as it stands in the draft, and the image.
    pub offered: Option<(String, Attachment)>,
    /// The draft's revision in which no word names a file any more.
    pub looked_up: Option<u64>,
    /// Sent and cleared drafts, oldest first.
    history: Vec<Draft>,
    /// Goes up when the history changes.
    remembered: u64,
    /// The place in the history that is shown, and the draft that was left for it.
    browsing: Option<(usize, Draft)>,
    /// The question whose edit this draft is: it is sent as a sibling of it.
    pub editing: Option<TurnId>,
}

/// What the draft and the history were at a moment, without their texts: who keeps something of them tells by it whether
/// it has to look again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComposerMark {
    text: u64,
    /// The hashes of the attachments.
    files: Vec<String>,
    history: u64,
    browsing: Option<usize>,
    editing: Option<TurnId>,
}

/// Drafts kept in memory.
const MOST_DRAFTS: usize = 500;

impl Composer {
    /// A composer with a draft and a history that were kept elsewhere.
    #[must_use]
    pub fn restored(draft: &Draft, mut history: Vec<Draft>, editing: Option<TurnId>) -> Self {
        history.drain(..history.len().saturating_sub(MOST_DRAFTS));
        let mut composer = Self { history, editing, ..Self::default() };
        composer.put(draft);
        composer
    }

    /// What is being written: while an older draft is shown unchanged, the one that was left for it.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let shown = self.shown();
        match &self.browsing {
            Some((place, left)) if self.history.get(*place) == Some(&shown) => left.clone(),
            _ => shown,
        }
    }

    /// What would be sent now.
    #[must_use]
    pub fn shown(&self) -> Draft {
        Draft { text: self.editor.text(), attachments: self.attachments.clone() }
    }

    /// How it is now.
    #[must_use]
    pub fn mark(&self) -> ComposerMark {
        ComposerMark {
            text: self.editor.revision(),
            files: self.attachments.iter().map(|file| file.hash().to_owned()).collect(),
            history: self.remembered,
            browsing: self.browsing.as_ref().map(|(place, _)| *place),
            editing: self.editing,
        }
    }

    /// Whether nothing changed since. Costs the same however long the draft is.
    #[must_use]
    pub fn is_at(&self, mark: &ComposerMark) -> bool {
        let browsing = self.browsing.as_ref().map(|(place, _)| *place);
        (self.editor.revision(), self.remembered, browsing, self.editing)
            == (mark.text, mark.history, mark.browsing, mark.editing)
            && self.attachments.iter().map(Attachment::hash).eq(mark.files.iter().map(String::as_str))
    }

    /// Whether the draft would say nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.editor.is_blank() && self.attachments.is_empty()
    }

    /// Sent and cleared drafts, oldest first.
    #[must_use]
    pub fn history(&self) -> &[Draft] {
        &self.history
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.editor.is_empty() && self.attachments.is_empty()
    }

    #[must_use]
    pub fn text(&self) -> String {
        self.editor.text()
    }

    /// The files that are offered now, if any fit.
    #[must_use]
    pub fn offers(&self) -> Option<&Completion> {
        self.completion.as_ref().filter(|completion| !completion.is_empty())
    }

    /// Puts something else in the draft's place. A draft that was left for an older one goes into the history.
    pub fn set(&mut self, draft: impl Into<Draft>) {
        self.keep_left();
        self.put(&draft.into());
    }

    fn put(&mut self, draft: &Draft) {
        self.editor.set_text(&draft.text);
        self.attachments.clone_from(&draft.attachments);
        (self.completion, self.looked_up) = (None, None);
    }

    /// Puts another text in the place of the draft's, which goes into the history when it differs. Its attachments stay.
    pub fn replace(&mut self, text: &str) {
        let before = self.shown();
        if before.text != text {
            self.remember(&before);
            self.set(Draft { text: text.to_owned(), attachments: before.attachments });
        }
    }

    /// Takes the draft away and keeps it in the history.
    pub fn take(&mut self) -> Draft {
        self.keep_left();
        let draft = self.shown();
        self.remember(&draft);
        self.put(&Draft::default());
        draft
    }

    fn keep_left(&mut self) {
        if let Some((_, left)) = self.browsing.take() {
            self.remember(&left);
        }
    }

    /// Keeps a draft in the history, where it can be brought back from.
    pub fn keep(&mut self, draft: &Draft) {
        self.remember(draft);
    }

    fn remember(&mut self, draft: &Draft) {
        if draft.is_blank() || self.history.last().is_some_and(|last| last == draft) {
            return;
        }
        self.history.push(draft.clone());
        self.remembered += 1;
        if self.history.len() > MOST_DRAFTS {
            self.history.remove(0);
        }
    }

    /// Shows the draft before; the current one is kept as the newest.
    pub fn older(&mut self) {
        self.keep_change();
        let place = match &self.browsing {
            Some((0, _)) => return,
            Some((place, _)) => place - 1,
            None if self.history.is_empty() => return,
            None => {
                let mut place = self.history.len() - 1;
                let current = self.shown();
                if place > 0 && self.history[place] == current {
                    place -= 1;
                }
                self.browsing = Some((place, current));
                place
            }
        };
        self.show(place);
    }

    /// Shows the draft after, at last the one that was left.
    pub fn newer(&mut self) {
        self.keep_change();
        let Some((place, left)) = self.browsing.clone() else { return };
        if place + 1 < self.history.len() {
            self.show(place + 1);
        } else {
            self.browsing = None;
            self.put(&left);
        }
    }

    /// An older draft that was changed is a draft of its own: it takes the place of the one that was left, which goes
    /// into the history.
    fn keep_change(&mut self) {
        let shown = self.shown();
        let changed = self.browsing.as_ref().is_some_and(|(place, _)| self.history.get(*place) != Some(&shown));
        if changed {
            self.keep_left();
        }
    }

    fn show(&mut self, place: usize) {
        if let Some((shown, _)) = &mut self.browsing {
            *shown = place;
        }
        let draft = self.history[place].clone();
        self.put(&draft);
    }
}
