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

#[test]
fn killing_the_program_at_any_moment_loses_nothing_that_its_screen_acknowledged() {
    let kills: u32 = std::env::var("ABREAST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(3);
    let sandbox = Sandbox::start(40);
    let data = Home::new();
    let mut promises = Vec::new();
    for kill in 0..kills {
        let mut terminal = launch(&sandbox, data.path(), kill > 0);
        terminal.wait_for("sandbox");
        let question = format!("tell me about refunds, number {kill}");
        terminal.keys(&format!("{question}\r"));
        terminal.wait("the first words", |terminal| shown(terminal, &question).len() > 8 && !terminal.shows("waiting"));
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
