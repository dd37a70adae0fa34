//! `abreast doctor`: whether everything is as it should be, a line for each thing, with the next step where it is not.
//!
//! Changes nothing, and prints no key.

mod finding;
mod places;
mod providers;
mod terminal;

use std::io::IsTerminal;

use clap::Args;
use serde_json::json;

use super::options::DataOptions;
use super::print::{print_json, print_line};
use super::{Ended, Problem};
use crate::config::{Config, Environment, Paths};
use crate::text::clean;
use finding::{Finding, Standing};

#[derive(Debug, Args)]
pub(super) struct DoctorOptions {
    /// Print everything as one JSON object
    #[arg(long)]
    json: bool,
    /// Check every page and index of the store, however long that takes
    #[arg(long)]
    full: bool,
    /// Ask no provider whether it answers
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    data: DataOptions,
}

pub(super) async fn run(options: &DoctorOptions, environment: Environment) -> Result<Ended, Problem> {
    let paths = Paths::of(&environment).map_err(Problem::failure)?;
    let paths = Paths { data: options.data.directory(&paths), ..paths };
    let mut findings = places::configuration(&paths, &environment);
    findings.extend(places::data(&paths.data, options.full));
    // What is wrong with the configuration was told by then.
    let config = Config::load(&paths, &environment).unwrap_or_default();
    findings.extend(providers::examine(&config, &environment, options.offline).await);
    findings.extend(terminal::examine(&environment));
    let broken = findings.iter().filter(|finding| finding.standing == Standing::Broken).count();
    let warnings = findings.iter().filter(|finding| finding.standing == Standing::Warning).count();
    if options.json {
        let checks: Vec<_> = findings.iter().map(Finding::to_json).collect();
        let version = env!("CARGO_PKG_VERSION");
        print_json(&json!({"abreast": version, "broken": broken, "warnings": warnings, "checks": checks}))?;
    } else {
        for finding in &findings {
            let line = finding.to_string();
            print_line(&if std::io::stdout().is_terminal() { clean(&line) } else { line.into() })?;
        }
        print_line(&match (broken, warnings) {
            (0, 0) => "Everything is as it should be.".to_owned(),
            (0, warnings) => format!("Everything works; to be looked at: {warnings}."),
            (broken, warnings) => format!("Broken: {broken}; to be looked at: {warnings}."),
        })?;
    }
    Ok(if broken == 0 { Ended::Well } else { Ended::Failed })
}
