//! A chat-completions request, read and checked.
//!
//! Owns what is valid and what each model refuses. Knows nothing of how an answer is made.

use serde_json::Value;

use super::fields::{Fields, wrong_type};
use super::message::{self, Message, Speaker};
use super::models::{self, Behaviour, SandboxModel};
use super::refusal::Refusal;
use super::sample::Sampling;
use super::tokens;
use super::tool_spec::{self, ToolChoice, ToolSpec};

/// The context in tokens: the prompt and what may come after it.
pub(crate) const CONTEXT_TOKENS: usize = 32_768;

/// Params that the strict model refuses whatever their value.
const STRICT_REFUSES: [&str; 4] = ["stop", "logprobs", "top_logprobs", "logit_bias"];
/// Params that the strict model takes at their default alone.
const STRICT_FIXES: [(&str, f64); 4] =
    [("temperature", 1.0), ("top_p", 1.0), ("presence_penalty", 0.0), ("frequency_penalty", 0.0)];

/// How the answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    Stream,
    StreamWithUsage,
}

/// The form of the answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Format {
    Text,
    JsonObject,
    JsonSchema(Value),
}

/// How much is thought before the answer; models without reasoning ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    None,
    Low,
    Medium,
    High,
}

/// One valid request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub model: &'static SandboxModel,
    pub messages: Vec<Message>,
    pub delivery: Delivery,
    pub choices: u32,
    /// The most tokens an answer may have, reasoning among them.
    pub limit: usize,
    pub stop: Vec<String>,
    pub sampling: Sampling,
    pub seed: Option<u64>,
    /// `None`: no log-probabilities; otherwise how many alternatives are listed.
    pub logprobs: Option<usize>,
    pub tools: Vec<ToolSpec>,
    pub tool_choice: ToolChoice,
    pub parallel_calls: bool,
    pub format: Format,
    pub effort: Effort,
    pub prompt_tokens: usize,
}

impl Ask {
    /// Reads a body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_slice(body).map_err(|fault| {
            Refusal::plain(400, format!("We could not parse the JSON body of your request: {fault}."))
        })?;
        let Some(map) = value.as_object() else {
            return Err(Refusal::plain(400, "The JSON body of your request is not an object."));
        };
        let fields = Fields(map);
        let model = model(fields)?;
        if model.behaviour == Behaviour::Strict {
            strict(fields)?;
        }
        let messages = message::read(fields.get("messages"))?;
        let tools = tool_spec::read(fields.list("tools")?)?;
        let logprobs = logprobs(fields)?;
        let tool_tokens: usize = fields.list("tools")?.iter().map(|tool| tokens::count(&tool.to_string())).sum();
        let prompt_tokens = messages.iter().map(|message| message.tokens).sum::<usize>() + tool_tokens;
        Ok(Self {
            model,
            delivery: delivery(fields)?,
            choices: fields.integer("n", 1, 128)?.unwrap_or(1),
            limit: limit(fields, model, prompt_tokens)?,
            stop: stop(fields)?,
            sampling: sampling(fields)?,
            seed: seed(fields)?,
            logprobs,
            tool_choice: tool_spec::choice(fields.get("tool_choice"), &tools)?,
            tools,
            parallel_calls: fields.switch("parallel_tool_calls")?.unwrap_or(true),
            format: format(fields, &messages)?,
            effort: effort(fields)?,
            prompt_tokens,
            messages,
        })
    }

    /// What users said, the latest first.
    pub(crate) fn user_texts(&self) -> impl Iterator<Item = &str> {
        let users = self.messages.iter().rev().filter(|message| message.speaker == Speaker::User);
        users.map(|message| message.text.as_str())
    }

    /// The latest that a user said.
    pub(crate) fn question(&self) -> &str {
        self.user_texts().next().unwrap_or_default()
    }
}

