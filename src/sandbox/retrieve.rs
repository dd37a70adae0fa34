//! Finds the passages that fit a question: BM25 over headings and bodies.
//!
//! Owns words as search terms and the index. Knows nothing of tokens or of what is done with a passage.

use std::collections::HashMap;

use super::corpus::Passage;

/// A word in the heading counts as this many in the body.
const HEADING_WEIGHT: f32 = 4.0;
/// BM25's usual constants: how soon repeated words stop to count, how much long passages lose.
const SATURATION: f32 = 1.2;
const LENGTH_LOSS: f32 = 0.75;
/// How much of the question's weight a passage has to cover; below it, nothing was found.
const LEAST_COVER: f32 = 0.35;
/// What a word counts that says what to do, not about what.
const TASK_WORD: f32 = 0.3;

/// Words that say nothing about the topic.
const STOP_WORDS: &str = " a about all am an and any are as at be been but by can could did do does doing for from get give \
    got had has have hello here hi him his how i if in into is it its just kindly let like make me more most must my no \
    not now of off on one or our out over please really shall she should so some such tell than that the their them then \
    there these they thing this those to too under up us use want was we were what when where which who why will with \
    would you your ";

/// Stems of words that say what to do with a topic.
const TASK_STEMS: &str =
    " writ explain describ summaris summariz show tell list nam creat mak exampl briefly short think find help ";

/// A word of the question and how much it counts.
pub(crate) type Weighted = (String, f32);

/// A passage that fits, by its index, and how well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hit {
    pub passage: usize,
    pub score: f32,
}

/// Which passages hold which terms.
#[derive(Debug)]
pub(crate) struct Index {
    postings: HashMap<String, Vec<(u32, f32)>>,
    lengths: Vec<f32>,
    /// The topical terms of each heading.
    headings: Vec<Vec<String>>,
    /// All terms of each heading, in order.
    titles: Vec<Vec<String>>,
    mean_length: f32,
}

impl Index {
    /// Reads all passages.
    pub(crate) fn new(passages: &[Passage]) -> Self {
        let mut index = Self {
            postings: HashMap::new(),
            lengths: Vec::with_capacity(passages.len()),
            headings: Vec::with_capacity(passages.len()),
            titles: passages.iter().map(|passage| terms(passage.heading).collect()).collect(),
            mean_length: 1.0,
        };
        for (number, passage) in (0..).zip(passages) {
            index.add(number, passage);
        }
        index.mean_length = (index.lengths.iter().sum::<f32>() / passages.len().max(1) as f32).max(1.0);
        index
    }

    fn add(&mut self, number: u32, passage: &Passage) {
        let mut weights: HashMap<String, f32> = HashMap::new();
        let heading = topic_terms(passage.heading);
        for term in &heading {
            *weights.entry(term.clone()).or_default() += HEADING_WEIGHT;
        }
        for term in terms(passage.title).chain(terms(passage.body)) {
            *weights.entry(term).or_default() += 1.0;
        }
        self.lengths.push(weights.values().sum());
        self.headings.push(heading);
        for (term, weight) in weights {
            self.postings.entry(term).or_default().push((number, weight));
        }
    }

    /// The passages that fit, best first; none when too little of the question is known.
    pub(crate) fn search(&self, question: &[Weighted]) -> Vec<Hit> {
        let mut scores = vec![(0.0f32, 0.0f32); self.lengths.len()];
        let mut whole = 0.0;
        for (term, weight) in question {
            let places = self.postings.get(term).map_or(&[][..], Vec::as_slice);
            let rarity = self.rarity(places.len()) * weight;
            whole += rarity;
            for (passage, count) in places {
                let slot = &mut scores[*passage as usize];
                slot.0 += rarity * self.saturate(*passage as usize, *count);
                slot.1 += rarity;
            }
        }
        let mut hits: Vec<Hit> = (0..)
            .zip(&scores)
            .filter(|(_, (score, cover))| *score > 0.0 && *cover >= LEAST_COVER * whole)
            .map(|(passage, (score, _))| Hit { passage, score: score * self.heading_bonus(passage, question) })
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage)));
        hits
    }

    /// The passage whose heading has the very words of the question.
    pub(crate) fn titled(&self, question: &str) -> Option<usize> {
        let asked: Vec<String> = terms(question).collect();
        self.titles.iter().position(|title| *title == asked)
    }

    fn rarity(&self, holders: usize) -> f32 {
        let (all, holders) = (self.lengths.len() as f32, holders as f32);
        (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln()
    }

    fn saturate(&self, passage: usize, count: f32) -> f32 {
        let length = 1.0 - LENGTH_LOSS + LENGTH_LOSS * self.lengths[passage] / self.mean_length;
        count * (SATURATION + 1.0) / (count + SATURATION * length)
    }

    /// A heading that is wholly asked for, and says the whole question, beats one that shares a word.
    fn heading_bonus(&self, passage: usize, question: &[Weighted]) -> f32 {
        let heading = &self.headings[passage];
        let shared = heading.iter().filter(|term| question.iter().any(|(word, _)| word == *term)).count() as f32;
        1.0 + (shared / heading.len().max(1) as f32) * (shared / question.len().max(1) as f32)
    }
}

