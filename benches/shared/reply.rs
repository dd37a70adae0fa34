//! A reply as models write them, cut into tokens: headings, lists, tables, code in several languages, CJK, emoji.

use std::fmt::Write;

/// The last word of a reply, by which its end is seen on the screen.
pub(crate) const END: &str = "Omega-of-the-reply";

/// Bytes of a token, on average: what the tokenizers of today make of mixed text.
const TOKEN_TENTHS: usize = 45;

const SECTIONS: [&str; 8] = [
    "## How the cache decides {n}\n\nA request first meets the *index*: a map from the **digest** of the key to the place of \
     the value. When the entry is older than `max_age`, it is fetched again, unless the origin is down; then the stale \
     value is served, with a `Warning` header, as [RFC 9111](https://www.rfc-editor.org/rfc/rfc9111) allows.\n\n",
    "```rust\n/// Takes the oldest entry out, if there is one.\nfn evict(&mut self) -> Option<Entry> {\n    let (key, _) = \
     self.ages.pop_first()?; // step {n}\n    let entry = self.entries.remove(&key)?;\n    self.bytes -= entry.len();\n    \
     Some(entry)\n}\n```\n\n",
    "1. Measure before you change anything: `hyperfine --warmup 3 ./serve`.\n2. Change **one** thing.\n   - Keep the old \
     figures beside the new ones.\n   - Note the machine, its load and the date.\n3. Measure again, at least {n} times.\n\n",
    "| step | before | after | note |\n|:-----|-------:|------:|------|\n| parse {n} | 12.4 ms | 3.1 ms | one pass |\n| \
     lay out | 8.0 ms | 0.9 ms | only what is *visible* |\n| draw | 4.2 ms | 4.1 ms | `diff` of cells |\n\n",
    "### 日本語のまとめ {n}\n\nキャッシュは、まず**鍵**を調べます。値が古いときは、もう一度取りに行きます。见下文：每一步都要先测量，\
     再修改，最后再测量。 한국어 문장도 하나 있습니다.\n\n",
    "```python\nfrom dataclasses import dataclass\n\n@dataclass\nclass Sample:\n    name: str\n    millis: float = {n}.5\n\n\
     def best(samples: list[Sample]) -> Sample:\n    # the least noise is in the minimum\n    return min(samples, key=lambda \
     sample: sample.millis)\n```\n\n",
    "> It works on my machine 🤷, said nobody who measured twice. 👩‍🚀 🇯🇵 ✅ The rule of thumb holds for {n} of them.\n\n\
     ---\n\n",
    "```json\n{\"model\": \"gpt\", \"stream\": true, \"temperature\": 0.{n}, \"stop\": [\"\\n\", null]}\n```\n\n```sh\nset -eu\n\
     for host in $(cat hosts.txt); do\n  curl -fsS \"https://$host/health?n={n}\" || echo \"down: $host\" >&2\ndone\n```\n\n",
];

/// About so many bytes of Markdown, with [`END`] at its end.
pub(crate) fn markdown(bytes: usize) -> String {
    markdown_until(bytes, END)
}

/// About so many bytes of Markdown with this as its last word.
pub(crate) fn markdown_until(bytes: usize, end: &str) -> String {
    let mut text = String::from("# What was measured\n\n");
    for (number, section) in (1..).zip(SECTIONS.iter().cycle()) {
        if text.len() + section.len() > bytes {
            break;
        }
        text.push_str(&section.replace("{n}", &number.to_string()));
    }
    let _ = writeln!(text, "That was all of it. {end}");
    text
}

/// The text in pieces of about four and a half bytes, cut as tokens are: at characters, mostly before a space.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let count = text.len() * 10 / TOKEN_TENTHS;
    let cuts = (0..=count).map(|token| text.floor_char_boundary(token * text.len() / count.max(1)));
    let cuts: Vec<usize> = cuts.collect();
    let pieces = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]);
    pieces.filter(|piece| !piece.is_empty()).collect()
}

/// The event that brings a token, as servers send it.
pub(crate) fn event(token: &str) -> String {
    let text = serde_json::Value::from(token);
    format!(
        "data: {{\"id\":\"chatcmpl-KH6Gn2e7Kl0pKdXavqYFnJ484kePbuVW\",\"object\":\"chat.completion.chunk\",\
         \"created\":1795361299,\"model\":\"bench-1\",\"service_tier\":\"default\",\"system_fingerprint\":null,\
         \"choices\":[{{\"index\":0,\"delta\":{{\"content\":{text}}},\"logprobs\":null,\"finish_reason\":null}}],\
         \"usage\":null}}\n\n"
    )
}
