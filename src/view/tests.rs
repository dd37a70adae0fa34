//! Whole frames of scripted states: what is on the screen, where the cursor is, what a click hits.

mod diff;

#[path = "wire_tests.rs"]
mod wire;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::{Backend, TestBackend};
use ratatui::buffer::Buffer;
use ratatui::style::Modifier;
use serde_json::json;

mod find;
mod inspector;
mod ledger;
mod meter;
mod patch;
mod request;
mod sessions;
mod structured;
mod tree;
mod values;

use super::View;
use crate::api::{ApiError, Delta, ErrorKind, RequestShape};
use crate::chat::{Field, Settings, Tool, Usage};
use crate::config::{ColorDepth, Themes};
use crate::input::Keymap;
use crate::pricing::Catalogue;
use crate::state::{
    Effect, Event, Focus, Found, Lane, LaneId, Level, Pointer, PointerKind, Provider, Providers, SidebarRow, Size,
    Start, State, Target,
};
use crate::text::{graphemes, width};
use crate::tools::{CommandResponder, Responder};
use crate::update::{Effects, update};

const A: LaneId = LaneId(0);
const B: LaneId = LaneId(1);

const MODEL: &str = "gpt-5.1-2025-11-13";

/// A program without a terminal: a state, what drew it last, and a clock that stands until it is moved.
pub(super) struct Scene {
    pub(super) state: State,
    view: View,
    now: Instant,
    cursor: Option<(u16, u16)>,
}

impl Scene {
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        let themes = Themes::built_in();
        let settings = Settings { provider: "openai".into(), model: MODEL.into(), ..Settings::default() };
        let state = State::new(Start {
            lanes: vec![Lane::new(A, settings)],
            providers: Providers { all: providers(), undecided: false },
            catalogue: Catalogue::embedded(),
            keymap: Keymap::default(),
            theme: themes.get("dark").unwrap().clone(),
            themes,
            theme_chosen: true,
            depth: ColorDepth::True,
            size: Size { columns, rows },
            mouse: true,
        });
        Self { state, view: View::default(), now: Instant::now(), cursor: None }
    }

    /// Takes an event in; scrolls of the help are done as the loop does them, other effects are given back.
    fn event(&mut self, event: Event) -> Effects {
        let mut effects = update(&mut self.state, event, self.now);
        if let Some(Effect::ScrollHelp { from, rows }) = effects.first() {
            let to = View::scroll_help(&self.state, *from, *rows);
            effects = update(&mut self.state, Event::HelpScrolled(to), self.now);
        }
        effects
    }

    fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.event(Event::Key(KeyEvent::new(code, modifiers)));
    }

    fn key(&mut self, code: KeyCode) {
        self.press(code, KeyModifiers::NONE);
    }

    fn ctrl(&mut self, letter: char) {
        self.press(KeyCode::Char(letter), KeyModifiers::CONTROL);
    }

    fn alt(&mut self, letter: char) {
        self.press(KeyCode::Char(letter), KeyModifiers::ALT);
    }

    fn types(&mut self, text: &str) {
        for letter in text.chars() {
            self.key(KeyCode::Char(letter));
        }
    }

    fn send(&mut self, text: &str) {
        self.types(text);
        self.key(KeyCode::Enter);
    }

    fn passes(&mut self, millis: u64) {
        self.now += Duration::from_millis(millis);
    }

    fn generation(&self, lane: LaneId) -> u64 {
        self.state.lane_by_id(lane).unwrap().generation
    }

    fn streams(&mut self, lane: LaneId, delta: Delta) {
        let generation = self.generation(lane);
        self.event(Event::Stream { lane, generation, delta: Ok(delta) });
    }

    fn says(&mut self, lane: LaneId, text: &str) {
        self.streams(lane, Delta::Text { choice: 0, text: text.to_owned() });
    }

    fn used(&mut self, lane: LaneId, input: u64, output: u64) {
        let usage = Usage { input: Some(input), cached: Some(0), output: Some(output), ..Usage::default() };
        self.streams(lane, Delta::Usage(usage));
    }

    fn ends(&mut self, lane: LaneId) {
        let generation = self.generation(lane);
        self.event(Event::StreamEnded { lane, generation });
    }

    fn fails(&mut self, lane: LaneId, error: ApiError) {
        let generation = self.generation(lane);
        self.event(Event::Stream { lane, generation, delta: Err(error) });
    }

    /// Draws into a terminal of the state's size, and gives its text: a line for each row, and where the cursor is.
    pub(super) fn frame(&mut self) -> String {
        let Size { columns, rows } = self.state.size;
        self.frame_in(columns, rows)
    }

    fn frame_in(&mut self, columns: u16, rows: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let hidden = (u16::MAX, u16::MAX);
        terminal.backend_mut().set_cursor_position(hidden).unwrap();
        terminal.draw(|frame| self.view.draw(frame, &self.state, self.now)).unwrap();
        let at = terminal.backend_mut().get_cursor_position().unwrap();
        self.cursor = Some((at.x, at.y)).filter(|at| *at != hidden);
        let buffer = terminal.backend().buffer();
        let mut lines: Vec<String> = (0..rows).map(|y| row_text(buffer, y)).collect();
        lines.push(self.cursor.map_or("no cursor".to_owned(), |(x, y)| format!("cursor {x},{y}")));
        lines.join("\n")
    }

    /// The frame's rows, each followed by the emphasis of its cells where there is any: `b`old, `i`talic, `u`nderlined,
    /// `B`old and underlined, `r`eversed.
    fn emphasised(&mut self) -> String {
        let Size { columns, rows } = self.state.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| self.view.draw(frame, &self.state, self.now)).unwrap();
        let buffer = terminal.backend().buffer();
        let mark = |x, y| {
            let modifier = buffer[(x, y)].modifier;
            let kinds = [
                (Modifier::REVERSED, 'r'),
                (Modifier::BOLD | Modifier::UNDERLINED, 'B'),
                (Modifier::UNDERLINED, 'u'),
                (Modifier::BOLD, 'b'),
                (Modifier::ITALIC, 'i'),
            ];
            kinds.into_iter().find(|(kind, _)| modifier.contains(*kind)).map_or(' ', |(_, mark)| mark)
        };
        let row = |y| {
            let marks: String = (0..columns).map(|x| mark(x, y)).collect();
            [row_text(buffer, y), marks.trim_end().to_owned()]
        };
        (0..rows).flat_map(row).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn click(&mut self, x: u16, y: u16) {
        let target = self.view.target(x, y);
        self.event(Event::Pointer(Pointer { kind: PointerKind::Press, target }));
    }
}

