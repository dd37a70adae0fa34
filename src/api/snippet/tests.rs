use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::json;

use super::literal::Tongue;
use super::*;
use crate::api::KeyOrigin;
use crate::chat::Dialect;

fn shape() -> RequestShape {
    RequestShape {
        base_url: "https://api.example.com/v1".to_owned(),
        key: KeyOrigin::Variable("EXAMPLE_KEY".to_owned()),
        headers: vec!["X-Title".to_owned()],
        ..RequestShape::default()
    }
}

fn body(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(body) => body,
        _ => panic!("no object"),
    }
}

/// Everything that has a meaning to a shell or to a language.
const NASTY: &str = "it's \"quoted\" \\n `id` $HOME $(id) !! 100% \n\t\r\u{0}\u{1b}[31m naïve 漢字 👩‍🚀 \u{202e}\u{2028}\u{85}\u{e0041} ${x} '''";

fn nasty() -> Map<String, Value> {
    body(json!({
        "model": "m",
        "messages": [{"role": "system", "content": NASTY}, {"role": "user", "content": "hi"}],
        "stream": true,
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"__proto__": {}, "type": "object"}}}],
        "temperature": 0.2,
        "stop": null,
        "logit_bias": {"50256": -100},
        "parallel_tool_calls": false,
        "top_k": 3,
    }))
}

fn small() -> Map<String, Value> {
    body(json!({"model": "m", "messages": [{"role": "user", "content": "it's"}], "stream": true, "top_k": 3}))
}

/// What a program says to a text on its standard input; `None` where there is no such program.
fn piped(program: &str, arguments: &[&str], input: &str) -> Option<(bool, String)> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writing = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = writing.join();
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

/// Demands that a program takes a text; where there is no such program, nothing is demanded.
fn accepted(program: &str, arguments: &[&str], input: &str) {
    if let Some((well, said)) = piped(program, arguments, input) {
        assert!(well, "{program}: {said}\n{input}");
    }
}

#[test]
fn a_curl_command_reads_the_key_from_its_variable() {
    let expected = r#"curl -sSN 'https://api.example.com/v1/chat/completions' \
  -H 'Content-Type: application/json' \
  -H "Authorization: Bearer $EXAMPLE_KEY" \
  -H "X-Title: $X_TITLE" \
  --data-raw '{"model":"m","messages":[{"role":"user","content":"it'\''s"}],"stream":true,"top_k":3}'
"#;
    assert_eq!(snippet(&shape(), &small(), Language::Curl), expected);
}

#[test]
fn a_python_program_uses_the_package_and_passes_on_what_it_does_not_know() {
    let expected = r#"import os

from openai import OpenAI

client = OpenAI(
    base_url="https://api.example.com/v1",
    api_key=os.environ["EXAMPLE_KEY"],
    default_headers={"X-Title": os.environ["X_TITLE"]},
)

stream = client.chat.completions.create(
    model="m",
    messages=[
        {"role": "user", "content": "it's"},
    ],
    stream=True,
    extra_body={"top_k": 3},
)
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
print()
"#;
    assert_eq!(snippet(&shape(), &small(), Language::Python), expected);
}

#[test]
fn a_javascript_module_fetches_and_reads_the_stream() {
    let text = snippet(&shape(), &small(), Language::JavaScript);
    let expected = r#"// Node 18 or newer, in a file that ends in .mjs
const response = await fetch("https://api.example.com/v1/chat/completions", {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    "Authorization": `Bearer ${process.env.EXAMPLE_KEY}`,
    "X-Title": process.env.X_TITLE,
  },
  body: JSON.stringify({
    "model": "m",
    "messages": [
      {"role": "user", "content": "it's"},
    ],
    "stream": true,
    "top_k": 3,
  }),
});
if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}
const decoder = new TextDecoder();
"#;
    assert_eq!(text.get(..expected.len()), Some(expected));
}

#[test]
fn an_answer_that_is_not_streamed_is_read_whole() {
    let mut body = small();
    body.shift_remove("stream");
    let ends = |language| snippet(&shape(), &body, language);
    assert!(ends(Language::Curl).starts_with("curl -sS 'https"));
    assert!(ends(Language::Python).ends_with("for choice in completion.choices:\n    print(choice.message.content)\n"));
    assert!(ends(Language::JavaScript).contains("const completion = await response.json();"));
}

