//! What the program does not do before it is needed.

use std::collections::BTreeSet;

use super::{Terminal, ready, sandbox};

/// The inodes of the sockets on which anybody on this machine listens.
fn listening() -> BTreeSet<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| std::fs::read_to_string(path).unwrap_or_default());
    let lines = tables.iter().flat_map(|table| table.lines());
    let fields = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    // The state 0A is TCP_LISTEN.
    fields
        .filter(|fields| fields.get(3) == Some(&"0A"))
        .filter_map(|fields| Some((*fields.get(9)?).to_owned()))
        .collect()
}

/// How many of those are the program's.
fn listeners(terminal: &Terminal) -> usize {
    let id = terminal.pid().as_raw_nonzero();
    let open = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap();
    let targets = open.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    let all = listening();
    let is_one = |target: &str| all.contains(target.trim_start_matches("socket:[").trim_end_matches(']'));
    targets.filter(|target| is_one(&target.to_string_lossy())).count()
}

#[test]
fn the_sandbox_listens_when_it_is_asked_and_not_before() {
    let mut terminal = ready(sandbox(&[]));
    assert_eq!(listeners(&terminal), 0);
    terminal.keys("Hello\r");
    terminal.wait("a reply", |terminal| terminal.shows("tok/s"));
    assert_eq!(listeners(&terminal), 1);
}
