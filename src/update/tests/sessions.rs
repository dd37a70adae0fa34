//! The list of sessions, with a shelf that answers when the test wants, in whatever order.

use super::*;
use crate::chat::TurnId;
use crate::input::Action;
use crate::state::attach::{AttachPurpose, AttachWork, FoundFile};
use crate::state::{Anchor, FindPhase, Focus, Overlay, SavedPlace, Saving, SessionList, saved_session};
use crate::store::{
    OpenElsewhere, SavedSession, ShelfAnswer, ShelfChange, ShelfFound, ShelfHit, ShelfPreview, ShelfRow, ShelfTurn,
    ShelfWork, StoreFault, StoreNews,
};

/// A program with a store that nobody reads, and what it asked of the shelf.
struct Program {
    state: State,
    anchor: Anchor,
    asked: Vec<ShelfWork>,
    others: Effects,
}

impl Program {
    fn new() -> Self {
        let anchor = Anchor { instant: Instant::now(), unix_ms: 1_790_000_000_000 };
        let mut state = state();
        state.size = Size { columns: 160, rows: 40 };
        state.saving = Some(Box::new(Saving::new("k3".into(), anchor)));
        Self { state, anchor, asked: Vec::new(), others: Effects::new() }
    }

    /// With the list open, and these rows in it.
    fn listing(rows: &[ShelfRow]) -> Self {
        let mut program = Self::new();
        program.ctrl('o');
        program.finds(rows);
        program
    }

    fn event(&mut self, event: Event) {
        for effect in update(&mut self.state, event, self.anchor.instant) {
            match effect {
                Effect::Shelf(work) => self.asked.push(work),
                Effect::Store(_) => {}
                other => self.others.push(other),
            }
        }
    }

    fn key(&mut self, code: KeyCode) {
        self.event(Event::Key(code.into()));
    }

    fn ctrl(&mut self, letter: char) {
        self.event(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)));
    }

    fn undo(&mut self) {
        self.event(Event::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::ALT)));
    }

    fn types(&mut self, text: &str) {
        for sign in text.chars() {
            self.key(if sign == '\n' { KeyCode::Enter } else { KeyCode::Char(sign) });
        }
    }

    fn says(&mut self, text: &str) {
        let generation = self.state.lane().generation;
        self.event(Event::Stream { lane: self.state.lane().id, generation, delta: said(text) });
    }

    fn ends(&mut self) {
        let generation = self.state.lane().generation;
        self.event(Event::StreamEnded { lane: self.state.lane().id, generation });
    }

    fn answer(&mut self, work: ShelfWork, answer: ShelfAnswer) {
        self.event(Event::Shelf { work, answer });
    }

    fn took(&mut self) -> Vec<ShelfWork> {
        std::mem::take(&mut self.asked)
    }

    /// The last question for sessions.
    fn question(&self) -> ShelfWork {
        let find = |work: &&ShelfWork| matches!(work, ShelfWork::Find { .. });
        self.asked.iter().rev().find(find).cloned().expect("nothing was looked for")
    }

    /// Answers the last question.
    fn finds(&mut self, rows: &[ShelfRow]) {
        let found = ShelfFound { rows: rows.to_vec(), ..ShelfFound::default() };
        self.answer(self.question(), ShelfAnswer::Found(found));
    }

    /// Answers the last question of all with what went well.
    fn opens(&mut self, id: &str, session: SavedSession, elsewhere: Option<OpenElsewhere>) {
        let answer = ShelfAnswer::Opened { session: Box::new(session), elsewhere };
        self.answer(ShelfWork::Open { id: id.into() }, answer);
    }

    fn list(&self) -> &SessionList {
        match &self.state.overlay {
            Some(Overlay::Sessions(list)) => list,
            other => panic!("no list is open, but {other:?}"),
        }
    }

    fn titles(&self) -> Vec<&str> {
        self.list().found.rows.iter().map(|row| row.title.as_str()).collect()
    }

    fn selected(&self) -> &str {
        &self.list().row().unwrap().id
    }

    fn notices(&self) -> Vec<&str> {
        self.state.notices.iter().map(|notice| notice.text.as_str()).collect()
    }
}

fn row(id: &str, updated: i64) -> ShelfRow {
    ShelfRow { id: id.into(), title: id.to_uppercase(), updated, turns: 2, ..ShelfRow::default() }
}

