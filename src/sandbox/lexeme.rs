//! What a prompt offers as values: quoted strings, numbers, names, words, each used once.

use super::retrieve::stem;

/// What a piece of the prompt looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Look {
    /// Between quotation marks.
    Quoted,
    Number(f64),
    /// Words with capital letters; `New York` is one.
    Name,
    /// Holds digits and signs, such as `A-77`, `a@b.org`, `2026-05-01`.
    Code,
    Word,
}

/// One piece of the prompt.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lexeme {
    pub text: String,
    pub look: Look,
    opens_sentence: bool,
    used: bool,
}

/// The pieces of a prompt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lexemes {
    list: Vec<Lexeme>,
}

/// Between a field's name and its value these say nothing.
const FILLERS: [&str; 18] = [
    "is", "are", "of", "to", "the", "a", "an", "as", "be", "should", "number", "no", "id", "for", "in", "at", "was",
    "called",
];

/// What prompts for JSON begin with.
const ORDERS: [&str; 5] = ["Extract", "Parse", "Convert", "Return", "Summarise"];

/// At most so many pieces of a prompt are looked at.
const MOST: usize = 4000;

impl Lexeme {
    /// Whether it is the first of a sentence, which has a capital letter whatever it is.
    pub(crate) fn opens_sentence(&self) -> bool {
        self.opens_sentence
    }
}

