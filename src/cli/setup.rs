//! From configuration, environment and options to providers and the settings that a command starts with.

use std::sync::OnceLock;

use crate::api::{ApiError, ErrorKind, list_models};
use crate::app::{Connections, LimitOverrides};
use crate::chat::Settings;
use crate::config::{BaseUrl, Config, ConfigError, Environment, KeySource, Paths, Provider, SANDBOX};
use crate::pricing::{Catalogue, Imported, Row};
use crate::state::card::sandbox_rows;

use super::options::EndpointOptions;
use super::print::{say, sentence};
use super::{Problem, prices};

/// Everything that a command needs to ask.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) config: Config,
    pub(super) paths: Paths,
    /// The rows of the user's models.toml.
    pub(super) rows: Vec<Row>,
    pub(super) imported: Imported,
    /// All that can be asked but the sandbox: the configured ones, the one that the options name, the local candidates.
    pub(super) providers: Vec<Provider>,
    /// What is asked, with an empty model when nothing names one.
    pub(super) settings: Settings,
    /// Whether nobody named a provider: no option, no file, no variable.
    pub(super) undecided: bool,
    /// Made when it is first asked for.
    known: OnceLock<Catalogue>,
}

impl Setup {
    pub(super) fn of(options: &EndpointOptions, environment: &Environment) -> Result<Self, Problem> {
        let bad = |error: ConfigError| Problem::misuse(sentence(&error));
        let paths = Paths::of(environment).map_err(bad)?;
        let config = Config::load(&paths, environment).map_err(bad)?;
        for warning in &config.warnings {
            say(&sentence(warning));
        }
        let rows = prices::own(&paths)?;
        let imported = prices::imported(&paths);
        let mut settings = config.start();
        let named = named(options, &config, &settings.provider)?;
        let unnamed = options.model.is_none() && config.default_model.is_none();
        let undecided = named.is_none() && unnamed && config.default_provider.is_none() && config.providers.is_empty();
        let mut providers = config.providers.clone();
        for candidate in Provider::local_candidates() {
            if providers.iter().all(|provider| provider.name != candidate.name) {
                providers.push(candidate);
            }
        }
        if let Some(named) = named {
            settings.provider.clone_from(&named.name);
            let own_default = config.default_provider.as_ref() == Some(&named.name);
            let default = config.default_model.clone().filter(|_| own_default);
            settings.model = default.or_else(|| named.model.clone()).unwrap_or_default();
            if named.name != SANDBOX {
                providers.retain(|provider| provider.name != named.name);
                providers.insert(0, named);
            }
        }
        if let Some(model) = &options.model {
            settings.model.clone_from(model);
        } else if settings.provider == SANDBOX && settings.model.is_empty() {
            SANDBOX.clone_into(&mut settings.model);
        }
        if options.system.is_some() {
            // An empty one unsets what is configured.
            settings.system = options.system.as_deref().filter(|system| !system.is_empty()).map(Into::into);
        }
        options.apply(&mut settings.params)?;
        Ok(Self { config, paths, rows, imported, providers, settings, undecided, known: OnceLock::new() })
    }

    /// Prices and cards: the user's own before what comes with the program, and what was imported after both.
    pub(super) fn catalogue(&self) -> &Catalogue {
        self.known.get_or_init(|| self.build_catalogue())
    }

    /// The catalogue for who keeps it.
    pub(super) fn build_catalogue(&self) -> Catalogue {
        let mut own = prices::configured(&self.config);
        own.extend(self.rows.iter().cloned());
        own.extend(prices::free(&self.config));
        Catalogue::embedded().with_more(sandbox_rows()).with_own(own).with_imported(self.imported.rows.clone())
    }

    /// The base URL of a provider; the sandbox's is known only when it runs.
    pub(super) fn base_url(&self, name: &str) -> &str {
        self.providers.iter().find(|provider| provider.name == name).map_or("", |provider| provider.base_url.as_str())
    }

    pub(super) fn connections(&self, environment: Environment, overrides: LimitOverrides) -> Connections {
        Connections::new(self.providers.clone(), environment, overrides)
    }
}

/// The provider that the options name, if they do. An address of its own never gets the key or the headers of another
/// provider: a key goes where the user said it goes.
fn named(options: &EndpointOptions, config: &Config, usual: &str) -> Result<Option<Provider>, Problem> {
    let mut provider = match (&options.base_url, &options.provider) {
        (Some(url), name) => {
            let url = BaseUrl::parse(url).map_err(|error| Problem::misuse(format!("--base-url: {error}.")))?;
            let name = name.clone().unwrap_or_else(|| url.authority());
            Provider::new(name, url)
        }
        (None, Some(name)) if name == SANDBOX => return sandbox(options),
        (None, Some(name)) => config.provider(name).ok_or_else(|| unknown(name, config))?,
        (None, None) if options.api_key_env.is_some() => {
            config.provider(usual).or_else(|| Provider::known("openai")).ok_or_else(|| unknown(usual, config))?
        }
        (None, None) => return Ok(None),
    };
    if provider.name == SANDBOX {
        return Err(Problem::misuse("--provider: the name sandbox is the built-in provider's; choose another."));
    }
    if let Some(variable) = &options.api_key_env {
        if variable.is_empty() || variable.contains(['=', '\0', '$', ' ']) {
            return Err(Problem::misuse("--api-key-env: give the bare name of a variable, such as OPENAI_API_KEY."));
        }
        provider.key = KeySource::Variable(variable.clone());
    }
    if provider.key != KeySource::None && provider.base_url.is_exposed() {
        say(&format!("The key goes to {} unencrypted: use https:// if it can.", provider.base_url.host()));
    }
    Ok(Some(provider))
}

fn sandbox(options: &EndpointOptions) -> Result<Option<Provider>, Problem> {
    if options.api_key_env.is_some() {
        return Err(Problem::misuse("--api-key-env: the sandbox takes no key."));
    }
    // Its address is known when it listens; until then this one stands for it and is never asked.
    let address = BaseUrl::parse("http://127.0.0.1/v1").map_err(Problem::misuse)?;
    Ok(Some(Provider { model: Some(SANDBOX.to_owned()), ..Provider::new(SANDBOX, address) }))
}

fn unknown(name: &str, config: &Config) -> Problem {
    let mut known: Vec<&str> = config.providers.iter().map(|provider| provider.name.as_str()).collect();
    known.extend(["openai", SANDBOX, "ollama", "llama.cpp", "lmstudio", "vllm"]);
    known.dedup();
    Problem::misuse(format!("--provider: there is no provider `{name}`. There are: {}.", known.join(", ")))
}

/// The settings' model, or where nothing names one the first that the provider lists.
pub(super) async fn decide_model(connections: &Connections, settings: &mut Settings) -> Result<(), ApiError> {
    if !settings.model.is_empty() {
        return Ok(());
    }
    let client = connections.client(&settings.provider).await?;
    let models = list_models(&client).await?;
    let first = models
        .into_iter()
        .next()
        .ok_or_else(|| ApiError::new(ErrorKind::Protocol, "The provider lists no model. Name one with --model."))?;
    say(&format!("model: {}", first.id));
    settings.model = first.id;
    Ok(())
}
