//! The files that are offered for an unfinished `@path`.

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    pub name: String,
    pub is_directory: bool,
    /// In bytes.
    pub size: u64,
}

/// The entries of a directory, as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRows {
    pub rows: Vec<FileRow>,
    /// Whether the directory has more entries than were read.
    pub cut: bool,
}

/// The list of an unfinished `@path`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What is written behind the `@`.
    pub query: String,
    /// What was read of its directory; `None` while it is being read.
    files: Option<FileRows>,
    /// The places of the entries that fit, the best first.
    fitting: Vec<usize>,
    pub selected: usize,
}

impl Completion {
    #[must_use]
    pub fn new(query: &str) -> Self {
        Self { query: query.to_owned(), ..Self::default() }
    }

    /// The part of the path up to its last `/`.
    #[must_use]
    pub fn directory(&self) -> &str {
        &self.query[..self.query.len() - self.beginning().len()]
    }

    /// What is written of the name.
    fn beginning(&self) -> &str {
        self.query.rsplit('/').next().unwrap_or_default()
    }

    /// Takes in what a directory holds.
    pub fn read(&mut self, files: FileRows) {
        self.files = Some(files);
        self.fit();
    }

    /// Takes another query of the same directory.
    pub fn narrow(&mut self, query: &str) {
        if self.query != query {
            query.clone_into(&mut self.query);
            self.fit();
        }
    }

    /// Names that begin with what is written, then those that hold it. Capitals do not count; what begins with a dot has
    /// to be asked for with one.
    fn fit(&mut self) {
        let wanted = self.beginning().to_lowercase();
        let hidden = wanted.starts_with('.');
        let rows = self.files.as_ref().map_or(&[][..], |files| &files.rows);
        let rank = |row: &FileRow| match row.name.to_lowercase().find(&wanted) {
            _ if row.name.starts_with('.') && !hidden => None,
            Some(0) => Some(0),
            Some(_) => Some(1),
            None => None,
        };
        let mut fitting: Vec<(u8, usize)> =
            rows.iter().enumerate().filter_map(|(place, row)| Some((rank(row)?, place))).collect();
        fitting.sort_unstable();
        self.fitting = fitting.into_iter().map(|(_, place)| place).collect();
        self.selected = 0;
    }

    /// How many entries fit.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fitting.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fitting.is_empty()
    }

    /// The entries that fit, the best first.
    pub fn rows(&self) -> impl Iterator<Item = &FileRow> {
        let rows = self.files.as_ref().map_or(&[][..], |files| &files.rows);
        self.fitting.iter().filter_map(|place| rows.get(*place))
    }

    /// Whether there may be more than was read.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.files.as_ref().is_some_and(|files| files.cut)
    }

    /// The path of the selected entry, and whether it is a directory.
    #[must_use]
    pub fn chosen(&self) -> Option<(String, bool)> {
        let row = self.rows().nth(self.selected)?;
        let end = if row.is_directory { "/" } else { "" };
        Some((format!("{}{}{end}", self.directory(), row.name), row.is_directory))
    }

    /// Selects the row before or after, going round.
    pub fn step(&mut self, down: bool) {
        let count = self.len().max(1);
        self.selected = if down { (self.selected + 1) % count } else { (self.selected + count - 1) % count };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completion(query: &str) -> Completion {
        let row = |name: &str| FileRow {
            name: name.trim_end_matches('/').to_owned(),
            is_directory: name.ends_with('/'),
            size: 1,
        };
        let mut completion = Completion::new(query);
        completion.read(FileRows { rows: [".env", "docs/", "My Doc.md", "readme.md"].map(row).into(), cut: false });
        completion
    }

    fn names(query: &str) -> Vec<String> {
        completion(query).rows().map(|row| row.name.clone()).collect()
    }

    #[test]
    fn names_that_begin_so_come_first_and_hidden_ones_only_when_asked_for() {
        assert_eq!(names(""), ["docs", "My Doc.md", "readme.md"]);
        assert_eq!(names("DOC"), ["docs", "My Doc.md"]);
        assert_eq!(names("x/read"), ["readme.md"]);
        assert_eq!(names("."), [".env", "My Doc.md", "readme.md"]);
        assert_eq!(names("nobody"), Vec::<String>::new());
    }

    #[test]
    fn the_selection_goes_round_and_a_directory_leads_on() {
        let mut completion = completion("~/");
        assert_eq!(completion.chosen(), Some(("~/docs/".to_owned(), true)));
        completion.step(false);
        assert_eq!(completion.chosen(), Some(("~/readme.md".to_owned(), false)));
        completion.step(true);
        assert_eq!(completion.selected, 0);
        completion.narrow("~/rea");
        assert_eq!((completion.directory(), completion.len()), ("~/", 1));
    }
}
