//! What the documents promise: commands and options that the program knows, fields that its files take, links that lead
//! somewhere, a picture that is one.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use abreast::config::{Config, Environment, Paths};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{documents, root, svg, text_of};

/// What is written as code in a document: the lines of its fences, of sessions those that are typed, and the spans in
/// its text.
fn code(text: &str) -> Vec<String> {
    let mut code = Vec::new();
    let mut fence = None;
    for line in text.lines() {
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(kind) };
        } else if let Some(kind) = fence {
            let typed = if kind == "console" { line.strip_prefix("$ ") } else { Some(line) };
            code.extend(typed.map(str::to_owned));
        } else {
            code.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    code
}

/// The words of each call of the program that a document shows, and of each option that it names by itself.
fn calls(text: &str) -> Vec<Vec<String>> {
    let words = |call: &str| {
        call.split(['|', '>', '<']).next().unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    };
    let call = |line: &String| {
        let called = line.split_once("cargo run --release -- ").map(|(_, rest)| rest);
        let called = called.or_else(|| line.split("| ").find_map(|part| part.trim().strip_prefix("abreast ")));
        let called = called.or_else(|| line.starts_with("--").then_some(line));
        called.map(words)
    };
    code(text).iter().filter_map(call).collect()
}

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_abreast")).args(arguments).arg("--help").output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The options in a help text.
fn options(help: &str) -> BTreeSet<String> {
    let named = |word: &str| word.trim_matches(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-').to_owned();
    help.split_whitespace().map(named).filter(|word| word.starts_with("--")).collect()
}

#[test]
fn every_command_and_option_in_the_documents_is_one_of_the_program() {
    const COMMANDS: [&str; 12] = [
        "ask", "models", "export", "import", "search", "sessions", "tools", "usage", "backup", "doctor", "config",
        "sandbox",
    ];
    let all: BTreeSet<String> = COMMANDS
        .iter()
        .map(|command| help(&[command]))
        .chain([help(&[]), help(&["sessions", "purge"])])
        .flat_map(|help| options(&help))
        .collect();
    let mut calls_seen = 0;
    for document in documents() {
        for call in calls(&fs::read_to_string(root().join(&document)).unwrap()) {
            let command = call.first().filter(|word| COMMANDS.contains(&word.as_str()));
            let first_is_known = call.first().is_none_or(|word| word.starts_with("--") || command.is_some());
            assert!(first_is_known, "{}: `abreast {}`", document.display(), call.join(" "));
            let known = match command.map(String::as_str) {
                Some("sessions") if call.get(1).is_some_and(|word| word == "purge") => {
                    options(&help(&["sessions", "purge"]))
                }
                Some(command) => options(&help(&[command])),
                None => all.clone(),
            };
            for option in call.iter().filter(|word| word.starts_with("--") && word.len() > 2) {
                let name = option.split('=').next().unwrap_or_default().to_owned();
                assert!(known.contains(&name), "{}: `{name}` in `{}`", document.display(), call.join(" "));
            }
            if let (Some("config"), Some(second)) = (command.map(String::as_str), call.get(1)) {
                assert!(help(&["config"]).contains(&format!("\n  {second} ")), "`abreast config {second}`");
            }
            calls_seen += 1;
        }
    }
    assert!(calls_seen > 10, "the documents show {calls_seen} calls");
}

/// What a call of the README prints, to both of its outputs, without any configuration.
fn printed(call: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let words = call.split('"').enumerate().flat_map(|(place, part)| {
        let quoted = place % 2 == 1;
        if quoted { vec![part] } else { part.split_whitespace().collect() }
    });
    let mut command = Command::new(env!("CARGO_BIN_EXE_abreast"));
    command
        .args(words)
        .env("ABREAST_CONFIG_DIR", folder.path())
        .env("ABREAST_DATA_DIR", folder.path())
        .env_remove("OPENAI_API_KEY")
        .env_remove("OPENAI_BASE_URL");
    let output = command.stdin(Stdio::null()).output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn the_readmes_examples_print_what_it_shows() {
    let readme = text_of("README.md");
    let (before, rest) = readme.split_once("```console\n").unwrap();
    let (shown, after) = rest.split_once("```\n").unwrap();
    let calls = shown.lines().filter_map(|line| line.strip_prefix("$ abreast "));
    let made: String = calls.map(|call| format!("$ abreast {call}\n{}", printed(call))).collect();
    if std::env::var_os("ABREAST_UPDATE_DOCS").is_some() {
        fs::write(root().join("README.md"), format!("{before}```console\n{made}```\n{after}")).unwrap();
        return;
    }
    assert_eq!(shown, made, "README.md is behind the program; `ABREAST_UPDATE_DOCS=1 cargo test docs` brings it up");
}

#[test]
fn the_readme_gives_the_test_command_where_the_checks_look_for_it() {
    let readme = text_of("README.md");
    let commands: Vec<&str> = readme.lines().filter(|line| line.starts_with("cargo ")).collect();
    assert_eq!(commands.first(), Some(&"cargo run --release"));
    assert_eq!(readme.lines().find(|line| line.starts_with("cargo test")), Some("cargo test"));
    assert!(text_of(".ci/run").contains(r"'s/^\(cargo test[^`]*\)$/\1/p' README.md"));
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    for document in documents() {
        let text = fs::read_to_string(root().join(&document)).unwrap();
        let folder = root().join(&document).parent().unwrap().to_owned();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            let elsewhere = file.is_empty() || file.contains("://");
            assert!(elsewhere || folder.join(file).exists(), "{}: {target}", document.display());
        }
    }
}

#[test]
fn every_direct_dependency_has_its_row_with_its_version() {
    let manifest: toml::Table = toml::from_str(&text_of("Cargo.toml")).unwrap();
    let page = text_of("docs/dependencies.md");
    let targets = manifest["target"].as_table().unwrap().values();
    let tables = [&manifest["dependencies"], &manifest["dev-dependencies"]];
    let tables = tables.into_iter().chain(targets.map(|target| &target["dependencies"]));
    for (name, wanted) in tables.flat_map(|table| table.as_table().unwrap()) {
        let version = wanted.as_str().or_else(|| wanted.get("version")?.as_str()).unwrap();
        let row = format!("\n| `{name}` | {version} | ");
        assert!(page.contains(&row), "docs/dependencies.md has no row that starts with {row}");
    }
}

#[test]
fn every_file_that_the_documents_name_is_there() {
    for document in documents() {
        let text = fs::read_to_string(root().join(&document)).unwrap();
        let folders = ["src/", "tests/", "assets/", "themes/", "benches/", "docs/"];
        let named = code(&text)
            .into_iter()
            .filter(|code| !code.contains("NAME") && folders.iter().any(|folder| code.starts_with(folder)));
        for file in named {
            assert!(root().join(&file).exists(), "{}: `{file}`", document.display());
        }
    }
}

/// The fields that the program knows at a place in `config.toml`, by its own complaint about one that it does not.
fn fields(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let environment = Environment::from_iter([("ABREAST_CONFIG_DIR", folder.path().to_str().unwrap())]);
    let paths = Paths { config: folder.path().to_owned(), ..Paths::of(&environment).unwrap() };
    fs::write(paths.config_file(), text).unwrap();
    let complaint = Config::load(&paths, &environment).unwrap_err().to_string();
    let (_, known) = complaint.split_once("known are ").unwrap_or_else(|| panic!("{complaint}"));
    known.split(", ").map(str::to_owned).collect()
}

#[test]
fn the_page_of_the_configuration_has_a_row_for_every_field() {
    let page = text_of("docs/config.md");
    for place in [
        "zzzzzzzzzzzz = 1",
        "[providers.x]\nzzzzzzzzzzzz = 1",
        "[providers.x.dialect]\nzzzzzzzzzzzz = 1",
        "[providers.x]\napi_key_keyring = { zzzzzzzzzzzz = 1 }",
        "[[prices]]\nzzzzzzzzzzzz = 1",
        "[money]\nzzzzzzzzzzzz = 1",
        "[[money.rates]]\nzzzzzzzzzzzz = 1",
    ] {
        for field in fields(place) {
            assert!(page.contains(&format!("\n| `{field}` |")), "docs/config.md has no row for `{field}` ({place})");
        }
    }
}

#[test]
fn the_picture_is_drawn_from_cells_without_gaps_and_without_markup_of_their_own() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 9, 1));
    buffer.set_string(0, 0, "─a <b>日│", ratatui::style::Style::default());
    let drawn = svg::picture(&buffer, Some(Position::new(0, 0)), "a & b");
    assert!(drawn.contains("<title>a &amp; b</title>"), "{drawn}");
    assert!(drawn.contains(">a &lt;b&gt;</text>") && drawn.contains(">日</text>"), "{drawn}");
    // The line reaches over its cell's edge, and neither line is left to a font.
    assert!(drawn.contains("M-0.25 ") && !drawn.contains('─') && !drawn.contains('│'), "{drawn}");
}

#[test]
fn the_picture_in_the_readme_is_there_and_holds_no_control_characters() {
    assert!(text_of("README.md").contains("(assets/workstation.svg)"));
    let picture = text_of("assets/workstation.svg");
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(!picture.chars().any(|sign| sign.is_control() && sign != '\n'));
}
