//! Where the user's files are.

use std::path::PathBuf;

use directories::ProjectDirs;

use super::{ConfigError, Environment};

/// The directories of the program; none of them has to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// What the user writes: `config.toml`, `keymap.toml`, `responders.toml`,
    /// `presets/`, `themes/`, `tools/`. `ABREAST_CONFIG_DIR` overrides it.
    pub config: PathBuf,
    /// What the user keeps: sessions and the ledger. `ABREAST_DATA_DIR` overrides it.
    pub data: PathBuf,
    /// What may be lost: drafts of this machine, crash reports, logs. `ABREAST_STATE_DIR` overrides it.
    pub state: PathBuf,
}

impl Paths {
    /// The platform's directories, but for those that the environment overrides.
    ///
    /// # Errors
    /// When neither says where: there is no home directory.
    pub fn of(environment: &Environment) -> Result<Self, ConfigError> {
        let platform = ProjectDirs::from("", "", "abreast");
        let directory = |variable, of: fn(&ProjectDirs) -> PathBuf| {
            let own = environment.get(variable).map(PathBuf::from);
            own.or_else(|| platform.as_ref().map(of)).ok_or(ConfigError::NoHome { variable })
        };
        Ok(Self {
            config: directory("ABREAST_CONFIG_DIR", |dirs| dirs.config_dir().to_owned())?,
            data: directory("ABREAST_DATA_DIR", |dirs| dirs.data_dir().to_owned())?,
            state: directory("ABREAST_STATE_DIR", |dirs| {
                dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned()
            })?,
        })
    }

    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The user's own rows of the catalogue.
    #[must_use]
    pub fn models_file(&self) -> PathBuf {
        self.config.join("models.toml")
    }

    /// The prices that the user imported.
    #[must_use]
    pub fn imported_prices(&self) -> PathBuf {
        self.data.join("prices.jsonl")
    }

    #[must_use]
    pub fn keymap_file(&self) -> PathBuf {
        self.config.join("keymap.toml")
    }

    #[must_use]
    pub fn responders_file(&self) -> PathBuf {
        self.config.join("responders.toml")
    }

    #[must_use]
    pub fn tools(&self) -> PathBuf {
        self.config.join("tools")
    }

    #[must_use]
    pub fn presets(&self) -> PathBuf {
        self.config.join("presets")
    }

    #[must_use]
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_overrides_each_directory() {
        let environment = Environment::from_iter([
            ("ABREAST_CONFIG_DIR", "/c"),
            ("ABREAST_DATA_DIR", "/d"),
            ("ABREAST_STATE_DIR", "/s"),
        ]);
        let paths = Paths::of(&environment).unwrap();
        assert_eq!(paths, Paths { config: "/c".into(), data: "/d".into(), state: "/s".into() });
        assert_eq!(paths.config_file(), PathBuf::from("/c/config.toml"));
        assert_eq!(paths.keymap_file(), PathBuf::from("/c/keymap.toml"));
        assert_eq!(paths.responders_file(), PathBuf::from("/c/responders.toml"));
        assert_eq!(paths.tools(), PathBuf::from("/c/tools"));
        assert_eq!(paths.presets(), PathBuf::from("/c/presets"));
        assert_eq!(paths.themes(), PathBuf::from("/c/themes"));
    }
}
