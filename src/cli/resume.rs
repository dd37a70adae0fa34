//! Which session the workstation opens with, and how it is found again.

use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::Problem;
use super::print::say;
use crate::app::Arrival;
use crate::state::{Anchor, Saving, State, of_newer};
use crate::store::{Awaited, SessionLock, StoreFault, load_without_wires};

/// Finds the session that is asked for (an empty id is the one that was used last), and begins to read it.
pub(super) fn opened(asked: Option<&str>, directory: &Path) -> Result<Option<Opened>, Problem> {
    let Some(asked) = asked else { return Ok(None) };
    let failed = |fault: StoreFault| Problem::failure(format!("--resume: {fault}."));
    let Awaited { id, title, version, mark, said } =
        Awaited::find(directory, Some(asked).filter(|id| !id.is_empty())).map_err(failed)?;
    if let Some(newer) = of_newer(&id, version) {
        return Err(Problem::failure(newer));
    }
    let (elsewhere, held) = match mark {
        Ok(lock) => (None, lock.into_iter().collect()),
        Err(elsewhere) => (Some(elsewhere), Vec::new()),
    };
    let place = (directory.to_owned(), id.clone());
    let arrival = Arrival::begin((id, title), elsewhere, move || load_without_wires(&place.0, Some(&place.1)));
    Ok(Some(Opened { arrival, held, said }))
}

/// A session on its way, what this program has open, and what is to be said about the store.
pub(super) struct Opened {
    pub(super) arrival: Arrival,
    pub(super) held: Vec<SessionLock>,
    pub(super) said: Option<String>,
}

/// What the state needs to save what is begun from now on.
pub(super) fn saving() -> Saving {
    let anchor = anchor();
    Saving::new(stem(anchor.unix_ms), anchor)
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
