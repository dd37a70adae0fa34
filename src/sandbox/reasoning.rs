//! The reasoner's thoughts: its own search, as it was.

use std::fmt::Write;

use super::ask::Effort;
use super::model::Model;
use super::topic::Topic;

/// What is thought before an answer; empty without effort.
pub(crate) fn think(model: &Model, topic: &Topic, chosen: Option<usize>, effort: Effort) -> String {
    let considered = match effort {
        Effort::None => return String::new(),
        Effort::Low => 2,
        Effort::Medium => 4,
        Effort::High => 10,
    };
    let words: Vec<&str> = topic.terms.iter().map(|(term, _)| term.as_str()).collect();
    let mut text = match words.as_slice() {
        [] => "I find no word that says what this is about.\n".to_owned(),
        words => format!("I look for these word stems: {}.\n", words.join(", ")),
    };
    for (rank, hit) in (1..).zip(topic.hits.iter().take(considered)) {
        let Some(passage) = model.passages.get(hit.passage) else { continue };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{rank}. \"{}\" ({}) scores {:.2}", passage.heading, passage.title, hit.score);
    }
    let close = match chosen.and_then(|passage| model.passages.get(passage)) {
        Some(passage) => format!("{} passages fit. I begin with \"{}\".", topic.hits.len(), passage.heading),
        None => "No passage fits, so I say what I am.".to_owned(),
    };
    text.push_str(&close);
    text
}
