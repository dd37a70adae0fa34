//! The files that the user writes in TOML, each as the table of its keys.
//!
//! A key that is missing here is refused, whoever would read it.

use super::{Field, Fields, Least, Shape};

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, needed: false }
}

const fn needs(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, needed: true }
}

const PRICE: Shape = Shape::Amount(Least::Nought);
const CAP: Shape = Shape::Amount(Least::AboveNought);
const TOKENS: Shape = Shape::Whole(0..=i64::MAX as i128);

/// A wait: a day at the most, in seconds.
const WAIT: Shape = Shape::Whole(1..=86_400);

/// A file whose keys are looked at by who reads it: the keymap and themes.
pub static ANY: Shape = Shape::Any;

/// `config.toml`.
pub static CONFIG: Shape = Shape::Table(&[
    may("default_provider", Shape::Text("openai")),
    may("default_model", Shape::Text("gpt-5.1")),
    may("system", Shape::Text("You are brief.")),
    may("currency", Shape::Currency),
    may("theme", Shape::Text("dark")),
    may("mouse", Shape::Flag),
    may("tools", Shape::Table(&[may("max_rounds", Shape::Whole(1..=1000))])),
    may("params", Shape::Named(&Shape::Any)),
    may("providers", Shape::Named(&Shape::Table(PROVIDER))),
    may("prices", Shape::Tables(PRICES)),
    may("money", Shape::Table(&[may("display", Shape::Currency), may("rates", Shape::Tables(RATE))])),
    may("budget", Shape::Table(BUDGET)),
]);

const PROVIDER: Fields = &[
    may("base_url", Shape::Text("https://api.example.com/v1")),
    may("model", Shape::Text("gpt-5.1")),
    may("api_key_env", Shape::Text("OPENAI_API_KEY")),
    may("api_key_cmd", Shape::Texts("[\"pass\", \"show\", \"openai\"]")),
    may("api_key_keyring", Shape::Table(KEYRING)),
    may("headers", Shape::Named(&Shape::Text("team-a"))),
    may("extra_body", Shape::Named(&Shape::Any)),
    may("dialect", Shape::Table(DIALECT)),
    may("idle_timeout_s", WAIT),
    may("connect_timeout_s", WAIT),
    may("retries", Shape::Whole(0..=20)),
    may("free", Shape::Flag),
];

const KEYRING: Fields = &[needs("service", Shape::Text("openai")), needs("user", Shape::Text("me"))];

const DIALECT: Fields = &[
    may("max_tokens", Shape::OneOf(&["as_set", "max_tokens", "max_completion_tokens"])),
    may("stream_usage", Shape::Flag),
    may("chat_path", Shape::Text("chat/completions")),
    may("key_header", Shape::Text("api-key")),
];

const PRICES: Fields = &[
    needs("model", Shape::Text("gpt-5.1")),
    may("provider", Shape::Text("openai")),
    may("currency", Shape::Currency),
    needs("input", PRICE),
    may("cached", PRICE),
    needs("output", PRICE),
];

const RATE: Fields = &[
    needs("from", Shape::Currency),
    needs("to", Shape::Currency),
    needs("rate", CAP),
    needs("date", Shape::Text("2026-11-01")),
];

const BUDGET: Fields =
    &[may("currency", Shape::Currency), may("request", CAP), may("session", CAP), may("day", CAP), may("month", CAP)];

/// `models.toml`. Its fields are explained at the head of the list that comes with the program.
pub static MODELS: Shape = Shape::Table(&[may("models", Shape::Tables(MODEL))]);

const FEATURES: Shape =
    Shape::SomeOf(&["streaming", "function_calling", "json_mode", "structured_output", "vision", "reasoning"]);

const MODEL: Fields = &[
    needs("model", Shape::Text("gpt-5.1")),
    may("aliases", Shape::Texts("[\"gpt-5.1-chat\"]")),
    may("provider", Shape::Text("openai")),
    may("host", Shape::Text("api.openai.com")),
    may("currency", Shape::Currency),
    may("input", PRICE),
    may("cached", PRICE),
    may("cache_write", PRICE),
    may("cache_write_1h", PRICE),
    may("audio_input", PRICE),
    may("image_input", PRICE),
    may("output", PRICE),
    may("reasoning", PRICE),
    may("audio_output", PRICE),
    may("image_output", PRICE),
    may("request", PRICE),
    may("when", Shape::Tables(WHEN)),
    may("marginal", Shape::Flag),
    may("every_tier", Shape::Flag),
    may("valid_from", Shape::Text("2026-11-01")),
    may("valid_to", Shape::Text("2026-12-01")),
    may("notional", Shape::Flag),
    may("source", Shape::Text("the invoice of October")),
    may("checked", Shape::Text("2026-11-01")),
    may("name", Shape::Text("GPT-5.1")),
    may("vendor", Shape::Text("OpenAI")),
    may("description", Shape::Text("For code and for agents.")),
    may("kind", Shape::OneOf(&["snapshot", "alias"])),
    may("points_to", Shape::Text("gpt-5.1-2025-11-13")),
    may("badges", Shape::Texts("[\"preview\"]")),
    may("context", TOKENS),
    may("max_output", TOKENS),
    may("features", FEATURES),
    may("lacks", FEATURES),
    may("facts_source", Shape::Text("the vendor's page")),
    may("facts_checked", Shape::Text("2026-11-01")),
];

const WHEN: Fields = &[
    may("tier", Shape::Text("priority")),
    may("above", TOKENS),
    may("hours", Shape::Texts("[\"22:00-08:00\"]")),
    may("days", Shape::Texts("[\"sat\", \"sun\"]")),
    may("except", Shape::Texts("[\"2026-12-25\"]")),
    may("zone", Shape::Text("Asia/Shanghai")),
    may("input", PRICE),
    may("cached", PRICE),
    may("cache_write", PRICE),
    may("cache_write_1h", PRICE),
    may("audio_input", PRICE),
    may("image_input", PRICE),
    may("output", PRICE),
    may("reasoning", PRICE),
    may("audio_output", PRICE),
    may("image_output", PRICE),
    may("request", PRICE),
];

/// `responders.toml`: a table for each tool.
pub static RESPONDERS: Shape = Shape::Named(&Shape::Table(&[
    may("by", Shape::OneOf(&["person", "canned", "command"])),
    may(
        "canned",
        Shape::Tables(&[may("when", Shape::Json("{ \"/city\" = \"Tokyo\" }")), needs("result", Shape::Text("paid"))]),
    ),
    may("command", Shape::Texts("[\"date\", \"-u\"]")),
    may("directory", Shape::Text("/home/me/tools")),
    may("timeout_s", Shape::Number("30")),
    may("most_bytes", Shape::Whole(1..=64 * 1024 * 1024)),
    may("statuses", Shape::Wholes("[0, 1]")),
]));

/// `presets/NAME.toml`.
pub static PRESET: Shape = Shape::Table(&[
    may("provider", Shape::Text("openai")),
    may("model", Shape::Text("gpt-5.1")),
    may("system", Shape::Text("You are brief.")),
    may("variables", Shape::Named(&Shape::Text("Alice"))),
    may("params", Shape::Named(&Shape::Any)),
    may("params_json", Shape::Any),
    may("tools", Shape::Any),
]);
