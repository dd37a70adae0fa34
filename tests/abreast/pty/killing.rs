//! The program is killed without warning, again and again: what its screen had acknowledged is in the store.
//!
//! `ABREAST_KILLS=200 cargo test killing -- --nocapture` kills it more often than the few times of a usual run.

use std::path::Path;
use std::time::Duration;

use abreast::store::{SavedSession, load};
use rustix::process::Signal;

use super::{Launch, Terminal};
use crate::program::{Home, Sandbox};

/// How far a reply may be behind on the disk.
const BEHIND: Duration = Duration::from_millis(250);

/// How far a draft may be.
const DRAFT_BEHIND: Duration = Duration::from_secs(1);

/// What the screen acknowledged before a kill.
struct Promise {
    question: String,
    /// The letters of the reply that had been on the screen for long enough.
    letters: String,
}

/// What Markdown and wrapping leave of a text.
fn letters(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).collect()
}

/// The letters of the reply to a question as it is shown.
fn shown(terminal: &Terminal, question: &str) -> String {
    let screen = terminal.screen().contents();
    let below = screen.rsplit_once(question).map_or("", |(_, below)| below);
    let reply = below.split_once("assistant").map_or("", |(_, reply)| reply);
    // On the same line stands who answers.
    let reply = reply.split_once('\n').map_or("", |(_, reply)| reply);
    letters(reply.split(['└', '├']).next().unwrap_or_default())
}

/// Whether the reply to a question came to its end, which may be a short one.
fn is_over(terminal: &Terminal, question: &str) -> bool {
    terminal.screen().contents().rsplit_once(question).is_some_and(|(_, below)| below.contains("· stop"))
}

fn launch(sandbox: &Sandbox, data: &Path, resume: bool) -> Terminal {
    let data = data.display().to_string();
    let mut arguments =
        vec!["--base-url", &sandbox.base_url, "--model", "sandbox", "--set", "temperature=1", "--data-dir", &data];
    if resume {
        arguments.push("--resume");
    }
    // Too narrow for a sidebar, whose words are not the reply's.
    Launch::new(&arguments).sized(80, 40).start()
}

fn kept(session: &SavedSession, promise: &Promise) -> bool {
    // A draft that was there again stands before it.
    let Some(question) = session.turns.iter().find(|turn| turn.text.ends_with(&promise.question)) else { return false };
    let mut replies = session.turns.iter().filter(|turn| turn.parent == Some(question.id));
    // The beginning of a long reply is no longer on the screen.
    replies.any(|turn| letters(&turn.text).contains(&promise.letters))
}

/// Asks a question of this number, and waits for the first words of its answer.
fn asks(terminal: &mut Terminal, number: u32) -> String {
    let question = format!("tell me about refunds, number {number}");
    terminal.keys(&format!("{question}\r"));
    terminal.wait("the first words", |terminal| {
        let shown = shown(terminal, &question);
        (shown.len() > 8 || is_over(terminal, &question)) && !terminal.shows("waiting")
    });
    question
}

