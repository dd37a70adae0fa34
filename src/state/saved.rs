//! From the living session to the saved one and back; pure, with the time of day as an argument.

mod calls;
mod files;
mod run;
mod settings;
#[cfg(test)]
mod tests;
mod turn;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{
    Charge, Composer, Draft, Kept, Lane, LaneId, Level, MAX_LANES, Queue, Queued, SavedPlace, Scroll, Session, Shared,
    State, StreamStatus,
};
use crate::chat::{Cost, Outcome, Role, RunId, Settings, TurnId};
use crate::input::Action;
use crate::pricing::Reach;
use crate::store::{
    FORMAT, Fields, SavedComposer, SavedHistoryAttachments, SavedLane, SavedOutcome, SavedQueue, SavedQueued, SavedRun,
    SavedScroll, SavedSession,
};

use crate::text::clean_line;
use files::{Contents, saved_attachments};
pub use files::{saved_file, saved_files};
pub(super) use run::saved_usage;
pub use run::{restored_wire, saved_run, saved_wire};
pub use settings::{restored_settings, saved_settings};
pub use turn::{saved_tokens, saved_turn};

/// One moment by both clocks: the one that only counts, and the one on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    pub instant: Instant,
    pub unix_ms: i64,
}

impl Anchor {
    /// A moment in unix milliseconds.
    #[must_use]
    pub fn unix_ms(&self, instant: Instant) -> i64 {
        let ms = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        match instant.checked_duration_since(self.instant) {
            Some(after) => self.unix_ms.saturating_add(ms(after)),
            None => self.unix_ms.saturating_sub(ms(self.instant.duration_since(instant))),
        }
    }

    /// The moment of a time of day. Where the counting clock cannot go so far back (Windows counts from its start), the
    /// anchor stands for it.
    #[must_use]
    pub fn instant(&self, unix_ms: i64) -> Instant {
        let span = Duration::from_millis(unix_ms.abs_diff(self.unix_ms));
        let moment =
            if unix_ms < self.unix_ms { self.instant.checked_sub(span) } else { self.instant.checked_add(span) };
        moment.unwrap_or(self.instant)
    }
}

/// A session that was read back, ready to take the place of the one on the screen.
#[derive(Debug)]
pub struct Restored {
    pub session: Session,
    pub lanes: Vec<Lane>,
    pub shared: Shared,
    /// The focused lane's place.
    pub focused: usize,
    pub composer: Composer,
    pub queue: Queue,
    /// Whether turns or runs were missing, so that those after them have other numbers now.
    pub renumbered: bool,
}

/// The numbers of turns and runs in the file, and here.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    turns: BTreeMap<u32, TurnId>,
    runs: BTreeMap<u32, RunId>,
}

impl Numbers {
    fn turn(&self, saved: Option<u32>) -> Option<TurnId> {
        self.turns.get(&saved?).copied()
    }

    fn run(&self, saved: Option<u32>) -> Option<RunId> {
        self.runs.get(&saved?).copied()
    }

    fn changed(&self) -> bool {
        self.turns.iter().any(|(saved, turn)| *saved != turn.0) || self.runs.iter().any(|(saved, run)| *saved != run.0)
    }
}

/// What a reply of a program that ended too early is marked with.
pub(crate) const CUT_OFF: &str = "Abreast ended before this reply did; what had come is here.";

/// All of a state that is saved.
#[must_use]
pub fn saved_session(state: &State, anchor: Anchor) -> SavedSession {
    let Session { id, title, created, turns, .. } = &state.session;
    let composer = &state.composer;
    let drafts = composer.history().iter().map(|draft| draft.attachments.as_slice());
    let waiting = state.queue.iter().map(|queued| queued.draft.attachments.as_slice());
    let attached = turns.iter().map(|turn| turn.attachments.as_slice()).chain(drafts).chain(waiting);
    SavedSession {
        deleted: false,
        version: FORMAT,
        id: id.clone(),
        title: title.clone(),
        created: created.unwrap_or(anchor.unix_ms),
        lanes: state.lanes.iter().map(saved_lane).collect(),
        focused: Some(state.lane().letter),
        shared: saved_settings(state.shared.settings()),
        turns: turns.iter().map(|turn| saved_turn(&state.session, turn)).collect(),
        runs: state.session.runs().iter().map(|run| saved_run(run, true, anchor)).collect(),
        composer: saved_composer(&state.composer),
        queue: saved_queue(state),
        files: saved_files(attached.chain([composer.attachments.as_slice(), &composer.draft().attachments]).flatten()),
        other: Fields::new(),
    }
}

/// One lane as it is saved.
#[must_use]
pub fn saved_lane(lane: &Lane) -> SavedLane {
    SavedLane {
        letter: lane.letter,
        name: lane.name.clone(),
        settings: saved_settings(&lane.settings),
        shares: lane.shares.iter().map(settings::saved_field).collect(),
        addressed: lane.addressed,
        tip: lane.tip().map(|turn| turn.0),
        last_run: lane.last_run.map(|run| run.0),
        scroll: match lane.scroll {
            Scroll::Follow => SavedScroll::End,
            Scroll::At { turn, row, columns } => SavedScroll::Row { turn: turn.0, row, columns },
        },
        selected: lane.selected.map(|turn| turn.0),
        unfolded: lane.unfolded.iter().map(|turn| turn.0).collect(),
        other: Fields::new(),
    }
}