fn model(fields: Fields<'_>) -> Result<&'static SandboxModel, Refusal> {
    let Some(value) = fields.get("model") else {
        return Err(Refusal::invalid("model", "missing_required_parameter", "you must provide a model parameter"));
    };
    let name = value.as_str().ok_or_else(|| wrong_type("model", "a string", value))?;
    models::find(name).ok_or_else(|| Refusal::no_model(name))
}

/// wire: the bodies that gpt-5 sends, word for word.
fn strict(fields: Fields<'_>) -> Result<(), Refusal> {
    let refuse = |name: &str, more: &str| {
        let text = format!("Unsupported parameter: '{name}' is not supported with this model.{more}");
        Err(Refusal::invalid(name, "unsupported_parameter", text))
    };
    if fields.get("max_tokens").is_some() {
        return refuse("max_tokens", " Use 'max_completion_tokens' instead.");
    }
    if let Some(name) = STRICT_REFUSES.into_iter().find(|name| fields.get(name).is_some()) {
        return refuse(name, "");
    }
    for (name, default) in STRICT_FIXES {
        let Some(value) = fields.get(name) else { continue };
        if value.as_f64().is_none_or(|number| (number - default).abs() > 1e-12) {
            let text = format!(
                "Unsupported value: '{name}' does not support {value} with this model. Only the default ({default}) value is supported."
            );
            return Err(Refusal::invalid(name, "unsupported_value", text));
        }
    }
    Ok(())
}

fn delivery(fields: Fields<'_>) -> Result<Delivery, Refusal> {
    let streams = fields.switch("stream")?.unwrap_or(false);
    let Some(options) = fields.get("stream_options") else {
        return Ok(if streams { Delivery::Stream } else { Delivery::Whole });
    };
    if !streams {
        let text = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
        return Err(Refusal { param: Some("stream_options".to_owned()), ..Refusal::plain(400, text) });
    }
    let map = options.as_object().ok_or_else(|| wrong_type("stream_options", "an object", options))?;
    let usage = Fields(map).switch("include_usage")?.unwrap_or(false);
    Ok(if usage { Delivery::StreamWithUsage } else { Delivery::Stream })
}

fn limit(fields: Fields<'_>, model: &SandboxModel, prompt: usize) -> Result<usize, Refusal> {
    let left = CONTEXT_TOKENS.checked_sub(prompt).filter(|left| *left > 0).ok_or_else(|| too_long(prompt))?;
    // A fixed text may be longer than what the model could hold: it is not made, only read out.
    let left = if matches!(model.behaviour, Behaviour::Recital(_)) { usize::MAX } else { left };
    let newer = fields.integer("max_completion_tokens", 1, u32::MAX)?;
    let older = fields.integer("max_tokens", 1, u32::MAX)?;
    Ok(newer.or(older).map_or(left, |asked| left.min(asked as usize)))
}

fn too_long(prompt: usize) -> Refusal {
    let text = format!(
        "This model's maximum context length is {CONTEXT_TOKENS} tokens. However, your messages resulted in {prompt} tokens. \
         Please reduce the length of the messages."
    );
    Refusal::invalid("messages", "context_length_exceeded", text)
}

fn stop(fields: Fields<'_>) -> Result<Vec<String>, Refusal> {
    let Some(value) = fields.get("stop") else { return Ok(Vec::new()) };
    if let Some(one) = value.as_str() {
        return Ok(if one.is_empty() { Vec::new() } else { vec![one.to_owned()] });
    }
    let list = fields.list("stop")?;
    if list.len() > 4 {
        let text = format!(
            "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length {} instead.",
            list.len()
        );
        return Err(Refusal::invalid("stop", "array_above_max_length", text));
    }
    let text = |value: &Value| {
        value.as_str().map(str::to_owned).ok_or_else(|| wrong_type("stop", "an array of strings", value))
    };
    let stops = list.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    Ok(stops.into_iter().filter(|stop| !stop.is_empty()).collect())
}

fn sampling(fields: Fields<'_>) -> Result<Sampling, Refusal> {
    Ok(Sampling {
        temperature: fields.decimal("temperature", 0.0, 2.0)?.unwrap_or(1.0),
        top_p: fields.decimal("top_p", 0.0, 1.0)?.unwrap_or(1.0),
        presence_penalty: fields.decimal("presence_penalty", -2.0, 2.0)?.unwrap_or(0.0),
        frequency_penalty: fields.decimal("frequency_penalty", -2.0, 2.0)?.unwrap_or(0.0),
        logit_bias: logit_bias(fields)?,
    })
}

fn logit_bias(fields: Fields<'_>) -> Result<Vec<(u32, f64)>, Refusal> {
    let Some(value) = fields.get("logit_bias") else { return Ok(Vec::new()) };
    let map = value.as_object().ok_or_else(|| wrong_type("logit_bias", "an object", value))?;
    let one = |(id, bias): (&String, &Value)| {
        let bias = bias.as_f64().filter(|bias| (-100.0..=100.0).contains(bias));
        id.parse().ok().zip(bias).ok_or_else(|| {
            let text =
                format!("Invalid key or value in 'logit_bias': {id}. Expected token ids and values from -100 to 100.");
            Refusal::invalid("logit_bias", "invalid_value", text)
        })
    };
    map.iter().map(one).collect()
}

fn seed(fields: Fields<'_>) -> Result<Option<u64>, Refusal> {
    let Some(value) = fields.get("seed") else { return Ok(None) };
    let seed = value.as_i64().map(i64::cast_unsigned).or(value.as_u64());
    seed.map(Some).ok_or_else(|| wrong_type("seed", "an integer", value))
}

fn logprobs(fields: Fields<'_>) -> Result<Option<usize>, Refusal> {
    let wanted = fields.switch("logprobs")?.unwrap_or(false);
    let top = fields.integer("top_logprobs", 0, 20)?;
    if top.is_some() && !wanted {
        let text = "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.";
        return Err(Refusal { param: Some("top_logprobs".to_owned()), ..Refusal::plain(400, text) });
    }
    Ok(wanted.then_some(top.unwrap_or(0) as usize))
}

fn format(fields: Fields<'_>, messages: &[Message]) -> Result<Format, Refusal> {
    let Some(value) = fields.get("response_format") else { return Ok(Format::Text) };
    match value.get("type").and_then(Value::as_str) {
        Some("text") => Ok(Format::Text),
        Some("json_object") if messages.iter().any(|message| message.text.to_lowercase().contains("json")) => {
            Ok(Format::JsonObject)
        }
        Some("json_object") => {
            let text =
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
            Err(Refusal { param: Some("messages".to_owned()), ..Refusal::plain(400, text) })
        }
        Some("json_schema") => json_schema(value),
        other => {
            let text = format!(
                "Invalid value: '{}'. Supported values are: 'json_object', 'json_schema', and 'text'.",
                other.unwrap_or_default()
            );
            Err(Refusal::invalid("response_format.type", "invalid_value", text))
        }
    }
}

fn json_schema(format: &Value) -> Result<Format, Refusal> {
    let part = |key: &str| format.get("json_schema").and_then(|inner| inner.get(key));
    if part("name").and_then(Value::as_str).is_none_or(str::is_empty) {
        let param = "response_format.json_schema.name";
        let text = format!("Missing required parameter: '{param}'.");
        return Err(Refusal::invalid(param, "missing_required_parameter", text));
    }
    Ok(Format::JsonSchema(part("schema").cloned().unwrap_or(Value::Bool(true))))
}

fn effort(fields: Fields<'_>) -> Result<Effort, Refusal> {
    let Some(value) = fields.get("reasoning_effort") else { return Ok(Effort::Medium) };
    match value.as_str() {
        Some("none") => Ok(Effort::None),
        Some("minimal" | "low") => Ok(Effort::Low),
        Some("medium") => Ok(Effort::Medium),
        Some("high" | "xhigh" | "max") => Ok(Effort::High),
        _ => {
            let text = format!(
                "Invalid value: {value}. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'."
            );
            Err(Refusal::invalid("reasoning_effort", "invalid_value", text))
        }
    }
}
