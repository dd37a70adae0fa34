//! The house rules that no compiler checks: which room may use which, how long a file may be, no unsafe code.
//!
//! Reads the product's sources as tokens, so that comments, strings and tests do not count.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, from low to high. A room uses rooms of lower levels only, never one beside it.
const LEVELS: &[&[&str]] = &[
    &["text", "chat"],
    &["api", "pricing", "tools", "config", "input"],
    // What is exchanged is read and written without a disk or a screen, so it stands below the state that it is put into.
    &["store", "sandbox", "exchange"],
    &["state"],
    &["update", "view"],
    &["app"],
    &["cli"],
];

/// Uses that break the rule, each with its reason: (room, used room, reason).
const ALLOWED: &[(&str, &str, &str)] =
    &[("exchange", "store", "an export is made of a saved session, and our own JSON is that very form")];

/// Files that may be longer than [`LONGEST`], each with its reason: (path, reason).
const LONG: &[(&str, &str)] = &[];

/// The most lines of a file, its tests left out.
const LONGEST: usize = 400;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    PathSeparator,
    Sign(char),
}

#[derive(Clone, Debug)]
struct Placed {
    token: Token,
    line: usize,
}

impl Placed {
    fn is(&self, sign: char) -> bool {
        self.token == Token::Sign(sign)
    }

