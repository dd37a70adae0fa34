//! From the text of `config.toml` to what it means: all of it, or the first thing that is wrong with it.

use std::path::Path;
use std::time::Duration;

use toml::Spanned;

use super::providers::{BaseUrl, KeySource, OPENAI, Provider, SANDBOX};
use super::schema::{ConfigFile, Named, ProviderFile};
use super::shape::{self, Refusal, shown};
use super::{Config, ConfigError, ConfigWarning, Environment, ThemeChoice, json, money};
use crate::chat::{self, Params};
use crate::text::{Place, nearest};

/// Fields that are near one of the table's and are meant as they are: servers other than OpenAI's take them.
const ELSEWHERE: [&str; 4] = ["top_k", "top_a", "repeat_penalty", "repetition_penalty"];

/// Reads the text; `file` is only for messages.
pub(super) fn read(text: &str, file: &Path, environment: &Environment) -> Result<Config, ConfigError> {
    // Windows editors put a mark before the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let wrong = |refusal| shape::refused(file, text, refusal);
    shape::check(text, &shape::CONFIG).map_err(wrong)?;
    let raw: ConfigFile = toml::from_str(text).map_err(|error| wrong(unforeseen(&error)))?;
    let mut config = Config::default();
    config.params = params(&raw.params, text, &mut config.warnings).map_err(wrong)?;
    config.providers = providers(&raw.providers).map_err(wrong)?;
    add_environments(&mut config.providers, environment)?;
    config.default_provider = default_provider(raw.default_provider.as_ref(), &config.providers).map_err(wrong)?;
    config.prices = money::prices(&raw.prices, raw.currency.as_ref()).map_err(wrong)?;
    config.money = money::exchange(&raw.money).map_err(wrong)?;
    config.budget = money::budget(&raw.budget, raw.currency.as_ref()).map_err(wrong)?;
    config.default_model = raw.default_model.filter(|model| !model.is_empty());
    config.system = raw.system.filter(|system| !system.is_empty());
    config.currency = raw.currency;
    config.mouse = raw.mouse.unwrap_or(true);
    config.max_rounds = raw.tools.max_rounds.unwrap_or(config.max_rounds);
    config.theme = match raw.theme {
        Some(name) if name.get_ref() != "auto" => {
            let place = Place::at(text, name.span().start);
            ThemeChoice::Named { name: name.into_inner(), file: file.to_owned(), place }
        }
        _ => ThemeChoice::Auto,
    };
    let exposed =
        config.providers.iter().filter(|provider| provider.key != KeySource::None && provider.base_url.is_exposed());
    config.warnings.extend(exposed.map(|provider| ConfigWarning::Exposed {
        provider: provider.name.clone(),
        host: provider.base_url.host().to_owned(),
    }));
    Ok(config)
}

/// What a check before it did not see.
fn unforeseen(error: &toml::de::Error) -> Refusal {
    (error.span().map_or(0, |span| span.start), error.message().to_owned())
}

/// The rows of a table in the order in which they are written.
fn in_order<T>(table: &Named<T>) -> Vec<(&Spanned<String>, &Spanned<T>)> {
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by_key(|(name, _)| name.span().start);
    rows
}

fn params(table: &Named<toml::Value>, text: &str, warnings: &mut Vec<ConfigWarning>) -> Result<Params, Refusal> {
    let mut params = Params::default();
    for (name, value) in in_order(table) {
        let refuse = |problem| (value.span().start, problem);
        let json = json::of(value.get_ref()).map_err(refuse)?;
        let json = chat::checked(name.get_ref(), json).map_err(|error| refuse(error.to_string()))?;
        if chat::param(name.get_ref()).is_none() && !ELSEWHERE.contains(&name.get_ref().as_str()) {
            // Endpoints have fields of their own, so an unknown one is sent; a slip is worth a word all the same.
            if let Some(near) = nearest(name.get_ref(), chat::PARAMS.iter().map(|param| param.name)) {
                let place = Place::at(text, name.span().start);
                warnings.push(ConfigWarning::Param { place, name: name.get_ref().clone(), near });
            }
        }
        params.set(name.get_ref(), json);
    }
    Ok(params)
}

fn providers(table: &Named<ProviderFile>) -> Result<Vec<Provider>, Refusal> {
    in_order(table).into_iter().map(|(name, raw)| provider(name, raw.get_ref())).collect()
}

