//! The user's files: where they are, what may stand in them, and what they say.
//!
//! Owns the configuration, providers, keys' sources, presets and themes. Reads the environment only as a value that it is given.

mod environment;
mod error;
mod files;
mod given;
mod json;
mod keys;
mod load;
mod money;
mod own_prices;
mod paths;
pub mod presets;
mod providers;
mod schema;
mod shape;
mod template;
pub mod theme;

use std::io;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use thiserror::Error;

pub use environment::Environment;
pub use error::ConfigError;
pub use files::{beside, write_private, write_private_new};
pub use given::{GivenError, open_given, open_given_or_pipe, read_given, read_given_text, text_given};
pub use keys::{KeyError, resolve_key};
pub use own_prices::save_price;
pub use paths::Paths;
pub use providers::{BaseUrl, BaseUrlError, KeySource, LOCAL, OPENAI, Provider, SANDBOX, key_variables};
pub use shape::{ANY, CONFIG, MODELS, PRESET, RESPONDERS, Shape, read_toml};
pub use template::template;
pub use theme::{Background, ColorDepth, Rgb, Theme, Themes};

use crate::chat::{Currency, ExchangeRate, Money, Params, Settings};
use crate::text::{Place, nearest};

/// Rounds of tool calls before the user is asked, where the file says nothing.
pub const MAX_ROUNDS: usize = 10;

/// The largest file of the user's that is read: what people write is small, even with the cards of a thousand models.
pub const LARGEST_BYTES: u64 = 4 << 20;

/// What the user configured, complete and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub default_provider: Option<String>,
    pub default_model: Option<String>,
    pub system: Option<String>,
    pub currency: Option<Currency>,
    pub theme: ThemeChoice,
    /// Whether the program takes the mouse.
    pub mouse: bool,
    /// After so many rounds of tool calls in a row the user is asked.
    pub max_rounds: usize,
    pub params: Params,
    /// The file's providers in its order, then the environment's.
    pub providers: Vec<Provider>,
    /// The user's own prices, in the file's order.
    pub prices: Vec<PriceRow>,
    pub money: MoneyConfig,
    pub budget: BudgetConfig,
    /// What stands but may not be what was meant.
    pub warnings: Vec<ConfigWarning>,
}

/// Which theme the user wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// The one that suits the terminal.
    #[default]
    Auto,
    /// One by its name, and where the name is written.
    Named { name: String, file: PathBuf, place: Place },
}

/// In which currency amounts are shown beside their own, and what the user says that currencies are worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoneyConfig {
    pub display: Option<Currency>,
    /// In the file's order.
    pub rates: Vec<ExchangeRate>,
}

/// How much may be spent; `None` where nothing is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BudgetConfig {
    /// In one message to all its lanes.
    pub request: Option<Money>,
    pub session: Option<Money>,
    pub day: Option<Money>,
    pub month: Option<Money>,
}

/// A price of the user's own, per 1,000,000 tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRow {
    /// The exact name, or with a `*` at its end the beginning of one.
    pub model: String,
    /// The one provider that it is for; `None` for all.
    pub provider: Option<String>,
    pub currency: Currency,
    pub input: Decimal,
    pub cached: Option<Decimal>,
    pub output: Decimal,
}

/// Something that is allowed but may not be what was meant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigWarning {
    #[error("the key of `{provider}` goes to {host} unencrypted; use https://")]
    Exposed { provider: String, host: String },
    #[error("{place}: `{name}` is no parameter that is known and is sent as it is; did you mean `{near}`?")]
    Param { place: Place, name: String, near: &'static str },
}

impl Default for Config {
    /// What holds without a file.
    fn default() -> Self {
        Self {
            default_provider: None,
            default_model: None,
            system: None,
            currency: None,
            theme: ThemeChoice::Auto,
            mouse: true,
            max_rounds: MAX_ROUNDS,
            params: Params::default(),
            providers: Vec::new(),
            prices: Vec::new(),
            money: MoneyConfig::default(),
            budget: BudgetConfig::default(),
            warnings: Vec::new(),
        }
    }
}

impl Config {
    /// Reads `config.toml`, all or nothing; without one, what the environment brings is all there is.
    ///
    /// # Errors
    /// When the file cannot be read, or for the first thing that is wrong with it: file, line, column, what is wrong and
    /// what would be right.
    pub fn load(paths: &Paths, environment: &Environment) -> Result<Self, ConfigError> {
        let file = paths.config_file();
        load::read(&read_toml(&file, &CONFIG)?, &file, environment)
    }

