//! Answers in JSON: by a schema, or an object with what the prompt asks for.

use serde_json::{Map, Value, json};

use super::facts;
use super::generate::Generation;
use super::lexeme::Lexemes;
use super::model::Model;
use super::piece::{Piece, Token};
use super::sample::Sampling;
use super::schema::{Optional, Writer};
use super::tokens;

/// A told string has at most so many tokens.
const LONGEST_TOLD: usize = 40;
/// An object has at most so many fields that the prompt lists.
const MOST_FIELDS: usize = 24;

/// What a JSON answer is made of.
pub(crate) struct Source<'a> {
    pub model: &'static Model,
    pub passage: usize,
    pub question: &'a str,
    pub sampling: &'a Sampling,
}

impl Source<'_> {
    /// The pieces of a value for a schema.
    pub(crate) fn by_schema(&self, schema: &Value, random: fastrand::Rng) -> Vec<Piece> {
        pieces(&self.write(schema, random))
    }

    /// The pieces of an object: the fields that the prompt lists, else what it states, else topic and answer.
    pub(crate) fn object(&self, mut random: fastrand::Rng) -> Vec<Piece> {
        let fields = listed_fields(self.question);
        let stated = if fields.is_empty() { facts::of(self.question) } else { Map::new() };
        if !stated.is_empty() {
            return pieces(&Value::Object(stated));
        }
        if fields.is_empty() {
            let topic = self.model.passages.get(self.passage).map_or("", |passage| passage.heading);
            let answer = self.tell(random.fork());
            return pieces(&json!({"topic": topic, "answer": answer}));
        }
        let properties: Map<String, Value> = fields.iter().map(|field| (field.clone(), plain_schema(field))).collect();
        pieces(&self.write(&json!({"type": "object", "properties": properties}), random))
    }

    fn write(&self, schema: &Value, mut random: fastrand::Rng) -> Value {
        let mut lexemes = Lexemes::read(self.question);
        let mut words = random.fork();
        let tell = Box::new(move |_: &str| self.tell(words.fork()));
        Writer::new(schema, self.question, &mut lexemes, &mut random, tell, Optional::All).write()
    }

    /// The first sentence of a generated text.
    fn tell(&self, random: fastrand::Rng) -> String {
        let mut text = String::new();
        for drawn in Generation::new(self.model, self.passage, self.sampling.clone(), random, 0).take(LONGEST_TOLD) {
            if drawn.text.starts_with("\n\n") {
                break;
            }
            text.push_str(if drawn.text.starts_with('\n') { " " } else { drawn.text });
            if matches!(drawn.text, "." | "!" | "?") {
                break;
            }
        }
        text.trim().to_owned()
    }
}

/// A field that sounds like a number is one.
fn plain_schema(field: &str) -> Value {
    let counts =
        ["age", "year", "count", "amount", "price", "quantity", "number", "score", "total", "days", "minutes", "size"];
    let is_number = counts.iter().any(|word| field.to_lowercase().ends_with(word));
    json!({"type": if is_number { "number" } else { "string" }})
}

/// The names after "keys", "fields" or "properties": `name`, `age` and `city`.
fn listed_fields(prompt: &str) -> Vec<String> {
    let lower = prompt.to_lowercase();
    let found = ["keys", "fields", "properties", "attributes"]
        .into_iter()
        .find_map(|word| lower.find(word).map(|at| at + word.len()));
    let Some(list) = found.and_then(|at| prompt.get(at..)) else { return Vec::new() };
    let sentence = list.split(['.', '\n', ';', '?']).next().unwrap_or_default();
    let names = sentence.split(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == '-'));
    let mut fields: Vec<String> = Vec::new();
    for name in
        names.filter(|name| !name.is_empty() && !["and", "or", "the", "with", "are", "named", "called"].contains(name))
    {
        if fields.len() < MOST_FIELDS && !fields.iter().any(|field| field == name) {
            fields.push(name.to_owned());
        }
    }
    fields
}

fn pieces(value: &Value) -> Vec<Piece> {
    let text = value.to_string();
    tokens::split(&text).map(|token| Piece::Text(Token::certain(token.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_those_that_the_prompt_lists() {
        assert_eq!(listed_fields("JSON with the keys `name`, `age` and city. Thanks"), ["name", "age", "city"]);
        assert_eq!(listed_fields("Answer in JSON"), Vec::<String>::new());
    }
}
