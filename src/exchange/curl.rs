//! A curl command that asks for chat completions: its address and its body.
//!
//! Owns which of curl's options take a value. Keys are never taken out of it: headers are counted by name alone.

use reqwest::Url;
use serde_json::Value;

use super::shell::{Command, Word, commands};
use super::skipped::{Skipped, Why, word};
use super::{Conversation, ReadError, body};
use crate::api;

/// Options of one letter that are followed by a value (curl's manual).
const WITH_VALUE: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

/// Long options that are followed by none and are often met. Others take the next word, unless that is an option itself
/// or an address.
const WITHOUT_VALUE: &[&str] = &[
    "anyauth",
    "basic",
    "compressed",
    "fail",
    "fail-with-body",
    "get",
    "globoff",
    "head",
    "http1.0",
    "http1.1",
    "http2",
    "http3",
    "include",
    "insecure",
    "ipv4",
    "ipv6",
    "junk-session-cookies",
    "location",
    "no-buffer",
    "no-keepalive",
    "no-progress-meter",
    "path-as-is",
    "progress-bar",
    "remote-name",
    "show-error",
    "silent",
    "ssl-reqd",
    "tlsv1.2",
    "tlsv1.3",
    "verbose",
];

/// Headers that say nothing beyond what every client sends.
const USUAL_HEADERS: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "content-length",
    "content-type",
    "dnt",
    "host",
    "origin",
    "referer",
    "user-agent",
];

/// What the options of a command come to.
#[derive(Debug, Default)]
struct Sent {
    url: Option<String>,
    body: Option<Word>,
    headers: Vec<String>,
}

/// Reads the first curl command of a text.
pub(super) fn read(text: &str, skipped: &mut Skipped) -> Result<Conversation, ReadError> {
    let all = commands(text)?;
    let found = all.iter().find_map(|command| Some((command, arguments(command)?)));
    let Some((command, arguments)) = found else {
        return Err(ReadError::shape("the command", "it is not curl"));
    };
    let sent = sent(command, arguments)?;
    let Some(body) = sent.body else {
        return Err(ReadError::shape("the command", "it sends no body: a request has one after -d, --data or --json"));
    };
    let mut conversation = conversation(&body, skipped)?;
    if body.expands {
        skipped.count(Why::Expansion);
    }
    sent.headers.iter().for_each(|header| count(header, skipped));
    conversation.asked.url = sent.url.and_then(|url| address(&url));
    Ok(conversation)
}

/// An address without what may be secret in it; `None` where it is none. Without a scheme curl takes `http`.
fn address(url: &str) -> Option<String> {
    let whole = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    Url::parse(&whole).is_ok().then(|| api::address_without_secrets(&whole))
}

/// The words after `curl`, if that is what the command runs.
fn arguments(command: &Command) -> Option<&[Word]> {
    let is_curl = |word: &Word| {
        let name = word.text.rsplit(['/', '\\']).next().unwrap_or_default();
        name == "curl" || name == "curl.exe"
    };
    let before =
        |word: &Word| matches!(word.text.as_str(), "$" | "%" | "sudo" | "time" | "env") || word.text.contains('=');
    let place = command.words.iter().position(|word| !before(word))?;
    is_curl(&command.words[place]).then(|| &command.words[place + 1..])
}

fn conversation(body: &Word, skipped: &mut Skipped) -> Result<Conversation, ReadError> {
    let value: Value = serde_json::from_str(&body.text).map_err(|error| {
        let Word { line, column, .. } = body;
        ReadError::json(&error, 1).within(&format!("the body, which begins at line {line}, column {column}"))
    })?;
    match value {
        Value::Object(fields) => body::read(fields, skipped).map_err(|error| error.within("the body")),
        _ => Err(ReadError::shape("the body", "it is no JSON object")),
    }
}

