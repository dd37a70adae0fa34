//! What the store is given comes to the session on the screen.

use std::path::Path;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::chat::{Attachment, WirePiece};
use crate::input::Action;
use crate::state::attach::{AtWord, AttachPurpose, AttachWork, FoundFile};
use crate::state::{Anchor, SavedPlace, Saving, saved_session};
use crate::store::{SavedSession, Store, StoreFault, StoreNews, Write, load, load_without_wires};

fn anchor() -> Anchor {
    Anchor { instant: Instant::now(), unix_ms: 1_790_000_000_000 }
}

/// A program that keeps what it does in a store.
struct Kept {
    state: State,
    store: Store,
    anchor: Anchor,
}

impl Kept {
    fn new(directory: &Path) -> Self {
        let (anchor, mut state) = (anchor(), state());
        state.saving = Some(Box::new(Saving::new("k3".into(), anchor)));
        Self { state, store: Store::start(directory.to_owned(), Vec::new(), |_| {}), anchor }
    }

    fn event(&mut self, event: Event) -> Effects {
        let effects = update(&mut self.state, event, self.anchor.instant);
        for effect in &effects {
            if let Effect::Store(work) = effect {
                self.store.keep(work.clone());
            }
        }
        effects
    }

    fn keys(&mut self, text: &str) {
        for sign in text.chars() {
            self.event(Event::Key(if sign == '\n' { KeyCode::Enter.into() } else { KeyCode::Char(sign).into() }));
        }
    }

    fn piece(&mut self, delta: Delta) {
        let generation = self.state.lane().generation;
        self.event(Event::Stream { lane: LANE, generation, delta: Ok(delta) });
    }

    /// What a program finds that is started after this one was killed now.
    fn found(&self, directory: &Path) -> SavedSession {
        self.store.kept().blocking_recv().unwrap().unwrap();
        load(directory, None).unwrap().0
    }

    /// The same as it is on the screen; the wire of a run that goes on is not kept yet.
    fn shown(&self) -> SavedSession {
        let mut shown = saved_session(&self.state, self.anchor);
        for run in shown.runs.iter_mut().filter(|run| run.outcome == crate::store::SavedOutcome::Running) {
            run.wire = None;
        }
        shown
    }
}

fn deltas() -> impl Strategy<Value = Delta> {
    let choice = 0..3_u32;
    let call =
        (choice.clone(), 0..2_usize, "[a-z]{0,3}", "[{}a:1]{0,6}").prop_map(|(choice, index, name, arguments)| {
            Delta::ToolCall { choice, index, id: Some(format!("c{index}")), name: Some(name), arguments, extra: None }
        });
    let logprobs = (choice.clone(), -9.0..0.0).prop_map(|(choice, logprob)| Delta::Logprobs {
        choice,
        logprobs: json!({"content": [{"token": "a", "logprob": logprob, "bytes": [0xE2]}]}),
    });
    prop_oneof![
        (choice.clone(), ".{1,6}").prop_map(|(choice, text)| Delta::Text { choice, text }),
        (choice.clone(), ".{1,6}").prop_map(|(choice, text)| Delta::Reasoning { choice, text }),
        (choice, ".{1,6}").prop_map(|(choice, text)| Delta::Refusal { choice, text }),
        call,
        logprobs,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_program_that_is_killed_at_any_moment_leaves_what_was_on_its_screen(
        replies in prop::collection::vec((prop::collection::vec(deltas(), 0..8), 0..3_u8), 1..4),
        draft in "[a-z]{0,5}",
    ) {
        let home = tempfile::tempdir().unwrap();
        let mut kept = Kept::new(home.path());
        for (deltas, end) in replies {
            kept.keys("hello\n");
            for delta in deltas {
                kept.piece(delta);
            }
            if end == 2 {
                break;
            }
            let generation = kept.state.lane().generation;
            match end {
                0 => drop(kept.event(Event::StreamEnded { lane: LANE, generation })),
                _ => drop(kept.event(Event::Key(KeyCode::Esc.into()))),
            }
        }
        kept.keys(&draft);
        let usage = Usage { output: Some(7), ..Usage::default() };
        kept.piece(Delta::Usage(usage));
        let mut shown = kept.shown();
        // Running totals are kept with the run's end.
        for run in shown.runs.iter_mut().filter(|run| run.outcome == crate::store::SavedOutcome::Running) {
            (run.usage, run.cost, run.first_text) = Default::default();
        }
        let mut found = kept.found(home.path());
        for run in found.runs.iter_mut().filter(|run| run.outcome == crate::store::SavedOutcome::Running) {
            (run.usage, run.cost, run.first_text) = Default::default();
        }
        prop_assert_eq!(found, shown);
    }
}

#[test]
fn what_is_asked_is_handed_to_the_store_before_the_request_goes_out() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    kept.keys("hello");
    let effects = kept.event(Event::Key(KeyCode::Enter.into()));
    let place = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).unwrap();
    let store = place(|effect| matches!(effect, Effect::Store(_)));
    assert!(store < place(|effect| matches!(effect, Effect::Open { .. })));
    let Effect::Store(work) = &effects[store] else { panic!("{effects:?}") };
    let texts: Vec<&str> = work
        .writes
        .iter()
        .filter_map(|write| if let Write::Turn(turn) = write { Some(turn.text.as_str()) } else { None })
        .collect();
    assert_eq!(texts, ["hello", ""]);
}

