//! Regular expressions of schemas, as far as schemas need them: matching a text, and making one that matches.
//!
//! Knows literals, classes, groups, alternatives, repeats and the anchors `^` and `$` at the ends of a branch. What it
//! does not know (look-around, back references, `\b`) makes [`Pattern::parse`] fail.

/// A repeat that must come more often than this is refused, to bound memory.
const MOST_REPEATS: u32 = 1000;
/// A match that takes more steps than this is called a mismatch, to bound time.
const MOST_STEPS: u32 = 20_000;
/// Groups nest no deeper than this, to bound the stack.
const DEEPEST: u32 = 32;

/// How much more than the least a repeat is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extra {
    UpTo(u32),
    /// As near as the repeat allows.
    Exactly(u32),
}

/// A parsed expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pattern {
    branches: Vec<Branch>,
}

#[derive(Clone, Debug, PartialEq)]
struct Branch {
    from_start: bool,
    to_end: bool,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
struct Part {
    what: What,
    least: u32,
    most: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    OneOf { negated: bool, ranges: Vec<(char, char)> },
    Group(Vec<Vec<Part>>),
}

impl Pattern {
    /// Reads an expression; `None` when it uses what is not known here.
    pub(crate) fn parse(source: &str) -> Option<Self> {
        let mut reader = Reader { rest: source, depth: 0 };
        let mut branches = Vec::new();
        loop {
            let from_start = reader.take('^');
            let parts = reader.parts()?;
            let to_end = reader.take('$');
            branches.push(Branch { from_start, to_end, parts });
            if !reader.take('|') {
                break;
            }
        }
        reader.rest.is_empty().then_some(Self { branches })
    }

    /// Whether the text has a match.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let signs: Vec<char> = text.chars().collect();
        let mut steps = MOST_STEPS;
        self.branches.iter().any(|branch| {
            let starts = if branch.from_start { 0..=0 } else { 0..=signs.len() };
            let done = |at: usize, _: &mut u32| !branch.to_end || at == signs.len();
            starts.into_iter().any(|start| sequence(&branch.parts, &signs, start, &mut steps, &done))
        })
    }

    /// Makes a text that matches.
    pub(crate) fn make(&self, random: &mut fastrand::Rng, extra: Extra) -> String {
        let mut out = String::new();
        if let Some(branch) = self.branches.first() {
            write(&branch.parts, random, extra, &mut out);
        }
        out
    }
}

fn write(parts: &[Part], random: &mut fastrand::Rng, extra: Extra, out: &mut String) {
    for part in parts {
        let up_to = |more: u32| part.most.unwrap_or(u32::MAX).min(part.least.saturating_add(more));
        let times = match extra {
            Extra::UpTo(more) => random.u32(part.least..=up_to(more)),
            Extra::Exactly(more) => up_to(more),
        };
        for _ in 0..times {
            match &part.what {
                What::OneOf { negated, ranges } => out.push(sign(*negated, ranges, random)),
                What::Group(branches) => {
                    if let Some(branch) = random.choice(branches) {
                        write(branch, random, extra, out);
                    }
                }
            }
        }
    }
}

fn sign(negated: bool, ranges: &[(char, char)], random: &mut fastrand::Rng) -> char {
    if negated {
        let fits: Vec<char> = ('!'..='~').filter(|sign| !holds(ranges, *sign)).collect();
        let letters: Vec<char> = fits.iter().copied().filter(char::is_ascii_alphanumeric).collect();
        return random.choice(letters).or(random.choice(fits)).unwrap_or('\u{e9}');
    }
    let range = random.choice(ranges).copied().unwrap_or(('a', 'a'));
    random.char(range.0..=range.1)
}

fn holds(ranges: &[(char, char)], sign: char) -> bool {
    ranges.iter().any(|(low, high)| (*low..=*high).contains(&sign))
}

/// Goes on after a part that ended here.
type Then<'t> = &'t dyn Fn(usize, &mut u32) -> bool;

fn repeat(part: &Part, times: u32, text: &[char], at: usize, steps: &mut u32, then: Then<'_>) -> bool {
    let Some(left) = steps.checked_sub(1) else { return false };
    *steps = left;
    // Recursion is as deep as the text is long.
    if times > MOST_REPEATS {
        return false;
    }
    let more = part.most.is_none_or(|most| times < most);
    let again = |end: usize, steps: &mut u32| {
        (end > at || times < part.least) && repeat(part, times + 1, text, end, steps, then)
    };
    if more && once(&part.what, text, at, steps, &again) {
        return true;
    }
    times >= part.least && then(at, steps)
}

fn once(what: &What, text: &[char], at: usize, steps: &mut u32, then: Then<'_>) -> bool {
    match what {
        What::OneOf { negated, ranges } => {
            text.get(at).is_some_and(|sign| holds(ranges, *sign) != *negated) && then(at + 1, steps)
        }
        What::Group(branches) => branches.iter().any(|branch| sequence(branch, text, at, steps, then)),
    }
}

/// Whether `parts` match from `at` on and `then` accepts where they end.
fn sequence(parts: &[Part], text: &[char], at: usize, steps: &mut u32, then: Then<'_>) -> bool {
    let Some((part, rest)) = parts.split_first() else { return then(at, steps) };
    repeat(part, 0, text, at, steps, &|end, steps| sequence(rest, text, end, steps, then))
}

struct Reader<'p> {
    rest: &'p str,
    depth: u32,
}