/// A header by its name; its value is not looked at.
fn count(header: &str, skipped: &mut Skipped) {
    let name = header.split([':', ';']).next().unwrap_or_default().trim();
    if api::is_private(name) {
        skipped.count(Why::Key(word(name)));
    } else if !USUAL_HEADERS.contains(&name.to_ascii_lowercase().as_str())
        && !name.to_ascii_lowercase().starts_with("sec-")
    {
        skipped.count(Why::Header(word(name)));
    }
}

fn sent(command: &Command, arguments: &[Word]) -> Result<Sent, ReadError> {
    let mut sent = Sent::default();
    let mut words = arguments.iter().peekable();
    let mut only_addresses = false;
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if only_addresses || !text.starts_with('-') || text == "-" {
            sent.url.get_or_insert_with(|| text.to_owned());
        } else if text == "--" {
            only_addresses = true;
        } else if let Some(name) = text.strip_prefix("--") {
            let none = WITHOUT_VALUE.contains(&name) || name.starts_with("no-");
            let known = matches!(name, "url" | "header") || is_body(name);
            let follows = words.peek().is_some_and(|next| !next.text.starts_with('-') && !is_address(&next.text));
            if !none
                && (known || follows)
                && let Some(value) = words.next()
            {
                sent.take(name, value, command)?;
            }
        } else {
            let cluster = &text[1..];
            let Some((at, letter)) = cluster.char_indices().find(|(_, letter)| WITH_VALUE.contains(*letter)) else {
                continue;
            };
            let rest = &cluster[at + letter.len_utf8()..];
            let value = if rest.is_empty() {
                words.next().cloned()
            } else {
                Some(Word { text: rest.to_owned(), ..word.clone() })
            };
            let name = match letter {
                'd' => "data",
                'H' => "header",
                _ => "",
            };
            if let Some(value) = value {
                sent.take(name, &value, command)?;
            }
        }
    }
    Ok(sent)
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

fn is_body(name: &str) -> bool {
    matches!(name, "data" | "data-raw" | "data-binary" | "data-ascii" | "data-urlencode" | "json")
}