#[test]
fn a_piece_of_a_reply_is_handed_over_alone_and_once() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    // It asks for what today cost, once.
    kept.event(Event::Tick);
    kept.keys("hello\n");
    kept.piece(Delta::Text { choice: 0, text: "One".into() });
    let generation = kept.state.lane().generation;
    let delta = Ok(Delta::Text { choice: 0, text: " more".into() });
    let effects = kept.event(Event::Stream { lane: LANE, generation, delta });
    let part = crate::store::SavedPart::Text(" more".into());
    let work = crate::store::StoreWork { session: "k3".into(), writes: vec![Write::Append { turn: 1, part }] };
    assert_eq!(effects, [Effect::Store(work)]);
    assert_eq!(kept.event(Event::Tick), []);
}

#[test]
fn the_draft_is_looked_at_and_counted_only_when_it_changed() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    kept.keys("hello\n");
    kept.event(Event::Paste("A long draft. ".repeat(1000)));
    let work = |kept: &Kept| {
        let SavedPlace::Kept(place) = &kept.state.saving.as_ref().unwrap().place else { panic!("it is not kept") };
        (place.composer.1, kept.state.meter.read)
    };
    let before = work(&kept);
    let idle = [
        Event::Key(KeyCode::Left.into()),
        Event::Tick,
        Event::Resized(crate::state::Size { columns: 80, rows: 20 }),
        Event::Key(KeyCode::F(2).into()),
        Event::Key(KeyCode::Esc.into()),
    ];
    idle.into_iter().for_each(|event| drop(kept.event(event)));
    assert_eq!(work(&kept), before);
    let written = kept.event(Event::Key(KeyCode::Char('x').into()));
    let bytes = "A long draft. ".len() as u64 * 1000 + 1;
    assert_eq!(work(&kept), (before.0 + 1, before.1 + bytes));
    let is_draft =
        |effect: &Effect| matches!(effect, Effect::Store(work) if matches!(work.writes[..], [Write::Draft { .. }]));
    assert_eq!(written.iter().filter(|effect| is_draft(effect)).count(), 1, "{written:?}");
    // An older draft that is only looked at leaves what is kept as it is.
    kept.event(Event::Key(KeyCode::Home.into()));
    let looked = kept.event(Event::Key(KeyCode::Up.into()));
    assert_eq!(kept.state.composer.text(), "hello");
    assert_eq!((looked, kept.state.composer.draft().text.len() as u64), (Vec::new(), bytes));
}

#[test]
fn nothing_is_kept_of_a_session_without_a_word() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    assert_eq!(kept.event(Event::Resized(Size { columns: 90, rows: 20 })), []);
    assert_eq!(load(home.path(), None).unwrap_err(), StoreFault::Empty);
    kept.keys("d");
    assert_eq!(kept.found(home.path()).composer.draft, "d");
}

