//! `abreast config`: where the configuration is, whether it is right, and a start for one.

use clap::{Args, Subcommand};

use super::print::{print_line, say};
use super::{Ended, Problem, prices};
use crate::app::{list_tool_files, load_responders};
use crate::config::{self, Environment, Paths};
use crate::input::Keymap;

#[derive(Debug, Args)]
pub(super) struct ConfigOptions {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print where config.toml belongs
    Path,
    /// Say what is wrong with config.toml, keymap.toml, models.toml, responders.toml, presets, themes and tools
    Check,
    /// Write a commented config.toml to start from
    Init,
}

pub(super) fn run(options: &ConfigOptions, environment: &Environment) -> Result<Ended, Problem> {
    let paths = Paths::of(environment).map_err(Problem::failure)?;
    match options.command {
        ConfigCommand::Path => {
            print_line(&paths.config_file().display().to_string())?;
            Ok(Ended::Well)
        }
        ConfigCommand::Check => check(&paths, environment),
        ConfigCommand::Init => {
            let file = config::init(&paths).map_err(|error| Problem::failure(format!("{error}.")))?;
            print_line(&format!("Wrote {}.", file.display()))?;
            Ok(Ended::Well)
        }
    }
}

fn check(paths: &Paths, environment: &Environment) -> Result<Ended, Problem> {
    let mut found = false;
    match config::check(paths, environment) {
        Ok(warnings) => warnings.iter().for_each(|warning| say(&warning.to_string())),
        Err(error) => {
            say(&error.to_string());
            found = true;
        }
    }
    match keymap(paths) {
        Ok(keymap) => keymap.warnings().iter().for_each(|warning| say(&warning.to_string())),
        Err(problem) => {
            say(&problem.sentence);
            found = true;
        }
    }
    let of_responders = load_responders(&paths.responders_file()).err().map(|error| error.to_string());
    let tools = list_tool_files(&paths.tools());
    let of_tools = tools
        .map_or_else(|problem| vec![problem], |files| files.into_iter().filter_map(|file| file.tools.err()).collect());
    let of_prices = prices::own(paths).err().map(|problem| problem.sentence);
    for problem in of_responders.into_iter().chain(of_tools).chain(of_prices) {
        say(&problem);
        found = true;
    }
    if found {
        return Ok(Ended::Failed);
    }
    let state = if paths.config_file().exists() { "is right" } else { "is not there, so the defaults hold" };
    print_line(&format!("{} {state}.", paths.config_file().display()))?;
    Ok(Ended::Well)
}

/// The default keys with the user's own over them.
pub(super) fn keymap(paths: &Paths) -> Result<Keymap, Problem> {
    let file = paths.keymap_file();
    let text = config::read_toml(&file, &config::ANY).map_err(Problem::misuse)?;
    Keymap::with_overrides(&text).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("{}:{error}", file.display())).collect();
        Problem::misuse(lines.join("\n"))
    })
}