#[test]
fn an_endpoint_without_a_key_is_asked_without_one() {
    let open = RequestShape { base_url: "http://127.0.0.1:8080/v1".to_owned(), ..RequestShape::default() };
    for language in [Language::Curl, Language::Python, Language::JavaScript] {
        let text = snippet(&open, &small(), language);
        assert!(
            !text.contains("Authorization") && !text.contains("environ") && !text.contains("process.env"),
            "{text}"
        );
    }
    assert!(snippet(&open, &small(), Language::Python).contains("    api_key=\"unused\",\n"));
}

#[test]
fn keys_in_headers_of_their_own_and_from_elsewhere_have_a_variable_too() {
    let dialect = Dialect { key_header: "api-key".to_owned(), ..Dialect::default() };
    let azure = RequestShape { dialect, key: KeyOrigin::Elsewhere, headers: Vec::new(), ..shape() };
    let text = |language| snippet(&azure, &small(), language);
    assert!(text(Language::Curl).contains("  -H \"api-key: $OPENAI_API_KEY\" \\\n"));
    assert!(text(Language::JavaScript).contains("    \"api-key\": process.env.OPENAI_API_KEY,\n"));
    let headers = "    api_key=\"unused\",\n    default_headers={\"api-key\": os.environ[\"OPENAI_API_KEY\"]},\n";
    assert!(text(Language::Python).contains(headers));
}

#[test]
fn a_header_of_the_endpoints_own_takes_the_place_of_the_key() {
    let headers = vec!["authorization".to_owned(), "x`id`".to_owned(), "9-lives".to_owned()];
    let own = RequestShape { headers, key: KeyOrigin::Variable("my-key".to_owned()), ..shape() };
    let expected = r#"curl -sSN 'https://api.example.com/v1/chat/completions' \
  -H 'Content-Type: application/json' \
  -H "authorization: $AUTHORIZATION" \
  -H 'x`id`: '"$X_ID_" \
  -H "9-lives: $_9_LIVES" \
"#;
    let text = snippet(&own, &small(), Language::Curl);
    assert_eq!(text.get(..expected.len()), Some(expected));
    accepted("sh", &["-n"], &text);
}

#[test]
fn an_address_of_another_form_is_kept() {
    let chat_path = "answers?mode=fast".to_owned();
    let base_url = "https://x.io/d?api-version=1".to_owned();
    let odd = RequestShape { base_url, dialect: Dialect { chat_path, ..Dialect::default() }, ..shape() };
    assert_eq!(odd.chat_url(), "https://x.io/d/answers?api-version=1&mode=fast");
    let python = snippet(&odd, &small(), Language::Python);
    let client = "    base_url=\"https://x.io/d\",\n    api_key=os.environ[\"EXAMPLE_KEY\"],\n    \
                  default_query={\"api-version\": \"1\", \"mode\": \"fast\"},\n";
    assert!(python.contains(client), "{python}");
    assert!(python.contains("client.post(\n    \"/answers\",\n    cast_to=ChatCompletion,\n    body={\n"), "{python}");
    accepted("python3", &["-c", "import ast, sys; ast.parse(sys.stdin.buffer.read())"], &python);
}

#[test]
fn what_has_to_be_done_first_stands_at_the_top_on_one_line() {
    let first = RequestShape { preparation: Some("First do\nthis".to_owned()), ..shape() };
    assert!(snippet(&first, &small(), Language::Curl).starts_with("# First do this\ncurl "));
    assert!(snippet(&first, &small(), Language::Python).starts_with("# First do this\nimport os\n"));
    assert!(snippet(&first, &small(), Language::JavaScript).contains(".mjs\n// First do this\nconst "));
}

#[test]
fn interpreters_take_every_snippet() {
    for body in [small(), nasty()] {
        accepted("sh", &["-n"], &snippet(&shape(), &body, Language::Curl));
        let check = "import ast, sys; ast.parse(sys.stdin.buffer.read())";
        accepted("python3", &["-c", check], &snippet(&shape(), &body, Language::Python));
        accepted("node", &["--input-type=module", "--check", "-"], &snippet(&shape(), &body, Language::JavaScript));
    }
}