#[test]
fn a_reply_that_a_new_session_stops_is_kept_with_the_old_one() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    kept.keys("hello\n");
    kept.piece(Delta::Text { choice: 0, text: "Hi".into() });
    kept.event(Event::Key(KeyEvent::new(KeyCode::Char('n'), KeyModifiers::CONTROL)));
    assert!(kept.state.session.turns.is_empty(), "one press is enough where nothing is lost");
    kept.keys("again\n");
    let ids = [kept.found(home.path()).id, load(home.path(), Some("k3")).unwrap().0.id];
    assert_eq!(ids, ["k3-1", "k3"]);
    let old = load(home.path(), Some("k3")).unwrap().0;
    assert_eq!(old.runs[0].outcome, crate::store::SavedOutcome::Stopped);
    assert_eq!(old.turns[1].text, "Hi");
}

#[test]
fn a_resumed_session_is_the_one_that_was_left_and_goes_on_under_its_id() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    kept.keys("hello\n");
    kept.piece(Delta::Text { choice: 0, text: "Hi".into() });
    let generation = kept.state.lane().generation;
    kept.event(Event::StreamEnded { lane: LANE, generation });
    kept.keys("dra");
    let left = kept.found(home.path());
    let mut next = Kept::new(home.path());
    next.anchor = kept.anchor;
    next.state.saving = Some(Box::new(Saving::new("m9".into(), kept.anchor)));
    next.state.resume(left.clone(), kept.anchor, true).unwrap();
    assert_eq!(next.shown(), left);
    next.keys("ft\n");
    let found = next.found(home.path());
    let texts: Vec<&str> = found.turns.iter().map(|turn| turn.text.as_str()).collect();
    assert_eq!((found.id.as_str(), texts), ("k3", vec!["hello", "Hi", "draft", ""]));
    assert_eq!(found, next.shown());
}

#[test]
fn a_session_that_is_looked_at_becomes_a_copy_with_the_first_message() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    kept.keys("hello\n");
    let left = kept.found(home.path());
    let mut other = Kept::new(home.path());
    other.state.saving = Some(Box::new(Saving::new("m9".into(), other.anchor)));
    other.state.resume(left.clone(), other.anchor, false).unwrap();
    other.keys("mine");
    assert_eq!(other.found(home.path()), left);
    other.keys("\n");
    let copy = other.found(home.path());
    assert_eq!((copy.id.as_str(), copy.turns.len()), ("m9-1", 4));
    assert_eq!(load(home.path(), Some("k3")).unwrap().0, left);
}

/// A program that asked and was answered, with what went over the wire; gives the session as it is found.
fn wired(kept: &mut Kept, directory: &Path) -> SavedSession {
    kept.keys("hello\n");
    let request = crate::chat::WireRequest {
        at: Duration::ZERO,
        method: "POST".into(),
        url: "https://lab.test".into(),
        headers: Vec::new(),
        body_bytes: 2,
    };
    kept.piece(Delta::Wire(WirePiece::Request(request)));
    kept.piece(Delta::Wire(WirePiece::Bytes { at: Duration::from_millis(5), bytes: "data: 1".into() }));
    kept.piece(Delta::Text { choice: 0, text: "Hi".into() });
    let generation = kept.state.lane().generation;
    kept.event(Event::StreamEnded { lane: LANE, generation });
    let found = kept.found(directory);
    assert_eq!(found.runs[0].wire.as_ref().unwrap().bytes, b"data: 1");
    found
}

#[test]
fn a_session_that_goes_on_or_is_copied_without_its_wires_loses_none_of_them() {
    let home = tempfile::tempdir().unwrap();
    let left = wired(&mut Kept::new(home.path()), home.path());
    for (alone, id, turns) in [(false, "m9-1", 4), (true, "k3", 4)] {
        let mut next = Kept::new(home.path());
        next.anchor = anchor();
        next.state.saving = Some(Box::new(Saving::new("m9".into(), next.anchor)));
        let (opened, _) = load_without_wires(home.path(), Some("k3")).unwrap();
        next.state.resume(opened, next.anchor, alone).unwrap();
        next.keys("more\n");
        let found = next.found(home.path());
        assert_eq!((found.id.as_str(), found.turns.len()), (id, turns));
        assert_eq!(found.runs[0].wire, left.runs[0].wire);
        let run = &next.state.session.runs()[0];
        assert_eq!(run.stored.as_ref().map(|place| (&*place.session, place.run)), Some((id, 0)));
    }
}

