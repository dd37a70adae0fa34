//! A growing text made safe, without a second copy of it where nothing in it had to change.

use crate::text::Cleaner;

/// A growing text made safe as far as it came.
#[derive(Debug, Default)]
pub(super) struct CleanText {
    cleaner: Cleaner,
    /// The bytes of the source that went through the cleaner.
    seen: usize,
    finished: bool,
    clean: Clean,
}

/// What came out of the cleaner.
#[derive(Debug)]
enum Clean {
    /// So many bytes of the source as they stand: most text needs no more.
    AsItCame(usize),
    Changed(String),
}

impl Default for Clean {
    fn default() -> Self {
        Self::AsItCame(0)
    }
}

impl CleanText {
    /// The clean text; `source` is the one that was taken in last.
    pub(super) fn of<'s>(&'s self, source: &'s str) -> &'s str {
        match &self.clean {
            Clean::AsItCame(bytes) => source.get(..*bytes).unwrap_or_default(),
            Clean::Changed(clean) => clean,
        }
    }

    /// Takes in what is new of a source; whether that changed anything. At its end a sequence that never ended shows.
    pub(super) fn update(&mut self, source: &str, ended: bool) -> bool {
        let mut fresh = String::new();
        if let Some(new) = source.get(self.seen..).filter(|new| !new.is_empty()) {
            self.cleaner.push(new, &mut fresh);
            self.seen = source.len();
        }
        if ended && !self.finished {
            self.finished = true;
            self.cleaner.finish(&mut fresh);
        }
        self.append(source, &fresh);
        !fresh.is_empty()
    }

    fn append(&mut self, source: &str, fresh: &str) {
        match &mut self.clean {
            Clean::AsItCame(bytes) => {
                let (from, to) = (*bytes, *bytes + fresh.len());
                if source.get(from..to) == Some(fresh) {
                    *bytes = to;
                } else {
                    self.clean = Clean::Changed([&source[..from], fresh].concat());
                }
            }
            Clean::Changed(clean) => clean.push_str(fresh),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::clean;

    /// Takes a text in by pieces; gives whether it is shared with its source.
    fn is_shared(pieces: &[&str]) -> bool {
        let (mut kept, mut source) = (CleanText::default(), String::new());
        for piece in pieces {
            source.push_str(piece);
            kept.update(&source, false);
        }
        kept.update(&source, true);
        assert_eq!(kept.of(&source), clean(&source));
        matches!(kept.clean, Clean::AsItCame(_))
    }

    #[test]
    fn only_a_text_in_which_something_changes_is_kept_a_second_time() {
        assert!(is_shared(&["Words, `code`\n", "\tand 你好, e\u{301} ", "👩", "\u{200D}", "👩 ☕\u{FE0F}\n"]));
        assert!(!is_shared(&["Words\u{1B}[31m red"]));
        assert!(!is_shared(&["Words", "\u{7}", " and more"]));
        assert!(is_shared(&[]));
    }

    proptest! {
        #[test]
        fn the_text_is_clean_wherever_it_was_cut(
            pieces in prop::collection::vec("([a-z\\n ]|\u{1B}|\\[|m|\u{7}|\r|\u{200D}|\u{202E}|👩|e\u{301}|\\PC){0,6}", 0..8),
        ) {
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            is_shared(&pieces);
        }
    }
}
