//! The tools that lanes may be offered: those of the user's files, and those that the program brings along.

use std::fs;
use std::path::Path;

use crate::chat::Tool;
use crate::state::ToolSource;
use crate::tools::{SAMPLES, read_tools, sample};

/// The largest file that is read: a definition goes with every request, so none is near it.
const LARGEST_BYTES: u64 = 1024 * 1024;

/// Every tool of the `.json` files in a directory, then the samples; and a sentence for each file that holds none.
#[must_use]
pub fn load_offered(directory: &Path) -> (Vec<(Tool, ToolSource)>, Vec<String>) {
    let mut files: Vec<_> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let (mut offered, mut problems) = (Vec::new(), Vec::new());
    for path in files {
        match tools_of(&path) {
            Ok(tools) => offered.extend(tools.into_iter().map(|tool| (tool, ToolSource::File))),
            Err(problem) => problems.push(format!("{} holds no tools: {problem}.", path.display())),
        }
    }
    let samples = SAMPLES.iter().filter_map(|known| sample(known.name));
    offered.extend(samples.map(|definition| (definition.tool, ToolSource::Sample)));
    (offered, problems)
}

fn tools_of(path: &Path) -> Result<Vec<Tool>, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LARGEST_BYTES {
        return Err("it is larger than 1 MiB".to_owned());
    }
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let definitions = read_tools(&text).map_err(|error| error.to_string())?;
    Ok(definitions.into_iter().map(|definition| definition.tool).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_before_samples_and_a_wrong_one_is_told() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("a.json"), r#"{"name": "pay", "parameters": {"type": "object"}}"#).unwrap();
        fs::write(home.path().join("b.json"), "nonsense").unwrap();
        fs::write(home.path().join("notes.txt"), "nonsense").unwrap();
        let (offered, problems) = load_offered(home.path());
        let names: Vec<(&str, ToolSource)> = offered.iter().map(|(tool, from)| (tool.name.as_str(), *from)).collect();
        assert_eq!(names[..2], [("pay", ToolSource::File), ("get_weather", ToolSource::Sample)]);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("b.json holds no tools: it is not JSON at "), "{problems:?}");
        assert_eq!(load_offered(&home.path().join("none")).1, Vec::<String>::new());
    }
}