/// The draft and those before it.
#[must_use]
pub fn saved_composer(composer: &Composer) -> SavedComposer {
    let draft = composer.draft();
    let kept = |(place, draft): (usize, &Draft)| SavedHistoryAttachments {
        place,
        attachments: saved_attachments(&draft.attachments),
    };
    let history = composer.history();
    SavedComposer {
        draft: draft.text,
        attachments: saved_attachments(&draft.attachments),
        history: history.iter().map(|draft| draft.text.clone()).collect(),
        history_attachments: (history.iter().enumerate().filter(|(_, draft)| !draft.attachments.is_empty()))
            .map(kept)
            .collect(),
        editing: composer.editing.map(|turn| turn.0),
        other: Fields::new(),
    }
}

/// The messages that wait.
#[must_use]
pub fn saved_queue(state: &State) -> SavedQueue {
    let letter = |id: &LaneId| state.lane_by_id(*id).map(|lane| lane.letter);
    let waiting = state.queue.iter().map(|queued| SavedQueued {
        text: queued.draft.text.clone(),
        attachments: saved_attachments(&queued.draft.attachments),
        to: queued.to.iter().filter_map(letter).collect(),
    });
    SavedQueue { waiting: waiting.collect(), held: state.queue.held }
}

/// Why a session of this version cannot be opened, if it cannot.
#[must_use]
pub fn of_newer(id: &str, version: u32) -> Option<String> {
    (version > FORMAT).then(|| {
        format!(
            "The session {id} was written by a newer Abreast (form {version}, this one reads {FORMAT}): update Abreast to \
             open it."
        )
    })
}

/// A saved session as a living one. Lanes get ids from `first_lane` on; `charge` says who is charged for what a run was
/// asked with. Turns and runs that refer to missing ones lose the reference, never themselves.
///
/// # Errors
/// A sentence, when it was written by a newer version or holds a turn of a role that this one does not know.
pub fn restored(
    saved: SavedSession,
    anchor: Anchor,
    first_lane: u32,
    charge: impl Fn(&Settings) -> Charge,
) -> Result<Restored, String> {
    if let Some(newer) = of_newer(&saved.id, saved.version) {
        return Err(newer);
    }
    let contents = Contents::of(saved.files);
    let mut session = Session::default();
    (session.id, session.title, session.created) = (saved.id, saved.title, Some(saved.created));
    let mut numbers = Numbers::default();
    for turn in &saved.turns {
        let role = Role::of_name(&turn.role).ok_or_else(|| {
            format!(
                "The session holds a turn of the role `{}`, which is not known: update Abreast to open it.",
                turn.role
            )
        })?;
        let id = session.turns.add(numbers.turn(turn.parent), role, turn.text.as_str());
        numbers.turns.insert(turn.id, id);
    }
    for run in saved.runs {
        let id = session.add_run(|id| {
            numbers.runs.insert(run.id, id);
            run::restored_run(run, id, &numbers, anchor)
        });
        settle(&mut session, id, &charge);
    }
    for turn in saved.turns {
        turn::fill(&mut session, turn, &numbers, &contents);
    }
    let lanes: Vec<Lane> = (first_lane..)
        .zip(saved.lanes.into_iter().take(MAX_LANES))
        .map(|(id, lane)| restored_lane(lane, LaneId(id), &session, &numbers))
        .collect();
    let id_of = |letter: &char| lanes.iter().find(|lane| lane.letter == *letter).map(|lane| lane.id);
    let mut queue = Queue::default();
    for queued in saved.queue.waiting {
        let draft = Draft { text: queued.text, attachments: contents.restored(queued.attachments) };
        queue.push(Queued { to: queued.to.iter().filter_map(id_of).collect(), draft });
    }
    queue.held = !queue.is_empty();
    let editing = numbers.turn(saved.composer.editing);
    Ok(Restored {
        focused: lanes.iter().position(|lane| Some(lane.letter) == saved.focused).unwrap_or(0),
        shared: Shared::from(restored_settings(saved.shared)),
        composer: restored_composer(saved.composer, editing, &contents),
        renumbered: numbers.changed(),
        session,
        lanes,
        queue,
    })
}

fn restored_composer(saved: SavedComposer, editing: Option<TurnId>, contents: &Contents) -> Composer {
    let mut history: Vec<Draft> = saved.history.into_iter().map(Draft::from).collect();
    for kept in saved.history_attachments {
        if let Some(draft) = history.get_mut(kept.place) {
            draft.attachments = contents.restored(kept.attachments);
        }
    }
    let draft = Draft { text: saved.draft, attachments: contents.restored(saved.attachments) };
    Composer::restored(&draft, history, editing)
}