#[test]
fn killing_the_program_at_any_moment_loses_nothing_that_its_screen_acknowledged() {
    let kills: u32 = std::env::var("ABREAST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(3);
    let sandbox = Sandbox::start(40);
    let data = Home::new();
    let mut promises = Vec::new();
    for kill in 0..kills {
        let mut terminal = launch(&sandbox, data.path(), kill > 0);
        terminal.wait_for("sandbox");
        let question = asks(&mut terminal, kill);
        terminal.watch(Duration::from_millis(fastrand::u64(0..400)));
        let letters = if kill % 2 == 0 { shown(&terminal, &question) } else { String::new() };
        let draft = if kill % 3 == 2 { format!("draft {kill}") } else { String::new() };
        terminal.keys(&draft);
        terminal.watch(match (draft.is_empty(), kill % 2) {
            (false, _) => DRAFT_BEHIND,
            (true, 0) => BEHIND,
            // At any moment, then: only the question is promised.
            (true, _) => Duration::from_millis(fastrand::u64(0..200)),
        });
        terminal.signal(Signal::KILL);
        terminal.end();
        promises.push(Promise { question, letters });
        let (session, said) = load(data.path(), None).unwrap();
        assert_eq!(said, None, "kill {kill} damaged the file");
        for (place, promise) in promises.iter().enumerate() {
            assert!(
                kept(&session, promise),
                "kill {kill} lost number {place}, {:?}: {:?}",
                promise.letters,
                session.turns
            );
        }
        if !draft.is_empty() {
            assert_eq!(session.composer.draft, draft, "kill {kill}");
        }
    }
}

/// How often a file says that a command ran.
fn ran(mark: &Path) -> usize {
    std::fs::read_to_string(mark).map_or(0, |text| text.lines().count())
}

#[cfg(unix)]
#[test]
fn killing_the_program_while_a_tool_runs_neither_forgets_the_call_nor_runs_it_again() {
    let kills: u32 = std::env::var("ABREAST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(2);
    for kill in 0..kills {
        let data = Home::new();
        let mark = data.path().join("mark");
        let arguments = ["--data-dir".to_owned(), data.path().display().to_string()];
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut terminal = super::calls::called(&arguments);
        terminal.keys("c");
        terminal.wait_for("What answers get_weather");
        // Ctrl+A, Ctrl+K: an empty line.
        let command = format!("[\"sh\", \"-c\", \"echo >> '{}'; sleep 30\"]", mark.display());
        terminal.keys(&format!("\x01\x0b{command}\r"));
        terminal.wait_for("runs \"sh\"");
        terminal.keys("\r");
        if kill % 2 == 0 {
            terminal.wait("the command to run", |_| ran(&mark) == 1);
        } else {
            terminal.watch(Duration::from_millis(fastrand::u64(0..100)));
        }
        terminal.signal(Signal::KILL);
        terminal.end();
        let before = ran(&mark);
        let (session, said) = load(data.path(), None).unwrap();
        assert_eq!(said, None, "kill {kill} damaged the file");
        let reply = session.turns.iter().find(|turn| !turn.tool_calls.is_empty()).unwrap();
        let state = serde_json::to_string(reply).unwrap();
        let mut terminal = super::sandbox(&[arguments.as_slice(), &["--resume"]].concat()).start();
        terminal.wait("the call", |terminal| terminal.shows("get_weather · ?"));
        assert!(before == 0 || terminal.shows("was cut off"), "{}", terminal.screen().contents());
        terminal.signal(Signal::KILL);
        terminal.end();
        // What had just been started outlives the kill, and may have come to its first line only now.
        let ran = ran(&mark);
        assert!(ran <= 1, "kill {kill} ran it again");
        assert!(ran == 0 || state.contains("running"), "kill {kill} forgot that it ran: {state}");
    }
}

#[test]
fn killing_the_program_while_another_session_is_opened_keeps_both() {
    let kills: u32 = std::env::var("ABREAST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(2);
    let sandbox = Sandbox::start(40);
    let data = Home::new();
    let mut terminal = launch(&sandbox, data.path(), false);
    terminal.wait_for("sandbox");
    let first = "tell me about refunds, the first";
    terminal.keys(&format!("{first}\r"));
    terminal.wait("its end", |terminal| is_over(terminal, first));
    // Ctrl+N.
    terminal.keys("\x0e");
    let mut asked = vec![first.to_owned()];
    for kill in 0..kills {
        if kill > 0 {
            terminal = launch(&sandbox, data.path(), true);
            terminal.wait_for("sandbox");
        }
        let question = asks(&mut terminal, kill);
        let letters = shown(&terminal, &question);
        terminal.watch(BEHIND);
        // Ctrl+O.
        terminal.keys("\x0f");
        terminal.wait_for("turns");
        terminal.watch(Duration::from_millis(200));
        terminal.keys("\r");
        terminal.watch(Duration::from_millis(fastrand::u64(0..300)));
        terminal.signal(Signal::KILL);
        terminal.end();
        asked.push(question.clone());
        let all: Vec<SavedSession> = abreast::store::ShelfReader::open(data.path())
            .unwrap()
            .unwrap()
            .find(&abreast::store::Query::default(), &jiff::tz::TimeZone::UTC, 9, &false.into())
            .unwrap()
            .rows
            .iter()
            .map(|row| load(data.path(), Some(&row.id)).unwrap().0)
            .collect();
        assert_eq!(all.len(), 2);
        let turns: Vec<_> = all.iter().flat_map(|session| &session.turns).collect();
        for question in &asked {
            assert!(turns.iter().any(|turn| turn.text == *question), "kill {kill} lost {question:?}");
        }
        let reply = |turn: &&&abreast::store::SavedTurn| self::letters(&turn.text).contains(&letters);
        assert!(turns.iter().find(reply).is_some(), "kill {kill} lost {letters:?}");
    }
}
