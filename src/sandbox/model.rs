//! The toy model as a whole: what it has read, built once per process.

use std::sync::LazyLock;

use super::corpus::{self, Passage};
use super::ngram::NgramModel;
use super::retrieve::Index;
use super::tokens::{self, END, TokenId, Vocabulary};

/// All that the model knows.
#[derive(Debug)]
pub(crate) struct Model {
    pub passages: Vec<Passage>,
    pub vocabulary: Vocabulary,
    pub ngrams: NgramModel,
    pub index: Index,
    /// Where each passage starts in the read text; it ends at the next [`END`].
    starts: Vec<usize>,
    fallback: usize,
}

static SHIPPED: LazyLock<Model> = LazyLock::new(|| Model::read(corpus::FILES));

impl Model {
    /// The model over the shipped text. The first call reads it (some ten milliseconds): not for a hot path.
    pub(crate) fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads Markdown files.
    pub(crate) fn read(files: &[&'static str]) -> Self {
        let passages: Vec<Passage> = files.iter().flat_map(|file| corpus::passages(file)).collect();
        let mut vocabulary = Vocabulary::new();
        let mut text = vec![END];
        let mut starts = Vec::with_capacity(passages.len());
        for passage in &passages {
            starts.push(text.len());
            text.extend(tokens::split(passage.body).map(|token| vocabulary.learn(token)));
            text.push(END);
        }
        let fallback = passages.iter().position(|passage| passage.heading == corpus::NOTHING_MATCHED).unwrap_or(0);
        let ngrams = NgramModel::new(text, vocabulary.len());
        let index = Index::new(&passages);
        Self { passages, vocabulary, ngrams, index, starts, fallback }
    }

    /// Where a passage starts in the read text.
    pub(crate) fn start_of(&self, passage: usize) -> usize {
        self.starts.get(passage).copied().unwrap_or(0)
    }

    /// The passage that says that nothing was found.
    pub(crate) fn fallback(&self) -> usize {
        self.fallback
    }

    /// The tokens of a passage, without its end.
    pub(crate) fn tokens_of(&self, passage: usize) -> impl Iterator<Item = TokenId> + '_ {
        (self.start_of(passage)..).map(|at| self.ngrams.token(at)).take_while(|token| *token != END)
    }
}