impl State {
    /// Puts a saved session in the place of the one on the screen. One that other programs have open, and one that has
    /// lost turns, is only looked at: the first message makes a copy of it.
    ///
    /// # Errors
    /// A sentence, when this version cannot read it; the state is as it was then.
    pub fn resume(&mut self, saved: SavedSession, anchor: Anchor, alone: bool) -> Result<(), String> {
        let taken = |run: &&SavedRun| run.outcome == SavedOutcome::Running && (run.accepted || run.usage.is_some());
        let cut_off: Vec<RunId> = saved.runs.iter().filter(taken).map(|run| RunId(run.id)).collect();
        let deleted = saved.deleted;
        let restored = restored(saved, anchor, self.lanes_made, |settings| self.charge(settings))?;
        let serial = self.session.serial + 1;
        self.session = restored.session;
        self.session.serial = serial;
        self.session.take_changed_runs();
        self.session.turns.take_changed();
        if !restored.lanes.is_empty() {
            self.lanes_made = self.lanes_made.saturating_add(u32::try_from(restored.lanes.len()).unwrap_or(u32::MAX));
            (self.lanes, self.shared, self.focused) = (restored.lanes, restored.shared, restored.focused);
            (0..self.lanes.len()).for_each(|place| self.rejoin(place));
            self.know_presets();
        }
        (self.composer, self.queue) = (restored.composer, restored.queue);
        self.undos.clear();
        self.tools.always.clear();
        self.previews.clear();
        let turns = self.session.turns.len();
        if let Some(saving) = &mut self.saving {
            saving.place = if alone && !restored.renumbered {
                let deleted = deleted.then_some(turns);
                SavedPlace::Kept(Box::new(Kept { cut_off, deleted, ..Kept::new(serial, &self.session.id) }))
            } else {
                SavedPlace::Looked { serial, turns }
            };
        }
        self.miss_providers(anchor.instant);
        Ok(())
    }

    /// Says which lanes ask providers that this program does not know: their addresses were an option then.
    fn miss_providers(&mut self, now: Instant) {
        for lane in &self.lanes {
            let name = &lane.settings.provider;
            if self.providers.get(name).is_none() {
                let (letter, name, models) = (lane.letter, clean_line(name), self.key(Action::Models));
                let said = format!(
                    "Lane {letter} asks {name}, which is not configured here: start with --base-url and --resume, name it \
                     in config.toml, or choose another model ({models})."
                );
                self.notices.show(Level::Warning, said, now);
            }
        }
    }

    /// A lane that still has the settings of its last run has those of the run's preset.
    fn know_presets(&mut self) {
        for lane in &self.lanes {
            let last = lane.last_run.and_then(|run| self.session.run(run)).filter(|run| run.settings == lane.settings);
            if let Some(name) = last.and_then(|run| run.preset.clone()) {
                self.spending.presets.insert(lane.id, (name, lane.settings.clone()));
            }
        }
    }

    /// Whether a run with these settings is charged to anybody.
    fn charge(&self, settings: &Settings) -> Charge {
        let address = self.providers.get(&settings.provider).map_or("", |provider| provider.base_url.as_str());
        let price = self.catalogue.price(&settings.provider, Reach::of(address), &settings.model);
        Charge::of(price.is_some_and(|price| price.notional))
    }
}

/// Brings the sums up to a run that was read; one that was still running when the program ended is over.
fn settle(session: &mut Session, id: RunId, charge: &impl Fn(&Settings) -> Charge) {
    let Some(run) = session.run_mut(id) else { return };
    if run.outcome == Outcome::Running {
        run.outcome = Outcome::Failed(CUT_OFF.to_owned());
        run.finished = run.finished.or(run.first_delta).or(Some(run.started));
    }
    let charge = charge(&run.settings);
    let (usage, cost) = (run.usage.take(), std::mem::replace(&mut run.cost, Cost::Unknown));
    session.account(id, usage, cost, charge);
    session.close_run(id);
}

fn restored_lane(saved: SavedLane, id: LaneId, session: &Session, numbers: &Numbers) -> Lane {
    let tip = numbers.turn(saved.tip);
    let turn_of = |saved| numbers.turn(Some(saved));
    let called = tip.and_then(|tip| session.turns.get(tip)).filter(|turn| !turn.tool_calls.is_empty());
    Lane {
        letter: saved.letter,
        name: saved.name,
        shares: saved.shares.iter().filter_map(|name| settings::restored_field(name)).collect(),
        addressed: saved.addressed,
        branch: session.turns.branch(tip),
        status: called.map_or(StreamStatus::Idle, |turn| StreamStatus::awaiting(turn.id)),
        last_run: numbers.run(saved.last_run),
        scroll: match saved.scroll {
            SavedScroll::Row { turn, row, columns } => {
                turn_of(turn).map_or(Scroll::Follow, |turn| Scroll::At { turn, row, columns })
            }
            SavedScroll::End => Scroll::Follow,
        },
        selected: numbers.turn(saved.selected),
        unfolded: saved.unfolded.into_iter().filter_map(turn_of).collect(),
        ..Lane::new(id, restored_settings(saved.settings))
    }
}