#[test]
fn nothing_in_a_program_hides_from_who_reads_it() {
    let hidden = "a\u{202e}b\u{2028}c\u{9b}d\u{e0041}e👩‍🚀";
    assert_eq!(Tongue::Python.string(hidden), "\"a\\u202eb\\u2028c\\u009bd\\U000e0041e👩‍🚀\"");
    assert_eq!(Tongue::JavaScript.string(hidden), "\"a\\u202eb\\u2028c\\u009bd\\u{e0041}e👩‍🚀\"");
}

#[test]
fn the_package_gets_every_field_of_the_body() {
    // A stand-in for the package that prints the call as the body that the package would send.
    let stand_in = r#"
import json, os, sys, types
class Completions:
    def create(self, **fields):
        further = fields.pop("extra_body")
        print(json.dumps({**fields, **further}))
        return []
class OpenAI:
    def __init__(self, **_):
        self.chat = types.SimpleNamespace(completions=Completions())
sys.modules["openai"] = types.SimpleNamespace(OpenAI=OpenAI)
os.environ.update(EXAMPLE_KEY="k", X_TITLE="t")
exec(sys.stdin.buffer.read().decode())
"#;
    let text = snippet(&shape(), &nasty(), Language::Python);
    let Some((well, said)) = piped("python3", &["-c", stand_in], &text) else { return };
    assert!(well, "{said}");
    let sent: Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(sent, Value::Object(nasty()));
}

#[test]
fn numbers_that_javascript_would_round_are_sent_as_they_are() {
    let large = body(json!({"model": "m", "seed": u64::MAX, "stream": true}));
    let text = snippet(&shape(), &large, Language::JavaScript);
    assert!(text.contains(r#"  body: "{\"model\":\"m\",\"seed\":18446744073709551615,\"stream\":true}","#), "{text}");
    let kept = body(json!({"model": "m", "seed": (1_u64 << 53) - 1, "n": -5, "temperature": 1e300}));
    assert!(snippet(&shape(), &kept, Language::JavaScript).contains("JSON.stringify({"));
}

/// What a POSIX shell makes of a word in single quotes and backslashes: 2.2.1 and 2.2.2.
fn shell_word(word: &str) -> Option<String> {
    let mut signs = word.chars();
    let mut out = String::new();
    while let Some(sign) = signs.next() {
        match sign {
            '\'' => loop {
                match signs.next()? {
                    '\'' => break,
                    inside => out.push(inside),
                }
            },
            '\\' => out.push(signs.next()?),
            plain if plain.is_ascii_alphanumeric() => out.push(plain),
            _ => return None,
        }
    }
    Some(out)
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![any::<String>(), "[\\\\'\"$`!{}a\n\u{2028}\u{202e}👩‍é]{0,12}", Just(NASTY.to_owned())];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_shell_reads_back_what_was_quoted(text in any::<String>(), value in any_json()) {
        prop_assert_eq!(shell_word(&curl::quoted(&text)), Some(text));
        prop_assert_eq!(shell_word(&curl::quoted(&value.to_string())), Some(value.to_string()));
    }
}

proptest! {
    // Each case starts two interpreters; the values come in lists, so there are hundreds of them still.
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn interpreters_read_literals_as_the_same_values(values in prop::collection::vec(any_json(), 40)) {
        let list = Value::Array(values);
        let json = list.to_string();
        let python = format!(
            "import json\nassert json.loads({}) == {}",
            Tongue::Python.string(&json),
            Tongue::Python.value(&list, 0),
        );
        accepted("python3", &["-"], &python);
        let javascript = format!(
            "if (JSON.stringify(JSON.parse({})) !== JSON.stringify({})) throw new Error('different');",
            Tongue::JavaScript.string(&json),
            Tongue::JavaScript.value(&list, 0),
        );
        accepted("node", &["-"], &javascript);
        let shell = format!("printf %s {}", curl::quoted(&json));
        if let Some((well, said)) = piped("sh", &[], &shell) {
            prop_assert!(well);
            prop_assert_eq!(said, json);
        }
    }
}
