//! A disk that gets full under the running program: files may not grow any more, as on a file system without room.

use std::path::Path;

use abreast::store::{SavedSession, load};

use super::{Launch, Terminal};
use crate::program::Home;

/// The program may not make a file longer than this many blocks of 512 bytes: room for the empty store and little else.
/// The signal that tells of it is ignored, so that a write fails as it does on a full disk.
fn full(data: &Path) -> Launch {
    let data = data.display();
    let program = format!("exec \"$0\" --provider sandbox --set max_tokens=12 --data-dir '{data}'");
    Launch::shell(&format!("trap '' XFSZ; ulimit -S -f 640; {program}"))
}

fn asks(terminal: &mut Terminal, question: &str) {
    terminal.paste(question);
    terminal.keys("\r");
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
    terminal.wait_for("cut at the token limit");
    let acknowledged = load(data.path(), None).unwrap().0;
    assert_eq!(acknowledged.turns[0].text, "the first question");
    let long = "a long question ".repeat(25_000);
    asks(&mut terminal, &long);
    terminal.wait_for("✗ not saved");
    terminal.wait_for("Alt+E writes it to a file elsewhere");
    // The program works as before; what cannot be saved waits in memory.
    asks(&mut terminal, "are you still there");
    terminal.wait("an answer", |terminal| {
        let screen = terminal.screen().contents();
        let after = screen.rsplit_once("are you still there").map_or("", |(_, after)| after);
        after.contains("cut at the token limit")
    });
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
