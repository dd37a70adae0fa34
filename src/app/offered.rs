//! The tools that lanes may be offered: those of the user's files, and those that the program brings along.

use std::path::Path;

use super::list_tool_files;
use crate::chat::Tool;
use crate::state::ToolSource;
use crate::tools::{SAMPLES, sample};

/// Every tool of the files in a directory, then the samples; and a sentence for each file that is wrong.
#[must_use]
pub fn load_offered(directory: &Path) -> (Vec<(Tool, ToolSource)>, Vec<String>) {
    let (mut offered, mut problems) = (Vec::new(), Vec::new());
    let files = list_tool_files(directory).unwrap_or_else(|problem| {
        problems.push(format!("{problem}."));
        Vec::new()
    });
    for file in files {
        match file.tools {
            Ok(definitions) => {
                offered.extend(definitions.into_iter().map(|definition| (definition.tool, ToolSource::File)));
            }
            Err(problem) => problems.push(format!("{problem}.")),
        }
    }
    let samples = SAMPLES.iter().filter_map(|known| sample(known.name));
    offered.extend(samples.map(|definition| (definition.tool, ToolSource::Sample)));
    (offered, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_before_samples_and_a_wrong_one_is_told() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("a.json"), r#"{"name": "pay", "parameters": {"type": "object"}}"#).unwrap();
        std::fs::write(home.path().join("b.json"), "nonsense").unwrap();
        let (offered, problems) = load_offered(home.path());
        let names: Vec<(&str, ToolSource)> = offered.iter().map(|(tool, from)| (tool.name.as_str(), *from)).collect();
        assert_eq!(names[..2], [("pay", ToolSource::File), ("get_weather", ToolSource::Sample)]);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("b.json: it is not JSON at "), "{problems:?}");
        assert_eq!(load_offered(&home.path().join("none")).1, Vec::<String>::new());
    }
}
