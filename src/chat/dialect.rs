//! How one endpoint's protocol differs from the reference, as data.

use serde::Deserialize;

/// What a provider does differently. The default is OpenAI's own behaviour.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialect {
    /// The field that carries the limit of output tokens.
    pub max_tokens: MaxTokensField,
    /// Whether `stream_options: {"include_usage": true}` is asked for on streams. Old Azure and some gateways refuse it.
    pub stream_usage: bool,
    /// The path below the base URL that answers chat completions.
    pub chat_path: String,
    /// The header that carries the key: `authorization` (as a bearer token) or a name such as `api-key` (bare).
    pub key_header: String,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            max_tokens: MaxTokensField::AsSet,
            stream_usage: true,
            chat_path: "chat/completions".to_owned(),
            key_header: "authorization".to_owned(),
        }
    }
}

/// Which of the two names of the output limit an endpoint takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokensField {
    /// Send the name that the user set.
    #[default]
    AsSet,
    /// Always `max_tokens` (Mistral and many local servers).
    MaxTokens,
    /// Always `max_completion_tokens` (reasoning models).
    MaxCompletionTokens,
}

/// What an endpoint was found to take for one model, beyond what its dialect says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// The name of the output limit that was taken in place of a refused one.
    pub max_tokens: Option<&'static str>,
    /// `stream_options` was refused.
    pub without_stream_options: bool,
}

/// The output limit's name on the wire, if it is one of its two.
#[must_use]
pub fn limit_name(name: &str) -> Option<&'static str> {
    ["max_tokens", "max_completion_tokens"].into_iter().find(|known| *known == name)
}
