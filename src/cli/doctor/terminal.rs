//! The terminal: what can be told of it without asking it, and the locale.

use std::io::{self, IsTerminal};

use super::Finding;
use crate::config::{ColorDepth, Environment};
use crate::state::LEAST;

/// Terminals that know the kitty keyboard protocol, by parts of what they call themselves.
const KITTY: [&str; 7] = ["kitty", "ghostty", "wezterm", "foot", "alacritty", "iterm", "rio"];

pub(super) fn examine(environment: &Environment) -> Vec<Finding> {
    let size = crossterm::terminal::size().ok().filter(|_| io::stdout().is_terminal());
    let mut found = vec![screen(environment, size), colours(environment), keyboard(environment)];
    found.extend(between(environment));
    found.push(locale(environment));
    found
}

fn screen(environment: &Environment, size: Option<(u16, u16)>) -> Finding {
    let term = environment.get("TERM").unwrap_or("not set");
    let Some((columns, rows)) = size else {
        return Finding::good("terminal", format!("TERM is {term}; this output goes elsewhere, so no size is known"));
    };
    let said = format!("TERM is {term}, {columns} columns and {rows} rows");
    if matches!(term, "dumb" | "not set") {
        return Finding::broken(
            "terminal",
            said,
            "It has no screen to draw on: use another terminal, or `abreast ask`.",
        );
    }
    if columns < LEAST.columns || rows < LEAST.rows {
        let next = format!("Make it {} columns and {} rows or more.", LEAST.columns, LEAST.rows);
        return Finding::warning("terminal", said, next);
    }
    Finding::good("terminal", said)
}

fn colours(environment: &Environment) -> Finding {
    let colorterm = environment.get("COLORTERM").map_or_else(String::new, |value| format!(", COLORTERM={value}"));
    let no_color = environment.get("NO_COLOR").map_or("", |_| ", NO_COLOR is set");
    let said = match ColorDepth::of(environment) {
        ColorDepth::None => "none: bold, underline and reverse alone",
        ColorDepth::Ansi16 => "16",
        ColorDepth::Indexed256 => "256",
        ColorDepth::True => "true colour",
    };
    Finding::good("colours", format!("{said}{colorterm}{no_color}"))
}

fn keyboard(environment: &Environment) -> Finding {
    let names = ["TERM", "TERM_PROGRAM", "LC_TERMINAL"].into_iter().filter_map(|name| environment.get(name));
    let names = names.map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    let knows = environment.get("KITTY_WINDOW_ID").is_some() || KITTY.iter().any(|name| names.contains(name));
    if knows && environment.get("TMUX").is_none() {
        return Finding::good("keyboard", "the kitty protocol is expected: every chord arrives");
    }
    Finding::good(
        "keyboard",
        "no kitty protocol is expected: Ctrl+J or Alt+Enter begins a line where Shift+Enter sends",
    )
}

/// What stands between the program and the terminal.
fn between(environment: &Environment) -> Vec<Finding> {
    let mut found = Vec::new();
    if environment.get("TMUX").is_some() {
        let next =
            "In tmux.conf: `set -g set-clipboard on`, `set -s extended-keys on`, `set -as terminal-features ',*:RGB'`.";
        let plain = ColorDepth::of(environment) != ColorDepth::True;
        found.push(if plain {
            Finding::warning("tmux", "it is between, and says nothing of true colour", next)
        } else {
            Finding::good("tmux", "it is between; copies need `set -g set-clipboard on` there")
        });
    }
    if ["SSH_CONNECTION", "SSH_TTY"].into_iter().any(|name| environment.get(name).is_some()) {
        found.push(Finding::good("ssh", "the terminal is elsewhere; copies go there by OSC 52, if it takes them"));
    }
    found
}

fn locale(environment: &Environment) -> Finding {
    let set = environment.locale();
    let next = "Set LANG to a locale of UTF-8, such as C.UTF-8.";
    match set {
        Some((name, value)) => {
            let said = format!("{name}={value}");
            if environment.is_unicode() {
                Finding::good("locale", said)
            } else {
                Finding::warning("locale", format!("{said} is not UTF-8, so signs may be garbled"), next)
            }
        }
        None if cfg!(windows) => Finding::good("locale", "the system's"),
        None => Finding::warning("locale", "none is set, so signs may be garbled", next),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Standing;
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| (*name, *value)).collect()
    }

    #[test]
    fn a_screen_that_is_none_or_too_small_is_told() {
        let standing = |term: &str, size| screen(&of(&[("TERM", term)]), size).standing;
        assert_eq!(standing("xterm", Some((200, 50))), Standing::Good);
        assert_eq!(standing("xterm", Some((20, 5))), Standing::Warning);
        assert_eq!(standing("dumb", Some((200, 50))), Standing::Broken);
        assert_eq!(standing("dumb", None), Standing::Good, "nothing is drawn on a pipe");
    }

    #[test]
    fn what_the_terminal_calls_itself_says_what_is_expected_of_it() {
        let said = |variables: &[(&str, &str)]| keyboard(&of(variables)).said;
        assert!(said(&[("TERM", "xterm-kitty")]).starts_with("the kitty protocol is expected"));
        assert!(said(&[("TERM_PROGRAM", "WezTerm")]).starts_with("the kitty protocol is expected"));
        assert!(said(&[("TERM", "xterm-kitty"), ("TMUX", "x")]).starts_with("no kitty protocol"));
        assert_eq!(
            colours(&of(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")])).said,
            "none: bold, underline and reverse alone, NO_COLOR is set"
        );
        let abouts = |variables: &[(&str, &str)]| {
            between(&of(variables)).iter().map(|found| (found.about.clone(), found.standing)).collect::<Vec<_>>()
        };
        assert_eq!(
            abouts(&[("TMUX", "x"), ("TERM", "tmux-256color"), ("SSH_TTY", "/dev/pts/1")]),
            [("tmux".to_owned(), Standing::Warning), ("ssh".to_owned(), Standing::Good)]
        );
    }

    #[test]
    fn a_locale_that_cannot_show_everything_is_told() {
        let standing = |variables: &[(&str, &str)]| locale(&of(variables)).standing;
        assert_eq!(standing(&[("LANG", "C.UTF-8")]), Standing::Good);
        assert_eq!(standing(&[("LC_ALL", "C"), ("LANG", "C.UTF-8")]), Standing::Warning);
        assert_eq!(standing(&[]), Standing::Warning);
    }
}
