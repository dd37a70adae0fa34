//! Strings that a schema allows: from the prompt where one fits, else made for the pattern or format, else told.

use serde_json::Value;

use super::lexeme::{Lexeme, Lexemes, Look, parts_of};
use super::pattern::{Extra, Pattern};

/// A string is never made longer than this, whatever `minLength` says.
const LONGEST: usize = 20_000;
/// So often a pattern is tried until the length fits too.
const TRIES: u32 = 40;
/// Repeats without an end are written a little longer than they must.
const USUAL_EXTRA: Extra = Extra::UpTo(4);

/// What a schema demands of a string.
#[derive(Debug)]
pub(crate) struct Shape<'s> {
    least: usize,
    most: usize,
    pattern: Option<Pattern>,
    format: Option<&'s str>,
}

impl<'s> Shape<'s> {
    /// Reads the keywords of a schema; a pattern that cannot be read demands nothing.
    pub(crate) fn read(schema: &'s Value) -> Self {
        let size = |key: &str| schema.get(key).and_then(Value::as_f64).map(|size| size.max(0.0) as usize);
        let text = |key: &str| schema.get(key).and_then(Value::as_str);
        Self {
            least: size("minLength").unwrap_or(0),
            most: size("maxLength").unwrap_or(usize::MAX),
            pattern: text("pattern").and_then(Pattern::parse),
            format: text("format"),
        }
    }

    /// Whether a string is allowed.
    pub(crate) fn fits(&self, text: &str) -> bool {
        let length = text.chars().count();
        (self.least..=self.most).contains(&length)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
            && self.format.is_none_or(|format| has_format(format, text))
    }

    /// Whether anything but words will do: a pattern, or a known format.
    pub(crate) fn is_formal(&self) -> bool {
        self.pattern.is_some()
            || self.format.is_some_and(|format| make_format(format, &mut fastrand::Rng::with_seed(0)).is_some())
    }

    /// A value of the prompt for a field of this name.
    pub(crate) fn draw(&self, name: &str, prompt: &str, lexemes: &mut Lexemes) -> Option<String> {
        let fits = |lexeme: &Lexeme| self.fits(&lexeme.text);
        if self.is_formal() {
            return lexemes.take(name, fits);
        }
        let parts = parts_of(name);
        let has = |words: &[&str]| words.iter().any(|word| parts.iter().any(|part| part == word));
        if has(&["expression", "formula", "equation", "calculation"]) || parts == ["expr"] {
            return expression(prompt).filter(|found| self.fits(found));
        }
        if has(&["query", "question", "q", "search", "prompt", "message", "input"]) {
            let quoted = lexemes.take_named(name, |lexeme| lexeme.look == Look::Quoted && fits(lexeme));
            return quoted.or_else(|| Some(prompt.trim().to_owned()).filter(|whole| self.fits(whole)));
        }
        let named = lexemes.take_named(name, |lexeme| lexeme.look != Look::Word && fits(lexeme));
        if named.is_some() {
            return named;
        }
        if has(&["city", "location", "plac", "country", "town", "destination", "region", "origin"]) {
            let name = |lexeme: &Lexeme| matches!(lexeme.look, Look::Name | Look::Quoted) && fits(lexeme);
            return lexemes.take(name_of_place(), name).or_else(|| lexemes.take_place(fits));
        }
        lexemes.take(name, |lexeme| !matches!(lexeme.look, Look::Word | Look::Number(_)) && fits(lexeme))
    }

    /// A string made for the pattern or format; `None` when words will do.
    pub(crate) fn make(&self, random: &mut fastrand::Rng) -> Option<String> {
        if let Some(pattern) = &self.pattern {
            let mut tries = (0..TRIES).map(|attempt| pattern.make(random, self.extra(attempt)));
            let made = tries.find(|made| self.fits(made));
            return made.or_else(|| Some(pattern.make(random, USUAL_EXTRA)));
        }
        self.format.and_then(|format| make_format(format, random))
    }

    /// How much more is written at an attempt: chance first, then what `minLength` lacks.
    fn extra(&self, attempt: u32) -> Extra {
        let least = u32::try_from(self.least.min(LONGEST)).unwrap_or_default();
        match (attempt % 2, attempt / 2) {
            (0, turn) => Extra::UpTo(4 + turn * least / TRIES),
            (_, turn) => Extra::Exactly(least.saturating_sub(turn)),
        }
    }

    /// Brings words to an allowed length.
    pub(crate) fn trim(&self, words: &str) -> String {
        let mut text: String = words.trim().chars().take(self.most).collect();
        if text.trim_end().chars().count() >= self.least {
            text.truncate(text.trim_end().len());
        }
        let filling = if words.trim().is_empty() { "sandbox" } else { words.trim() };
        let mut filling = " ".chars().chain(filling.chars()).cycle();
        let missing = self.least.min(LONGEST).saturating_sub(text.chars().count());
        text.extend(filling.by_ref().skip(usize::from(text.is_empty())).take(missing));
        text
    }
}

/// No field is named so: nothing is near it.
fn name_of_place() -> &'static str {
    ""
}

