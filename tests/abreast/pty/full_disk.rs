//! A disk that gets full under the running program: files may not grow any more, as on a file system without room.

use std::path::Path;
use std::time::Duration;

use abreast::store::{SavedSession, load};

use super::{Launch, Terminal};
use crate::program::Home;

/// How far the end of a reply may be behind on the disk.
const BEHIND: Duration = Duration::from_millis(250);

/// The program may not make a file longer than this many blocks of 512 bytes: room for the empty store and little else.
/// The signal that tells of it is ignored, so that a write fails as it does on a full disk.
fn full(data: &Path) -> Launch {
    let data = data.display();
    let program = format!("exec \"$0\" --provider sandbox --set max_tokens=12 --data-dir '{data}'");
    Launch::shell(&format!("trap '' XFSZ; ulimit -S -f 640; {program}"))
}

/// The status line, where the sum of the costs changes when a reply is done.
fn status(terminal: &Terminal) -> String {
    terminal.screen().contents().lines().next().unwrap_or_default().to_owned()
}

fn sum(terminal: &Terminal) -> Option<String> {
    status(terminal).split_whitespace().find(|word| word.starts_with('¥')).map(str::to_owned)
}

/// Asks, and waits until the answer is done.
fn asks(terminal: &mut Terminal, question: &str) {
    let before = sum(terminal);
    terminal.paste(question);
    terminal.keys("\r");
    terminal.wait("an answer", |terminal| sum(terminal).is_some_and(|sum| Some(sum) != before));
}

fn texts(session: &SavedSession) -> Vec<&str> {
    session.turns.iter().map(|turn| turn.text.trim_end()).collect()
}

#[test]
fn on_a_full_disk_the_session_goes_on_says_so_and_loses_nothing_that_was_acknowledged() {
    let data = Home::new();
    let mut terminal = full(data.path()).start();
    terminal.wait_for("Type a message below");
    asks(&mut terminal, "the first question");
    terminal.watch(BEHIND);
    let acknowledged = load(data.path(), None).unwrap().0;
    assert_eq!(acknowledged.turns[0].text, "the first question");
    let long = "a long question ".repeat(8_000);
    asks(&mut terminal, &long);
    terminal.wait_for("✗ not saved");
    terminal.wait_for("Alt+E writes it");
    // The program works as before; what cannot be saved waits in memory.
    asks(&mut terminal, "are you still there");
    assert!(status(&terminal).contains("✗ not saved"), "{}", status(&terminal));
    let (session, said) = load(data.path(), None).unwrap();
    assert_eq!((&session.id, said), (&acknowledged.id, None), "the file is sound");
    assert_eq!(texts(&session)[..2], texts(&acknowledged)[..2]);
    goes_on(terminal, data.path(), &long);
}

/// With room again everything comes to the disk, also what was said meanwhile.
#[cfg(target_os = "linux")]
fn goes_on(mut terminal: Terminal, data: &Path, long: &str) {
    use rustix::process::{Resource, Rlimit, Signal, prlimit};
    prlimit(Some(terminal.pid()), Resource::Fsize, Rlimit { current: None, maximum: None }).unwrap();
    terminal.wait_for("Everything is saved again.");
    terminal.signal(Signal::KILL);
    terminal.end();
    let (session, said) = load(data, None).unwrap();
    assert_eq!((said, texts(&session)[2], texts(&session)[4]), (None, long.trim_end(), "are you still there"));
}

/// Nobody can give another process its room back here; the end says what is lost.
#[cfg(not(target_os = "linux"))]
fn goes_on(mut terminal: Terminal, _: &Path, _: &str) {
    terminal.signal(rustix::process::Signal::HUP);
    let said = terminal.end().1;
    assert!(said.starts_with("The end of this session is not saved: "), "{said}");
}
