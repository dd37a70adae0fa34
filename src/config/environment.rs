//! The process's environment as a value, so that everything that depends on it can be tested.

use std::collections::BTreeMap;
use std::fmt;

/// Environment variables. `Debug` shows their names only, since keys are among the values.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// What the program was started with; variables that are not Unicode are left out.
    #[must_use]
    pub fn of_process() -> Self {
        let unicode = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        std::env::vars_os().filter_map(unicode).collect()
    }

    /// The variable's value; `None` when it is absent or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The variable that says the locale of signs, and what it says.
    #[must_use]
    pub fn locale(&self) -> Option<(&'static str, &str)> {
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| Some((name, self.get(name)?)))
    }

    /// Whether the locale has the signs of every script; where none is set, nothing is known to be amiss.
    #[must_use]
    pub fn is_unicode(&self) -> bool {
        let names_it = |value: &str| value.to_lowercase().replace('-', "").contains("utf8");
        cfg!(windows) || self.locale().is_none_or(|(_, value)| names_it(value))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_absent_and_no_value_shows_itself() {
        let environment = Environment::from_iter([("KEY", "sk-1"), ("NO_COLOR", "")]);
        assert_eq!((environment.get("KEY"), environment.get("NO_COLOR")), (Some("sk-1"), None));
        assert_eq!(format!("{environment:?}"), r#"{"KEY", "NO_COLOR"}"#);
    }
}