/// The first run of numbers and operators with at least one operator between.
fn expression(prompt: &str) -> Option<String> {
    let arithmetic = |sign: char| sign.is_ascii_digit() || "+-*/^().% ".contains(sign);
    let runs = prompt.split(|sign: char| !arithmetic(sign)).map(|run| run.trim_matches([' ', '.']));
    let calculates = |run: &&str| {
        let inner = run.trim_start_matches('-');
        inner.contains(['+', '-', '*', '/', '^', '%']) && run.chars().filter(char::is_ascii_digit).count() >= 2
    };
    runs.filter(calculates).max_by_key(|run| run.len()).map(str::to_owned)
}

/// Whether a prompt holds something to calculate.
pub(crate) fn has_expression(prompt: &str) -> bool {
    expression(prompt).is_some()
}

pub(crate) fn has_format(format: &str, text: &str) -> bool {
    let matches = |pattern: &str| Pattern::parse(pattern).is_some_and(|pattern| pattern.matches(text));
    match format {
        "date" => text.parse::<jiff::civil::Date>().is_ok() && matches(r"^\d{4}-\d\d-\d\d$"),
        "date-time" => {
            text.parse::<jiff::Timestamp>().is_ok() && matches(r"^\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)$")
        }
        "time" => matches(r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(Z|[+-]\d\d:\d\d)$"),
        "email" => matches(r"^[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9]+\.)+[A-Za-z]{2,}$"),
        "uri" | "url" | "iri" => matches(r"^https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?$"),
        "uuid" => matches("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "hostname" => matches(r"^([a-z0-9]+\.)+[a-z]{2,}$"),
        "duration" => matches(r"^P(\d+D|T\d+[HMS])$"),
        _ => true,
    }
}

fn make_format(format: &str, random: &mut fastrand::Rng) -> Option<String> {
    let mut made = |pattern: &str| Pattern::parse(pattern).map(|pattern| pattern.make(random, USUAL_EXTRA));
    match format {
        "date" => made(r"20[2-3]\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])"),
        "date-time" => made(r"20[2-3]\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T(0\d|1\d|2[0-3]):[0-5]\d:[0-5]\dZ"),
        "time" => made(r"(0\d|1\d|2[0-3]):[0-5]\d:[0-5]\dZ"),
        "email" => made(r"(ada|grace|linus|mary)@example\.(org|com|net)"),
        "uri" | "url" | "iri" | "uri-reference" => made(r"https://example\.(org|com)/(lanes|tea|rain)"),
        "uuid" => made("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        "hostname" => made(r"(www|docs)\.example\.(org|com)"),
        "ipv4" => made(r"192\.0\.2\.(1\d\d|[1-9]\d)"),
        "ipv6" => made("2001:db8::[1-9a-f][0-9a-f]{2}"),
        "duration" => made(r"P([1-9]D|T[1-9]H)"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn from_prompt(schema: &Value, name: &str, prompt: &str) -> Option<String> {
        Shape::read(schema).draw(name, prompt, &mut Lexemes::read(prompt))
    }

    #[test]
    fn a_prompt_gives_what_fits_the_name_the_pattern_and_the_format() {
        let any = json!({"type": "string"});
        assert_eq!(from_prompt(&any, "city", "What's the weather in New York?").as_deref(), Some("New York"));
        assert_eq!(from_prompt(&any, "location", "weather in paris please").as_deref(), Some("paris"));
        assert_eq!(from_prompt(&any, "expression", "How much is 12 * (3+4)?").as_deref(), Some("12 * (3+4)"));
        assert_eq!(from_prompt(&any, "query", "find red shoes").as_deref(), Some("find red shoes"));
        let order = json!({"type": "string", "pattern": "^[A-Z]-[0-9]+$"});
        assert_eq!(from_prompt(&order, "order", "Ann asks where A-77 is").as_deref(), Some("A-77"));
        let email = json!({"type": "string", "format": "email"});
        assert_eq!(from_prompt(&email, "to", "Write to Bob, bob@x.org, now").as_deref(), Some("bob@x.org"));
    }

    #[test]
    fn what_is_made_for_a_format_has_it() {
        let formats = ["date", "date-time", "time", "email", "uri", "uuid", "hostname", "ipv4", "ipv6", "duration"];
        for (format, seed) in formats.into_iter().flat_map(|format| (0..50).map(move |seed| (format, seed))) {
            let schema = json!({"type": "string", "format": format});
            let made = Shape::read(&schema).make(&mut fastrand::Rng::with_seed(seed)).unwrap();
            let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
            assert!(has_format(format, &made) && validator.is_valid(&json!(made)), "{format} {made}");
        }
    }

    #[test]
    fn words_are_cut_and_filled_to_the_length() {
        let shape = |least, most| Shape { least, most, pattern: None, format: None };
        assert_eq!(shape(0, 5).trim("rain falls"), "rain");
        assert_eq!(shape(14, 20).trim("rain falls"), "rain falls rai");
        assert_eq!(shape(3, 9).trim(""), "san");
    }
}
