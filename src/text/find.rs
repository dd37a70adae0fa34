//! Finding a text in others: what counts as a match, and where matches begin. A text that grows is gone on with where the
//! last search could tell no more.

/// Stands between two rows that were one text before it was wrapped: a match goes over it.
pub const ROW_BREAK: char = '\u{1}';

/// As many signs in a row as a match goes over without counting them: blanks, marks of emphasis, breaks of rows.
const MOST_SKIPPED: usize = 64;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    /// Blanks are single; folded where case does not count.
    signs: Vec<char>,
    exact: bool,
}

/// Whether a text begins with what is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begins {
    No,
    /// It does, with so many bytes.
    With(usize),
    /// The text ends before it can be told.
    Unfinished,
}

impl Needle {
    /// What a query looks for; nothing where nothing is written. Case counts as soon as it has a capital letter.
    #[must_use]
    pub fn new(query: &str) -> Option<Self> {
        let exact = query.chars().any(char::is_uppercase);
        let mut signs: Vec<char> = Vec::new();
        for sign in query.chars() {
            match sign.is_whitespace() {
                true if signs.last() == Some(&' ') => {}
                true => signs.push(' '),
                false => signs.push(if exact { sign } else { folded(sign) }),
            }
        }
        (!signs.is_empty()).then_some(Self { signs, exact })
    }

    /// Adds where matches begin in `text` from a byte on. Gives the byte from which on more text could tell more.
    pub fn scan(&self, text: &str, from: usize, places: &mut Vec<u32>) -> usize {
        let mut resume = text.len();
        let mut at = from;
        while let Some(place) = self.candidate(text, at) {
            match self.begins(&text[place..]) {
                Begins::With(_) => places.extend(u32::try_from(place)),
                Begins::Unfinished => resume = resume.min(place),
                Begins::No => {}
            }
            at = place + text[place..].chars().next().map_or(1, char::len_utf8);
        }
        resume
    }

    /// Keeps the matches of a shorter query that are matches of this one. Gives the byte from which on is to be searched.
    pub fn narrow(&self, text: &str, resume: usize, places: &mut Vec<u32>) -> usize {
        let mut resume = resume;
        places.retain(|place| {
            let place = *place as usize;
            let begins = text.get(place..).map_or(Begins::No, |rest| self.begins(rest));
            if begins == Begins::Unfinished {
                resume = resume.min(place);
            }
            matches!(begins, Begins::With(_))
        });
        resume
    }

    /// Whether a match begins at a byte of a text, and where it ends.
    fn end_at(&self, text: &str, place: usize) -> Option<usize> {
        match self.begins(text.get(place..)?) {
            Begins::With(length) => Some(place + length),
            _ => None,
        }
    }

    /// All matches in a text, by their bytes.
    #[must_use]
    pub fn matches(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        let mut places = Vec::new();
        self.scan(text, 0, &mut places);
        let places = places.into_iter().map(|place| place as usize);
        places.filter_map(|place| Some(place..self.end_at(text, place)?)).collect()
    }

    /// The next place whose first sign fits.
    fn candidate(&self, text: &str, from: usize) -> Option<usize> {
        let first = *self.signs.first()?;
        let rest = text.get(from..)?;
        let found = if first.is_ascii_graphic() && (self.exact || !matches!(first, 'k' | 'i')) {
            let (lower, upper) = (first as u8, if self.exact { first as u8 } else { first.to_ascii_uppercase() as u8 });
            rest.bytes().position(|byte| byte == lower || byte == upper)
        } else {
            // Some signs of several bytes fold to an ASCII letter: the Kelvin sign, the dotted capital I.
            rest.char_indices().find(|(_, sign)| self.fits(first, *sign)).map(|(at, _)| at)
        };
        found.map(|at| from + at)
    }

    fn fits(&self, wanted: char, sign: char) -> bool {
        match wanted {
            ' ' => sign.is_whitespace() || sign == ROW_BREAK,
            _ if self.exact => sign == wanted,
            _ => folded(sign) == wanted,
        }
    }

