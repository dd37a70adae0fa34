//! What a frame costs: as much as is visible, however much there is. Counted in rows, not in time.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use abreast::chat::{Role, Tool};
use abreast::state::{Event, LaneId, Lockstep, Scroll, ScrollMotion, Size, State};
use abreast::update::update;
use abreast::view::View;
use crossterm::event::KeyCode;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::json;

use super::replay::ScriptedConnect;
use super::*;

const SIZE: Size = Size { columns: 120, rows: 40 };

/// A view on a state, and how many rows it renders.
struct Watched {
    state: State,
    view: View,
    terminal: Terminal<TestBackend>,
    now: Instant,
}

impl Watched {
    fn new(state: State) -> Self {
        let terminal = Terminal::new(TestBackend::new(SIZE.columns, SIZE.rows)).unwrap();
        Self { state, view: View::default(), terminal, now: Instant::now() }
    }

    /// A lane with so many turns, the last one a reply; two of them fill the screen.
    fn session(turns: u32) -> Self {
        let mut state = State::new(start(SIZE));
        let mut tip = None;
        for turn in 0..turns {
            let role = if (turns - turn).is_multiple_of(2) { Role::User } else { Role::Assistant };
            tip = Some(state.session.turns.add(tip, role, "Words in a row.\n\n".repeat(10)));
        }
        state.lanes[0].branch = state.session.turns.branch(tip);
        Self::new(state)
    }

    /// Six lanes in lock-step, each with a branch of so many turns; the replies differ in length.
    fn lockstep(turns: u32) -> Self {
        let mut state = State::new(start(Size { columns: 300, rows: 40 }));
        state.sidebar.shown = false;
        for place in 0..6 {
            if place > 0 {
                let (id, letter) = (state.next_lane_id(), state.free_letter());
                state.lanes.push(state.lanes[0].clone_as(id, letter));
            }
            let mut tip = None;
            for turn in 0..turns {
                let role = if (turns - turn).is_multiple_of(2) { Role::User } else { Role::Assistant };
                let lines = 5 + (turns - turn + 3 * place) as usize % 7;
                tip = Some(state.session.turns.add(tip, role, "Words in a row.\n\n".repeat(lines)));
            }
            state.lanes[place as usize].branch = state.session.turns.branch(tip);
        }
        state.lockstep = Lockstep::Together(Scroll::Follow);
        let mut watched = Self::new(state);
        watched.terminal = Terminal::new(TestBackend::new(300, 40)).unwrap();
        watched
    }

    /// Draws one frame; gives the rows that were rendered for it.
    fn frame(&mut self) -> u64 {
        let before = self.view.work();
        let Self { state, view, terminal, now } = self;
        terminal.draw(|frame| view.draw(frame, state, *now)).unwrap();
        self.view.work() - before
    }

    /// Scrolls and draws; gives the rows that were rendered for both.
    fn scrolled(&mut self, motion: ScrollMotion) -> u64 {
        let before = self.view.work();
        let scroll = self.view.scroll(&self.state, LaneId(0), motion, self.now);
        self.state.scroll_to(LaneId(0), scroll);
        self.frame();
        self.view.work() - before
    }

    fn key(&mut self, code: KeyCode) {
        update(&mut self.state, Event::Key(code.into()), self.now);
    }
}

#[test]
fn a_session_of_5000_turns_is_drawn_at_the_cost_of_one_of_5() {
    let (mut small, mut large) = (Watched::session(5), Watched::session(5_000));
    let first = small.frame();
    assert!(first > 0);
    assert_eq!(large.frame(), first);
    assert!(large.terminal.backend().buffer() == small.terminal.backend().buffer(), "the same end is on the screen");
    for session in [&mut small, &mut large] {
        session.key(KeyCode::Char('x'));
        assert_eq!(session.frame(), 0, "a key renders no turn again");
    }
}

#[test]
fn scrolling_costs_what_comes_into_sight() {
    let (mut small, mut large) = (Watched::session(50), Watched::session(5_000));
    for motion in [ScrollMotion::Rows(-3), ScrollMotion::Pages(-1), ScrollMotion::Top, ScrollMotion::Pages(1)] {
        assert_eq!(large.scrolled(motion), small.scrolled(motion), "{motion:?}");
    }
}