/// The terms of a question, each once; words such as "write" and "explain" count less.
pub(crate) fn weighted(question: &str, weight: f32) -> Vec<Weighted> {
    let mut terms = topic_terms(question);
    terms.sort();
    terms.dedup();
    let weigh = |term: &String| if TASK_STEMS.contains(&format!(" {term} ")) { weight * TASK_WORD } else { weight };
    terms.into_iter().map(|term| (term.clone(), weigh(&term))).collect()
}

/// The words of a text that say what it is about; all its words when it has no others.
pub(crate) fn topic_terms(text: &str) -> Vec<String> {
    let topical: Vec<String> = words(text).filter(is_topical).map(stem).collect();
    if topical.is_empty() { terms(text).collect() } else { topical }
}

/// How many words of a text say what it is about.
pub(crate) fn topical_words(text: &str) -> usize {
    words(text).filter(is_topical).count()
}

fn is_topical(word: &&str) -> bool {
    let number = word.chars().all(|sign| sign.is_ascii_digit());
    !number && !STOP_WORDS.contains(&format!(" {} ", word.to_lowercase()))
}

fn terms(text: &str) -> impl Iterator<Item = String> + '_ {
    words(text).map(stem)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_alphanumeric() && sign != '_' && sign != '\'').filter(|word| !word.is_empty())
}

/// Brings the forms of a word together; crude, but the same for question and text.
pub(crate) fn stem(word: &str) -> String {
    let lower = word.to_lowercase().trim_matches('\'').trim_end_matches("'s").to_owned();
    for (ending, least) in [("ing", 6), ("ed", 5), ("es", 5), ("s", 4)] {
        let double_s = ending == "s" && lower.ends_with("ss");
        if let Some(root) = lower.strip_suffix(ending).filter(|_| lower.len() >= least && !double_s) {
            return without_final_e(root);
        }
    }
    without_final_e(&lower)
}

fn without_final_e(root: &str) -> String {
    let cut = if root.len() >= 4 { root.strip_suffix('e') } else { None };
    let cut = cut.unwrap_or(root);
    let mut last = cut.chars().rev();
    let doubled = cut.len() >= 4 && last.next() == last.next() && !cut.ends_with('s');
    if doubled { cut.chars().take(cut.chars().count() - 1).collect() } else { cut.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEA: Passage = Passage { title: "Tea", heading: "How long do I steep green tea?", body: "Two minutes." };
    const LANE: Passage = Passage { title: "Manual", heading: "How do I add a lane?", body: "Press Alt+A." };
    const RAIN: Passage = Passage { title: "Weather", heading: "Rain", body: "Rain falls on the lane and in the tea." };

    fn ask(question: &str) -> Vec<usize> {
        Index::new(&[TEA, LANE, RAIN]).search(&weighted(question, 1.0)).iter().map(|hit| hit.passage).collect()
    }

    #[test]
    fn the_passage_whose_heading_is_asked_for_comes_first() {
        assert_eq!(ask("how do I add a lane?").first(), Some(&1));
        assert_eq!(ask("Add lanes, please").first(), Some(&1));
        assert_eq!(ask("TEA"), [0, 2]);
    }

    #[test]
    fn a_question_about_unknown_things_finds_nothing() {
        assert_eq!(ask("quantum chromodynamics lagrangian lane"), Vec::<usize>::new());
        assert_eq!(ask(""), Vec::<usize>::new());
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (form, root) in
            [("lanes", "lane"), ("adding", "add"), ("stopped", "stop"), ("boxes", "box"), ("glass", "glass")]
        {
            assert_eq!(stem(form), stem(root), "{form}");
        }
    }
}