impl Reader<'_> {
    fn take(&mut self, sign: char) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn next(&mut self) -> Option<char> {
        let sign = self.rest.chars().next()?;
        self.rest = &self.rest[sign.len_utf8()..];
        Some(sign)
    }

    /// Parts up to `|`, `)`, `$` or the end.
    fn parts(&mut self) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')', '$']) {
            let what = self.what()?;
            let (least, most) = self.times()?;
            parts.push(Part { what, least, most });
        }
        Some(parts)
    }

    fn what(&mut self) -> Option<What> {
        let one = |negated, ranges| Some(What::OneOf { negated, ranges });
        match self.next()? {
            '(' => self.group(),
            '[' => self.class(),
            '.' => one(true, vec![('\n', '\n'), ('\r', '\r')]),
            '\\' => {
                let (negated, ranges) = self.escape()?;
                one(negated, ranges)
            }
            '^' | '*' | '+' | '?' | '{' => None,
            sign => one(false, vec![(sign, sign)]),
        }
    }

    fn group(&mut self) -> Option<What> {
        if self.take('?') && !self.take(':') {
            return None;
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut branches = vec![self.parts()?];
        while self.take('|') {
            branches.push(self.parts()?);
        }
        self.depth -= 1;
        self.take(')').then_some(What::Group(branches))
    }

    fn class(&mut self) -> Option<What> {
        let negated = self.take('^');
        let mut ranges = Vec::new();
        while !self.take(']') {
            let low = match self.next()? {
                '\\' => {
                    let (inverse, mut known) = self.escape()?;
                    if inverse {
                        return None;
                    }
                    match known.as_slice() {
                        [(low, high)] if low == high => *low,
                        _ => {
                            ranges.append(&mut known);
                            continue;
                        }
                    }
                }
                sign => sign,
            };
            let high = self.range_end(low)?;
            ranges.push((low, high));
        }
        (negated || !ranges.is_empty()).then_some(What::OneOf { negated, ranges })
    }

    fn range_end(&mut self, low: char) -> Option<char> {
        if !self.rest.starts_with('-') || self.rest.starts_with("-]") {
            return Some(low);
        }
        self.take('-');
        let high = match self.next()? {
            '\\' => self.escape()?.1.first()?.0,
            sign => sign,
        };
        (high >= low).then_some(high)
    }

    fn escape(&mut self) -> Option<(bool, Vec<(char, char)>)> {
        let digits = vec![('0', '9')];
        let word = vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')];
        let space = vec![(' ', ' '), ('\t', '\t'), ('\n', '\n'), ('\r', '\r')];
        let one = |sign| Some((false, vec![(sign, sign)]));
        match self.next()? {
            'd' => Some((false, digits)),
            'D' => Some((true, digits)),
            'w' => Some((false, word)),
            'W' => Some((true, word)),
            's' => Some((false, space)),
            'S' => Some((true, space)),
            'n' => one('\n'),
            't' => one('\t'),
            'r' => one('\r'),
            sign if !sign.is_alphanumeric() => one(sign),
            _ => None,
        }
    }

    /// How often a part comes: `?`, `*`, `+`, `{2}`, `{2,}`, `{2,5}`, or once.
    fn times(&mut self) -> Option<(u32, Option<u32>)> {
        let times = match self.rest.chars().next() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => {
                let (inside, rest) = self.rest[1..].split_once('}')?;
                self.rest = rest;
                return counted(inside);
            }
            _ => return Some((1, Some(1))),
        };
        self.next()?;
        self.take('?');
        Some(times)
    }
}

fn counted(inside: &str) -> Option<(u32, Option<u32>)> {
    let (least, most) = match inside.split_once(',') {
        None => (inside.parse().ok()?, Some(inside.parse().ok()?)),
        Some((least, "")) => (least.parse().ok()?, None),
        Some((least, most)) => (least.parse().ok()?, Some(most.parse().ok()?)),
    };
    (least <= MOST_REPEATS && most.is_none_or(|most| least <= most)).then_some((least, most))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(text)
    }

    #[test]
    fn anchors_classes_groups_and_repeats_match_as_in_a_schema() {
        assert!(matches(r"^[A-Z]{1,2}-\d+$", "A-77"));
        assert!(!matches(r"^[A-Z]{1,2}-\d+$", "xA-77"));
        assert!(matches("b", "abc"));
        assert!(matches("^(ab|c)*d?$", "abcab"));
        assert!(!matches("^(ab|c)*$", "abx"));
        assert!(matches(r"^[^\s@]+@[^\s@]+\.\w{2,}$", "a@b.org"));
        assert!(matches("^a$|^b$", "b") && !matches("^a$|^b$", "ab"));
        assert!(matches("^(a*)*$", "aaa"));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for pattern in [r"(?=a)", r"\bword", r"(a)\1", "a{3,1}", "(", "[", "*", "[]"] {
            assert_eq!(Pattern::parse(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn a_vicious_pattern_ends() {
        assert!(!matches("^(a+)+$", &format!("{}b", "a".repeat(60))));
        assert_eq!(Pattern::parse(&"(".repeat(5000)), None);
    }

    proptest! {
        #[test]
        fn what_is_made_matches(seed in any::<u64>(), long in any::<bool>()) {
            for source in [r"^[A-Z]{3}-\d{4}$", "^(red|green|blue)$", r"^\+?[0-9 ]{6,12}$", r"^\w+(\.\w+)*@\w+\.[a-z]{2,3}$",
                "^[^a-z]{2}$", "^.{5}$", "x|y", r"^(?:\d{1,3}\.){3}\d{1,3}$"] {
                let pattern = Pattern::parse(source).unwrap();
                let extra = if long { Extra::Exactly(20) } else { Extra::UpTo(3) };
                let made = pattern.make(&mut fastrand::Rng::with_seed(seed), extra);
                prop_assert!(pattern.matches(&made), "{source} {made}");
            }
        }
    }
}