#[test]
fn the_rows_of_turns_that_are_far_from_the_screen_are_dropped_and_those_near_it_kept() {
    let back_from = |pages: usize| {
        let mut session = Watched::session(5_000);
        let first = session.frame();
        for _ in 0..pages {
            session.scrolled(ScrollMotion::Pages(-1));
        }
        session.state.scroll_to(LaneId(0), Scroll::Follow);
        (session.frame(), first)
    };
    assert_eq!(back_from(20).0, 0, "what was shown a moment ago is still there");
    let (rendered, first) = back_from(200);
    assert!((1..=first).contains(&rendered), "{rendered} rows of the end, which were {first} at first");
}

#[test]
fn in_lock_step_a_frame_and_a_scroll_cost_what_comes_into_sight_in_six_lanes() {
    let (mut small, mut large) = (Watched::lockstep(28), Watched::lockstep(5_012));
    let first = small.frame();
    assert!(first > 0);
    assert_eq!(large.frame(), first);
    for session in [&mut small, &mut large] {
        session.key(KeyCode::Char('x'));
        assert_eq!(session.frame(), 0, "a key renders no turn again");
    }
    for motion in [ScrollMotion::Rows(-3), ScrollMotion::Pages(-1), ScrollMotion::Top, ScrollMotion::Pages(1)] {
        assert_eq!(large.scrolled(motion), small.scrolled(motion), "{motion:?}");
    }
}

#[test]
fn a_resize_renders_only_what_is_visible() {
    let mut large = Watched::session(5_000);
    let first = large.frame();
    large.state.size.columns = 90;
    large.terminal.backend_mut().resize(90, SIZE.rows);
    assert!(large.frame() <= first * 2);
}

