//! Calls of tools: which ones a prompt asks for, with which arguments, and what is said of their results.

use serde_json::{Value, json};

use super::ask::Ask;
use super::lexeme::{Lexemes, parts_of};
use super::message::{Message, Speaker};
use super::piece::{Piece, Token};
use super::retrieve;
use super::schema::{Optional, Writer};
use super::string;
use super::tokens;
use super::tool_spec::{ToolChoice, ToolSpec};

/// A word of the tool's name in the prompt counts as this many of its description.
const NAME_WORD: u32 = 2;
/// The tool's name itself in the prompt.
const WHOLE_NAME: u32 = 10;
/// From this score on a tool is called unasked.
const LEAST_SCORE: u32 = 2;
/// One answer makes at most so many calls.
const MOST_CALLS: usize = 4;
/// A result is quoted up to so many characters.
const LONGEST_QUOTE: usize = 600;
/// A list in a result is told up to so many items.
const MOST_ITEMS: usize = 12;

/// The tools that are called now, best first; none when the answer is words.
pub(crate) fn wanted(ask: &Ask) -> Vec<&ToolSpec> {
    let mut scored: Vec<(u32, &ToolSpec)> = ask.tools.iter().map(|tool| (score(tool, ask.question()), tool)).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let best = scored.first().map_or(0, |(score, _)| *score);
    let has_results = ask.messages.last().is_some_and(|message| message.speaker == Speaker::Tool);
    let threshold = match &ask.tool_choice {
        ToolChoice::Never => return Vec::new(),
        ToolChoice::Named(name) => return ask.tools.iter().filter(|tool| tool.name == *name).take(1).collect(),
        ToolChoice::Auto if has_results || best < LEAST_SCORE => return Vec::new(),
        ToolChoice::Auto => LEAST_SCORE.max(best.div_ceil(2)),
        ToolChoice::Required => LEAST_SCORE.max(best.div_ceil(2)).min(best),
    };
    let most = if ask.parallel_calls && best >= LEAST_SCORE { MOST_CALLS } else { 1 };
    scored.into_iter().filter(|(score, _)| *score >= threshold).map(|(_, tool)| tool).take(most).collect()
}

fn score(tool: &ToolSpec, prompt: &str) -> u32 {
    let asked = retrieve::topic_terms(prompt);
    let count = |terms: &[String]| u32::try_from(terms.iter().filter(|term| asked.contains(term)).count()).unwrap_or(0);
    let mut described = retrieve::topic_terms(&tool.description);
    described.sort();
    described.dedup();
    let name: Vec<String> = parts_of(&tool.name).into_iter().filter(|part| retrieve::topical_words(part) > 0).collect();
    let named = if prompt.contains(&tool.name) { WHOLE_NAME } else { 0 };
    let calculates = parameter(tool, "expression").is_some() && string::has_expression(prompt);
    count(&name) * NAME_WORD + count(&described) + named + if calculates { WHOLE_NAME } else { 0 }
}

fn parameter<'t>(tool: &'t ToolSpec, name: &str) -> Option<&'t Value> {
    tool.parameters.as_ref()?.get("properties")?.get(name)
}

/// The pieces of the calls: each its name, then its arguments token by token.
pub(crate) fn pieces(ask: &Ask, tools: &[&ToolSpec], mut random: fastrand::Rng) -> Vec<Piece> {
    let mut lexemes = Lexemes::read(ask.question());
    let mut pieces = Vec::new();
    let mut index = 0;
    for tool in tools {
        loop {
            call(&mut pieces, index, tool, &arguments(ask, tool, &mut lexemes, &mut random));
            index += 1;
            // "Oslo and Rome" is two calls of a tool that takes one city.
            let again = ask.parallel_calls && tools.len() == 1 && takes_one_string(tool) && lexemes.has_another_name();
            if !again || index >= MOST_CALLS {
                break;
            }
        }
        lexemes.restore();
    }
    pieces
}

fn takes_one_string(tool: &ToolSpec) -> bool {
    let required = tool.parameters.as_ref().and_then(|schema| schema.get("required")).and_then(Value::as_array);
    let Some([Value::String(only)]) = required.map(Vec::as_slice) else { return false };
    parameter(tool, only).is_some_and(|schema| schema["type"] == "string" && schema.get("enum").is_none())
}

fn arguments(ask: &Ask, tool: &ToolSpec, lexemes: &mut Lexemes, random: &mut fastrand::Rng) -> Value {
    let empty = json!({"type": "object", "additionalProperties": false});
    let schema = tool.parameters.as_ref().unwrap_or(&empty);
    let tell = Box::new(|name: &str| name.replace('_', " "));
    Writer::new(schema, ask.question(), lexemes, random, tell, Optional::Mentioned).write()
}

fn call(pieces: &mut Vec<Piece>, index: usize, tool: &ToolSpec, arguments: &Value) {
    // The id has to differ from those of earlier answers, so it does not come from the seed.
    let id = format!("call_{:016x}", fastrand::u64(..));
    pieces.push(Piece::Call { index, id, name: tool.name.clone() });
    let text = arguments.to_string();
    pieces.extend(tokens::split(&text).map(|token| Piece::Arguments { index, text: token.to_owned() }));
}

/// What is said after tools have answered; `None` when the last message is no result.
pub(crate) fn report(messages: &[Message]) -> Option<Vec<Piece>> {
    let results = messages.iter().rev().take_while(|message| message.speaker == Speaker::Tool).count();
    if results == 0 {
        return None;
    }
    let (before, results) = messages.split_at(messages.len() - results);
    let calls = before.last().map_or(&[][..], |message| message.calls.as_slice());
    let tell = |result: &Message| {
        let called = calls.iter().find(|(id, ..)| Some(id) == result.answers.as_ref());
        sentence(called.map_or("the tool", |(_, name, _)| name.as_str()), &result.text)
    };
    let text = results.iter().map(tell).collect::<Vec<_>>().join("\n\n");
    Some(tokens::split(&text).map(|token| Piece::Text(Token::certain(token.to_owned()))).collect())
}

fn sentence(name: &str, result: &str) -> String {
    let value: Value = serde_json::from_str(result).unwrap_or_else(|_| Value::String(result.trim().to_owned()));
    match value.get("error") {
        Some(error) => format!("`{name}` failed: {}.", quote(&words(error))),
        None => format!("`{name}` says: {}.", quote(&words(&value))),
    }
}

fn quote(text: &str) -> String {
    let short: String = text.chars().take(LONGEST_QUOTE).collect();
    let more = if short.len() < text.len() { " …" } else { "" };
    format!("{}{more}", short.trim_end_matches(['.', ' ', '\n']))
}

/// A JSON value as words.
fn words(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) if text.is_empty() => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(items) => items.iter().take(MOST_ITEMS).map(words).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| format!("{} is {}", key.replace('_', " "), words(value));
            fields.iter().take(MOST_ITEMS).map(field).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;
