//! The parts of the documents that are made from the program's own tables, and the check that they are what it says.

use std::fmt::Write as _;
use std::fs;

use abreast::chat::{PARAMS, Param, ParamKind, refusers};
use abreast::config::template;
use abreast::input::{ACTIONS, ActionRow, Context, Keymap};
use abreast::sandbox::MODELS;

use super::{root, text_of};

/// Compares what stands between a document's two marks with what the program says; with `ABREAST_UPDATE_DOCS` set, puts
/// it there.
fn is_current(document: &str, made: &str) {
    const START: &str = "<!-- made from the program: ABREAST_UPDATE_DOCS=1 cargo test docs -->\n";
    const END: &str = "\n<!-- end -->";
    let text = text_of(document);
    let (before, rest) = text.split_once(START).unwrap_or_else(|| panic!("{document} has no line {START}"));
    let (written, after) = rest.split_once(END).unwrap_or_else(|| panic!("{document} has no line {END}"));
    let made = format!("\n{}\n", made.trim());
    if std::env::var_os("ABREAST_UPDATE_DOCS").is_some() {
        fs::write(root().join(document), format!("{before}{START}{made}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(written, made, "{document} is behind the program; `ABREAST_UPDATE_DOCS=1 cargo test docs` brings it up");
}

/// Text that can stand in a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[test]
fn the_page_of_keys_shows_every_action_with_its_default_keys() {
    let keymap = Keymap::default();
    let mut page = String::new();
    for (context, heading) in [
        (Context::Global, "Everywhere"),
        (Context::Composer, "Composer"),
        (Context::Completion, "Files of an `@path`"),
        (Context::Transcript, "Transcript"),
        (Context::Sidebar, "Sidebar"),
        (Context::Calls, "Tool calls"),
        (Context::Overlay, "Lists and help"),
        (Context::Reader, "What is read in a box"),
        (Context::Tree, "The tree of turns"),
        (Context::Sessions, "The list of sessions"),
        (Context::Inspector, "The inspector of tool calls"),
        (Context::Ledger, "The ledger"),
        (Context::Form, "What is edited in a box"),
    ] {
        let _ =
            write!(page, "## {heading}: `[{}]`\n\n| keys | action | what it does |\n|---|---|---|\n", context.name());
        for row in ACTIONS.iter().filter(|row| row.context == context) {
            let _ = writeln!(page, "| {} | `{}` | {} |", keys(&keymap, row), row.name, cell(row.help));
        }
        page.push('\n');
    }
    let missing: Vec<&str> =
        ACTIONS.iter().map(|row| row.name).filter(|name| !page.contains(&format!("| `{name}` |"))).collect();
    assert_eq!(missing, [""; 0], "a context is not in the list above");
    is_current("docs/keys.md", &page);
}

fn keys(keymap: &Keymap, row: &ActionRow) -> String {
    let chords: Vec<String> =
        keymap.chords_of(row.action).iter().map(|chord| format!("`{}`", cell(&chord.to_string()))).collect();
    if chords.is_empty() { "palette only".to_owned() } else { chords.join(", ") }
}

#[test]
fn the_page_of_params_shows_the_whole_table() {
    let columns = "| parameter | values | step | when unset | what it does | refused by |\n|---|---|---|---|---|---|\n";
    let mut page = String::from(columns);
    for Param { name, kind, api_default, help } in PARAMS {
        let (values, step) = values(*kind);
        let refused = refused(name);
        let _ = writeln!(page, "| `{name}` | {values} | {step} | {api_default} | {} | {refused} |", cell(help));
    }
    is_current("docs/params.md", &page);
}

/// The models that refuse a param, and why.
fn refused(name: &str) -> String {
    let rows = refusers(name).map(|(models, why)| {
        let models: Vec<String> = models.iter().map(|model| format!("`{model}`")).collect();
        format!("{}: {why}", models.join(", "))
    });
    rows.collect::<Vec<_>>().join("; ")
}

fn values(kind: ParamKind) -> (String, String) {
    match kind {
        ParamKind::Number { min, max, step } => (format!("{min} to {max}"), step.to_owned()),
        ParamKind::Integer { min, max: i64::MAX, step } => (format!("whole, from {min}"), step.to_string()),
        ParamKind::Integer { min, max, step } => (format!("whole, {min} to {max}"), step.to_string()),
        ParamKind::Choice(words) => (words.join(", "), String::new()),
        ParamKind::Flag => ("true, false".to_owned(), String::new()),
        ParamKind::Text => ("a string or a list of strings".to_owned(), String::new()),
        ParamKind::Json => ("JSON".to_owned(), String::new()),
    }
}

#[test]
fn the_page_of_the_sandbox_lists_every_model() {
    let mut page = String::from("| model | what it does |\n|---|---|\n");
    for model in MODELS {
        let _ = writeln!(page, "| `{}` | {} |", model.id, cell(model.description));
    }
    is_current("docs/sandbox.md", &page);
}

#[test]
fn the_page_of_the_configuration_ends_with_the_file_that_config_init_writes() {
    is_current("docs/config.md", &format!("```toml\n{}```", template()));
}
