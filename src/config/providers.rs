//! Providers: the user's own, those that the environment brings, and those that usually run on one's own machine.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Url;
use serde_json::{Map, Value};
use thiserror::Error;

use super::Environment;
use crate::chat::{Dialect, is_loopback};

/// The name of the provider inside the program, which no other may have.
pub const SANDBOX: &str = "sandbox";

/// The environment's own provider.
pub const OPENAI: &str = "openai";

const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";
const OPENAI_MODEL: &str = "gpt-5.1-2025-11-13";
const OPENAI_KEY: &str = "OPENAI_API_KEY";

/// Servers for one's own machine and the ports on which they listen unless told otherwise.
pub const LOCAL: [(&str, &str); 4] = [
    ("ollama", "http://127.0.0.1:11434/v1"),
    ("llama.cpp", "http://127.0.0.1:8080/v1"),
    ("lmstudio", "http://127.0.0.1:1234/v1"),
    ("vllm", "http://127.0.0.1:8000/v1"),
];

/// An endpoint and how to reach it. Limits that are not set are the client's.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    pub name: String,
    pub base_url: BaseUrl,
    /// The model that is asked unless another is chosen.
    pub model: Option<String>,
    pub key: KeySource,
    pub headers: Vec<(String, String)>,
    /// Merged into every body.
    pub extra_body: Map<String, Value>,
    pub dialect: Dialect,
    pub idle_timeout: Option<Duration>,
    pub connect_timeout: Option<Duration>,
    pub retries: Option<u32>,
    /// Whether nothing that it serves costs anything.
    pub free: bool,
}

/// The environment variables that these providers take their keys from.
#[must_use]
pub fn key_variables(providers: &[Provider]) -> BTreeSet<String> {
    let variable = |provider: &Provider| match &provider.key {
        KeySource::Variable(name) => Some(name.clone()),
        KeySource::None | KeySource::Command(_) | KeySource::Keyring { .. } => None,
    };
    providers.iter().filter_map(variable).collect()
}

/// Where a provider's key comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeySource {
    /// None is sent.
    #[default]
    None,
    /// The value of an environment variable.
    Variable(String),
    /// The first line that a command prints: the program and its arguments, without a shell.
    Command(Vec<String>),
    /// The system's keyring.
    Keyring { service: String, user: String },
}

/// The address under which an endpoint's paths lie: http or https, with a host, without a user or a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why an address cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BaseUrlError {
    #[error("`{given}` is no address; write one like https://api.example.com/v1")]
    Malformed { given: String },
    #[error("`{given}` does not start with http:// or https://; did you mean `http://{given}`?")]
    Scheme { given: String },
    #[error("an address holds no user or password; name the key with api_key_env, api_key_cmd or api_key_keyring")]
    Password,
    #[error("an address has no part after a #; leave it out")]
    Fragment,
}

impl BaseUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is none that could be asked.
    pub fn parse(given: &str) -> Result<Self, BaseUrlError> {
        let given = given.trim();
        // Before anything else, so that no message repeats a password.
        if has_user(given) {
            return Err(BaseUrlError::Password);
        }
        let web = ["http://", "https://"].iter().any(|scheme| starts_with(given, scheme));
        let url = match Url::parse(given) {
            Ok(url) if web => url,
            _ if !web && !given.contains("://") && !given.is_empty() => {
                return Err(BaseUrlError::Scheme { given: given.to_owned() });
            }
            _ => return Err(BaseUrlError::Malformed { given: given.to_owned() }),
        };
        if url.fragment().is_some() {
            return Err(BaseUrlError::Fragment);
        }
        url.host_str().ok_or_else(|| BaseUrlError::Malformed { given: given.to_owned() })?;
        Ok(Self(url))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host without its port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The host, and the port where it is not the usual one.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = self.host();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether what is sent there leaves this machine unencrypted.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        self.0.scheme() == "http" && !is_loopback(self.host())
    }
}

/// Whether a user or a password stands before the host, however many slashes come before them.
fn has_user(address: &str) -> bool {
    let rest = address.split_once(':').map_or(address, |(_, rest)| rest);
    let authority = rest.trim_start_matches(['/', '\\']).split(['/', '\\', '?', '#']).next();
    authority.is_some_and(|authority| authority.contains('@'))
}

fn starts_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|head| head.eq_ignore_ascii_case(beginning))
}

impl Provider {
    /// A provider of which only this is known.
    #[must_use]
    pub fn new(name: impl Into<String>, base_url: BaseUrl) -> Self {
        Self {
            name: name.into(),
            base_url,
            model: None,
            key: KeySource::None,
            headers: Vec::new(),
            extra_body: Map::new(),
            dialect: Dialect::default(),
            idle_timeout: None,
            connect_timeout: None,
            retries: None,
            free: false,
        }
    }

