//! `abreast tools`: which tools can be offered, from where, and what is wrong with their definitions.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::print::{print_json, print_line, say};
use super::{Ended, Problem};
use crate::app::{ToolFile, list_tool_files, load_responders, read_tool_file};
use crate::config::{Environment, Paths};
use crate::text::{clean_line, counted};
use crate::tools::{Definition, Finding, Responder, Responders, SAMPLES, Severity, answerer, lint, sample};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct ToolsOptions {
    /// Print the list as one JSON array
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    command: Option<ToolsCommand>,
}

#[derive(Debug, Subcommand)]
enum ToolsCommand {
    /// Say what a provider would refuse, and a model misread, in files with definitions
    Check {
        /// Check the definitions in these files of JSON
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print one JSON array with an object for each file
        #[arg(long)]
        json: bool,
    },
    /// Print the definition of a tool that comes with the program, to start one's own from
    Sample {
        /// Print the sample of this name, as `abreast tools` lists it
        #[arg(value_name = "NAME")]
        name: String,
    },
}

pub(super) fn run(options: &ToolsOptions, environment: &Environment) -> Result<Ended, Problem> {
    match &options.command {
        None => list(options.json, environment),
        Some(ToolsCommand::Check { files, json }) => check(files, *json),
        Some(ToolsCommand::Sample { name }) => {
            let known = SAMPLES.iter().find(|sample| sample.name == *name).ok_or_else(|| unknown(name))?;
            print_line(known.text.trim_end())?;
            Ok(Ended::Well)
        }
    }
}

/// What is said of a sample that there is not.
pub(super) fn unknown(name: &str) -> Problem {
    let names = SAMPLES.map(|sample| sample.name).join(", ");
    Problem::misuse(format!("There is no sample `{}`. There are: {names}.", clean_line(name)))
}

/// A tool that can be offered, and how it is named in `--tools`.
struct Row {
    definition: Definition,
    source: String,
}

fn list(json: bool, environment: &Environment) -> Result<Ended, Problem> {
    let paths = Paths::of(environment).map_err(Problem::failure)?;
    let responders =
        load_responders(&paths.responders_file()).map_err(|error| Problem::failure(format!("{error}.")))?;
    let files = list_tool_files(&paths.tools()).map_err(|problem| Problem::failure(format!("{problem}.")))?;
    let mut ended = Ended::Well;
    let samples = SAMPLES.iter().filter_map(|known| sample(known.name));
    let named = |definition: Definition| Row { source: format!("sample:{}", definition.tool.name), definition };
    let mut rows: Vec<Row> = samples.map(named).collect();
    for ToolFile { file, tools } in files {
        match tools {
            Ok(tools) => {
                let source = file.display().to_string();
                rows.extend(tools.into_iter().map(|definition| Row { definition, source: source.clone() }));
            }
            Err(problem) => {
                say(&format!("{problem}."));
                ended = Ended::Failed;
            }
        }
    }
    if json {
        print_json(&rows.iter().map(|row| object(row, &responders)).collect())?;
    } else {
        let widest = rows.iter().map(|row| row.definition.tool.name.chars().count()).max().unwrap_or(0).min(64);
        for row in &rows {
            let name = clean_line(&row.definition.tool.name);
            let answered = word(answerer(&responders, &row.definition.tool.name, Some(&row.definition.tool)));
            print_line(&format!("{name:widest$}  {answered:7}  {}", clean_line(&row.source)))?;
        }
    }
    Ok(ended)
}

fn object(row: &Row, responders: &Responders) -> Value {
    let tool = &row.definition.tool;
    json!({
        "name": tool.name,
        "source": row.source,
        "responder": word(answerer(responders, &tool.name, Some(tool))),
        "definition": tool.definition,
    })
}

fn word(responder: &Responder) -> &'static str {
    match responder {
        Responder::Person => "person",
        Responder::Canned(_) => "canned",
        Responder::Command(_) => "command",
    }
}

fn check(files: &[PathBuf], json: bool) -> Result<Ended, Problem> {
    let checked: Vec<(&PathBuf, Checked)> = files.iter().map(|file| (file, Checked::of(file))).collect();
    if json {
        print_json(&checked.iter().map(|(file, checked)| report(file, checked)).collect())?;
    } else {
        for (file, checked) in &checked {
            tell(file, checked)?;
        }
    }
    let refused = checked.iter().any(|(_, checked)| checked.is_refused());
    Ok(if refused { Ended::Failed } else { Ended::Well })
}

/// What a file holds.
struct Checked {
    tools: Result<Vec<Definition>, String>,
    findings: Vec<Finding>,
}

impl Checked {
    fn of(file: &Path) -> Self {
        let tools = read_tool_file(file);
        let findings = tools.as_ref().map(|tools| lint(tools)).unwrap_or_default();
        Self { tools, findings }
    }

    fn is_refused(&self) -> bool {
        self.tools.is_err() || self.findings.iter().any(|finding| finding.severity == Severity::Refused)
    }
}

fn report(file: &Path, Checked { tools, findings }: &Checked) -> Value {
    let names = tools.iter().flatten().map(|definition| definition.tool.name.as_str()).collect::<Vec<_>>();
    let finding = |finding: &Finding| {
        json!({
            "severity": finding.severity.word(),
            "tool": finding.tool,
            "pointer": finding.pointer,
            "said": finding.said,
        })
    };
    json!({
        "file": file.display().to_string(),
        "error": tools.as_ref().err(),
        "tools": names,
        "findings": findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn tell(file: &Path, Checked { tools, findings }: &Checked) -> Result<(), Problem> {
    let shown = file.display().to_string();
    let tools = match tools {
        Ok(tools) => tools,
        Err(problem) => return print_line(&clean_line(&format!("{problem}."))),
    };
    for finding in findings {
        let tool = finding.tool.as_deref().map(|tool| format!("{tool}: ")).unwrap_or_default();
        let pointer = if finding.pointer.is_empty() { String::new() } else { format!("{} ", finding.pointer) };
        let word = finding.severity.word();
        print_line(&clean_line(&format!("{shown}: {word}: {tool}{pointer}{}.", finding.said)))?;
    }
    if findings.is_empty() {
        let count = counted(tools.len() as u64, "tool");
        print_line(&clean_line(&format!("{shown}: {count}, nothing is wrong.")))?;
    }
    Ok(())
}