fn hit(turn: u32, matched: &str) -> ShelfHit {
    let snippet = vec![(false, "… ".into()), (true, matched.into()), (false, " …".into())];
    ShelfHit { turn, role: "user".into(), snippet, turns: 1 }
}

/// A saved conversation of questions and answers, one after the other.
fn conversation(id: &str, said: &[(&str, &str)]) -> SavedSession {
    let mut program = Program::new();
    for (question, answer) in said {
        program.types(&format!("{question}\n"));
        program.says(answer);
        program.ends();
    }
    SavedSession { id: id.into(), ..saved_session(&program.state, program.anchor) }
}

fn find(query: &str, serial: u64) -> ShelfWork {
    ShelfWork::Find { query: query.into(), serial }
}

fn preview(id: &str, turn: Option<u32>) -> ShelfWork {
    ShelfWork::Preview { id: id.into(), turn }
}

fn changes(id: &str, change: ShelfChange) -> ShelfWork {
    ShelfWork::Change { id: id.into(), change }
}

#[test]
fn each_change_of_the_query_is_one_question_with_a_higher_number() {
    let mut program = Program::new();
    // It asks for what today cost, once.
    program.event(Event::Tick);
    program.took();
    program.ctrl('o');
    program.types("ab");
    program.key(KeyCode::Backspace);
    program.key(KeyCode::Up);
    program.event(Event::Tick);
    assert_eq!(program.took(), [find("", 1), find("a", 2), find("ab", 3), find("a", 4)]);
    program.ctrl('o');
    assert_eq!(program.took(), [], "it is open already");
    program.key(KeyCode::Esc);
    program.ctrl('o');
    assert_eq!(program.took(), [find("", 5)]);
}

#[test]
fn an_answer_to_an_older_question_is_dropped() {
    let mut program = Program::new();
    program.ctrl('o');
    program.types("a");
    let found = |id: &str| ShelfAnswer::Found(ShelfFound { rows: vec![row(id, 1)], ..ShelfFound::default() });
    program.answer(find("", 1), found("old"));
    assert!(program.titles().is_empty() && program.list().awaits());
    program.answer(find("a", 2), found("new"));
    program.answer(find("", 1), found("old"));
    program.answer(find("", 1), ShelfAnswer::Failed("late".into()));
    assert_eq!((program.titles(), program.list().awaits()), (vec!["NEW"], false));
    assert_eq!(program.list().failed, None);
}

#[test]
fn what_cannot_be_looked_for_is_told_and_what_was_found_before_stays() {
    let mut program = Program::listing(&[row("a", 1)]);
    program.types("x");
    program.answer(program.question(), ShelfAnswer::Failed("The disk is gone.".into()));
    assert_eq!(program.list().failed.as_deref(), Some("The disk is gone."));
    assert_eq!(program.titles(), ["A"]);
    program.types("y");
    program.finds(&[]);
    assert_eq!(program.list().failed, None);
}

#[test]
fn the_session_that_is_selected_first_is_the_last_other_one_and_one_that_was_chosen_stays() {
    let mut program = Program::listing(&[row("pinned", 1), row("b", 9), row("c", 5)]);
    assert_eq!(program.selected(), "b");
    program.key(KeyCode::Down);
    assert_eq!(program.selected(), "c");
    program.types("x");
    program.finds(&[row("c", 5), row("d", 4)]);
    assert_eq!(program.selected(), "c");
    program.types("y");
    program.finds(&[row("d", 4), row("e", 9)]);
    assert_eq!(program.selected(), "d", "the best match, since the chosen one is not among them");
    program.types("z");
    program.finds(&[row("e", 9), row("d", 4)]);
    assert_eq!(program.selected(), "e", "nobody chose the one before");
}

#[test]
fn the_preview_is_asked_for_the_selected_row_and_a_late_one_is_dropped() {
    let found = ShelfRow { hit: Some(hit(7, "word")), ..row("b", 2) };
    let mut program = Program::listing(&[row("a", 3), found]);
    assert_eq!(program.took()[1..], [preview("a", None)]);
    program.key(KeyCode::Down);
    program.key(KeyCode::Up);
    program.key(KeyCode::Down);
    assert_eq!(program.took(), [preview("b", Some(7)), preview("a", None), preview("b", Some(7))]);
    let turns = |id: &str| {
        let turns = vec![ShelfTurn { turn: 7, role: "user".into(), text: format!("a word of {id}") }];
        ShelfAnswer::Preview(ShelfPreview { id: id.into(), turns })
    };
    program.answer(preview("a", None), turns("a"));
    assert!(program.list().preview.reader.rows().is_empty());
    program.answer(preview("b", Some(7)), turns("b"));
    let rows: Vec<String> = program.list().preview.reader.rows().iter().map(crate::text::Line::plain).collect();
    assert_eq!(rows, ["you", "a word of b"]);
    program.event(Event::Resized(Size { columns: 60, rows: 20 }));
    program.key(KeyCode::Up);
    assert_eq!(program.took(), [], "there is no room for one");
}

