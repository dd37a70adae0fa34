//! A JSON answer as rows while it comes.
//!
//! Owns what is settled and what may still change. What stopped being JSON goes on as raw rows of code; a code fence
//! around the JSON is shown as such. At every prefix the rows equal those of a fresh rendering.

use super::ink::Line;
use super::json_rows::Printer;
use super::json_scan::JsonScanner;

/// In a folded answer, brackets in rows of this depth are folded: a list of records shows its records.
const FOLDS_AT: usize = 3;

/// The rows of a JSON text that only grows at its end.
#[derive(Clone, Debug)]
pub struct StreamingJson {
    scanner: JsonScanner,
    printer: Printer,
    settled: Vec<Line>,
    /// The rows of what is not complete.
    open: Vec<Line>,
    work: u64,
}

impl StreamingJson {
    /// Rows of `width` cells; `folded` hides what is nested deep.
    #[must_use]
    pub fn new(width: u16, folded: bool) -> Self {
        let printer = Printer::new(width.max(4));
        Self {
            scanner: JsonScanner::of_answer(),
            printer: if folded { printer.folding_at(FOLDS_AT) } else { printer },
            settled: Vec::new(),
            open: Vec::new(),
            work: 0,
        }
    }

    /// Rows of the text as it comes, JSON or not.
    #[must_use]
    pub fn raw(width: u16) -> Self {
        Self { scanner: JsonScanner::unread(), ..Self::new(width, false) }
    }

    /// Renders what is new in a text that begins with the one before.
    pub fn update(&mut self, source: &str) {
        let Some(new) = source.get(self.scanner.len()..).filter(|new| !new.is_empty()) else { return };
        let (printer, settled) = (&mut self.printer, &mut self.settled);
        let before = settled.len();
        self.scanner.push(new, &mut |piece| printer.take(&piece, settled));
        self.open = self.printer.open_rows();
        self.work += (self.settled.len() - before + self.open.len()) as u64;
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.settled.len() + self.open.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[must_use]
    pub fn line(&self, at: usize) -> Option<&Line> {
        self.settled.get(at).or_else(|| self.open.get(at.checked_sub(self.settled.len())?))
    }

    /// Rows rendered since the start: those that are settled once, the open ones with each update.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tests::any_text;
    use crate::text::{pretty_json, width};

    fn rows(json: &StreamingJson) -> Vec<Line> {
        (0..json.len()).filter_map(|at| json.line(at).cloned()).collect()
    }

    fn rendered(text: &str, width: u16, folded: bool) -> Vec<Line> {
        let mut json = StreamingJson::new(width, folded);
        json.update(text);
        rows(&json)
    }

    fn plain(text: &str, folded: bool) -> Vec<String> {
        rendered(text, 40, folded).iter().map(Line::plain).collect()
    }

    #[test]
    fn half_a_text_is_pretty_as_far_as_it_came() {
        assert_eq!(plain(r#"{"name": "Jo"#, false), ["{", r#"  "name": "Jo"#]);
        assert_eq!(
            plain(r#"{"a":[1,2],"b":tr"#, false),
            ["{", r#"  "a": ["#, "    1,", "    2", "  ],", r#"  "b": tr"#]
        );
        assert_eq!(plain("", false), [""; 0]);
    }

    #[test]
    fn what_is_no_json_goes_on_as_it_is() {
        assert_eq!(plain("Here is it:\n{\"a\": 1}", false), ["Here is it:", "{\"a\": 1}"]);
        assert_eq!(plain(r#"{"a": 1} So there."#, false), ["{", r#"  "a": 1"#, "}", "So there."]);
    }

    #[test]
    fn a_code_fence_is_shown_around_the_json() {
        assert_eq!(plain("```json\n{\"a\":1}\n```\n", false), ["```json", "{", r#"  "a": 1"#, "}", "```"]);
        assert_eq!(plain("``` is", false), ["``` is"]);
    }

    #[test]
    fn a_fold_shows_how_much_it_hides() {
        let text = r#"{"a":{"b":{"c":{"x":1,"y":[2,3]},"d":[],"e":{"z":[1"#;
        let rows = plain(text, true);
        let shown = [r#"      "c": { … 2 },"#, r#"      "d": [],"#, r#"      "e": { … 1 "#];
        assert_eq!(rows[3..], shown);
        let broken = plain(r#"{"a":{"b":{"c":{"x":1 oh"#, true);
        assert_eq!(broken[3..], [r#"      "c": { … 1 oh"#]);
    }

    #[test]
    fn a_text_that_breaks_off_in_a_fold_goes_on_in_its_row_in_however_many_parts_it_comes() {
        let text = "[[[{-1.5e+3";
        let mut json = StreamingJson::new(40, true);
        (1..=text.len()).for_each(|end| json.update(&text[..end]));
        assert_eq!(rows(&json), rendered(text, 40, true));
        assert_eq!(plain(text, true)[3..], ["      { … 1 -1.5e+3"]);
    }

    #[test]
    fn a_growing_text_is_rendered_once_however_long_a_row_becomes() {
        let text = format!(r#"{{"list":[{}],"long":"{}"}}"#, "1,".repeat(4999) + "1", "x".repeat(40_000));
        let mut json = StreamingJson::new(40, false);
        let mut work = Vec::new();
        for end in (8..=text.len()).step_by(8) {
            let before = json.work();
            json.update(&text[..end]);
            work.push(json.work() - before);
        }
        assert!(work.iter().max() < Some(&16), "{:?}", work.iter().max());
    }

    /// Texts that are nearly JSON, so that every state is met.
    fn json_like() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just("{".to_owned()),
            Just("}".to_owned()),
            Just("[".to_owned()),
            Just("]".to_owned()),
            Just(",".to_owned()),
            Just(":".to_owned()),
            Just("\"key\"".to_owned()),
            Just("-1.5e+3".to_owned()),
            Just("true".to_owned()),
            Just("```".to_owned()),
            Just("json\n".to_owned()),
            Just(" \n".to_owned()),
            Just("\"a\\u00e9\\n".to_owned()),
            any_text().prop_map(|text| format!("\"{text}\"")),
        ];
        proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        // Each case renders as many texts as it has characters.
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn at_every_prefix_the_rows_are_those_of_a_fresh_rendering(
            text in json_like(), columns in 1_u16..40, folded: bool
        ) {
            let mut json = StreamingJson::new(columns, folded);
            for (end, _) in text.char_indices().chain([(text.len(), ' ')]) {
                json.update(&text[..end]);
                prop_assert_eq!(rows(&json), rendered(&text[..end], columns, folded));
            }
            for row in rows(&json) {
                prop_assert!(width(&row.plain()) <= usize::from(columns.max(4)));
            }
        }

        #[test]
        fn whole_json_looks_as_it_does_at_once(value in any_json()) {
            let text = value.to_string();
            prop_assert_eq!(rendered(&text, 30, false), pretty_json(&text, 30));
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any_text().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                proptest::collection::vec((any_text(), inner), 0..4)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        })
    }
}
