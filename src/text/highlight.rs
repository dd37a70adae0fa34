//! Colours for code: which words of a line are keywords, strings, comments.
//!
//! Owns the syntaxes (loaded once, at the first block that names one) and the mapping from their scopes to our
//! roles. Knows no themes: a scope becomes a role, and the theme says what that looks like.

use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::ink::{Ink, Span, StyleRole};

/// Longer lines stay plain: the regex engine's time grows with the line, and no person reads colours there.
const MAX_LINE_BYTES: usize = 2048;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);
static ROLES: LazyLock<Vec<(Scope, StyleRole)>> =
    LazyLock::new(|| SCOPE_ROLES.iter().filter_map(|(scope, role)| Some((Scope::new(scope).ok()?, *role))).collect());

/// Scope prefixes and their roles; of those that fit a scope the first one counts.
const SCOPE_ROLES: &[(&str, StyleRole)] = &[
    ("comment", StyleRole::SyntaxComment),
    ("markup.inserted", StyleRole::SyntaxInserted),
    ("markup.deleted", StyleRole::SyntaxDeleted),
    ("meta.diff.header", StyleRole::SyntaxComment),
    ("meta.diff.range", StyleRole::SyntaxFunction),
    ("punctuation.definition.string", StyleRole::SyntaxString),
    ("punctuation.definition.comment", StyleRole::SyntaxComment),
    ("punctuation.definition.inserted", StyleRole::SyntaxInserted),
    ("punctuation.definition.deleted", StyleRole::SyntaxDeleted),
    ("constant.character.escape", StyleRole::SyntaxConstant),
    ("constant.numeric", StyleRole::SyntaxNumber),
    ("constant", StyleRole::SyntaxConstant),
    ("string", StyleRole::SyntaxString),
    ("keyword.operator", StyleRole::SyntaxOperator),
    ("keyword", StyleRole::SyntaxKeyword),
    ("storage.type.function", StyleRole::SyntaxKeyword),
    ("storage.modifier", StyleRole::SyntaxKeyword),
    ("storage", StyleRole::SyntaxKeyword),
    ("entity.name.function", StyleRole::SyntaxFunction),
    ("support.function", StyleRole::SyntaxFunction),
    ("variable.function", StyleRole::SyntaxFunction),
    ("entity.name.tag", StyleRole::SyntaxKeyword),
    ("entity.other.attribute-name", StyleRole::SyntaxVariable),
    ("entity.name", StyleRole::SyntaxType),
    ("entity.other.inherited-class", StyleRole::SyntaxType),
    ("support.type", StyleRole::SyntaxType),
    ("support.class", StyleRole::SyntaxType),
    ("support.constant", StyleRole::SyntaxConstant),
    ("variable", StyleRole::SyntaxVariable),
    ("punctuation", StyleRole::SyntaxPunctuation),
];

/// The keys of JSON and its like are strings too; they are told from the values.
static KEY: LazyLock<Option<Scope>> = LazyLock::new(|| Scope::new("meta.mapping.key").ok());

/// What was done on this thread, so that tests see whether a line is highlighted twice, or the syntaxes are loaded early.
#[cfg(test)]
pub(crate) mod work {
    use std::cell::Cell;

    thread_local! {
        /// Lines that were highlighted.
        pub(crate) static LINES: Cell<u64> = const { Cell::new(0) };
        /// Languages that were looked for in the syntaxes.
        pub(crate) static LANGUAGES: Cell<u64> = const { Cell::new(0) };
    }
}

/// The colours of one block of code, line by line.
#[derive(Clone, Debug)]
pub(crate) struct Highlighter {
    /// Absent where the language is unknown or its syntax gave up.
    state: Option<State>,
}

#[derive(Clone, Debug)]
struct State {
    parse: ParseState,
    scopes: ScopeStack,
}

impl Highlighter {
    /// For the language that an info string names (`rust`, `c++`, `py`, `js,ignore`).
    pub(crate) fn new(info: &str) -> Self {
        let state = syntax(info).map(|syntax| State { parse: ParseState::new(syntax), scopes: ScopeStack::new() });
        Self { state }
    }

    /// The spans of the next line, given without its line ending. Their texts put together are the line.
    pub(crate) fn line(&mut self, line: &str) -> Vec<Span> {
        let Some(state) = self.state.as_mut().filter(|_| line.len() <= MAX_LINE_BYTES) else {
            return plain(line);
        };
        if let Some(spans) = state.line(line) {
            return spans;
        }
        self.state = None;
        plain(line)
    }
}

impl State {
    /// Absent when the syntax fails on this line.
    fn line(&mut self, line: &str) -> Option<Vec<Span>> {
        #[cfg(test)]
        work::LINES.set(work::LINES.get() + 1);
        let text = [line, "\n"].concat();
        let ops = self.parse.parse_line(&text, &SYNTAXES).ok()?;
        let mut spans = Vec::new();
        let mut from = 0;
        for (at, op) in ops {
            let at = at.min(line.len());
            add(&mut spans, line.get(from..at)?, role(&self.scopes));
            from = at;
            self.scopes.apply(&op).ok()?;
        }
        add(&mut spans, line.get(from..)?, role(&self.scopes));
        Some(spans)
    }
}