/// A row as a terminal shows it: a wide character hides the cell after it.
fn row_text(buffer: &Buffer, y: u16) -> String {
    let mut text = String::new();
    let mut x = 0;
    while x < buffer.area.width {
        let symbol = buffer[(x, y)].symbol();
        text.push_str(symbol);
        x += u16::try_from(width(symbol)).unwrap().max(1);
    }
    text.trim_end().replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

fn providers() -> Vec<Provider> {
    let provider = |name: &str, base_url: &str| Provider {
        name: name.to_owned(),
        base_url: base_url.to_owned(),
        default_model: None,
        models: None,
        candidate: false,
        shape: RequestShape::default(),
        known: BTreeMap::new(),
    };
    let openai = provider("openai", "https://api.openai.com/v1");
    let gateway = provider("gateway", "https://gateway.example/v1");
    let sandbox = provider("sandbox", "http://127.0.0.1:9/v1");
    let ollama = Provider { candidate: true, ..provider("ollama", "http://127.0.0.1:11434/v1") };
    vec![openai, gateway, sandbox, ollama]
}

fn set(scene: &mut Scene, place: usize, assignments: &[&str]) {
    for assignment in assignments {
        scene.state.lanes[place].settings.params.assign(assignment).unwrap();
    }
}

#[test]
fn the_syntaxes_are_not_looked_into_before_a_block_of_code_names_its_language() {
    let looked = || crate::text::work::LANGUAGES.get();
    let before = looked();
    let mut scene = Scene::new(120, 30);
    scene.frame();
    scene.send("Go");
    scene.says(A, "Prose, `code` and\n\n    an indented block.\n\n");
    scene.frame();
    assert_eq!(looked(), before);
    scene.says(A, "```rust\nlet a = 1;\n");
    scene.frame();
    assert!(looked() > before);
}

/// Two lanes with their own settings, each with an answer; A's is done and B's still comes.
fn two_lanes(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    scene.alt('a');
    scene.alt('1');
    set(&mut scene, 0, &["temperature=0.2", "seed=7", "response_format=text"]);
    set(&mut scene, 1, &["temperature=0.9", "top_p=0.8", "vendor_flag=true"]);
    scene.state.change(0, &Field::Tools, |settings| {
        settings.tools = Tool::from_json(&json!({"name": "lookup_order"})).into_iter().collect();
    });
    scene.send("Summarise the refund policy in three bullet points.");
    scene.passes(312);
    scene.says(A, "• Refunds within **30 days**.\n• The order number is enough.\n");
    scene.says(B, "• You have a month to change your");
    scene.passes(2000);
    scene.used(A, 812, 204);
    scene.ends(A);
    scene
}

fn waiting_for_a_tool(columns: u16, rows: u16) -> Scene {
    let mut scene = two_lanes(columns, rows);
    scene.says(B, " mind.");
    scene.ends(B);
    scene.send("And order A-77?");
    let call = |index, name: &str, arguments: &str| Delta::ToolCall {
        choice: 0,
        index,
        id: Some(format!("call_{index}")),
        name: Some(name.to_owned()),
        arguments: arguments.to_owned(),
        extra: None,
    };
    scene.streams(A, call(0, "lookup_order", "{\"id\":\"A-77\"}"));
    scene.streams(A, call(1, "lookup_customer", "{}"));
    scene.ends(A);
    scene.streams(B, call(0, "lookup_order", "{\"id\""));
    scene
}

const SIZES: [(u16, u16); 4] = [(60, 20), (100, 30), (160, 40), (200, 50)];

/// Holds the frames of a scene at each size against those that were looked at.
fn frames(name: &str, make: impl Fn(u16, u16) -> Scene) {
    for (columns, rows) in SIZES {
        let frame = make(columns, rows).frame();
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), frame);
    }
}

