//! The file `responders.toml`: read at the start, written when somebody chooses what answers a tool.
//!
//! Owns the file. What stands in it is `tools`'.

use std::path::Path;

use crate::config::{ConfigError, Provider, RESPONDERS, key_variables, read_toml, write_private};
use crate::tools::{ChildEnvironment, Responder, ResponderFileError, Responders, read_responders, write_responder};

/// What answers which tool; nothing where there is no file.
///
/// # Errors
/// When the file cannot be read, or for the first thing that is wrong with it.
pub fn load_responders(file: &Path) -> Result<Responders, ConfigError> {
    read_responders(&read_toml(file, &RESPONDERS)?).map_err(|error| wrong(file, error))
}

/// Writes what answers one tool. The rest of the file stays as it is.
///
/// # Errors
/// When the file is wrong as it is, which is never written over, or cannot be written.
pub fn save_responder(file: &Path, tool: &str, responder: &Responder) -> Result<(), ConfigError> {
    let before = read_toml(file, &RESPONDERS)?;
    let after = write_responder(&before, tool, responder).map_err(|error| wrong(file, error))?;
    if after == before { Ok(()) } else { write_private(file, after.as_bytes()) }
}

/// The environment for commands: that of the program, without what looks like a key or is one of these providers.
#[must_use]
pub fn child_environment(providers: &[Provider]) -> ChildEnvironment {
    ChildEnvironment::of(std::env::vars_os(), &key_variables(providers))
}

fn wrong(file: &Path, error: ResponderFileError) -> ConfigError {
    ConfigError::Wrong { file: file.to_owned(), place: error.place, problem: error.problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_there_at_the_next_start_and_a_wrong_file_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("abreast/responders.toml");
        assert_eq!(load_responders(&file), Ok(Responders::default()));
        save_responder(&file, "clock", &Responder::Person).unwrap();
        let expected = Responders([("clock".to_owned(), Responder::Person)].into());
        assert_eq!(load_responders(&file), Ok(expected));
        std::fs::write(&file, "[clock]\nby = 7\n").unwrap();
        let error = save_responder(&file, "clock", &Responder::Person).unwrap_err();
        assert!(error.to_string().starts_with(&format!("{}:2:6: ", file.display())), "{error}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "[clock]\nby = 7\n");
    }
}