impl Lexemes {
    /// The pieces in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Lexeme> {
        self.list.iter()
    }

    /// Cuts a prompt.
    pub(crate) fn read(prompt: &str) -> Self {
        let mut lexemes = Self::default();
        let mut rest = prompt;
        // Whether a sentence opens here, and whether a name before goes on.
        let (mut opens, mut joins) = (true, false);
        while let Some(start) = rest.find(|sign: char| !sign.is_whitespace()).filter(|_| lexemes.list.len() < MOST) {
            rest = &rest[start..];
            if let Some((inside, after)) = quoted(rest) {
                lexemes.push(inside, Look::Quoted, false);
                (rest, opens, joins) = (after, false, false);
                continue;
            }
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (raw, after) = rest.split_at(end);
            lexemes.read_word(raw, opens, joins);
            opens = raw.ends_with(['.', '!', '?', ':']);
            joins = raw.ends_with(char::is_alphanumeric);
            rest = after;
        }
        lexemes
    }

    fn read_word(&mut self, raw: &str, opens: bool, joins: bool) {
        let text = raw.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '-' && sign != '_');
        let text = text.trim_end_matches(['-', '\'']).trim_end_matches("'s");
        if text.is_empty() {
            return;
        }
        let look = look(text);
        let name = |lexeme: &&mut Lexeme| lexeme.look == Look::Name && !lexeme.opens_sentence && lexeme.text.len() < 80;
        match self.list.last_mut().filter(name).filter(|_| joins && look == Look::Name) {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(text);
            }
            None => self.push(text, look, opens),
        }
    }

    fn push(&mut self, text: &str, look: Look, opens_sentence: bool) {
        self.list.push(Lexeme { text: text.to_owned(), look, opens_sentence, used: false });
    }

    /// The best unused piece that fits, near the field's name first; it is used up.
    pub(crate) fn take(&mut self, name: &str, mut fits: impl FnMut(&Lexeme) -> bool) -> Option<String> {
        let at = self.near(name, &mut fits).or_else(|| self.best(name, &mut fits))?;
        self.use_up(at)
    }

    /// The unused piece at the field's name that fits.
    pub(crate) fn take_named(&mut self, name: &str, mut fits: impl FnMut(&Lexeme) -> bool) -> Option<String> {
        let at = self.near(name, &mut fits)?;
        self.use_up(at)
    }

    /// Whether the prompt holds this word or phrase.
    pub(crate) fn mentions(&self, phrase: &str) -> bool {
        let wanted: Vec<String> = parts_of(phrase);
        let have: Vec<Vec<String>> = self.list.iter().map(|lexeme| parts_of(&lexeme.text)).collect();
        let flat: Vec<&String> = have.iter().flatten().collect();
        !wanted.is_empty() && flat.windows(wanted.len()).any(|window| window.iter().zip(&wanted).all(|(a, b)| *a == b))
    }

    /// Makes all pieces unused again.
    pub(crate) fn restore(&mut self) {
        self.list.iter_mut().for_each(|lexeme| lexeme.used = false);
    }

    fn use_up(&mut self, at: usize) -> Option<String> {
        let lexeme = self.list.get_mut(at)?;
        lexeme.used = true;
        Some(lexeme.text.clone())
    }

    /// After "city:", "order id is", "days =", or the number before "days".
    fn near(&self, name: &str, fits: &mut impl FnMut(&Lexeme) -> bool) -> Option<usize> {
        let parts = parts_of(name);
        let is_name = |lexeme: &Lexeme| parts_of(&lexeme.text).iter().any(|part| parts.contains(part));
        let names = self.list.iter().enumerate().filter(|(_, lexeme)| lexeme.look != Look::Quoted && is_name(lexeme));
        for (at, _) in names {
            let mut usable = |at: usize| self.list.get(at).is_some_and(|lexeme| !lexeme.used && fits(lexeme));
            let before = at.checked_sub(1).filter(|before| {
                matches!(self.list.get(*before).map(|lexeme| lexeme.look), Some(Look::Number(_))) && usable(*before)
            });
            let filler = |lexeme: &Lexeme| FILLERS.contains(&lexeme.text.to_lowercase().as_str()) || is_name(lexeme);
            let skipped = self.list[at + 1..].iter().take_while(|lexeme| filler(lexeme)).count();
            if before.is_some() {
                return before;
            }
            if usable(at + 1 + skipped) {
                return Some(at + 1 + skipped);
            }
        }
        None
    }

    fn best(&self, name: &str, fits: &mut impl FnMut(&Lexeme) -> bool) -> Option<usize> {
        let rank = |lexeme: &Lexeme| match lexeme.look {
            Look::Quoted => 0,
            Look::Code if name.to_lowercase().contains("id") => 1,
            Look::Name if !lexeme.opens_sentence => 2,
            Look::Code | Look::Number(_) => 3,
            Look::Name => 4,
            Look::Word => 5,
        };
        let usable = self.list.iter().enumerate().filter(|(_, lexeme)| !lexeme.used && rank(lexeme) < 5);
        let mut usable: Vec<(usize, &Lexeme)> = usable.filter(|(_, lexeme)| !is_instruction(lexeme)).collect();
        usable.sort_by_key(|(_, lexeme)| rank(lexeme));
        usable.into_iter().find(|(_, lexeme)| fits(lexeme)).map(|(at, _)| at)
    }

    /// The unused word after a preposition of place, for a prompt without capitals.
    pub(crate) fn take_place(&mut self, mut fits: impl FnMut(&Lexeme) -> bool) -> Option<String> {
        let after_preposition = |at: usize| {
            let before = at.checked_sub(1).and_then(|before| self.list.get(before));
            before
                .is_some_and(|lexeme| ["in", "at", "for", "near", "to"].contains(&lexeme.text.to_lowercase().as_str()))
        };
        let place = self.list.iter().enumerate().find(|(at, lexeme)| {
            !lexeme.used && after_preposition(*at) && !FILLERS.contains(&lexeme.text.as_str()) && fits(lexeme)
        });
        let at = place.map(|(at, _)| at)?;
        self.use_up(at)
    }

    /// Whether an unused name or quoted string is left.
    pub(crate) fn has_another_name(&self) -> bool {
        let named = |lexeme: &Lexeme| match lexeme.look {
            Look::Quoted => true,
            Look::Name => !lexeme.opens_sentence,
            _ => false,
        };
        self.list.iter().any(|lexeme| !lexeme.used && named(lexeme) && !is_instruction(lexeme))
    }
}