#[test]
fn a_change_shows_at_once_and_is_looked_for_again_when_it_is_made() {
    let mut program = Program::listing(&[row("a", 3), row("b", 2)]);
    program.took();
    program.ctrl('f');
    assert!(program.list().row().unwrap().pinned);
    assert_eq!(program.took(), [changes("a", ShelfChange::Pin(true))]);
    // What was read before the change was made.
    program.ctrl('x');
    program.took();
    program.answer(changes("a", ShelfChange::Pin(true)), ShelfAnswer::Changed);
    assert!(matches!(program.took()[..], [ShelfWork::Find { .. }]));
    assert_eq!(program.titles(), ["B"], "the deletion is not made yet, and holds on the screen");
}

#[test]
fn what_is_found_while_a_change_is_not_made_yet_is_shown_with_it() {
    let mut program = Program::listing(&[row("a", 3), row("b", 2)]);
    program.ctrl('x');
    program.types("x");
    program.finds(&[row("a", 3), row("b", 2)]);
    assert_eq!(program.titles(), ["B"]);
    program.answer(changes("a", ShelfChange::Delete), ShelfAnswer::Failed("The disk is full.".into()));
    program.finds(&[row("a", 3), row("b", 2)]);
    assert_eq!(program.titles(), ["A", "B"]);
    assert!(program.notices().contains(&"“A” is not deleted: The disk is full."), "{:?}", program.notices());
}

#[test]
fn a_change_that_fails_is_taken_back() {
    let mut program = Program::listing(&[row("a", 3), row("b", 2), row("c", 1)]);
    program.key(KeyCode::Down);
    program.ctrl('x');
    assert_eq!((program.titles(), program.selected()), (vec!["A", "C"], "c"));
    program.answer(changes("b", ShelfChange::Delete), ShelfAnswer::Failed("No.".into()));
    assert_eq!((program.titles(), program.selected()), (vec!["A", "B", "C"], "b"));
    program.ctrl('r');
    program.types("xy\n");
    assert_eq!(program.titles(), ["A", "Bxy", "C"]);
    let renamed = changes("b", ShelfChange::Rename("Bxy".into()));
    program.answer(renamed, ShelfAnswer::Failed("No.".into()));
    assert_eq!(program.titles(), ["A", "B", "C"]);
}

#[test]
fn a_deleted_session_comes_back_by_undo_and_goes_again_by_redo() {
    let mut program = Program::listing(&[row("a", 3), row("b", 2)]);
    program.took();
    program.key(KeyCode::Delete);
    assert_eq!(program.notices(), ["“A” is deleted; Alt+U brings it back."]);
    program.key(KeyCode::Esc);
    program.undo();
    assert_eq!(program.notices().last(), Some(&"“A” is in the list again."));
    program.event(Event::Key(KeyEvent::new(KeyCode::Char('U'), KeyModifiers::ALT | KeyModifiers::SHIFT)));
    let asked: Vec<ShelfWork> =
        program.took().into_iter().filter(|work| matches!(work, ShelfWork::Change { .. })).collect();
    let [delete, restore] = [ShelfChange::Delete, ShelfChange::Restore].map(|change| changes("a", change));
    assert_eq!(asked, [delete.clone(), restore, delete]);
}

#[test]
fn what_was_brought_back_is_selected_when_it_is_found_again() {
    let mut program = Program::listing(&[row("a", 3), row("b", 2)]);
    program.ctrl('x');
    program.answer(changes("a", ShelfChange::Delete), ShelfAnswer::Changed);
    program.finds(&[row("b", 2)]);
    program.undo();
    program.answer(changes("a", ShelfChange::Restore), ShelfAnswer::Changed);
    program.finds(&[row("b", 2), row("a", 3)]);
    assert_eq!((program.titles(), program.selected()), (vec!["B", "A"], "a"));
}

