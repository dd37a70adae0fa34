//! The text the sandbox has read: Markdown files, cut into passages.
//!
//! Owns the list of files and the cutting. Knows nothing of words, counts or scores.

/// The files, the manual first. A new file is one row here.
pub(crate) const FILES: &[&str] = &[
    include_str!("../../assets/corpus/lanes.md"),
    include_str!("../../assets/corpus/keys.md"),
    include_str!("../../assets/corpus/params.md"),
    include_str!("../../assets/corpus/sliders.md"),
    include_str!("../../assets/corpus/sandbox.md"),
    include_str!("../../assets/corpus/composer.md"),
    include_str!("../../assets/corpus/configuration.md"),
    include_str!("../../assets/corpus/costs.md"),
    include_str!("../../assets/corpus/errors.md"),
    include_str!("../../assets/corpus/headless.md"),
    include_str!("../../assets/corpus/replies.md"),
    include_str!("../../assets/corpus/safety.md"),
    include_str!("../../assets/corpus/sandbox-guide.md"),
    include_str!("../../assets/corpus/servers.md"),
    include_str!("../../assets/corpus/start.md"),
    include_str!("../../assets/corpus/terminal.md"),
    include_str!("../../assets/corpus/tools.md"),
    include_str!("../../assets/corpus/arts.md"),
    include_str!("../../assets/corpus/cooking.md"),
    include_str!("../../assets/corpus/git.md"),
    include_str!("../../assets/corpus/habits.md"),
    include_str!("../../assets/corpus/languages.md"),
    include_str!("../../assets/corpus/nature.md"),
    include_str!("../../assets/corpus/numbers.md"),
    include_str!("../../assets/corpus/programming.md"),
    include_str!("../../assets/corpus/prompts.md"),
    include_str!("../../assets/corpus/puzzles.md"),
    include_str!("../../assets/corpus/queries.md"),
    include_str!("../../assets/corpus/science.md"),
    include_str!("../../assets/corpus/shell.md"),
    include_str!("../../assets/corpus/smalltalk.md"),
    include_str!("../../assets/corpus/snippets.md"),
    include_str!("../../assets/corpus/stories.md"),
    include_str!("../../assets/corpus/travel.md"),
    include_str!("../../assets/corpus/writing.md"),
];

/// The heading of the passage that is given when nothing fits.
pub(crate) const NOTHING_MATCHED: &str = "Nothing matched your question";

/// One section of a file: what is found and told as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passage {
    /// The file's `# Title`.
    pub title: &'static str,
    /// The section's `## Heading`.
    pub heading: &'static str,
    /// All below the heading, trimmed.
    pub body: &'static str,
}

/// Cuts one file at its `## ` lines; such lines inside a code fence are text. A section without a body is left out.
pub(crate) fn passages(file: &'static str) -> Vec<Passage> {
    let mut found = Vec::new();
    let mut title = "";
    let mut open: Option<(&'static str, usize)> = None;
    let mut fenced = false;
    let mut at = 0;
    for line in file.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let text = line.trim_end();
        fenced ^= text.trim_start().starts_with("```");
        if fenced {
            continue;
        }
        if let Some(heading) = text.strip_prefix("## ") {
            close(&mut found, title, open, file, start);
            open = Some((heading.trim(), at));
        } else if let Some(name) = text.strip_prefix("# ") {
            close(&mut found, title, open.take(), file, start);
            title = name.trim();
        }
    }
    close(&mut found, title, open, file, file.len());
    found
}

fn close(
    found: &mut Vec<Passage>,
    title: &'static str,
    open: Option<(&'static str, usize)>,
    file: &'static str,
    end: usize,
) {
    let Some((heading, start)) = open else { return };
    let body = file.get(start..end).unwrap_or_default().trim();
    if !body.is_empty() {
        found.push(Passage { title, heading, body });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_at_its_second_level_headings_but_not_inside_fences() {
        let file =
            "# Tea\n\nLost.\n\n## Green\n\nSteep it.\n\n```sh\n## not a heading\n```\n\n## Empty\n\n## Black\nBoil.\n";
        assert_eq!(
            passages(file),
            [
                Passage { title: "Tea", heading: "Green", body: "Steep it.\n\n```sh\n## not a heading\n```" },
                Passage { title: "Tea", heading: "Black", body: "Boil." },
            ]
        );
    }

    #[test]
    fn every_file_of_the_folder_is_read() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/corpus");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), FILES.len());
    }

    #[test]
    fn every_shipped_file_has_a_title_and_passages_and_one_passage_says_that_nothing_matched() {
        let all: Vec<Passage> = FILES.iter().flat_map(|file| passages(file)).collect();
        for file in FILES {
            assert!(!passages(file).is_empty(), "no passage in {:?}", file.lines().next());
        }
        assert!(all.iter().all(|passage| !passage.title.is_empty() && !passage.heading.is_empty()));
        assert_eq!(all.iter().filter(|passage| passage.heading == NOTHING_MATCHED).count(), 1);
    }
}
