//! What a prompt states, as the fields of an object: `John is 30 years old` has a name and an age.
//!
//! Owns the few forms that are understood. What is not understood is left out: nothing is made up.

use serde_json::{Map, Value};

use super::lexeme::{Lexeme, Lexemes, Look, is_instruction};
use super::retrieve::topical_words;
use super::string::has_format;

/// An object has at most so many fields.
const MOST: usize = 24;

/// What a prompt begins with that wants what it states, and not what is known of it.
const WANTS_FACTS: [&str; 4] = ["extract", "parse", "convert", "turn"];

/// Words that follow a name at the beginning of a sentence; any other capital there may be but the sentence's.
const AFTER_NAME: [&str; 9] = ["aged", "is", "was", "has", "had", "lives", "works", "paid", "ordered"];

/// The fields that a prompt states; none when it asks about something.
pub(crate) fn of(prompt: &str) -> Map<String, Value> {
    let lexemes = Lexemes::read(prompt);
    let list: Vec<&Lexeme> = lexemes.iter().collect();
    let mut fields = Map::new();
    let mut at = 0;
    while let Some(lexeme) = list.get(at).filter(|_| fields.len() < MOST) {
        let read = match lexeme.look {
            Look::Quoted => Some(("text".to_owned(), Value::from(lexeme.text.as_str()), 1)),
            Look::Name => name(&list, at),
            Look::Number(number) => Some(number_of(&list, at, number)),
            Look::Code => Some((kind(&lexeme.text).to_owned(), Value::from(lexeme.text.as_str()), 1)),
            Look::Word => None,
        };
        let Some((field, value, taken)) = read else {
            at += 1;
            continue;
        };
        let (field, value) = years(&field, lexeme).unwrap_or((field, value));
        fields.insert(free(&fields, &field), value);
        at += taken;
    }
    let lower = prompt.to_lowercase();
    let wants = lower.split(|sign: char| !sign.is_alphanumeric()).any(|word| WANTS_FACTS.contains(&word));
    let asks = prompt.contains('?') || fields.keys().all(|field| field == "name");
    if wants || !asks { fields } else { Map::new() }
}

/// A name, or a place after `in`, and how many pieces it takes.
fn name(list: &[&Lexeme], at: usize) -> Option<(String, Value, usize)> {
    let lexeme = list.get(at).filter(|lexeme| !is_instruction(lexeme))?;
    let next = |at: usize| list.get(at).filter(|next| next.look == Look::Name && lexeme.opens_sentence());
    let (text, taken) = match next(at + 1) {
        Some(last) => (format!("{} {}", lexeme.text, last.text), 2),
        None => (lexeme.text.clone(), 1),
    };
    let follows = list.get(at + taken).map(|next| next.text.to_lowercase()).unwrap_or_default();
    if lexeme.opens_sentence() && !AFTER_NAME.contains(&follows.as_str()) {
        return None;
    }
    let before = at.checked_sub(1).and_then(|before| list.get(before)).map(|before| before.text.to_lowercase());
    let is_place = before.is_some_and(|before| ["in", "from", "near"].contains(&before.as_str()));
    Some((if is_place { "place" } else { "name" }.to_owned(), Value::from(text), taken))
}

/// A number by what is counted: `3 days`, `30 years old`, `aged 30`.
fn number_of(list: &[&Lexeme], at: usize, number: f64) -> (String, Value, usize) {
    let word = |at: usize| list.get(at).filter(|next| next.look == Look::Word).map(|next| next.text.to_lowercase());
    let before = at.checked_sub(1).and_then(word);
    let unit = word(at + 1).filter(|unit| topical_words(unit) == 1);
    let old = unit.as_deref().is_some_and(|unit| unit.starts_with("year")) && word(at + 2).as_deref() == Some("old");
    let value = written(number);
    if old {
        return ("age".to_owned(), value, 3);
    }
    if before.is_some_and(|before| before == "aged" || before == "age") {
        return ("age".to_owned(), value, 1);
    }
    match unit {
        Some(unit) => (unit, value, 2),
        None => ("number".to_owned(), value, 1),
    }
}

/// `30-year-old` is an age.
fn years(field: &str, lexeme: &Lexeme) -> Option<(String, Value)> {
    let age = lexeme.text.strip_suffix("-year-old").filter(|_| field == "id")?;
    Some(("age".to_owned(), written(age.parse().ok()?)))
}

/// A number as it is written in JSON, without a fraction where it has none.
#[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^53")]
fn written(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { Value::from(number as i64) } else { Value::from(number) }
}

/// What a piece with digits and signs is.
fn kind(text: &str) -> &'static str {
    let kinds = [("email", "email"), ("date", "date"), ("url", "url")];
    kinds.into_iter().find(|(format, _)| has_format(format, text)).map_or("id", |(_, field)| field)
}

/// The field's name, or the first of `name_2`, `name_3` … that is not taken.
fn free(fields: &Map<String, Value>, field: &str) -> String {
    let numbered = (2..).map(|place| format!("{field}_{place}"));
    let mut names = std::iter::once(field.to_owned()).chain(numbered);
    names.find(|name| !fields.contains_key(name)).unwrap_or_else(|| field.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_prompt_states_becomes_fields() {
        let cases = [
            ("Extract info as JSON: John is 30 years old", json!({"name": "John", "age": 30})),
            (
                "Parse into JSON: Mary Ann Evans, aged 61, lives in London",
                json!({"name": "Mary Ann Evans", "age": 61, "place": "London"}),
            ),
            (
                "JSON please. Ann ordered 3 lamps on 2026-05-01.",
                json!({"name": "Ann", "lamps": 3, "date": "2026-05-01"}),
            ),
            (
                "JSON: write to a@b.org about order A-77 at 2.5 %",
                json!({"email": "a@b.org", "id": "A-77", "number": 2.5}),
            ),
            ("Extract JSON: a 30-year-old in Rome called \"Bo\"", json!({"age": 30, "place": "Rome", "text": "Bo"})),
            ("Extract as JSON: Bob met Alice and Carol", json!({"name": "Alice", "name_2": "Carol"})),
        ];
        for (prompt, fields) in cases {
            assert_eq!(Value::Object(of(prompt)), fields, "{prompt}");
        }
    }

    #[test]
    fn a_prompt_that_asks_states_nothing() {
        for prompt in [
            "Answer in JSON",
            "Explain lanes of Abreast in JSON",
            "As JSON: what does 30 days in Rome cost?",
            "Return JSON: what does 30 days in Rome cost?",
            "",
        ] {
            assert_eq!(of(prompt), Map::new(), "{prompt}");
        }
    }
}
