//! A request as a JavaScript module with `fetch`.

use serde_json::{Map, Value};

use super::super::RequestShape;
use super::super::request_shape::Header;
use super::literal::Tongue;
use super::{json, remark, streams};

/// The largest whole number that JavaScript keeps apart from its neighbours: 2^53 - 1.
const SAFE: u64 = (1 << 53) - 1;

pub(super) fn write(shape: &RequestShape, body: &Map<String, Value>) -> String {
    let remark = remark(shape, "//");
    let url = Tongue::JavaScript.string(&shape.chat_url());
    let headers: String = shape.snippet_headers().iter().map(header).collect();
    let sent = if body.values().all(is_kept) {
        format!("JSON.stringify({})", Tongue::JavaScript.object(body, 1))
    } else {
        // Written as numbers, those beyond 2^53 would be rounded.
        Tongue::JavaScript.string(&json(body))
    };
    let reading = if streams(body) { STREAM } else { WHOLE };
    format!(
        "// Node 18 or newer, in a file that ends in .mjs\n{remark}const response = await fetch({url}, {{\n  \
         method: \"POST\",\n  headers: {{\n{headers}  }},\n  body: {sent},\n}});\n{REFUSED}{reading}"
    )
}

fn header(header: &Header) -> String {
    match header {
        Header::Fixed { name, value } => format!("    {}: \"{value}\",\n", Tongue::JavaScript.string(name)),
        Header::Variable { name, prefix: "", variable } => {
            format!("    {}: process.env.{variable},\n", Tongue::JavaScript.string(name))
        }
        Header::Variable { name, prefix, variable } => {
            format!("    {}: `{prefix}${{process.env.{variable}}}`,\n", Tongue::JavaScript.string(name))
        }
    }
}

/// Whether JavaScript's numbers hold every whole number in a value.
fn is_kept(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.is_f64()
                || number.as_u64().or_else(|| Some(number.as_i64()?.unsigned_abs())).is_some_and(|size| size <= SAFE)
        }
        Value::Array(list) => list.iter().all(is_kept),
        Value::Object(map) => map.values().all(is_kept),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

const REFUSED: &str = "if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}
";

const WHOLE: &str = "const completion = await response.json();
for (const choice of completion.choices) {
  console.log(choice.message.content ?? choice.message);
}
";

const STREAM: &str = r#"const decoder = new TextDecoder();
let rest = "";
for await (const bytes of response.body) {
  const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const data = line.startsWith("data:") ? line.slice(5).trim() : "";
    if (data === "" || data === "[DONE]") continue;
    for (const choice of JSON.parse(data).choices ?? []) {
      process.stdout.write(choice.delta?.content ?? "");
      for (const call of choice.delta?.tool_calls ?? []) {
        process.stdout.write(`${call.function?.name ?? ""}${call.function?.arguments ?? ""}`);
      }
    }
  }
}
process.stdout.write("\n");
"#;