/// A reply with the blocks that people see: prose, a list, code, a table.
fn reply(rounds: usize) -> String {
    (0..rounds).fold(String::new(), |mut text, round| {
        let _ = write!(
            text,
            "## Part {round}\n\nSome **prose** that is long enough to be wrapped when the lane is not very wide, twice or \
             more.\n\n- one\n- two\n  - three\n\n```rust\nfn f() {{\n    g({round});\n}}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        );
        text
    })
}

/// The rows rendered while a reply grows by a few characters a frame, and the rows it has in the end.
fn streamed(source: &str) -> (u64, u64) {
    let mut watched = Watched::new(State::new(start(SIZE)));
    for sign in "Go".chars() {
        watched.key(KeyCode::Char(sign));
    }
    watched.key(KeyCode::Enter);
    let generation = watched.state.lanes[0].generation;
    let signs: Vec<char> = source.chars().collect();
    for piece in signs.chunks(12) {
        let delta = Ok(said(&piece.iter().collect::<String>()));
        update(&mut watched.state, Event::Stream { lane: LaneId(0), generation, delta }, watched.now);
        watched.frame();
    }
    update(&mut watched.state, Event::StreamEnded { lane: LaneId(0), generation }, watched.now);
    let work = watched.view.work();
    let mut fresh = Watched::new(watched.state);
    (work, fresh.frame())
}

#[test]
fn each_streamed_line_is_rendered_a_bounded_number_of_times() {
    let (short, short_rows) = streamed(&reply(5));
    let (long, long_rows) = streamed(&reply(20));
    assert!(long <= long_rows * 4, "{long} rows were rendered for {long_rows}");
    assert!(long * short_rows <= short * long_rows * 11 / 10, "the cost of a row grows with the reply");
}

#[tokio::test(start_paused = true)]
async fn a_long_prompt_and_long_tools_are_kept_once_however_many_runs_have_them() {
    let mut start = start(SIZE);
    let settings = &mut start.lanes[0].settings;
    settings.system = Some("Be brief. ".repeat(1000).into());
    let tool = json!({"name": "f", "description": "long ".repeat(1000)});
    settings.tools = Tool::from_json(&tool).into_iter().collect();
    let desk = Desk::of(start, ScriptedConnect::default()).await;
    desk.press("alt-a").await;
    for place in [0, 2] {
        desk.sends("Hello").await;
        desk.answers(place, "Hi").await;
        desk.answers(place + 1, "Hi").await;
        desk.press("f2 left esc").await;
    }
    let (_, state) = desk.closed().await;
    let [first, others @ ..] = state.session.runs() else { panic!("no run") };
    assert_eq!(others.len(), 3);
    for run in others {
        assert!(Arc::ptr_eq(&run.settings.tools, &first.settings.tools));
        assert!(
            run.settings.system.as_ref().is_some_and(|own| first
                .settings
                .system
                .as_ref()
                .is_some_and(|system| { Arc::ptr_eq(own, system) }))
        );
        assert_eq!((&run.form.messages, &run.form.tools), (&Vec::new(), &Vec::new()));
    }
}

#[test]
fn a_key_in_a_long_session_has_the_draft_read_and_nothing_else() {
    let read = |turns: u32| {
        let mut watched = Watched::session(turns);
        let mut press = |letter: char| {
            let event = Event::Key(KeyCode::Char(letter).into());
            update(&mut watched.state, event, watched.now);
            watched.state.meter.read
        };
        let first = press('a');
        let [second, third] = [press('b'), press('c')];
        (first, second - first, third - second)
    };
    let (once, more, last) = read(5_000);
    assert!(once > 5_000 * 100, "the first key finds turns that were never counted: {once}");
    assert_eq!((more, last), (2, 3), "then the two, and the three letters of the draft");
    assert_eq!(read(2).1, 2);
}

#[test]
fn a_piece_of_a_reply_is_counted_by_itself_however_long_the_reply_is() {
    let read = |before: usize| {
        let mut state = State::new(start(SIZE));
        let now = Instant::now();
        for key in [KeyCode::Char('a'), KeyCode::Enter] {
            update(&mut state, Event::Key(key.into()), now);
        }
        let mut says = |text: String| {
            let (lane, generation) = (LaneId(0), state.lanes[0].generation);
            update(&mut state, Event::Stream { lane, generation, delta: Ok(said(&text)) }, now);
            state.meter.read
        };
        let first = says("word ".repeat(before));
        says("seven".to_owned()) - first
    };
    assert_eq!([read(1), read(100_000)], [5, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_key_waits_for_one_bounded_batch_of_pieces_however_many_are_there() {
    const PIECES: usize = 10_000;
    /// Events that the loop takes in before it looks at the terminal again, and those of the batch that was begun.
    const MOST: usize = 256 + 64;
    let desk = Desk::open().await;
    desk.sends("Go").await;
    let before = desk.screen.looks();
    for _ in 0..PIECES {
        assert!(desk.hands(0, Ok(said("word "))));
    }
    desk.settle().await;
    let looks = desk.screen.looks() - before;
    assert!(looks * MOST >= PIECES, "{looks} looks at the terminal for {PIECES} pieces");
    let (_, state) = desk.closed().await;
    let reply = state.session.turns.get(state.lane().tip().unwrap()).unwrap();
    assert_eq!(reply.text.len(), PIECES * "word ".len());
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_the_clock_brings_is_painted_over_the_last_one_as_one_that_a_token_brings() {
    let desk = Desk::open().await;
    desk.sends("Go").await;
    desk.replies(0, "one ").await;
    let before = (desk.screen.frames(), desk.screen.patches());
    assert!(desk.hands(0, Ok(said("two "))));
    desk.passes(Duration::from_millis(5)).await;
    desk.shows("one two");
    // Too soon for a frame of its own, and no token comes that takes it along.
    assert!(desk.hands(0, Ok(said("three "))));
    desk.passes(Duration::from_millis(5)).await;
    desk.hides("three");
    desk.settle().await;
    desk.shows("one two three");
    desk.hides("~3");
    // The figures that no piece took along.
    desk.passes(Duration::from_millis(600)).await;
    let after = (desk.screen.frames(), desk.screen.patches());
    assert_eq!((after.0 - before.0, after.1 - before.1), (3, 3));
}
