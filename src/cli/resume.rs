//! Which session the workstation opens with, and how it is found again.

use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::Problem;
use super::print::say;
use crate::state::{Anchor, Level, Saving, State, open_elsewhere};
use crate::store::{Marked, SavedSession, SessionLock, load_to_go_on};

/// What the workstation begins with.
pub(super) enum Opened {
    New,
    /// A session of before, whether other programs have it open, and what is to be said about the store.
    Saved {
        session: Box<SavedSession>,
        lock: Marked,
        said: Option<String>,
    },
}

impl Opened {
    /// Reads the session that is asked for: an empty id is the one that was used last.
    pub(super) fn of(asked: Option<&str>, directory: &Path) -> Result<Self, Problem> {
        let Some(asked) = asked else { return Ok(Self::New) };
        let id = Some(asked).filter(|id| !id.is_empty());
        let loaded = load_to_go_on(directory, id);
        let (session, lock, said) = loaded.map_err(|fault| Problem::failure(format!("--resume: {fault}.")))?;
        Ok(Self::Saved { session: Box::new(session), lock, said })
    }

    /// Puts the session into the state, which is saved from now on. Gives what this program has open.
    pub(super) fn place(self, state: &mut State) -> Result<Vec<SessionLock>, Problem> {
        let anchor = anchor();
        state.saving = Some(Box::new(Saving::new(stem(anchor.unix_ms), anchor)));
        let Self::Saved { session, lock, said } = self else { return Ok(Vec::new()) };
        let now = anchor.instant;
        state.resume(*session, anchor, lock.is_ok()).map_err(Problem::failure)?;
        if let Some(said) = said {
            state.notices.show(Level::Warning, said, now);
        }
        state.tell_deleted(now);
        match lock {
            Ok(lock) => Ok(lock.into_iter().collect()),
            Err(elsewhere) => {
                state.notices.show(Level::Warning, open_elsewhere(elsewhere), now);
                Ok(Vec::new())
            }
        }
    }
}

/// Says how the session that was on the screen is opened again.
pub(super) fn tell(state: &State) {
    let Some(saving) = &state.saving else { return };
    if let Some(fault) = &saving.trouble {
        say(&format!("The end of this session is not saved: {fault}."));
    }
    if let (Some(id), false) = (saving.place.session(), state.session.turns.is_empty()) {
        say(&format!("To go on with this session: abreast --resume {id}"));
    }
}

/// This moment by both clocks.
pub(super) fn anchor() -> Anchor {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Anchor { instant: Instant::now(), unix_ms: i64::try_from(since.as_millis()).unwrap_or(i64::MAX) }
}

/// The beginning of this program's sessions' ids: short enough to type, and another for every start. The second is in
/// it, so that ids sort by age, and some dice, since two programs may start at once.
fn stem(unix_ms: i64) -> String {
    const SIGNS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = usize::try_from(unix_ms / 1000).unwrap_or(0);
    let mut signs = Vec::new();
    while rest > 0 {
        signs.push(char::from(SIGNS[rest % SIGNS.len()]));
        rest /= SIGNS.len();
    }
    let dice = (0..3).map(|_| char::from(SIGNS[fastrand::usize(..SIGNS.len())]));
    signs.into_iter().rev().chain(dice).collect()
}