fn provider(name: &Spanned<String>, raw: &ProviderFile) -> Result<Provider, Refusal> {
    let refuse = |problem: &str| (name.span().start, problem.to_owned());
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
    if name.get_ref().is_empty() || !name.get_ref().chars().all(plain) {
        return Err(refuse("a provider's name is made of letters, digits, - _ and ."));
    }
    if name.get_ref() == SANDBOX {
        return Err(refuse("sandbox is the provider inside the program; choose another name"));
    }
    let mut provider = match (&raw.base_url, Provider::known(name.get_ref())) {
        (None, Some(known)) => known,
        (None, None) => return Err(refuse("`base_url` is missing here, such as https://api.example.com/v1")),
        (Some(given), known) => {
            let base_url = BaseUrl::parse(given.get_ref()).map_err(|error| (given.span().start, error.to_string()))?;
            // Another address under a known name is another endpoint: its key and model are not presumed.
            let same = known.filter(|known| known.base_url == base_url);
            same.unwrap_or_else(|| Provider::new(name.get_ref(), base_url))
        }
    };
    provider.model = raw.model.clone().filter(|model| !model.is_empty()).or(provider.model);
    if let Some(key) = key_source(raw)? {
        provider.key = key;
    }
    provider.headers = headers(&raw.headers)?;
    for (name, value) in &raw.extra_body {
        let json = json::of(value.get_ref()).map_err(|problem| (value.span().start, problem))?;
        provider.extra_body.insert(name.clone(), json);
    }
    provider.dialect = raw.dialect.clone();
    provider.idle_timeout = raw.idle_timeout_s.map(Duration::from_secs);
    provider.connect_timeout = raw.connect_timeout_s.map(Duration::from_secs);
    provider.free = raw.free;
    provider.retries = raw.retries;
    Ok(provider)
}

/// The one source of the key; two of them are a mistake.
fn key_source(raw: &ProviderFile) -> Result<Option<KeySource>, Refusal> {
    let mut sources: Vec<(usize, KeySource)> = Vec::new();
    if let Some(variable) = &raw.api_key_env {
        if variable.get_ref().is_empty() || variable.get_ref().contains(['=', '\0', '$', ' ']) {
            let problem = "api_key_env is the bare name of a variable, such as OPENAI_API_KEY".to_owned();
            return Err((variable.span().start, problem));
        }
        sources.push((variable.span().start, KeySource::Variable(variable.get_ref().clone())));
    }
    if let Some(command) = &raw.api_key_cmd {
        if command.get_ref().first().is_none_or(String::is_empty) {
            let problem =
                "api_key_cmd is a program and its arguments, such as [\"pass\", \"show\", \"openai\"]".to_owned();
            return Err((command.span().start, problem));
        }
        sources.push((command.span().start, KeySource::Command(command.get_ref().clone())));
    }
    if let Some(entry) = &raw.api_key_keyring {
        let (service, user) = (entry.get_ref().service.clone(), entry.get_ref().user.clone());
        sources.push((entry.span().start, KeySource::Keyring { service, user }));
    }
    sources.sort_by_key(|(offset, _)| *offset);
    match sources.get(1) {
        Some((offset, _)) => Err((*offset, "the key already has a source above; keep one of them".to_owned())),
        None => Ok(sources.pop().map(|(_, source)| source)),
    }
}

fn headers(table: &Named<String>) -> Result<Vec<(String, String)>, Refusal> {
    let mut headers = Vec::new();
    for (name, value) in in_order(table) {
        if reqwest::header::HeaderName::from_bytes(name.get_ref().as_bytes()).is_err() {
            return Err((name.span().start, format!("`{}` is no name for a header", shown(name.get_ref()))));
        }
        if reqwest::header::HeaderValue::from_str(value.get_ref()).is_err() {
            return Err((value.span().start, "a header's value is one line without control characters".to_owned()));
        }
        headers.push((name.get_ref().clone(), value.get_ref().clone()));
    }
    Ok(headers)
}

/// Puts the environment's provider before the file's, unless the file has one of that name.
fn add_environments(providers: &mut Vec<Provider>, environment: &Environment) -> Result<(), ConfigError> {
    if providers.iter().any(|provider| provider.name == OPENAI) {
        return Ok(());
    }
    let found = Provider::of_environment(environment)
        .map_err(|error| ConfigError::Variable { variable: "OPENAI_BASE_URL", problem: error.to_string() })?;
    providers.extend(found);
    Ok(())
}

fn default_provider(given: Option<&Spanned<String>>, providers: &[Provider]) -> Result<Option<String>, Refusal> {
    let Some(given) = given else { return Ok(None) };
    let name = given.get_ref();
    let names = || providers.iter().map(|provider| provider.name.as_str()).chain([SANDBOX]);
    if names().any(|known| known == name) || Provider::known(name).is_some() {
        return Ok(Some(name.clone()));
    }
    let problem = match nearest(name, names()) {
        Some(near) => format!("there is no provider `{}`; did you mean `{near}`?", shown(name)),
        None => format!("there is no provider `{0}`; add a table [providers.{0}]", shown(name)),
    };
    Err((given.span().start, problem))
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
