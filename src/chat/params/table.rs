//! The table of params: what each is called, may be and does.
//!
//! Owns the rows. Which models refuse which of them stands in `refusal`, what a value may look like in `check`.

/// One row of the table. Facts from the vendor's `openapi.json` of 2026-08.
#[derive(Debug)]
pub struct Param {
    /// The field's name on the wire.
    pub name: &'static str,
    pub kind: ParamKind,
    /// What holds when the param is unset: what the API does without the field, but for `stream`.
    pub api_default: &'static str,
    /// One line for the sidebar, the help and the docs.
    pub help: &'static str,
}

/// What a param's value may be. Numbers are text here, so that the table stays exact and constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// A decimal between two bounds, moved by steps: a slider.
    Number { min: &'static str, max: &'static str, step: &'static str },
    /// A whole number between two bounds, moved by steps.
    Integer { min: i64, max: i64, step: i64 },
    /// One of some words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A string or a list of strings.
    Text,
    /// Any JSON.
    Json,
}

const fn row(name: &'static str, kind: ParamKind, api_default: &'static str, help: &'static str) -> Param {
    Param { name, kind, api_default, help }
}

const fn number(min: &'static str, max: &'static str, step: &'static str) -> ParamKind {
    ParamKind::Number { min, max, step }
}

/// Every param, in the order in which the sidebar shows them.
pub const PARAMS: &[Param] = &[
    row(
        "temperature",
        number("0", "2", "0.05"),
        "1",
        "Higher wanders more, 0 repeats itself. Change this or top_p, not both.",
    ),
    row(
        "top_p",
        number("0", "1", "0.05"),
        "1",
        "Only the likeliest tokens that together hold this share are drawn from.",
    ),
    row(
        "max_tokens",
        ParamKind::Integer { min: 1, max: 131_072, step: 64 },
        "none",
        "The most tokens the reply may have; the older of two names.",
    ),
    row(
        "max_completion_tokens",
        ParamKind::Integer { min: 1, max: 131_072, step: 64 },
        "none",
        "The most tokens the reply may have, reasoning among them; the newer of two names.",
    ),
    row("presence_penalty", number("-2", "2", "0.1"), "0", "Above 0, a token that was used once becomes less likely."),
    row(
        "frequency_penalty",
        number("-2", "2", "0.1"),
        "0",
        "Above 0, a token becomes less likely each time it is used.",
    ),
    row(
        "seed",
        ParamKind::Integer { min: 0, max: i64::MAX, step: 1 },
        "none",
        "The same seed and settings should give the same reply.",
    ),
    row("stop", ParamKind::Text, "none", "Up to four strings; the reply ends before the first that appears."),
    row("n", ParamKind::Integer { min: 1, max: 128, step: 1 }, "1", "How many replies are made; every one is billed."),
    row("response_format", ParamKind::Json, "text", "text, json_object, or a JSON schema that the reply has to match."),
    row("tool_choice", ParamKind::Json, "auto", "none, auto, required, or one function by its name."),
    row("parallel_tool_calls", ParamKind::Flag, "true", "Whether one reply may hold several tool calls."),
    row("logprobs", ParamKind::Flag, "false", "Whether each token comes with its log probability."),
    row(
        "top_logprobs",
        ParamKind::Integer { min: 0, max: 20, step: 1 },
        "none",
        "How many other tokens are listed beside each; needs logprobs.",
    ),
    row("logit_bias", ParamKind::Json, "none", "An object of token ids and numbers from -100 to 100."),
    row(
        "reasoning_effort",
        ParamKind::Choice(&["none", "minimal", "low", "medium", "high", "xhigh", "max"]),
        "by model",
        "How much a reasoning model thinks before it answers.",
    ),
    row("verbosity", ParamKind::Choice(&["low", "medium", "high"]), "medium", "How wordy the reply is."),
    row(
        "service_tier",
        ParamKind::Choice(&["auto", "default", "flex", "scale", "priority", "fast"]),
        "auto",
        "Which queue and price the request is served at.",
    ),
    // The API's own default is false; a workstation shows replies as they come, so unset asks for a stream.
    row("stream", ParamKind::Flag, "true", "Whether the reply comes as it is made, or whole at its end."),
];

/// The table's row for a wire name.
#[must_use]
pub fn param(name: &str) -> Option<&'static Param> {
    PARAMS.iter().find(|param| param.name == name)
}
