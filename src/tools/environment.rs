//! The environment that a command gets: the program's own without what looks like a key.
//!
//! Owns which variables are kept back. Reads no environment itself; it is given one.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fmt;

/// Parts of names that keys have, in capitals. A command that needs one of them gets it from a file or a store of its own.
const KEY_LIKE: [&str; 5] = ["KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL"];

/// What is set for every command, so that it prints plain text: no colours, no cursor movements.
const PLAIN: [(&str, &str); 2] = [("NO_COLOR", "1"), ("TERM", "dumb")];

/// Environment variables for commands. `Debug` shows their names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ChildEnvironment {
    variables: BTreeMap<OsString, OsString>,
    withheld: BTreeSet<OsString>,
}

impl ChildEnvironment {
    /// The variables without those whose names hold KEY, TOKEN, SECRET, PASSWORD or CREDENTIAL in any case, and without
    /// those of `keys`: the ones that a provider takes its key from.
    #[must_use]
    pub fn of(variables: impl IntoIterator<Item = (OsString, OsString)>, keys: &BTreeSet<String>) -> Self {
        let mut environment = Self::default();
        for (name, value) in variables {
            if is_key_like(&name) || name.to_str().is_some_and(|name| keys.contains(name)) {
                environment.withheld.insert(name);
            } else {
                environment.variables.insert(name, value);
            }
        }
        for (name, value) in PLAIN {
            environment.variables.insert(name.into(), value.into());
        }
        environment
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// What a command gets.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The names of the variables that no command gets, in their order.
    pub fn withheld(&self) -> impl Iterator<Item = &OsStr> {
        self.withheld.iter().map(OsString::as_os_str)
    }
}

fn is_key_like(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_uppercase();
    KEY_LIKE.iter().any(|part| name.contains(part))
}

impl fmt::Debug for ChildEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_key_or_is_a_providers_key_stays_behind() {
        let given =
            ["PATH", "OPENAI_API_KEY", "gh_token", "DB_PASSWORD", "MY_SECRETS", "AWS_CREDENTIAL_FILE", "CORP_AUTH"];
        let given = given.map(|name| (OsString::from(name), OsString::from("value")));
        let environment = ChildEnvironment::of(given, &BTreeSet::from(["CORP_AUTH".to_owned()]));
        let names: Vec<&OsStr> = environment.variables().map(|(name, _)| name).collect();
        assert_eq!(names, ["NO_COLOR", "PATH", "TERM"]);
        let withheld: Vec<&OsStr> = environment.withheld().collect();
        let kept = ["AWS_CREDENTIAL_FILE", "CORP_AUTH", "DB_PASSWORD", "MY_SECRETS", "OPENAI_API_KEY", "gh_token"];
        assert_eq!(withheld, kept);
        assert_eq!(format!("{environment:?}"), r#"{"NO_COLOR", "PATH", "TERM"}"#);
    }
}