#[test]
fn where_deleted_ones_are_listed_the_same_key_brings_one_back() {
    let mut program = Program::listing(&[]);
    program.types("is:deleted");
    program.finds(&[row("a", 3)]);
    program.took();
    program.ctrl('x');
    assert_eq!(program.took(), [changes("a", ShelfChange::Restore)]);
}

#[test]
fn tags_are_written_with_commas_and_an_undo_gives_the_former_ones() {
    let tagged = ShelfRow { tags: vec!["old".into()], ..row("a", 3) };
    let mut program = Program::listing(&[tagged]);
    program.took();
    program.ctrl('t');
    program.types(", #new\n");
    assert_eq!(program.list().row().unwrap().tags, ["old", "new"]);
    program.undo();
    let tags = |tags: &[&str]| ShelfChange::Tag(tags.iter().map(|tag| (*tag).to_owned()).collect());
    assert_eq!(program.took(), [changes("a", tags(&["old", "new"])), changes("a", tags(&["old"]))]);
}

#[test]
fn a_title_that_is_left_or_empty_changes_nothing_and_the_list_is_there_again() {
    let mut program = Program::listing(&[row("a", 3)]);
    program.took();
    program.ctrl('r');
    program.key(KeyCode::Esc);
    program.ctrl('r');
    program.key(KeyCode::Backspace);
    program.key(KeyCode::Enter);
    assert_eq!(program.titles(), ["A"]);
    program.ctrl('r');
    program.key(KeyCode::Enter);
    assert_eq!((program.took(), program.state.undos.is_empty(crate::state::Way::Back)), (vec![], true));
}

#[test]
fn a_title_that_was_given_is_not_overwritten_by_the_first_message_nor_by_later_ones() {
    let mut program = Program::new();
    let perform = |program: &mut Program| {
        let now = program.anchor.instant;
        super::super::action::perform(&mut program.state, Action::RenameSession, now);
    };
    perform(&mut program);
    program.types("mine\n");
    assert_eq!(program.others, [Effect::SetTitle("abreast · mine".into())]);
    program.types("hello\n");
    assert_eq!(program.state.session.title, "mine");
    program.ends();
    perform(&mut program);
    program.types("!\n");
    program.types("again\n");
    assert_eq!(program.state.session.title, "mine!");
    program.undo();
    assert_eq!(program.state.session.title, "mine");
    let asked = ["mine!", "mine"].map(|title| changes("k3", ShelfChange::Rename(title.into())));
    assert_eq!(program.took(), asked, "what is not in the store yet takes its title along");
    program.answer(asked[1].clone(), ShelfAnswer::Failed("No.".into()));
    assert_eq!(program.state.session.title, "mine!");
}

#[test]
fn the_session_on_the_screen_is_marked_named_as_here_and_not_deleted() {
    let mut program = Program::new();
    program.types("hello\n");
    program.ctrl('o');
    program.finds(&[row("k3", 9), row("b", 2)]);
    assert_eq!((program.titles(), program.selected()), (vec!["hello", "B"], "b"));
    program.key(KeyCode::Up);
    program.took();
    program.key(KeyCode::Delete);
    let said = "This session is on the screen: Ctrl+N begins another one, then it can be deleted.";
    assert_eq!((program.took(), program.notices()), (vec![], vec![said]));
    program.ctrl('r');
    program.types("!\n");
    assert_eq!(program.titles(), ["hello!", "B"]);
    assert_eq!(program.took(), [changes("k3", ShelfChange::Rename("hello!".into()))]);
    program.key(KeyCode::Enter);
    assert!(program.state.overlay.is_none(), "it is open already");
}

#[test]
fn enter_opens_a_session_as_it_was_and_stops_what_still_streams() {
    let mut program = Program::new();
    program.types("hello\n");
    program.says("half");
    let other = conversation("b", &[("first", "prime")]);
    program.ctrl('o');
    program.finds(&[row("b", 2)]);
    program.took();
    program.key(KeyCode::Enter);
    program.key(KeyCode::Enter);
    assert_eq!(program.took(), [ShelfWork::Open { id: "b".into() }]);
    assert!(program.others.contains(&Effect::Cancel { lane: LANE }));
    program.opens("b", other.clone(), None);
    let state = &program.state;
    assert_eq!(saved_session(state, program.anchor), other);
    assert!(state.overlay.is_none() && state.shelf.opening.is_none() && state.find.is_none());
    assert_eq!((state.focus, state.shelf.before.as_deref()), (Focus::Composer, Some("k3")));
    assert_eq!(state.saving.as_ref().unwrap().place.session(), Some("b"));
    assert!(program.others.contains(&Effect::SetTitle("abreast · first".into())));
    assert_eq!(program.notices(), ["The reply of lane A was stopped; what had come is kept with that session."]);
}