    /// The provider that `OPENAI_API_KEY` or `OPENAI_BASE_URL` brings, if one of them is set.
    ///
    /// # Errors
    /// When `OPENAI_BASE_URL` is no address.
    pub fn of_environment(environment: &Environment) -> Result<Option<Self>, BaseUrlError> {
        let key = environment.get(OPENAI_KEY);
        let base_url = environment.get("OPENAI_BASE_URL");
        if key.is_none() && base_url.is_none() {
            return Ok(None);
        }
        let mut provider = Self::new(OPENAI, BaseUrl::parse(base_url.unwrap_or(OPENAI_BASE_URL))?);
        // Elsewhere the model's name is unknown until the server lists it.
        provider.model = base_url.is_none().then(|| OPENAI_MODEL.to_owned());
        provider.key = key.map_or(KeySource::None, |_| KeySource::Variable(OPENAI_KEY.to_owned()));
        Ok(Some(provider))
    }

    /// What is known of a provider by its name alone: OpenAI itself, and the servers for one's own machine.
    #[must_use]
    pub fn known(name: &str) -> Option<Self> {
        if name == OPENAI {
            let mut provider = Self::new(OPENAI, BaseUrl::parse(OPENAI_BASE_URL).ok()?);
            provider.model = Some(OPENAI_MODEL.to_owned());
            provider.key = KeySource::Variable(OPENAI_KEY.to_owned());
            return Some(provider);
        }
        let (name, base_url) = LOCAL.into_iter().find(|(known, _)| *known == name)?;
        Some(Self::new(name, BaseUrl::parse(base_url).ok()?))
    }

    /// The servers that may be running on this machine; whether they are is for the caller to find out.
    #[must_use]
    pub fn local_candidates() -> Vec<Self> {
        LOCAL.iter().filter_map(|(name, _)| Self::known(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().copied().collect()
    }

    #[test]
    fn the_environment_brings_openai_or_a_server_of_ones_own() {
        assert_eq!(Provider::of_environment(&environment(&[])), Ok(None));
        let openai = Provider::of_environment(&environment(&[("OPENAI_API_KEY", "sk-1")])).unwrap().unwrap();
        assert_eq!(Some(openai), Provider::known(OPENAI));
        let own = environment(&[("OPENAI_BASE_URL", "http://localhost:9/v1")]);
        let own = Provider::of_environment(&own).unwrap().unwrap();
        assert_eq!((own.base_url.as_str(), own.key), ("http://localhost:9/v1", KeySource::None));
        let bad = Provider::of_environment(&environment(&[("OPENAI_BASE_URL", "localhost:9")]));
        assert_eq!(bad, Err(BaseUrlError::Scheme { given: "localhost:9".into() }));
    }

    #[test]
    fn the_variables_that_hold_keys_are_known() {
        let mut own = Provider::known(OPENAI).unwrap();
        own.key = KeySource::Variable("CORP_AUTH".to_owned());
        let printed = Provider { key: KeySource::Command(vec!["pass".to_owned()]), ..own.clone() };
        assert_eq!(key_variables(&[own, printed]), BTreeSet::from(["CORP_AUTH".to_owned()]));
    }

    #[test]
    fn an_address_is_web_and_has_a_host_and_no_password() {
        let refusal = |given| BaseUrl::parse(given).unwrap_err().to_string();
        assert_eq!(
            refusal("localhost:8080/v1"),
            "`localhost:8080/v1` does not start with http:// or https://; did you mean `http://localhost:8080/v1`?"
        );
        assert_eq!(refusal("ftp://x"), "`ftp://x` is no address; write one like https://api.example.com/v1");
        assert_eq!(refusal("https://"), "`https://` is no address; write one like https://api.example.com/v1");
        for password in
            ["https://me:hunter2@x/v1", "me:hunter2@x/v1", "https:////me:hunter2@x", "https:\\\\me:hunter2@x"]
        {
            assert!(!refusal(password).contains("hunter2"), "{password}");
        }
        assert!(BaseUrl::parse("https://x/v1/@cf").is_ok());
        assert_eq!(refusal("https://x/v1#top"), "an address has no part after a #; leave it out");
        let azure = BaseUrl::parse(" https://x.example/openai?api-version=2024-10-21 ").unwrap();
        assert_eq!(azure.as_str(), "https://x.example/openai?api-version=2024-10-21");
    }

    #[test]
    fn plain_http_is_exposed_unless_it_stays_on_this_machine() {
        for (address, exposed) in [
            ("http://gateway.example/v1", true),
            ("http://192.168.1.4:8000", true),
            ("https://gateway.example/v1", false),
            ("http://127.0.0.2/v1", false),
            ("http://[::1]:8080/v1", false),
            ("http://LOCALHOST:1/v1", false),
            ("http://localhost.example.com", true),
        ] {
            assert_eq!(BaseUrl::parse(address).unwrap().is_exposed(), exposed, "{address}");
        }
    }

    #[test]
    fn every_local_candidate_is_known_by_name_and_needs_no_key() {
        let candidates = Provider::local_candidates();
        assert_eq!(candidates.len(), LOCAL.len());
        assert!(candidates.iter().all(|provider| provider.key == KeySource::None && !provider.base_url.is_exposed()));
    }
}