/// A capital letter at a sentence's start that only says what to do, or the form that the answer is to have.
pub(crate) fn is_instruction(lexeme: &Lexeme) -> bool {
    let says_what = || super::retrieve::topical_words(&lexeme.text) == 0 || ORDERS.contains(&lexeme.text.as_str());
    lexeme.text == "JSON" || (lexeme.opens_sentence && lexeme.look == Look::Name && says_what())
}

fn look(text: &str) -> Look {
    let plain = text.trim_start_matches(['$', '€', '£', '#']).replace(',', "");
    if let Some(number) =
        plain.parse::<f64>().ok().filter(|number| number.is_finite() && plain.ends_with(|s: char| s.is_ascii_digit()))
    {
        return Look::Number(number);
    }
    let has = |test: fn(char) -> bool| text.chars().any(test);
    if has(|sign| sign.is_ascii_digit()) || text.contains('@') || text.contains("://") {
        return Look::Code;
    }
    if text.chars().next().is_some_and(char::is_uppercase) { Look::Name } else { Look::Word }
}

/// A quoted string at the start: its inside, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let open = text.chars().next()?;
    let close = match open {
        '"' | '\'' | '`' => open,
        '“' | '„' => '”',
        '‘' => '’',
        '«' => '»',
        _ => return None,
    };
    let (inside, after) = text[open.len_utf8()..].split_once(close)?;
    (!inside.is_empty() && inside.len() <= 400).then_some((inside, after))
}

/// The stems in a name: `orderId`, `order_id` and `order id` are the same.
pub(crate) fn parts_of(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut lower = false;
    for sign in name.chars() {
        if sign.is_uppercase() && lower {
            spaced.push(' ');
        }
        lower = sign.is_lowercase();
        spaced.push(if sign.is_alphanumeric() { sign } else { ' ' });
    }
    spaced.split_whitespace().map(stem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(prompt: &str, name: &str) -> Option<String> {
        Lexemes::read(prompt).take(name, |_| true)
    }

    #[test]
    fn a_value_beside_the_name_of_its_field_comes_first() {
        assert_eq!(take("Ann wants the order id A-77 now", "order_id").as_deref(), Some("A-77"));
        assert_eq!(take("plan 3 days in Rome", "days").as_deref(), Some("3"));
        assert_eq!(take("city: 'San José', 5 nights", "cityName").as_deref(), Some("San José"));
    }

    #[test]
    fn names_of_several_words_are_one_and_each_value_is_used_once() {
        let mut lexemes = Lexemes::read("What's the weather in New York, and in Paris?");
        let mut name = || lexemes.take("location", |lexeme| lexeme.look == Look::Name);
        assert_eq!([name().as_deref(), name().as_deref(), name().as_deref()], [Some("New York"), Some("Paris"), None]);
    }

    #[test]
    fn quotes_numbers_and_codes_are_told_apart() {
        let lexemes = Lexemes::read("Send \"two words\" to a@b.org for $1,200.50 by 2026-05-01.");
        let looks: Vec<(&str, Look)> = lexemes.list.iter().map(|lexeme| (lexeme.text.as_str(), lexeme.look)).collect();
        assert_eq!(
            looks,
            [
                ("Send", Look::Name),
                ("two words", Look::Quoted),
                ("to", Look::Word),
                ("a@b.org", Look::Code),
                ("for", Look::Word),
                ("1,200.50", Look::Number(1200.5)),
                ("by", Look::Word),
                ("2026-05-01", Look::Code),
            ]
        );
    }

    #[test]
    fn a_phrase_is_mentioned_whatever_its_spelling() {
        let lexemes = Lexemes::read("Mark it as in progress, please.");
        assert!(lexemes.mentions("in_progress") && lexemes.mentions("inProgress") && !lexemes.mentions("done"));
    }
}