    fn word(&self) -> Option<&str> {
        match &self.token {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// Splits a source into tokens; comments, strings and character literals leave none.
fn tokens(source: &str) -> Vec<Placed> {
    let signs: Vec<char> = source.chars().collect();
    let mut out = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < signs.len() {
        let end = match skipped(&signs, at) {
            Some(end) => end,
            None => {
                let (token, end) = token(&signs, at);
                out.extend(token.map(|token| Placed { token, line }));
                end
            }
        };
        line += signs[at..end].iter().filter(|sign| **sign == '\n').count();
        at = end;
    }
    out
}

fn token(signs: &[char], at: usize) -> (Option<Token>, usize) {
    let is_word = |sign: &char| sign.is_alphanumeric() || *sign == '_';
    if is_word(&signs[at]) {
        let end = signs[at..].iter().position(|sign| !is_word(sign)).map_or(signs.len(), |length| at + length);
        return (Some(Token::Word(signs[at..end].iter().collect())), end);
    }
    match (signs[at], signs.get(at + 1)) {
        (':', Some(':')) => (Some(Token::PathSeparator), at + 2),
        (sign, _) if sign.is_whitespace() => (None, at + 1),
        (sign, _) => (Some(Token::Sign(sign)), at + 1),
    }
}

/// The end of a comment, string or character literal that begins here.
fn skipped(signs: &[char], at: usize) -> Option<usize> {
    let rest = &signs[at..];
    let starts = |text: &str| text.chars().zip(rest).filter(|(wanted, sign)| wanted == *sign).count() == text.len();
    if starts("//") {
        return Some(find(signs, at, &['\n']));
    }
    if starts("/*") {
        return Some(end_of_block_comment(signs, at));
    }
    // A word that ends in `r` is no raw string, so one begins only where no word does.
    let within_word = at > 0 && (signs[at - 1].is_alphanumeric() || signs[at - 1] == '_');
    let prefix = rest.iter().take_while(|sign| matches!(sign, 'b' | 'c' | 'r')).count();
    let hashes = rest[prefix..].iter().take_while(|sign| **sign == '#').count();
    if !within_word && prefix > 0 && rest[..prefix].contains(&'r') && rest.get(prefix + hashes) == Some(&'"') {
        let mut close = vec!['"'];
        close.extend(std::iter::repeat_n('#', hashes));
        return Some(find(signs, at + prefix + hashes + 1, &close));
    }
    if rest[0] == '"' {
        return Some(end_of_quoted(signs, at, '"'));
    }
    // `'a'` and `'\n'` are characters, `'a` is a lifetime.
    let is_character = rest[0] == '\'' && (rest.get(1) == Some(&'\\') || rest.get(2) == Some(&'\''));
    is_character.then(|| end_of_quoted(signs, at, '\''))
}

fn find(signs: &[char], from: usize, wanted: &[char]) -> usize {
    let found = signs[from..].windows(wanted.len()).position(|window| window == wanted);
    found.map_or(signs.len(), |place| from + place + wanted.len())
}

fn end_of_quoted(signs: &[char], at: usize, quote: char) -> usize {
    let mut at = at + 1;
    while at < signs.len() && signs[at] != quote {
        at += if signs[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(signs.len())
}

fn end_of_block_comment(signs: &[char], at: usize) -> usize {
    let (mut at, mut depth) = (at, 0_usize);
    loop {
        match (signs.get(at), signs.get(at + 1)) {
            (Some('/'), Some('*')) => (at, depth) = (at + 2, depth + 1),
            (Some('*'), Some('/')) => (at, depth) = (at + 2, depth - 1),
            (Some(_), _) => at += 1,
            (None, _) => return signs.len(),
        }
        if depth == 0 {
            return at;
        }
    }
}

/// The tokens without the items that are compiled for tests only, and how many lines those take.
fn without_tests(tokens: Vec<Placed>) -> (Vec<Placed>, usize) {
    let attribute = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut rest = VecDeque::from(tokens);
    let (mut kept, mut lines) = (Vec::new(), 0);
    while let Some(first) = rest.front() {
        let line = first.line;
        let marks = attribute.iter().zip(&rest).filter(|(text, placed)| spelled(placed) == **text).count();
        if marks < attribute.len() || rest.len() < attribute.len() {
            kept.extend(rest.pop_front());
            continue;
        }
        rest.drain(..attribute.len());
        let last = drain_item(&mut rest).unwrap_or(line);
        lines += last - line + 1;
    }
    (kept, lines)
}

fn spelled(placed: &Placed) -> String {
    match &placed.token {
        Token::Word(word) => word.clone(),
        Token::PathSeparator => "::".to_owned(),
        Token::Sign(sign) => sign.to_string(),
    }
}

/// Takes an item away, up to its `;` or the end of its block; gives its last line.
fn drain_item(rest: &mut VecDeque<Placed>) -> Option<usize> {
    let mut depth = 0_usize;
    while let Some(placed) = rest.pop_front() {
        match placed.token {
            Token::Sign('{' | '[' | '(') => depth += 1,
            Token::Sign(']' | ')') => depth -= 1,
            Token::Sign('}') if depth == 1 => return Some(placed.line),
            Token::Sign('}') => depth -= 1,
            Token::Sign(';') if depth == 0 => return Some(placed.line),
            _ => {}
        }
    }
    None
}

/// The module that a file holds: `src/view/lane.rs` is `view::lane`.
fn module_of(path: &str) -> Vec<String> {
    let path = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
    path.split('/').filter(|part| !matches!(*part, "mod" | "lib" | "main")).map(str::to_owned).collect()
}

/// A path into the crate: the room it leads to (none when it stays at the root), and its line.
#[derive(Debug, PartialEq, Eq)]
struct Use {
    room: Option<String>,
    line: usize,
}

/// Every path of a file that begins with `crate`, `self` or `super`.
fn uses(module: &[String], tokens: &[Placed]) -> Vec<Use> {
    let mut out = Vec::new();
    let mut inner: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    for (at, placed) in tokens.iter().enumerate() {
        if placed.is('{') {
            depth += 1;
            if at >= 2 && tokens[at - 2].word() == Some("mod") {
                inner.push((spelled(&tokens[at - 1]), depth));
            }
        }
        if placed.is('}') {
            inner.retain(|(_, opened)| *opened < depth);
            depth -= 1;
        }
        let begins = at == 0 || tokens[at - 1].token != Token::PathSeparator;
        let leads = tokens.get(at + 1).is_some_and(|next| next.token == Token::PathSeparator);
        let renamed = tokens.get(at + 1).and_then(Placed::word) == Some("as");
        if begins && (leads || renamed) && matches!(placed.word(), Some("crate" | "self" | "super")) {
            let here: Vec<String> = module.iter().cloned().chain(inner.iter().map(|(name, _)| name.clone())).collect();
            tree(&here, Vec::new(), tokens, at, &mut out);
        }
    }
    out
}

/// Follows a path, and every branch of a `{…}` in it. Gives the place after it.
fn tree(here: &[String], base: Vec<String>, tokens: &[Placed], at: usize, out: &mut Vec<Use>) -> usize {
    let mut path = base;
    let mut at = at;
    let mut first = path.is_empty();
    while let Some(placed) = tokens.get(at) {
        match placed.word() {
            Some("crate") => path.clear(),
            Some("self") if first => path = here.to_vec(),
            Some("self") => {}
            Some("super") => {
                path = if first { here.to_vec() } else { path };
                path.pop();
            }
            Some(word) => path.push(word.to_owned()),
            None if placed.is('{') => return branches(here, &path, tokens, at, out),
            None => {}
        }
        first = false;
        at += 1;
        if tokens.get(at).is_none_or(|next| next.token != Token::PathSeparator) {
            break;
        }
        at += 1;
    }
    let line = tokens.get(at.saturating_sub(1)).map_or(0, |placed| placed.line);
    out.push(Use { room: path.into_iter().next(), line });
    at
}

fn branches(here: &[String], base: &[String], tokens: &[Placed], at: usize, out: &mut Vec<Use>) -> usize {
    let mut at = at + 1;
    while let Some(placed) = tokens.get(at) {
        if placed.is('}') {
            return at + 1;
        }
        // `as name` and commas lead nowhere.
        if placed.is(',') || placed.word() == Some("as") {
            at += 1 + usize::from(placed.word().is_some());
            continue;
        }
        // A branch of the root begins anew, so its first word must not be taken for one of this file's module.
        at = if base.is_empty() {
            root_branch(here, tokens, at, out)
        } else {
            tree(here, base.to_vec(), tokens, at, out)
        };
    }
    at
}

fn root_branch(here: &[String], tokens: &[Placed], at: usize, out: &mut Vec<Use>) -> usize {
    let before = out.len();
    let end = tree(here, vec![String::new()], tokens, at, out);
    if tokens[at].is('*') || tokens[at].word() == Some("self") {
        out.truncate(before);
        out.push(Use { room: None, line: tokens[at].line });
        return end;
    }
    let room = tokens[at].word().map(str::to_owned);
    out.truncate(before);
    out.push(Use { room, line: tokens[at].line });
    end
}

fn level(room: &str) -> Option<usize> {
    LEVELS.iter().position(|rooms| rooms.contains(&room))
}

/// What a file of the product does against the layers.
fn breaches(path: &str, source: &str) -> Vec<String> {
    let module = module_of(path);
    // The crate's root names the rooms; it is in none.
    let Some(room) = module.first() else { return Vec::new() };
    let Some(own) = level(room) else { return vec![format!("{path}: `{room}` is no room of the house")] };
    let (kept, _) = without_tests(tokens(source));
    let uses = uses(&module, &kept);
    uses.iter().filter_map(|used| breach(path, room, own, used)).collect()
}

fn breach(path: &str, room: &str, own: usize, used: &Use) -> Option<String> {
    let line = used.line;
    let Some(other) = &used.room else { return Some(format!("{path}:{line}: takes the crate's root as a whole")) };
    let allowed = ALLOWED.iter().any(|(from, to, _)| from == &room && to == other);
    if other == room || allowed {
        return None;
    }
    match level(other) {
        Some(theirs) if theirs < own => None,
        Some(theirs) if theirs == own => {
            Some(format!("{path}:{line}: `{room}` uses `{other}`, which stands beside it"))
        }
        Some(_) => Some(format!("{path}:{line}: `{room}` uses `{other}`, which stands above it")),
        None => Some(format!("{path}:{line}: `{other}` is no room of the house")),
    }
}

/// How many lines of a file are the product's.
fn lines_without_tests(source: &str) -> usize {
    source.lines().count() - without_tests(tokens(source)).1
}

fn sources(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// Every file of the product with its text; files of tests are left out.
fn product() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    sources(&root.join("src"), &mut paths);
    paths.sort();
    let named = paths.iter().map(|path| {
        let relative = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        (relative, fs::read_to_string(path).unwrap())
    });
    named.filter(|(path, _)| !path.ends_with("tests.rs") && !path.contains("/tests/")).collect()
}

#[test]
fn every_room_uses_only_the_rooms_below_it() {
    let files = product();
    assert!(files.len() > 100, "only {} files were found", files.len());
    let found: Vec<String> = files.iter().flat_map(|(path, source)| breaches(path, source)).collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_exception_is_still_needed() {
    let files = product();
    for (from, to, reason) in ALLOWED {
        let of_room = files.iter().filter(|(path, _)| module_of(path).first().is_some_and(|room| room == from));
        let used = of_room.into_iter().any(|(path, source)| {
            let (kept, _) = without_tests(tokens(source));
            uses(&module_of(path), &kept).iter().any(|used| used.room.as_deref() == Some(*to))
        });
        assert!(used && !reason.is_empty(), "{from} no longer uses {to}");
    }
    for (path, reason) in LONG {
        let long = files.iter().any(|(file, source)| file == path && lines_without_tests(source) > LONGEST);
        assert!(long && !reason.is_empty(), "{path} is no longer long");
    }
}

#[test]
fn no_file_outgrows_its_domain() {
    let allowed = |path: &str| LONG.iter().any(|(long, _)| *long == path);
    let long: Vec<(String, usize)> = product()
        .iter()
        .filter(|(path, _)| !allowed(path))
        .map(|(path, source)| (path.clone(), lines_without_tests(source)))
        .filter(|(_, lines)| *lines > LONGEST)
        .collect();
    assert_eq!(long, []);
}

#[test]
fn no_code_is_unsafe() {
    let found: Vec<String> = product()
        .iter()
        .filter(|(_, source)| tokens(source).iter().any(|placed| placed.word() == Some("unsafe")))
        .map(|(path, _)| path.clone())
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_check_finds_what_stands_above_or_beside() {
    let above = "`update` uses `app`, which stands above it";
    let beside = "`update` uses `view`, which stands beside it";
    for (source, wanted) in [
        ("use crate::app::App;", above),
        ("use crate::{state::State, app};", above),
        ("use crate::{self as root};", "takes the crate's root as a whole"),
        ("use crate as root;", "takes the crate's root as a whole"),
        ("use crate::*;", "takes the crate's root as a whole"),
        ("use super::super::view::View;", beside),
        ("use super::{super::view, ask};", beside),
        ("fn f() { let x = crate::view::View::default(); }", beside),
        ("mod inner { use super::super::super::app; }", above),
        ("type T = Vec<crate::elsewhere::T>;", "`elsewhere` is no room of the house"),
    ] {
        let found = breaches("src/update/stream.rs", source);
        assert_eq!(found, [format!("src/update/stream.rs:1: {wanted}")], "{source}");
    }
    assert_eq!(breaches("src/cellar/mod.rs", ""), ["src/cellar/mod.rs: `cellar` is no room of the house"]);
}

#[test]
fn the_check_lets_pass_what_stands_below_and_what_is_no_code() {
    let source = r##"
        //! As crate::app does it.
        use super::{Effects, ask, ask::messages as m};
        use crate::{chat::{Role, Turn}, state::State};
        /* crate::app /* nested */ crate::view */
        const TEXT: &str = "use crate::app;\" crate::app";
        const RAW: &str = r#"use "crate::app"; "#;
        const QUOTE: char = '"'; // crate::app
        fn f<'a>(x: &'a str) -> char { '\'' }
        pub(crate) fn g() { crate::chat::f(self::h()); super::super::text::g(); }
        #[cfg(test)]
        use crate::app::App;
        #[cfg(test)]
        mod tests { use crate::cli::Ended; fn f() { let [a, b] = { [1, 2] }; } }
    "##;
    assert_eq!(breaches("src/update/stream.rs", source), Vec::<String>::new());
    assert_eq!(breaches("src/lib.rs", "pub mod app; use crate::app::App;"), Vec::<String>::new());
}

#[test]
fn lines_of_tests_do_not_count() {
    let source = "//! One.\nfn f() {}\n\n#[cfg(test)]\nmod tests {\n    fn g() {}\n}\n";
    assert_eq!(lines_without_tests(source), 3);
}

/// Nouns that are counted on the screen, in the plural.
const COUNTED: &str = "calls|rows|turns|runs|lanes|matches|events|files|presets|errors|lines|messages|pieces|words|fields|rounds|wires|hits";

/// Lines where fewer than two cannot be, or where a verb follows.
const MANY: &[&str] = &[
    "{columns} columns and",
    "{count} turns are deleted",
    "{count} errors by",
    "runs unasked in this session",
    "{again} runs it now",
    "{} matches\", grouped",
    "in {} turns\", hit.turns",
    "LEAST.columns",
    "{turns} turns were recovered",
];

#[test]
fn one_of_a_thing_is_never_told_in_the_plural() {
    let counts = regex::Regex::new(&format!(r#"".*\{{[a-z_.()]*\}} ({COUNTED})\b"#)).unwrap();
    assert!(counts.is_match("format!(\"{} of {count} calls\")") && !counts.is_match("counted(count, \"call\")"));
    let of_screen = product().into_iter().filter(|(path, _)| !path.contains("sandbox") && !path.contains("test"));
    let wrong = of_screen.flat_map(|(path, source)| {
        let lines = source.lines().filter(|line| counts.is_match(line) && !line.trim().starts_with("//"));
        let lines = lines.filter(|line| !MANY.iter().any(|many| line.contains(many)));
        lines.map(|line| format!("{path}: {}", line.trim())).collect::<Vec<_>>()
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new(), "say it with text::counted");
}
