//! Short messages that come and go.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Note,
    Warning,
    Error,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub level: Level,
    pub text: String,
    pub since: Instant,
    pub until: Instant,
    pub topic: Option<Topic>,
}

/// What a notice is about, where a newer one takes its place or the matter may end before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Theme,
    Edit,
    /// What could be done with what was pasted.
    Pasted,
    /// Which lanes share a field.
    Share,
    /// Something that has to be asked for once more.
    AskAgain,
    /// What a budget refused or stopped.
    Budget,
    /// Files that cannot go with the draft.
    Attaching,
    /// Whether the session on the screen is deleted.
    Deleted,
}

/// The notices on the screen, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices(VecDeque<Notice>);

/// More than this many at once would hide the work.
const MOST: usize = 3;

impl Notices {
    /// Shows a message, for as long as its length takes to read: 4 s and 50 ms for each character, errors twice that.
    pub fn show(&mut self, level: Level, text: impl Into<String>, now: Instant) {
        let text = text.into();
        self.0.retain(|notice| notice.text != text);
        let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX).min(400);
        let reading = Duration::from_secs(4) + Duration::from_millis(50) * characters;
        let time = if level == Level::Error { reading * 2 } else { reading };
        self.push(Notice { level, text, since: now, until: now + time, topic: None });
    }

    /// Shows an error until it has had its time, or what it is about is mended.
    pub fn refuse(&mut self, topic: Topic, text: impl Into<String>, now: Instant) {
        self.withdraw(topic);
        self.show(Level::Error, text, now);
        if let Some(shown) = self.0.back_mut() {
            shown.topic = Some(topic);
        }
    }

    /// Shows a message in the place of the one before about the same, for a time of its own.
    pub fn show_about(&mut self, topic: Topic, text: impl Into<String>, now: Instant, time: Duration) {
        self.withdraw(topic);
        self.push(Notice { level: Level::Note, text: text.into(), since: now, until: now + time, topic: Some(topic) });
    }

    /// Takes a message away that does not hold any more.
    pub fn withdraw(&mut self, topic: Topic) {
        self.0.retain(|notice| notice.topic != Some(topic));
    }

    /// Takes away what was but noted before `now`: something else is looked at since. Warnings and errors have their time.
    pub fn drop_notes_before(&mut self, now: Instant) {
        self.0.retain(|notice| notice.level != Level::Note || notice.since >= now);
    }

    fn push(&mut self, notice: Notice) {
        self.0.push_back(notice);
        if self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    pub fn expire(&mut self, now: Instant) {
        self.0.retain(|notice| notice.until > now);
    }

    pub fn dismiss(&mut self) {
        self.0.clear();
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Notice> {
        self.0.iter()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn next_expiry(&self) -> Option<Instant> {
        self.0.iter().map(|notice| notice.until).min()
    }
}