#[test]
fn an_empty_session_says_what_to_do() {
    frames("empty", Scene::new);
}

#[test]
fn two_lanes_stand_side_by_side_while_one_still_streams() {
    frames("two_lanes", two_lanes);
}

#[test]
fn a_focused_sidebar_shows_the_value_that_is_typed() {
    frames("sidebar", |columns, rows| {
        let mut scene = two_lanes(columns, rows);
        scene.key(KeyCode::F(2));
        scene.key(KeyCode::Down);
        scene.types("0.72");
        scene
    });
}

#[test]
fn calls_that_wait_and_calls_that_arrive_are_told_apart() {
    frames("tools", waiting_for_a_tool);
}

/// Two calls in the box, which has the keys: a command is to be run with the first, the other's arguments are wrong.
fn calls_to_decide_about(columns: u16, rows: u16) -> Scene {
    let mut scene = calls_that_came(columns, rows);
    scene.passes(800);
    scene
}

fn calls_that_came(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    let schema = json!({"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]});
    scene.state.change(0, &Field::Tools, |settings| {
        let tool = json!({"name": "lookup_order", "parameters": schema});
        settings.tools = Tool::from_json(&tool).into_iter().collect();
    });
    let command = CommandResponder::new(vec!["python3".into(), "orders.py".into(), "{/id}".into()]);
    scene.state.tools.responders.0.insert("lookup_order".into(), Responder::Command(command));
    scene.send("Where is A-77?");
    for (index, arguments) in ["{\"id\":\"A-77\\u001b[31m\"}", "{\"id\":7,\"more\":[1,2,3]}"].into_iter().enumerate() {
        scene.streams(
            A,
            Delta::ToolCall {
                choice: 0,
                index,
                id: Some(format!("call_{index}")),
                name: Some("lookup_order".to_owned()),
                arguments: arguments.to_owned(),
                extra: None,
            },
        );
    }
    scene.ends(A);
    scene.key(KeyCode::Enter);
    scene
}

#[test]
fn a_call_that_waits_is_shown_whole_with_the_command_that_would_run() {
    frames("calls", calls_to_decide_about);
}

#[test]
fn a_call_that_has_just_taken_the_place_of_another_says_that_no_key_decides() {
    insta::assert_snapshot!("calls_held_100x30", calls_that_came(100, 30).frame());
}

#[test]
fn a_call_with_wrong_arguments_says_what_is_wrong_with_them() {
    frames("calls_invalid", |columns, rows| {
        let mut scene = calls_to_decide_about(columns, rows);
        scene.key(KeyCode::Down);
        scene
    });
}

#[test]
fn a_box_draws_from_rows_that_are_kept_however_long_the_arguments_are() {
    let mut scene = calls_to_decide_about(100, 30);
    let rows = scene.state.call_box.as_ref().unwrap().rows.as_ptr();
    scene.event(Event::Tick);
    scene.key(KeyCode::PageDown);
    assert_eq!(scene.state.call_box.as_ref().unwrap().rows.as_ptr(), rows, "nothing is made anew");
}

#[test]
fn help_lists_every_key() {
    frames("help", |columns, rows| {
        let mut scene = Scene::new(columns, rows);
        scene.key(KeyCode::F(1));
        scene
    });
}

#[test]
fn help_scrolled_past_its_end_shows_its_last_page() {
    let mut scene = Scene::new(60, 20);
    scene.key(KeyCode::F(1));
    for _ in 0..40 {
        scene.key(KeyCode::PageDown);
    }
    let end = scene.frame();
    scene.key(KeyCode::Up);
    assert_ne!(scene.frame(), end, "one step up leaves the end at once");
    insta::assert_snapshot!("help_end_60x20", end);
}

#[test]
fn the_palette_shows_what_matches_and_the_selected_row() {
    frames("palette", |columns, rows| {
        let mut scene = Scene::new(columns, rows);
        scene.ctrl('p');
        scene.types("turn");
        scene.key(KeyCode::Down);
        scene
    });
}

#[test]
fn a_query_that_matches_nothing_says_so() {
    let mut scene = Scene::new(60, 20);
    scene.ctrl('p');
    scene.types("zzqqxx");
    insta::assert_snapshot!("palette_nothing_60x20", scene.frame());
}

fn picking(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    scene.ctrl('l');
    let models =
        [MODEL, "gpt-5-mini-2025-08-07", "some-vendor/a-model-with-a-name-that-is-longer-than-most-boxes-are-wide"];
    let models = Found::Models(models.map(str::to_owned).to_vec());
    scene.event(Event::Models { provider: "openai".into(), found: models });
    let refused = Found::Failed("Key rejected (401). Set GATEWAY_API_KEY.".into());
    scene.event(Event::Models { provider: "gateway".into(), found: refused });
    let down = Found::Failed("Nothing listens there.".into());
    scene.event(Event::Models { provider: "ollama".into(), found: down });
    scene
}

#[test]
fn the_picker_shows_models_prices_and_what_providers_failed_at() {
    frames("picker", picking);
}

#[test]
fn models_that_were_asked_or_marked_come_first_and_have_a_sign() {
    frames("picker_first", |columns, rows| {
        let mut scene = picking(columns, rows);
        scene.types("mini");
        scene.ctrl('f');
        scene.key(KeyCode::Esc);
        scene.send("Hello");
        scene.ctrl('l');
        scene
    });
}

#[test]
fn the_card_says_what_is_known_of_the_lanes_model() {
    frames("card", |columns, rows| {
        let mut scene = Scene::new(columns, rows);
        scene.alt('c');
        scene
    });
}

#[test]
fn a_model_that_nobody_lists_can_be_typed() {
    let mut scene = picking(100, 30);
    scene.types("gpt-5-mini");
    insta::assert_snapshot!("picker_typed_100x30", scene.frame());
}

#[test]
fn notices_lie_over_the_lanes_and_never_over_the_composer() {
    frames("notices", |columns, rows| {
        let mut scene = two_lanes(columns, rows);
        let now = scene.now;
        let notices = &mut scene.state.notices;
        notices.show(Level::Note, "Theme: light.", now);
        notices.show(Level::Warning, "The server skipped an event that could not be read.", now);
        let long = "openai refused the request (400): Unsupported value: 'temperature' does not support 0.2 with this \
                    model; only the default (1) is supported. Every further word of this sentence has to go somewhere, \
                    and at some point it is cut.";
        notices.show(Level::Error, long, now);
        scene
    });
}

#[test]
fn more_lanes_than_fit_are_tabs() {
    let mut scene = two_lanes(100, 30);
    scene.alt('a');
    scene.alt('a');
    scene.state.lanes[2].settings.model = "模型/一个名字很长的模型名字很长".into();
    insta::assert_snapshot!("tabs_100x30", scene.frame());
    let tabs: Vec<Target> = (0..64).step_by(16).map(|x| scene.view.target(x + 1, 1)).collect();
    assert!(tabs.iter().all(|target| matches!(target, Target::LaneTab { .. })), "{tabs:?}");
}

#[test]
fn a_refused_parameter_offers_to_resend_without_it() {
    let mut scene = two_lanes(160, 40);
    let refusal = ApiError { param: Some("top_p".into()), ..ApiError::new(ErrorKind::Http, "top_p is not supported.") };
    scene.fails(B, refusal);
    scene.alt('2');
    let footer = scene.frame().lines().nth(39).map(str::to_owned).unwrap();
    assert!(footer.contains("Alt+X resend without top_p"), "{footer}");
    scene.alt('1');
    let footer = scene.frame().lines().nth(39).map(str::to_owned).unwrap();
    assert!(!footer.contains("Alt+X"), "{footer}");
}

#[test]
fn a_lane_that_reads_shows_the_keys_of_the_transcript() {
    let mut scene = waiting_for_a_tool(160, 40);
    scene.key(KeyCode::Tab);
    let footer = scene.frame().lines().nth(39).map(str::to_owned).unwrap();
    assert_eq!(
        footer,
        " z zoom · k/j turn · Space fold · e edit · r again · y copy · d diff · m promote · i inspect · b tree · \
         Esc back · Tab focus · F2 params · F1 help"
    );
}

#[test]
fn the_footer_says_what_enter_does_with_a_row_and_keeps_the_way_out() {
    let mut scene = Scene::new(60, 20);
    let footer = |scene: &mut Scene| scene.frame().lines().nth(19).map(str::to_owned).unwrap();
    scene.key(KeyCode::F(2));
    assert_eq!(footer(&mut scene), " Up/Down param · Left/Right change · Esc back · F1 help");
    scene.key(KeyCode::Up);
    assert_eq!(footer(&mut scene), " Up/Down param · Enter edit · Esc back · F1 help");
    scene.key(KeyCode::Up);
    scene.key(KeyCode::Up);
    assert_eq!(footer(&mut scene), " Up/Down param · Enter choose · Esc back · F1 help");
}

#[test]
fn requests_have_the_keys_of_requests() {
    let mut scene = two_lanes(160, 40);
    scene.key(KeyCode::Tab);
    scene.key(KeyCode::F(6));
    let footer = scene.frame().lines().nth(39).map(str::to_owned).unwrap();
    assert_eq!(
        footer,
        " z zoom · k/j scroll · Space fold · y copy JSON · Esc back · Tab focus · F2 params · Ctrl+P commands · \
         Ctrl+L model · F6 conversation · c curl · F1 help"
    );
}

#[test]
fn a_box_is_opened_without_what_was_noted_before_and_with_its_keys_free() {
    let mut scene = two_lanes(100, 30);
    let now = scene.now;
    scene.state.notices.show(Level::Note, "Lane B is closed.", now);
    scene.state.notices.show(Level::Warning, "A key is bound twice.", now);
    scene.now += Duration::from_secs(1);
    scene.ctrl('l');
    let frame = scene.frame();
    assert!(!frame.contains("Lane B is closed."), "{frame}");
    let place = |text: &str| frame.lines().position(|line| line.contains(text));
    assert_eq!(place("A key is bound twice."), Some(3));
    assert!(place("Esc closes").is_some(), "{frame}");
}

/// The rows of the sidebar's lowest box.
fn cost_box(scene: &mut Scene) -> Vec<String> {
    let frame = scene.frame();
    let cost =
        frame.lines().skip_while(|line| !line.contains("├ Cost")).skip(1).take_while(|line| !line.ends_with('┘'));
    cost.filter_map(|line| Some(line.rsplit('│').nth(1)?.trim().to_owned())).collect()
}

#[test]
fn sums_in_two_currencies_stand_side_by_side() {
    let mut scene = two_lanes(160, 40);
    let raw = json!({"cost": 0.25}).as_object().cloned().unwrap();
    let usage = Usage { input: Some(1200), cached: Some(1024), output: Some(377), raw, ..Usage::default() };
    scene.streams(B, Delta::Usage(usage));
    scene.ends(B);
    assert_eq!(
        cost_box(&mut scene),
        [
            "A ¥0.0045216  B $0.2500 reported",
            "Σ ¥0.0045216  Σ $0.2500",
            "in 2,012  cached 1,024  out 581",
            "?█  last $0.2500"
        ]
    );
    let status = scene.frame().lines().next().map(str::to_owned).unwrap();
    assert!(status.contains("¥0.0045216 + $0.2500 session · ~"), "{status}");
}

#[test]
fn what_nobody_is_charged_is_called_notional() {
    let mut scene = Scene::new(100, 40);
    scene.state.lanes[0].settings.provider = "sandbox".into();
    scene.send("Hello");
    scene.says(A, "Hello.");
    scene.used(A, 1000, 1000);
    scene.ends(A);
    let notional = cost_box(&mut scene).into_iter().nth(1).unwrap();
    assert_eq!(notional, "Σ ¥0.0168 notional");
    let status = scene.frame().lines().next().map(str::to_owned).unwrap();
    assert!(status.contains("¥0.0168 notional · ~"), "{status}");
}

#[test]
fn eight_lanes_that_stream_do_not_write_over_where_the_message_goes() {
    let mut scene = Scene::new(60, 20);
    (0..7).for_each(|_| scene.alt('a'));
    scene.send("Hello");
    let frame = scene.frame();
    let border = frame.lines().find(|line| line.contains("to A B")).unwrap();
    assert_eq!(border, "┌ to A B C D E F G H ───────────── 8 waiting · Esc stops H ┐");
}

#[test]
fn a_value_outside_the_table_is_shown_because_it_is_sent() {
    let mut scene = two_lanes(160, 60);
    scene.alt('2');
    let frame = scene.frame();
    let row = frame.lines().find(|line| line.contains("vendor_flag")).unwrap();
    assert!(row.ends_with("│  vendor_flag                true │"), "{row}");
}

#[test]
fn an_edit_says_which_lanes_it_goes_to() {
    let mut scene = two_lanes(160, 40);
    scene.says(B, " mind.");
    scene.ends(B);
    scene.state.focus = Focus::Transcript;
    scene.key(KeyCode::Char('e'));
    insta::assert_snapshot!("edit_160x40", scene.frame());
}

#[test]
fn a_terminal_too_small_says_how_much_it_needs() {
    let lines = |columns, rows| {
        let mut scene = Scene::new(columns, rows);
        let frame = scene.frame();
        frame.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(lines(40, 10), ["abreast needs 60x16; this is 40x10", "no cursor"]);
    assert_eq!(lines(24, 2), ["abreast needs 60x16", "this is 24x2", "no cursor"]);
    assert_eq!(lines(1, 1), ["…", "no cursor"]);
}

#[test]
fn the_caret_stands_in_the_composer_when_it_has_the_focus() {
    let mut scene = Scene::new(100, 30);
    scene.types("日本 ok");
    scene.frame();
    let composing = scene.cursor;
    scene.key(KeyCode::Tab);
    scene.frame();
    assert_eq!((composing, scene.cursor), (Some((9, 27)), None));
}

/// A param's row in the sidebar.
fn row_of(name: &str) -> usize {
    SidebarRow::all().iter().position(|row| row.name() == name).unwrap()
}

/// The cells of the screen that are a param's track, from left to right.
fn track(scene: &Scene, row: usize) -> Vec<(u16, u16)> {
    let Size { columns, rows } = scene.state.size;
    let cells = (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y)));
    let here = |&(x, y): &(u16, u16)| matches!(scene.view.target(x, y), Target::Track { row: at, .. } if at == row);
    cells.filter(here).collect()
}

/// Which of the cells has the first lane's knob.
fn knob(scene: &mut Scene, cells: &[(u16, u16)]) -> Option<usize> {
    let frame = scene.frame();
    let rows: Vec<Vec<char>> = frame.lines().map(|line| line.chars().collect()).collect();
    cells.iter().position(|&(x, y)| rows[usize::from(y)].get(usize::from(x)) == Some(&'A'))
}

#[test]
fn a_click_on_a_track_puts_the_knob_there() {
    let mut scene = Scene::new(160, 60);
    scene.frame();
    for name in ["temperature", "top_p", "max_tokens", "presence_penalty", "n"] {
        let row = row_of(name);
        let cells = track(&scene, row);
        for (at, &(x, y)) in cells.iter().enumerate() {
            scene.state.lanes[0].settings.params.unset(name);
            scene.frame();
            scene.click(x, y);
            let knob = knob(&mut scene, &cells).unwrap();
            assert!(knob.abs_diff(at) <= 1, "{name}: clicked {at}, the knob is at {knob} of {}", cells.len());
        }
    }
}

#[test]
fn a_click_on_the_knob_leaves_the_value_as_it_is() {
    let mut scene = Scene::new(160, 60);
    let values = [("temperature", json!(0.37)), ("top_p", json!(0.85)), ("max_tokens", json!(1001)), ("n", json!(3))];
    for (name, value) in values {
        let row = row_of(name);
        scene.frame();
        let cells = track(&scene, row);
        scene.state.lanes[0].settings.params.set(name, value.clone());
        let at = knob(&mut scene, &cells).unwrap();
        scene.click(cells[at].0, cells[at].1);
        assert_eq!(scene.state.lane().settings.params.get(name), Some(&value), "{name}");
    }
}

#[test]
fn a_click_on_a_row_of_the_palette_does_it() {
    let mut scene = Scene::new(100, 30);
    scene.ctrl('p');
    scene.types("show or hide the sidebar");
    scene.frame();
    let row = (0..30).find(|y| scene.view.target(50, *y) == Target::OverlayRow { row: 0 }).unwrap();
    scene.click(50, row);
    assert_eq!((scene.state.sidebar.shown, scene.state.overlay.is_some()), (false, false));
}

/// What a terminal shows at a column of a row.
fn shown_at(row: &str, column: usize) -> &str {
    let mut x = 0;
    let mut clusters = graphemes(row);
    clusters
        .find_map(|(cluster, wide)| {
            x += wide;
            (x > column).then_some(cluster)
        })
        .unwrap()
}

#[test]
fn a_drawer_takes_the_clicks_and_the_wide_characters_that_it_covers() {
    let mut scene = Scene::new(61, 20);
    scene.send(&"日本語".repeat(60));
    scene.key(KeyCode::F(2));
    let frame = scene.frame();
    let borders: String = frame.lines().skip(1).take(18).map(|row| shown_at(row, 61 - 36)).collect();
    assert_eq!(borders, format!("┌{}├{}└", "│".repeat(12), "│".repeat(3)));
    assert_eq!(scene.view.target(61 - 2, 17), Target::Nothing);
}

/// Situations by number, for sizes that nobody thought of.
fn situation(number: u8, columns: u16, rows: u16) -> Scene {
    let mut scene = match number % 4 {
        0 => Scene::new(columns, rows),
        1 => two_lanes(columns, rows),
        2 => waiting_for_a_tool(columns, rows),
        _ => picking(columns, rows),
    };
    match number / 4 {
        0 => {}
        1 => scene.key(KeyCode::F(1)),
        2 => {
            scene.ctrl('p');
            scene.types("日本語 the");
        }
        3 => {
            scene.state.overlay = None;
            scene.key(KeyCode::F(2));
            for _ in 0..number {
                scene.key(KeyCode::Down);
            }
            scene.types("123456789012345678901234567890123456789012345678901234567890");
        }
        6 => {
            scene = heated(columns, rows);
            (0..number).for_each(|_| scene.key(KeyCode::Char('n')));
        }
        4 => {
            scene.state.overlay = None;
            (0..8).for_each(|_| scene.alt('a'));
            set(&mut scene, 3, &["stop=\u{1b}[31m日本語日本語", "n=3"]);
            scene.state.lanes[2].settings.model = "\u{202e}evil\u{1b}]0;x\u{7}模型".repeat(9);
        }
        _ => {
            scene.state.overlay = None;
            scene.types(&"日本語 wide ".repeat(30));
            scene.ctrl('j');
            let now = scene.now;
            scene.state.notices.show(Level::Error, "日本語\u{1b}[2J\n".repeat(90), now);
        }
    }
    scene
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_size_and_no_situation_panics_or_lets_controls_through(
        columns in 1u16..=300, rows in 1u16..=100, number in 0u8..28, wider in -3i16..=3,
    ) {
        let mut scene = situation(number, columns, rows);
        // Between a resize and its event the terminal has another size than the state believes.
        let frame = scene.frame_in(columns.saturating_add_signed(wider).max(1), rows.saturating_add_signed(wider).max(1));
        let control = frame.chars().find(|sign| sign.is_control() && *sign != '\n' || *sign == '\u{202e}');
        prop_assert_eq!(control, None);
    }
}

/// A reply of whose tokens some are certain, some rare, one is unlisted and one untold, and in which a character is split.
fn heated(columns: u16, rows: u16) -> Scene {
    let mut scene = Scene::new(columns, rows);
    scene.send("Say hello");
    let one = |text: &str, logprob: f64| json!({"token": text, "logprob": logprob, "bytes": text.as_bytes()});
    let said = [("Hello", -0.01), (" there", -0.4), (",", -0.9), (" my", -1.8), (" dear", -4.0), ("\n\n", -0.02)];
    let mut content: Vec<serde_json::Value> = said
        .into_iter()
        .map(|(text, logprob)| {
            let mut token = one(text, logprob);
            token["top_logprobs"] = json!([one(" world", -0.5), one(text, logprob), one("\t", -3.0), one("", -9999.0)]);
            token
        })
        .collect();
    content.push(one(" friend", -9999.0));
    content.push(json!({"token": "!", "logprob": null}));
    content.push(json!({"token": "?", "logprob": -2.0, "bytes": [0xF0, 0x9F]}));
    content.push(json!({"token": "?", "logprob": -0.1, "bytes": [0x98, 0x80]}));
    let words = "and then it goes on for a while until the rows of the box are no longer enough for all of its words";
    let many = words.split_inclusive(' ').cycle().take(200);
    content.extend(many.enumerate().map(|(at, word)| one(word, -((at * 37 % 29) as f64) / 12.0)));
    scene.says(A, "Hello there, my dear");
    scene.streams(A, Delta::Logprobs { choice: 0, logprobs: json!({"content": content}) });
    scene.ends(A);
    scene.key(KeyCode::Tab);
    scene.key(KeyCode::Char('h'));
    for _ in 0..4 {
        scene.key(KeyCode::Right);
    }
    scene
}

#[test]
fn the_heat_of_a_reply_shows_its_tokens_their_figures_and_the_one_under_the_cursor() {
    for (columns, rows) in [(100, 30), (60, 20)] {
        insta::assert_snapshot!(format!("heat_{columns}x{rows}"), heated(columns, rows).frame());
    }
}

#[test]
fn without_colours_the_heat_is_told_by_emphasis() {
    let mut scene = heated(100, 30);
    scene.state.depth = ColorDepth::None;
    insta::assert_snapshot!("heat_no_color_100x30", scene.emphasised());
}

#[test]
fn the_end_of_the_heat_is_in_sight_at_its_last_token() {
    let mut scene = heated(60, 20);
    scene.key(KeyCode::Char('G'));
    insta::assert_snapshot!("heat_end_60x20", scene.frame());
}
