//! A request as a Python program with the `openai` package.

use reqwest::Url;
use serde_json::{Map, Value};

use super::super::RequestShape;
use super::super::request_shape::Header;
use super::literal::Tongue;
use super::{remark, streams};

/// The fields that `create` takes by name in every release from 1.0 on; to it, the rest is `extra_body`.
const NAMED: &[&str] = &[
    "messages",
    "model",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "n",
    "parallel_tool_calls",
    "presence_penalty",
    "response_format",
    "seed",
    "service_tier",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
];

/// The path that the package adds to its base URL.
const CHAT: &str = "/chat/completions";

pub(super) fn write(shape: &RequestShape, body: &Map<String, Value>) -> String {
    let address = Address::of(&shape.chat_url());
    let headers = headers(shape);
    let reads_environment = shape.key_variable().is_some() || !headers.is_empty();
    let import = if reads_environment { "import os\n\n" } else { "" };
    let remark = remark(shape, "#");
    let asking = match &address.own_path {
        None => call("client.chat.completions.create(", &arguments(body)),
        Some(path) => call("client.post(", &posted(path, body)),
    };
    let package = if address.own_path.is_some() { POSTING } else { "from openai import OpenAI\n" };
    let client = call("client = OpenAI(", &client(shape, &address, &headers));
    format!("{remark}{import}{package}\n{client}\n{}{}", assigned(body, &asking), printing(body))
}

const POSTING: &str =
    "from openai import OpenAI, Stream\nfrom openai.types.chat import ChatCompletion, ChatCompletionChunk\n";

/// An address as the package takes it.
struct Address {
    base: String,
    query: Map<String, Value>,
    /// The last part of a path that does not end as the package's own.
    own_path: Option<String>,
}

impl Address {
    fn of(url: &str) -> Self {
        let Ok(mut parsed) = Url::parse(url) else {
            return Self { base: url.to_owned(), query: Map::new(), own_path: None };
        };
        let query = parsed.query_pairs().map(|(name, value)| (name.into_owned(), value.as_ref().into())).collect();
        parsed.set_query(None);
        let whole = parsed.to_string();
        match (whole.strip_suffix(CHAT), whole.rsplit_once('/')) {
            (Some(base), _) => Self { base: base.to_owned(), query, own_path: None },
            (None, Some((base, last))) => Self { base: base.to_owned(), query, own_path: Some(format!("/{last}")) },
            (None, None) => Self { base: whole, query, own_path: None },
        }
    }
}

/// The headers that the package does not send by itself.
fn headers(shape: &RequestShape) -> Vec<(String, String)> {
    let of = |header: Header| match header {
        Header::Variable { name, prefix: "", variable } => Some((Tongue::Python.string(&name), environment(&variable))),
        Header::Variable { .. } | Header::Fixed { .. } => None,
    };
    shape.snippet_headers().into_iter().filter_map(of).collect()
}

fn environment(variable: &str) -> String {
    format!("os.environ[\"{variable}\"]")
}

fn client(shape: &RequestShape, address: &Address, headers: &[(String, String)]) -> Vec<String> {
    let bearer = shape.dialect.key_header.eq_ignore_ascii_case("authorization");
    let key = match shape.key_variable().filter(|_| bearer) {
        Some(variable) => format!("api_key={}", environment(&variable)),
        None => "api_key=\"unused\"".to_owned(),
    };
    let mut arguments = vec![format!("base_url={}", Tongue::Python.string(&address.base)), key];
    if !address.query.is_empty() {
        arguments.push(format!("default_query={}", Tongue::Python.object(&address.query, 1)));
    }
    if !headers.is_empty() {
        let pairs: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        arguments.push(format!("default_headers={{{}}}", pairs.join(", ")));
    }
    arguments
}

fn arguments(body: &Map<String, Value>) -> Vec<String> {
    let (named, rest): (Vec<_>, Vec<_>) = body.iter().partition(|(name, _)| NAMED.contains(&name.as_str()));
    let mut arguments: Vec<String> =
        named.into_iter().map(|(name, value)| format!("{name}={}", Tongue::Python.value(value, 1))).collect();
    if !rest.is_empty() {
        let rest = rest.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        arguments.push(format!("extra_body={}", Tongue::Python.object(&rest, 1)));
    }
    arguments
}

fn posted(path: &str, body: &Map<String, Value>) -> Vec<String> {
    let mut arguments = vec![
        Tongue::Python.string(path),
        "cast_to=ChatCompletion".to_owned(),
        format!("body={}", Tongue::Python.object(body, 1)),
    ];
    if streams(body) {
        arguments.extend(["stream=True".to_owned(), "stream_cls=Stream[ChatCompletionChunk]".to_owned()]);
    }
    arguments
}

fn call(head: &str, arguments: &[String]) -> String {
    let lines: String = arguments.iter().map(|argument| format!("    {argument},\n")).collect();
    format!("{head}\n{lines})\n")
}

fn assigned(body: &Map<String, Value>, call: &str) -> String {
    format!("{} = {call}", if streams(body) { "stream" } else { "completion" })
}

fn printing(body: &Map<String, Value>) -> &'static str {
    match (streams(body), body.contains_key("tools")) {
        (true, false) => STREAM,
        (true, true) => STREAM_WITH_CALLS,
        (false, false) => WHOLE,
        (false, true) => WHOLE_WITH_CALLS,
    }
}

const STREAM: &str = r#"for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
print()
"#;

const STREAM_WITH_CALLS: &str = r#"for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
        for call in choice.delta.tool_calls or []:
            print(call.function.name or "", call.function.arguments or "", end="", flush=True)
print()
"#;

const WHOLE: &str = "for choice in completion.choices:
    print(choice.message.content)
";

const WHOLE_WITH_CALLS: &str = "for choice in completion.choices:
    print(choice.message.content)
    for call in choice.message.tool_calls or []:
        print(call.function.name, call.function.arguments)
";