    fn begins(&self, text: &str) -> Begins {
        let mut signs = text.char_indices().peekable();
        let mut end = 0;
        for (place, wanted) in self.signs.iter().enumerate() {
            let (mut skipped, mut broken) = (0, false);
            loop {
                let Some((at, sign)) = signs.next() else { return Begins::Unfinished };
                if self.fits(*wanted, sign) {
                    end = at + sign.len_utf8();
                    break;
                }
                broken |= sign == ROW_BREAK;
                // A row that goes on may be indented.
                let passes = is_mark(sign) || sign == ROW_BREAK || (sign == ' ' && broken);
                if place == 0 || !passes || skipped >= MOST_SKIPPED {
                    return Begins::No;
                }
                skipped += 1;
            }
            if *wanted == ' ' {
                for _ in 0..MOST_SKIPPED {
                    let Some((at, sign)) = signs.next_if(|(_, sign)| self.fits(' ', *sign)) else { break };
                    end = at + sign.len_utf8();
                }
            }
        }
        Begins::With(end)
    }
}

/// Marks of emphasis stand in the source and not on the screen.
fn is_mark(sign: char) -> bool {
    matches!(sign, '*' | '`')
}

fn folded(sign: char) -> char {
    if sign.is_ascii() { sign.to_ascii_lowercase() } else { sign.to_lowercase().next().unwrap_or(sign) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(query: &str, text: &str) -> Vec<String> {
        let needle = Needle::new(query).unwrap();
        needle.matches(text).into_iter().map(|range| text[range].to_owned()).collect()
    }

    #[test]
    fn case_counts_only_where_a_capital_letter_is_written() {
        assert_eq!(found("refund", "Refund, refund, REFUND"), ["Refund", "refund", "REFUND"]);
        assert_eq!(found("Refund", "Refund, refund, REFUND"), ["Refund"]);
        assert_eq!(found("äpfel", "ÄPFEL und Äpfel"), ["ÄPFEL", "Äpfel"]);
        assert_eq!(Needle::new(""), None);
    }

    #[test]
    fn a_match_goes_over_blanks_marks_and_the_ends_of_rows() {
        assert_eq!(found("30 days", "within **30\n   days** of"), ["30\n   days"]);
        assert_eq!(found("bold word", "a **bold** word"), ["bold** word"]);
        assert_eq!(found("返金は", "返\u{1}  金は"), ["返\u{1}  金は"]);
        assert_eq!(found("foobar", "foo bar foo\nbar"), Vec::<String>::new());
        assert_eq!(found("a_b", "a_b ab"), ["a_b"]);
    }

    #[test]
    fn matches_may_overlap() {
        assert_eq!(found("aa", "aaaa").len(), 3);
    }

    proptest! {
        #[test]
        fn a_text_that_grows_is_searched_to_the_same_end(
            pieces in prop::collection::vec("[aAb *\n漢K]{0,6}", 0..12), query in "[aAb 漢k]{1,4}",
        ) {
            let needle = Needle::new(&query).unwrap();
            let (mut text, mut places, mut resume) = (String::new(), Vec::new(), 0);
            for piece in &pieces {
                text += piece;
                places.retain(|place: &u32| (*place as usize) < resume);
                resume = needle.scan(&text, resume, &mut places);
            }
            let mut whole = Vec::new();
            needle.scan(&text, 0, &mut whole);
            prop_assert_eq!(places, whole);
        }

        #[test]
        fn a_longer_query_is_found_where_the_shorter_one_was_and_in_what_comes_after(
            text in "[aAb *\n漢]{0,40}", rest in "[aAb *\n漢]{0,9}", query in "[aAb 漢]{1,4}", more in "[aAb 漢]",
        ) {
            let (short, long) = (Needle::new(&query).unwrap(), Needle::new(&format!("{query}{more}")).unwrap());
            let mut places = Vec::new();
            let resume = short.scan(&text, 0, &mut places);
            let mut resume = long.narrow(&text, resume, &mut places);
            for text in [text.clone(), text + &rest] {
                places.retain(|place| (*place as usize) < resume);
                resume = long.scan(&text, resume, &mut places);
                let mut whole = Vec::new();
                long.scan(&text, 0, &mut whole);
                prop_assert_eq!(&places, &whole);
            }
        }
    }
}
