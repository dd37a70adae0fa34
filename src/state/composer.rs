//! The composer: the draft, and the drafts before it.

use crate::chat::TurnId;
use crate::input::Editor;

/// What the user writes.
#[derive(Debug, Default)]
pub struct Composer {
    pub editor: Editor,
    /// Sent and cleared drafts, oldest first.
    history: Vec<String>,
    /// The place in the history that is shown, and the draft that was left for it.
    browsing: Option<(usize, String)>,
    /// The question whose edit this draft is: it is sent as a sibling of it.
    pub editing: Option<TurnId>,
}

/// Drafts kept in memory.
const MOST_DRAFTS: usize = 500;

impl Composer {
    /// A composer with a draft and a history that were kept elsewhere.
    #[must_use]
    pub fn restored(draft: &str, mut history: Vec<String>, editing: Option<TurnId>) -> Self {
        history.drain(..history.len().saturating_sub(MOST_DRAFTS));
        let mut composer = Self { history, editing, ..Self::default() };
        composer.editor.set_text(draft);
        composer
    }

    /// What is being written: while an older draft is shown unchanged, the one that was left for it.
    #[must_use]
    pub fn draft(&self) -> String {
        let text = self.editor.text();
        match &self.browsing {
            Some((place, left)) if self.history.get(*place) == Some(&text) => left.clone(),
            _ => text,
        }
    }

    /// Sent and cleared drafts, oldest first.
    #[must_use]
    pub fn history(&self) -> &[String] {
        &self.history
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.editor.is_empty()
    }

    #[must_use]
    pub fn text(&self) -> String {
        self.editor.text()
    }

    /// Puts `text` in the draft's place. A draft that was left for an older one goes into the history.
    pub fn set(&mut self, text: &str) {
        self.keep_left();
        self.editor.set_text(text);
    }

    /// Puts another text in the draft's place, which goes into the history when it differs.
    pub fn replace(&mut self, text: &str) {
        let before = self.editor.text();
        if before != text {
            self.remember(&before);
            self.set(text);
        }
    }

    /// Takes the draft away and keeps it in the history.
    pub fn take(&mut self) -> String {
        self.keep_left();
        let text = self.editor.text();
        self.remember(&text);
        self.editor.clear();
        text
    }

    fn keep_left(&mut self) {
        if let Some((_, left)) = self.browsing.take() {
            self.remember(&left);
        }
    }

    /// Keeps a text in the history, where it can be brought back from.
    pub fn keep(&mut self, text: &str) {
        self.remember(text);
    }

    fn remember(&mut self, text: &str) {
        if text.trim().is_empty() || self.history.last().is_some_and(|last| last == text) {
            return;
        }
        self.history.push(text.to_owned());
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
                let current = self.editor.text();
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
            self.editor.set_text(&left);
        }
    }

    /// An older draft that was changed is a draft of its own: it takes the place of the one that was left, which goes
    /// into the history.
    fn keep_change(&mut self) {
        let text = self.editor.text();
        let changed = self.browsing.as_ref().is_some_and(|(place, _)| self.history.get(*place) != Some(&text));
        if changed {
            self.keep_left();
        }
    }

    fn show(&mut self, place: usize) {
        if let Some((shown, _)) = &mut self.browsing {
            *shown = place;
        }
        self.editor.set_text(&self.history[place]);
    }
}
