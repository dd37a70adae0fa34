//! Options that several commands share.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use super::Problem;
use super::print::say;
use super::source::named_text;
use crate::app::read_tool_file;
use crate::chat::{PARAMS, Params, Tool, param};
use crate::config::Paths;
use crate::text::{clean_line, nearest};
use crate::tools::{Definition, json_fault, sample};

/// Whom to ask, and with what.
#[derive(Debug, Default, Args)]
pub(super) struct EndpointOptions {
    /// Ask this OpenAI-compatible endpoint, such as http://127.0.0.1:8080/v1
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    /// Take the key from this environment variable
    #[arg(long, value_name = "NAME")]
    pub(super) api_key_env: Option<String>,
    /// Ask this provider: one of config.toml, openai, sandbox, ollama, llama.cpp, lmstudio or vllm
    #[arg(long, value_name = "NAME")]
    pub(super) provider: Option<String>,
    /// Ask this model; without it the provider's default, or the first that it lists
    #[arg(long, value_name = "NAME")]
    pub(super) model: Option<String>,
    /// Start with this system prompt
    #[arg(long, value_name = "TEXT")]
    pub(super) system: Option<String>,
    /// Set a parameter: JSON where it parses as JSON, else a string; an empty value unsets it
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
}

/// Functions that the model may call.
#[derive(Debug, Default, Args)]
pub(super) struct ToolOptions {
    /// Offer the tools in this file, or one that comes along: sample:get_weather; once for each
    #[arg(long, value_name = "FILE")]
    pub(super) tools: Vec<String>,
}

/// Where sessions are kept, and which one is opened.
#[derive(Debug, Default, Args)]
pub(super) struct SessionOptions {
    /// Open the session that was used last, or the one of this id or its beginning, as it was left
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "", conflicts_with = "lanes")]
    pub(super) resume: Option<String>,
    #[command(flatten)]
    pub(super) data: DataOptions,
}

/// Where sessions are kept.
#[derive(Debug, Default, Args)]
pub(super) struct DataOptions {
    /// Use the sessions in this directory
    #[arg(long, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
}

impl DataOptions {
    /// The directory that is named, or the usual one.
    pub(super) fn directory(&self, paths: &Paths) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(|| paths.data.clone())
    }
}

impl EndpointOptions {
    /// Puts `--set` over the params that are configured.
    pub(super) fn apply(&self, params: &mut Params) -> Result<(), Problem> {
        for assignment in &self.set {
            params.assign(assignment).map_err(|problem| Problem::misuse(format!("--set: {problem}.")))?;
            hint_at_slip("--set", assignment);
        }
        Ok(())
    }
}

impl ToolOptions {
    /// The tools of all the files, in wire form.
    pub(super) fn load(&self) -> Result<Vec<Tool>, Problem> {
        let mut tools: Vec<(Tool, &str)> = Vec::new();
        for source in &self.tools {
            let definitions = match source.strip_prefix("sample:") {
                Some(name) => vec![sample(name).ok_or_else(|| super::tools::unknown(name))?],
                None => read_tool_file(Path::new(source))
                    .map_err(|problem| Problem::misuse(format!("--tools: {problem}.")))?,
            };
            for Definition { tool, .. } in definitions {
                if let Some((_, before)) = tools.iter().find(|(known, _)| known.name == tool.name) {
                    let name = clean_line(&tool.name).into_owned();
                    let places = if *before == source {
                        format!("twice in {source}")
                    } else {
                        format!("in {before} and in {source}")
                    };
                    return Err(Problem::misuse(format!(
                        "--tools: there is a tool `{name}` {places}; offer one of them."
                    )));
                }
                tools.push((tool, source));
            }
        }
        Ok(tools.into_iter().map(|(tool, _)| tool).collect())
    }
}

/// Says of a field that no table knows, and that is spelt nearly as one that is known, that it is sent as it is.
pub(super) fn hint_at_slip(option: &str, assignment: &str) {
    let name = assignment.split('=').next().unwrap_or_default().trim();
    if param(name).is_some() {
        return;
    }
    let begun = PARAMS.iter().map(|param| param.name).find(|known| name.len() >= 3 && known.starts_with(name));
    // Other servers have fields of their own that are near by chance: `top_k`, `repeat_penalty`.
    let slips = |near: &&str| name.len() > 5 && near.chars().next() == name.chars().next();
    let slipped = || nearest(name, PARAMS.iter().map(|param| param.name)).filter(slips);
    if let Some(near) = begun.or_else(slipped) {
        say(&format!("{option}: `{}` is sent as it is; did you mean `{near}`?", clean_line(name)));
    }
}

/// Reads a JSON file, or a pipe such as a shell's `<(command)`, that an option names.
pub(super) fn read_json(path: &Path, option: &str) -> Result<Value, Problem> {
    let text = named_text(path, option)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    serde_json::from_str(text).map_err(|error| {
        let (place, said) = json_fault(text, &error);
        Problem::misuse(format!("{option}: {} is not JSON at {place}: {said}.", path.display()))
    })
}