    /// The provider of that name: a configured one, or one that is known by its name alone.
    #[must_use]
    pub fn provider(&self, name: &str) -> Option<Provider> {
        let configured = self.providers.iter().find(|provider| provider.name == name);
        configured.cloned().or_else(|| Provider::known(name))
    }

    /// What a new session starts with: the default provider, or else the first there is, or else the sandbox. The
    /// model is empty when nothing names one.
    #[must_use]
    pub fn start(&self) -> Settings {
        let name = self.default_provider.clone().or_else(|| self.providers.first().map(|first| first.name.clone()));
        let name = name.unwrap_or_else(|| SANDBOX.to_owned());
        let of_provider = || self.provider(&name).and_then(|provider| provider.model);
        let model = self.default_model.clone().or_else(of_provider).unwrap_or_default();
        Settings {
            provider: name,
            model,
            system: self.system.as_deref().map(Into::into),
            params: self.params.clone(),
            ..Settings::default()
        }
    }

    /// The theme that the user wants, or the one that suits the terminal.
    ///
    /// # Errors
    /// When there is no theme of that name.
    pub fn theme<'a>(
        &self,
        themes: &'a Themes,
        background: Background,
        depth: ColorDepth,
    ) -> Result<Option<&'a Theme>, ConfigError> {
        let ThemeChoice::Named { name, file, place } = &self.theme else {
            return Ok(themes.auto(background, depth));
        };
        themes.get(name).map(Some).ok_or_else(|| ConfigError::Wrong {
            file: file.clone(),
            place: *place,
            problem: no_theme(name, themes),
        })
    }
}

fn no_theme(name: &str, themes: &Themes) -> String {
    let (said, known) = (shape::shown(name), || themes.names().chain(["auto"]));
    match nearest(name, known()) {
        Some(near) => format!("there is no theme `{said}`; did you mean `{near}`?"),
        None if said != name || name.contains(['/', '\\']) => {
            format!("there is no theme `{said}`; there are {}", known().collect::<Vec<_>>().join(", "))
        }
        None => format!(
            "there is no theme `{said}`; put it into themes/{said}.toml, or take one of {}",
            known().collect::<Vec<_>>().join(", ")
        ),
    }
}

/// Reads everything that the configuration consists of but the keymap, and says what may not be meant.
///
/// # Errors
/// For the first thing that is wrong.
pub fn check(paths: &Paths, environment: &Environment) -> Result<Vec<ConfigWarning>, ConfigError> {
    let config = Config::load(paths, environment)?;
    let themes = Themes::load(&paths.themes())?;
    config.theme(&themes, Background::Dark, ColorDepth::of(environment))?;
    for file in presets::list(&paths.presets())? {
        file.preset?;
    }
    Ok(config.warnings)
}

/// Writes the template to where the configuration belongs, and says where that is.
///
/// # Errors
/// When there is a file already, or it cannot be written.
pub fn init(paths: &Paths) -> Result<PathBuf, ConfigError> {
    let file = paths.config_file();
    if file.symlink_metadata().is_ok() {
        return Err(ConfigError::Exists(file));
    }
    write_private(&file, template().as_bytes())?;
    Ok(file)
}

/// The text of one of the user's files; empty when there is no such file.
///
/// # Errors
/// When it is there but is no file or a large one, cannot be read, or is not UTF-8.
pub fn read_or_empty(file: &Path) -> Result<String, ConfigError> {
    let unreadable = |error: GivenError| ConfigError::Unreadable { file: file.to_owned(), reason: error.to_string() };
    let bytes = open_given(file).and_then(|opened| match opened.metadata() {
        Ok(about) if about.len() > LARGEST_BYTES => Err(GivenError::TooLarge { most: LARGEST_BYTES }),
        _ => read_given(opened, LARGEST_BYTES, |_| {}),
    });
    match bytes {
        Ok(bytes) => String::from_utf8(bytes).map_err(|error| no_text(file, &error)),
        Err(GivenError::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(unreadable(error)),
    }
}

/// Where a file stops being a text.
fn no_text(file: &Path, error: &std::string::FromUtf8Error) -> ConfigError {
    let bytes = error.as_bytes();
    let problem = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this is UTF-16; save the file as UTF-8".to_owned(),
        _ => "from here on this is no text in UTF-8; save the file as UTF-8".to_owned(),
    };
    let text = String::from_utf8_lossy(&bytes[..error.utf8_error().valid_up_to()]);
    ConfigError::Wrong { file: file.to_owned(), place: Place::at(&text, text.len()), problem }
}

#[cfg(test)]
mod tests;