#[test]
fn a_session_that_is_about_to_be_shown_is_not_deleted() {
    let mut program = Program::listing(&[row("b", 2)]);
    program.key(KeyCode::Enter);
    program.took();
    program.key(KeyCode::Delete);
    assert_eq!(program.took(), []);
    assert!(program.notices()[0].starts_with("This session is on the screen"), "{:?}", program.notices());
}

#[test]
fn a_draft_whose_files_were_looked_up_before_another_session_was_opened_sends_nothing_there() {
    let mut other = conversation("b", &[("first", "prime")]);
    other.composer.draft = "not yet".into();
    let mut program = Program::new();
    program.types("see @notes.md ");
    program.key(KeyCode::Enter);
    let Some(Effect::Attach(work)) = program.others.pop() else { panic!("nothing was looked up") };
    program.ctrl('o');
    program.finds(&[row("b", 2)]);
    program.key(KeyCode::Enter);
    program.opens("b", other, None);
    let AttachPurpose::Send { serial, .. } = work.purpose else { panic!("{work:?}") };
    // The other draft may well be of the same revision.
    let revision = program.state.composer.editor.revision();
    let work = AttachWork { purpose: AttachPurpose::Send { revision, serial }, ..work };
    program.event(Event::Attached { work, found: vec![FoundFile::Nothing] });
    assert_eq!((program.state.composer.text().as_str(), program.state.session.turns.len()), ("not yet", 2));
}

#[test]
fn two_sessions_are_gone_between_by_opening_the_list_and_enter() {
    let (a, b) = (conversation("a", &[("ask a", "x")]), conversation("b", &[("ask b", "x")]));
    let mut program = Program::new();
    for (id, session) in [("a", &a), ("b", &b), ("a", &a), ("b", &b)] {
        program.ctrl('o');
        // A pinned one that is newer as well, and an old one.
        program.finds(&[ShelfRow { pinned: true, ..row("p", 99) }, row("a", 3), row("b", 2)]);
        if program.state.shelf.before.is_none() {
            program.key(KeyCode::Down);
            if id == "b" {
                program.key(KeyCode::Down);
            }
        }
        program.took();
        program.key(KeyCode::Enter);
        assert_eq!(program.took(), [ShelfWork::Open { id: id.into() }]);
        program.opens(id, session.clone(), None);
        assert_eq!(program.state.session.id, id);
    }
}

#[test]
fn the_turn_that_was_found_is_gone_to_and_its_words_are_looked_for_on() {
    let long = conversation("b", &[("one apple", "two"), ("three Apple apple", "four"), ("five", "an apple")]);
    let mut program = Program::new();
    program.ctrl('o');
    program.finds(&[ShelfRow { hit: Some(hit(2, "Apple")), ..row("b", 2) }]);
    program.key(KeyCode::Enter);
    program.opens("b", long, None);
    let state = &program.state;
    let found = state.find.as_ref().unwrap();
    assert_eq!((found.query(), found.phase, found.count_all()), ("apple", FindPhase::Kept, 4));
    assert_eq!((state.focus, state.lane().selected), (Focus::Transcript, Some(TurnId(2))));
    assert!(matches!(program.others.last(), Some(Effect::Scroll { .. })));
    program.key(KeyCode::Char('n'));
    program.key(KeyCode::Char('n'));
    assert_eq!(program.state.lane().selected, Some(TurnId(5)));
}

#[test]
fn a_turn_that_no_lane_holds_is_shown_on_the_newest_branch_below_it() {
    let mut program = Program::new();
    program.types("ask\n");
    program.says("an old answer");
    program.ends();
    program.event(Event::Key(KeyEvent::new(KeyCode::Char('r'), KeyModifiers::ALT)));
    program.says("another");
    program.ends();
    program.ctrl('o');
    program.finds(&[ShelfRow { hit: Some(hit(1, "old")), ..row("k3", 2) }]);
    assert_eq!(program.state.lane().branch, [TurnId(0), TurnId(2)]);
    program.key(KeyCode::Enter);
    assert_eq!(program.state.lane().branch, [TurnId(0), TurnId(1)]);
    assert_eq!(program.state.lane().selected, Some(TurnId(1)));
    program.key(KeyCode::Char('u'));
    assert_eq!(program.state.lane().branch, [TurnId(0), TurnId(2)]);
}