impl Sent {
    fn take(&mut self, name: &str, value: &Word, command: &Command) -> Result<(), ReadError> {
        match name {
            "url" => self.url = Some(value.text.clone()),
            "header" => self.headers.push(value.text.clone()),
            name if is_body(name) => {
                let piece = piece(name, value, command)?;
                match &mut self.body {
                    // As curl joins them.
                    Some(body) => {
                        body.text.push_str(if name == "json" { "" } else { "&" });
                        body.text.push_str(&piece.text);
                        body.expands |= piece.expands;
                    }
                    None => self.body = Some(piece),
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A piece of the body. What stands in another file is not read: the command may come from anywhere.
fn piece(name: &str, value: &Word, command: &Command) -> Result<Word, ReadError> {
    match value.text.strip_prefix('@').filter(|_| name != "data-raw") {
        None => Ok(value.clone()),
        Some("-") => command.input.clone().ok_or_else(|| {
            ReadError::shape("the body", "it comes from standard input, which is not there; save it and open that file")
        }),
        Some(file) => {
            let file = word(file);
            Err(ReadError::shape("the body", format!("it stands in the file {file}; open that file instead")))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::chat::Role;

    const BODY: &str = r#"{"model": "m", "top_k": 5, "messages": [{"role": "user", "content": "It's \"so\""}]}"#;

    fn check(command: &str, url: &str) -> String {
        let mut skipped = Skipped::default();
        let read = read(command, &mut skipped).unwrap_or_else(|error| panic!("{command}: {error}"));
        assert_eq!(read.asked.url.as_deref(), Some(url), "{command}");
        assert_eq!(read.asked.params.get("top_k"), Some(&json!(5)), "{command}");
        let said: Vec<_> = read.messages.iter().map(|message| (message.role, message.text.as_str())).collect();
        assert_eq!(said, [(Role::User, "It's \"so\"")], "{command}");
        skipped.to_string()
    }

    #[test]
    fn every_way_to_write_the_body_is_read() {
        let quoted = format!("'{}'", BODY.replace('\'', r"'\''"));
        let ansi = format!("$'{}'", BODY.replace('\\', r"\\").replace('\'', r"\'"));
        let double = format!("\"{}\"", BODY.replace('\\', r"\\").replace('"', "\\\""));
        let url = "https://api.example.com/v1/chat/completions";
        for body in [&quoted, &ansi, &double] {
            for command in [
                format!("curl {url} -d {body}"),
                format!("$ curl -sSL -XPOST {url} \\\n  --data-raw {body} \\\n"),
                format!("export K=x\nK=y /usr/bin/curl --json {body} --url {url} | jq ."),
                format!("curl --compressed --data {body} -o out.json {url}"),
                format!("curl --max-time 5 --fancy --data-binary {body} -- {url}"),
                format!("curl -d{body} {url}"),
                format!("curl --unheard-of {url} -d {body}"),
            ] {
                assert_eq!(check(&command, url), "", "{command}");
            }
        }
        check(&format!("curl {url} -d @- <<'END'\n{BODY}\nEND\n"), url);
    }

    #[test]
    fn a_key_is_never_taken_and_its_header_is_counted() {
        let command = format!(
            "curl 'https://u:sk-secret-url@h.example/v1/chat/completions?api-key=sk-secret-query' -H 'Authorization: Bearer \
             sk-secret-header' -H \"X-Api-Key: $KEY\" -H 'X-Trace: 1' -H 'Content-Type: application/json' -u a:sk-secret-user \
             -d '{}'",
            BODY.replace('\'', r"'\''")
        );
        let mut skipped = Skipped::default();
        let read = read(&command, &mut skipped).unwrap();
        assert_eq!(
            skipped.to_string(),
            "1 × the header `Authorization`, which carries a key, 1 × the header `X-Api-Key`, which carries a key, \
             1 × the header `X-Trace`"
        );
        assert!(!format!("{read:?} {skipped:?}").contains("sk-secret"), "{read:?}");
    }

    #[test]
    fn a_variable_in_the_body_is_counted_and_stays() {
        let command = r#"curl h -d "{\"top_k\": 5, \"messages\": [{\"role\": \"user\", \"content\": \"$ASK\"}]}""#;
        let mut skipped = Skipped::default();
        assert_eq!(read(command, &mut skipped).unwrap().messages[0].text, "$ASK");
        assert_eq!(skipped.to_string(), "1 × a shell variable, left as it is written");
    }

    #[test]
    fn what_cannot_be_read_says_where_and_why() {
        for (command, said) in [
            ("wget x", "the command: it is not curl"),
            ("curl http://x", "the command: it sends no body: a request has one after -d, --data or --json"),
            ("curl x -d @body.json", "the body: it stands in the file body.json; open that file instead"),
            ("curl x -d @-", "the body: it comes from standard input, which is not there; save it and open that file"),
            (
                "curl x \\\n -d '{\"messages\": [}'",
                "the body, which begins at line 2, column 5: line 1, column 15: expected value",
            ),
            ("curl x -d '[]'", "the body: it is no JSON object"),
            ("curl x -d '{}'", "the body, messages: it is no list"),
            ("curl x -d '{\"messages\": [4]}'", "the body, message 1: it is no object"),
        ] {
            assert_eq!(read(command, &mut Skipped::default()).unwrap_err().to_string(), said, "{command}");
        }
    }

    proptest! {
        #[test]
        fn our_own_command_gives_the_body_back(text in "\\PC*|[\\x01-\\x7f]*") {
            let body = json!({"model": "m", "messages": [{"role": "user", "content": text}]});
            let Value::Object(fields) = &body else { panic!("no object") };
            let shape = api::RequestShape { base_url: "http://h/v1".into(), ..api::RequestShape::default() };
            let command = api::snippet(&shape, fields, api::Language::Curl);
            let read = read(&command, &mut Skipped::default()).unwrap();
            prop_assert_eq!(read.asked.url.as_deref(), Some("http://h/v1/chat/completions"));
            prop_assert_eq!(&read.messages[0].text, &text);
        }
    }
}