#[test]
fn a_run_that_is_written_again_after_it_gave_its_bytes_away_keeps_them_in_the_store() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    let left = wired(&mut kept, home.path());
    let run = kept.state.session.run_mut(crate::chat::RunId(0)).unwrap();
    run.wire.forget();
    run.request_id = Some("req_1".into());
    kept.keys("x");
    let found = kept.found(home.path());
    assert_eq!((found.runs[0].request_id.as_deref(), &found.runs[0].wire), (Some("req_1"), &left.runs[0].wire));
}

#[test]
fn the_screen_says_when_nothing_can_be_saved_and_when_it_can_again() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    kept.keys("hello\n");
    kept.event(Event::Store(StoreNews::Failing(StoreFault::Full)));
    let said = kept.state.notices.iter().next().unwrap().text.clone();
    assert_eq!(
        said,
        "This session is not saved; Alt+E writes it to a file elsewhere. The reason: the disk is full: free some room; \
         this program tries again by itself."
    );
    kept.event(Event::Key(KeyEvent::new(KeyCode::Char('n'), KeyModifiers::CONTROL)));
    assert_eq!(kept.state.asked_once.map(|(action, _)| action), Some(Action::NewSession));
    kept.event(Event::Store(StoreNews::Saved));
    assert_eq!(kept.state.saving.unwrap().trouble, None);
}

#[test]
fn what_cannot_be_saved_is_written_elsewhere_whole_by_the_key_that_is_named() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    kept.keys("hello\n");
    kept.event(Event::Store(StoreNews::Failing(StoreFault::ReadOnly)));
    kept.event(Event::Key(KeyEvent::new(KeyCode::Char('e'), KeyModifiers::ALT)));
    let effects = kept.event(Event::Key(KeyCode::Enter.into()));
    let [.., Effect::Export(work)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((work.path.as_str(), work.format), ("hello.json", crate::exchange::ExportFormat::Json));
    assert_eq!((&work.choice, work.redact.as_ref()), (&crate::exchange::Choice::default(), None));
}

#[test]
fn what_is_attached_survives_in_the_draft_the_queue_the_history_and_the_turns_and_is_written_once() {
    let home = tempfile::tempdir().unwrap();
    let mut kept = Kept::new(home.path());
    let mut files = 0;
    let attach = |kept: &mut Kept, name: &str| {
        kept.keys(&format!("@{name} "));
        let work = AttachWork { words: vec![AtWord::of_path(name)], purpose: AttachPurpose::Take };
        let attachment = Attachment::of(name, vec![b'a'; 5_000]).unwrap();
        let found = vec![FoundFile::File { word: format!("@{name}"), attachment }];
        let effects = kept.event(Event::Attached { work, found });
        let writes =
            effects.iter().flat_map(|effect| if let Effect::Store(work) = effect { &work.writes[..] } else { &[] });
        writes.filter(|write| matches!(write, Write::File(_))).count()
    };
    files += attach(&mut kept, "sent.txt");
    assert_eq!(kept.found(home.path()), kept.shown(), "a draft");
    kept.keys("\n");
    files += attach(&mut kept, "queued.txt");
    kept.keys("\n");
    files += attach(&mut kept, "draft.txt");
    let found = kept.found(home.path());
    assert_eq!(found, kept.shown());
    let names = |attachments: &[crate::store::SavedAttachment]| {
        attachments.iter().map(|one| one.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&found.turns[0].attachments), ["sent.txt"]);
    assert_eq!(names(&found.queue.waiting[0].attachments), ["queued.txt"]);
    assert_eq!(names(&found.composer.attachments), ["draft.txt"]);
    assert_eq!(found.composer.history_attachments.len(), 2);
    assert_eq!((files, found.files.len()), (1, 1));
    let mut again = state();
    again.resume(found, kept.anchor, true).unwrap();
    assert_eq!(again.composer.attachments, kept.state.composer.attachments);
    assert_eq!(again.composer.attachments[0].text().map(str::len), Some(5_000));
    assert_eq!(again.composer.history(), kept.state.composer.history());
}