#[test]
fn a_session_that_is_open_elsewhere_is_only_read() {
    let mut program = Program::listing(&[row("b", 2)]);
    program.key(KeyCode::Enter);
    program.opens("b", conversation("b", &[("first", "prime")]), Some(OpenElsewhere { process: Some(77) }));
    assert!(matches!(program.state.saving.as_ref().unwrap().place, SavedPlace::Looked { .. }));
    let said = "This session is open in another Abreast (process 77). You can read it here; the first message you send \
                makes a copy of it.";
    assert_eq!(program.notices(), [said]);
    program.ctrl('o');
    program.finds(&[row("b", 2), row("c", 1)]);
    program.key(KeyCode::Up);
    program.ctrl('r');
    assert!(matches!(program.state.overlay, Some(Overlay::Sessions(_))), "its title is another program's");
    program.key(KeyCode::Esc);
    program.types("draft");
    program.ctrl('o');
    program.finds(&[row("b", 2), row("c", 1)]);
    program.took();
    program.key(KeyCode::Enter);
    assert_eq!(program.took(), []);
    assert_eq!(program.notices().last(), Some(&"Enter again drops the draft: this session is only read here."));
    program.key(KeyCode::Enter);
    assert_eq!(program.took(), [ShelfWork::Open { id: "c".into() }]);
}

#[test]
fn what_cannot_be_saved_is_left_only_when_it_is_asked_for_twice() {
    let mut program = Program::new();
    program.types("hello\n");
    program.ends();
    program.event(Event::Store(StoreNews::Failing(StoreFault::Full)));
    program.ctrl('o');
    program.finds(&[row("b", 2)]);
    program.took();
    program.key(KeyCode::Enter);
    assert_eq!(program.took(), []);
    program.key(KeyCode::Enter);
    assert_eq!(program.took(), [ShelfWork::Open { id: "b".into() }]);
}

#[test]
fn a_session_that_cannot_be_opened_leaves_the_one_on_the_screen() {
    let mut program = Program::new();
    program.types("hello\n");
    program.ends();
    program.ctrl('o');
    program.finds(&[row("b", 2)]);
    program.key(KeyCode::Enter);
    program.took();
    program.answer(ShelfWork::Open { id: "b".into() }, ShelfAnswer::Failed("It is gone.".into()));
    assert_eq!((program.state.session.id.as_str(), program.notices()), ("k3", vec!["It is gone."]));
    assert!(matches!(program.took()[..], [ShelfWork::Find { .. }]));
    program.key(KeyCode::Enter);
    let newer = SavedSession { version: 99, ..conversation("b", &[("first", "prime")]) };
    program.took();
    program.opens("b", newer, None);
    assert_eq!(program.state.session.id, "k3");
    assert_eq!(program.took(), [ShelfWork::Open { id: "k3".into() }], "it was given back for the other");
}

#[test]
fn where_nothing_is_saved_there_is_no_list() {
    let mut program = Program::new();
    program.state.saving = None;
    program.ctrl('o');
    assert!(program.state.overlay.is_none());
    assert_eq!(program.notices(), ["Nothing is saved here, so there are no sessions to choose from."]);
}

#[test]
fn the_beginning_of_a_long_list_is_shown_before_the_rest_and_keeps_what_is_selected() {
    let mut program = Program::listing(&[]);
    program.types("x");
    let rows: Vec<ShelfRow> = ["a", "b", "c", "d"].iter().map(|id| row(id, 3)).collect();
    let part =
        |rows: &[ShelfRow], more| ShelfAnswer::Found(ShelfFound { rows: rows.to_vec(), more, ..ShelfFound::default() });
    let question = program.question();
    program.answer(question.clone(), part(&rows[..2], true));
    assert_eq!((program.titles().len(), program.selected()), (2, "a"));
    program.key(KeyCode::Down);
    program.answer(question, part(&rows, false));
    assert_eq!((program.titles().len(), program.selected()), (4, "b"));
    // What was chosen may stand in the rest.
    program.key(KeyCode::Down);
    program.key(KeyCode::Down);
    program.types("y");
    let question = program.question();
    program.answer(question.clone(), part(&rows[..2], true));
    assert_eq!(program.selected(), "a");
    program.answer(question, part(&rows, false));
    assert_eq!(program.selected(), "d");
}