fn plain(line: &str) -> Vec<Span> {
    if line.is_empty() { Vec::new() } else { vec![Span::new(line, StyleRole::Code)] }
}

fn add(spans: &mut Vec<Span>, text: &str, role: StyleRole) {
    match spans.last_mut() {
        _ if text.is_empty() => {}
        Some(span) if span.ink == Ink::from(role) => span.text.push_str(text),
        _ => spans.push(Span::new(text, role)),
    }
}

/// The innermost scope that has a role decides.
fn role(scopes: &ScopeStack) -> StyleRole {
    let known = |scope: &Scope| ROLES.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)).map(|(_, role)| *role);
    let is_key = |scope: &Scope| KEY.is_some_and(|key| key.is_prefix_of(*scope));
    match scopes.as_slice().iter().rev().find_map(known) {
        Some(StyleRole::SyntaxString) if scopes.as_slice().iter().any(is_key) => StyleRole::SyntaxVariable,
        role => role.unwrap_or(StyleRole::Code),
    }
}

fn syntax(info: &str) -> Option<&'static SyntaxReference> {
    let name = language(info);
    if name.is_empty() {
        return None;
    }
    #[cfg(test)]
    work::LANGUAGES.set(work::LANGUAGES.get() + 1);
    let found = SYNTAXES.find_syntax_by_token(alias(&name))?;
    (found.name != "Plain Text").then_some(found)
}

/// The language in an info string: its first word, without attributes.
pub(crate) fn language(info: &str) -> String {
    let word = info.trim_start().split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | ':' | ';')).next();
    word.unwrap_or_default().trim_start_matches('.').to_ascii_lowercase()
}

/// What models write, where the syntax goes by another name.
fn alias(name: &str) -> &str {
    match name {
        "shell" | "console" | "shellsession" | "zsh" | "terminal" | "sh" => "bash",
        "golang" => "go",
        "c#" | "csharp" => "cs",
        "f#" | "fsharp" => "fs",
        "cxx" | "hpp" => "c++",
        "jsonc" | "json5" | "jsonl" | "ndjson" => "json",
        "javascript" | "node" | "mjs" | "cjs" => "js",
        "typescript" | "mts" | "cts" => "ts",
        "python3" | "py3" => "python",
        "patch" | "udiff" => "diff",
        "yml" => "yaml",
        "docker" => "dockerfile",
        "make" => "makefile",
        "objc" | "objective-c" => "m",
        "ps1" | "pwsh" => "powershell",
        "tf" | "hcl" => "terraform",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(info: &str, line: &str) -> Vec<(String, StyleRole)> {
        Highlighter::new(info).line(line).into_iter().map(|span| (span.text, span.ink.role)).collect()
    }

    #[test]
    fn what_models_call_a_language_finds_its_syntax() {
        let names = "rs rust py python js jsx ts tsx typescript sh bash shell console zsh json jsonc toml yaml yml diff patch c c++ cpp cs \
            c# go golang java kotlin swift rb php html css scss sql md markdown dockerfile makefile lua xml ini nix zig hcl terraform \
            powershell ps1 vue svelte graphql proto perl r scala haskell elixir erlang clojure";
        let unknown: Vec<&str> = names.split_whitespace().filter(|name| syntax(name).is_none()).collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }

    #[test]
    fn attributes_of_the_info_string_are_no_part_of_the_language() {
        let languages = ["rust,ignore", "rust {.numbered}", "Rust title=\"a\"", ".rust", " rust"].map(language);
        assert_eq!(languages, ["rust"; 5]);
    }

    #[test]
    fn a_key_is_told_from_a_value() {
        let roles = roles("json", r#"{"a": "b"}"#);
        let of = |text: &str| roles.iter().find(|(seen, _)| seen == text).map(|(_, role)| *role);
        assert_eq!((of("\"a\""), of("\"b\"")), (Some(StyleRole::SyntaxVariable), Some(StyleRole::SyntaxString)));
    }

    #[test]
    fn a_comment_that_is_open_goes_on_in_the_next_line() {
        let mut highlighter = Highlighter::new("rust");
        highlighter.line("/* a");
        assert_eq!(highlighter.line("b"), [Span::new("b", StyleRole::SyntaxComment)]);
    }

    #[test]
    fn unknown_languages_and_very_long_lines_stay_plain() {
        let long = "1".repeat(MAX_LINE_BYTES + 1);
        assert_eq!(roles("no-such-language", "let a = 1;"), [("let a = 1;".to_owned(), StyleRole::Code)]);
        assert_eq!(roles("rust", &long), [(long.clone(), StyleRole::Code)]);
    }
}
