//! What is run for a call: the template of a command with the values of the call's arguments in it. Pure.

use std::path::PathBuf;

use serde_json::Value;
use thiserror::Error;

use crate::tools::responder::arguments_value;
use crate::tools::{ChildEnvironment, CommandResponder};

/// Exactly what is run: what is shown is made of this, and so is the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The program and its arguments; never empty.
    pub argv: Vec<String>,
    /// What is written to the program's standard input.
    pub stdin: String,
    /// Where it runs; the working directory of Abreast when absent.
    pub directory: Option<PathBuf>,
}

/// Why a call cannot become a command; nothing was run then.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommandFault {
    #[error("The tool has no command: name a program in responders.toml")]
    NoProgram,
    #[error("The program of a command is fixed: `{program}` holds a placeholder")]
    ProgramOfModel { program: String },
    #[error("The arguments are not JSON ({reason}), so nothing was run")]
    NotJson { reason: String },
    #[error("The command needs {pointer}, which the arguments do not hold, so nothing was run")]
    Missing { pointer: String },
    #[error(
        "The value of {pointer} begins with `-` and would be read as an option, so nothing was run; a `--` before it in \
         the command, or an argument such as --name={{{pointer}}}, lets it through"
    )]
    LooksLikeOption { pointer: String },
    #[error(
        "`{interpreter}` would run the value of {pointer} as a part of a script, so nothing was run; give it as an \
         argument of its own after the script, which reads it as \"$1\""
    )]
    Script { interpreter: String, pointer: String },
    #[error("The value of {pointer} holds a NUL, which no argument can, so nothing was run")]
    Nul { pointer: String },
}

/// Programs that run an argument as a script, and the options that say which: what the model writes must not get there.
/// A list like this is never complete, so it guards against slips of the hand; a program is trusted by who names it.
const INTERPRETERS: [&str; 15] = [
    "sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "fish", "python", "python3", "perl", "ruby", "node", "pwsh",
    "nu",
];
const SCRIPT_OPTIONS: [&str; 9] = ["-c", "-e", "-lc", "-ic", "-ec", "-E", "--eval", "--command", "-Command"];

/// A part of a template's argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tools) enum Piece<'t> {
    Text(&'t str),
    /// A JSON pointer into the arguments of the call.
    Value(&'t str),
}

/// The parts of one argument: `{/pointer}` stands for a value, everything else for itself. What comes of a value is not
/// looked at again.
pub(in crate::tools) fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find("{/") {
        let Some(close) = rest[open..].find('}') else { break };
        if open > 0 {
            pieces.push(Piece::Text(&rest[..open]));
        }
        pieces.push(Piece::Value(&rest[open + 1..open + close]));
        rest = &rest[open + close + 1..];
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The program and the arguments that would be run for a call, without running it.
///
/// # Errors
/// When the call cannot become a command.
pub fn preview(command: &CommandResponder, arguments: &str) -> Result<Vec<String>, CommandFault> {
    invocation(command, arguments, &ChildEnvironment::default()).map(|invocation| invocation.argv)
}

/// What would be run for a call. Of the environment only `HOME` is read, for a directory below `~/`.
///
/// # Errors
/// As [`preview`].
pub fn invocation(
    command: &CommandResponder,
    arguments: &str,
    environment: &ChildEnvironment,
) -> Result<Invocation, CommandFault> {
    let values = arguments_value(arguments).map_err(|error| CommandFault::NotJson { reason: error.to_string() })?;
    // What stands for nothing is written as what it stands for: a program that reads JSON has nothing else to read.
    let is_nothing = matches!(arguments.trim(), "" | "null");
    let stdin = if is_nothing { "{}" } else { arguments };
    let (program, rest) = command.argv.split_first().ok_or(CommandFault::NoProgram)?;
    if program.is_empty() {
        return Err(CommandFault::NoProgram);
    }
    if pieces(program).iter().any(|piece| matches!(piece, Piece::Value(_))) {
        return Err(CommandFault::ProgramOfModel { program: program.clone() });
    }
    if let Some(fault) = script(&command.argv) {
        return Err(fault);
    }
    let mut argv = vec![program.clone()];
    let mut options_ended = false;
    for template in rest {
        argv.push(argument(template, &values, options_ended)?);
        options_ended |= template == "--";
    }
    Ok(Invocation { argv, stdin: stdin.to_owned(), directory: directory(command, environment) })
}

/// Whether a word is an option that a script follows; `-c` may stand behind others, as in `-euxc`.
fn says_script(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    let joined = letters.len() < 6 && letters.ends_with('c') && letters.bytes().all(|sign| sign.is_ascii_lowercase());
    joined || SCRIPT_OPTIONS.contains(&word)
}

/// The first placeholder that stands within a script.
fn script(argv: &[String]) -> Option<CommandFault> {
    let base = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let first = argv.iter().position(|word| INTERPRETERS.contains(&base(word).as_str()))?;
    let scripts = argv[first..].windows(2).filter(|pair| says_script(&pair[0]));
    let pointer = scripts.flat_map(|pair| pieces(&pair[1])).find_map(|piece| match piece {
        Piece::Value(pointer) => Some(pointer.to_owned()),
        Piece::Text(_) => None,
    })?;
    Some(CommandFault::Script { interpreter: base(&argv[first]), pointer })
}

fn argument(template: &str, values: &Value, options_ended: bool) -> Result<String, CommandFault> {
    let mut argument = String::new();
    for piece in pieces(template) {
        let pointer = match piece {
            Piece::Text(text) => {
                argument.push_str(text);
                continue;
            }
            Piece::Value(pointer) => pointer,
        };
        let value = values.pointer(pointer).ok_or_else(|| CommandFault::Missing { pointer: pointer.to_owned() })?;
        // Numbers, flags, lists and objects go as compact JSON, strings as they are.
        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        if text.contains('\0') {
            return Err(CommandFault::Nul { pointer: pointer.to_owned() });
        }
        if argument.is_empty() && text.starts_with('-') && !options_ended {
            return Err(CommandFault::LooksLikeOption { pointer: pointer.to_owned() });
        }
        argument.push_str(&text);
    }
    Ok(argument)
}

fn directory(command: &CommandResponder, environment: &ChildEnvironment) -> Option<PathBuf> {
    let given = command.directory.as_ref()?;
    let home = environment.get("HOME").filter(|home| !home.is_empty());
    match (given.strip_prefix("~"), home) {
        (Ok(below), Some(home)) => Some(PathBuf::from(home).join(below)),
        _ => Some(given.clone()),
    }
}
