//! From a provider's name to something that answers: keys are fetched and clients built on first use.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, OnceCell};
use tokio_util::task::AbortOnDropHandle;

use crate::api::{ApiError, ChatBackend, Client, Endpoint, ErrorKind, KeyOrigin, Limits, RequestShape, list_models};
use crate::config::{Environment, KeySource, Provider, SANDBOX, resolve_key};
use crate::sandbox::{Server, ServerOptions};

/// Finds backends by provider. Tests script one.
pub trait Connect: Send + Sync {
    /// The backend of a provider. The first call may fetch a key and start the sandbox.
    fn backend<'a>(&'a self, provider: &'a str) -> BoxFuture<'a, Result<Arc<dyn ChatBackend>, ApiError>>;

    /// The models that a provider lists.
    fn models<'a>(&'a self, provider: &'a str) -> BoxFuture<'a, Result<Vec<String>, ApiError>>;
}

/// What a command line says about waiting; what it leaves out is the provider's, and then the client's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitOverrides {
    pub idle: Option<std::time::Duration>,
    pub connect: Option<std::time::Duration>,
    pub retries: Option<u32>,
}

/// The configured providers and the sandbox, each with one client for as long as the program runs.
pub struct Connections {
    providers: Vec<Provider>,
    environment: Environment,
    overrides: LimitOverrides,
    clients: Mutex<HashMap<String, Arc<OnceCell<Client>>>>,
    sandbox: OnceCell<Sandbox>,
}

/// The sandbox's server in this process; it ends with it.
struct Sandbox {
    base_url: String,
    _serving: AbortOnDropHandle<()>,
}

impl Connections {
    #[must_use]
    pub fn new(providers: Vec<Provider>, environment: Environment, overrides: LimitOverrides) -> Self {
        Self { providers, environment, overrides, clients: Mutex::default(), sandbox: OnceCell::new() }
    }

    /// The client of a provider, built on first use.
    ///
    /// # Errors
    /// When there is no such provider, its key is not to be had, or its address cannot be used.
    pub async fn client(&self, name: &str) -> Result<Client, ApiError> {
        // One cell each, so that a key that takes long holds nobody else up.
        let cell = Arc::clone(self.clients.lock().await.entry(name.to_owned()).or_default());
        let built = || async {
            let (endpoint, limits) = self.endpoint(name).await?;
            build(endpoint, limits).await
        };
        cell.get_or_try_init(built).await.cloned()
    }

    async fn endpoint(&self, name: &str) -> Result<(Endpoint, Limits), ApiError> {
        if name == SANDBOX {
            let base_url = self.sandbox().await?.base_url.clone();
            return Ok((endpoint_of_sandbox(base_url), self.limits(None)));
        }
        let provider = self.providers.iter().find(|provider| provider.name == name);
        let Some(provider) = provider else {
            return Err(unusable(format!(
                "There is no provider `{name}`. Name one in config.toml, or use --base-url."
            )));
        };
        let key = resolve_key(&provider.key, &self.environment).await.map_err(|error| unusable(error.to_string()))?;
        Ok((Endpoint { key, ..without_key(provider) }, self.limits(Some(provider))))
    }

    fn limits(&self, provider: Option<&Provider>) -> Limits {
        let usual = Limits::default();
        let of = |provider: &Provider| (provider.connect_timeout, provider.idle_timeout, provider.retries);
        let (connect, idle, retries) = provider.map(of).unwrap_or_default();
        Limits {
            connect: self.overrides.connect.or(connect).unwrap_or(usual.connect),
            idle: self.overrides.idle.or(idle).unwrap_or(usual.idle),
            retries: self.overrides.retries.or(retries).unwrap_or(usual.retries),
        }
    }

    async fn sandbox(&self) -> Result<&Sandbox, ApiError> {
        let start = || async {
            let server = Server::bind(ServerOptions::default()).await?;
            let base_url = server.base_url();
            let serving = tokio::spawn(server.serve());
            Ok(Sandbox { base_url, _serving: AbortOnDropHandle::new(serving) })
        };
        let failed = |error: std::io::Error| unusable(format!("The sandbox cannot listen on 127.0.0.1: {error}."));
        self.sandbox.get_or_try_init(start).await.map_err(failed)
    }
}

/// A client for HTTPS reads the machine's certificates, which takes long enough to miss a frame: another thread does it.
async fn build(endpoint: Endpoint, limits: Limits) -> Result<Client, ApiError> {
    if !endpoint.base_url.starts_with("https:") {
        return Client::new(endpoint, limits);
    }
    let building = tokio::task::spawn_blocking(move || Client::new(endpoint, limits));
    building.await.unwrap_or_else(|_| Err(unusable("The connection could not be prepared. Try again.".to_owned())))
}

/// A provider's endpoint, its key not asked for.
fn without_key(provider: &Provider) -> Endpoint {
    Endpoint {
        name: provider.name.clone(),
        base_url: provider.base_url.as_str().to_owned(),
        key: None,
        headers: provider.headers.clone(),
        extra_body: provider.extra_body.clone(),
        dialect: provider.dialect.clone(),
    }
}

/// What the requests to a provider look like, without its secrets.
#[must_use]
pub fn shape_of(provider: &Provider) -> RequestShape {
    let key = match &provider.key {
        KeySource::None => KeyOrigin::None,
        KeySource::Variable(variable) => KeyOrigin::Variable(variable.clone()),
        KeySource::Command(_) | KeySource::Keyring { .. } => KeyOrigin::Elsewhere,
    };
    without_key(provider).shape(key)
}

/// What the requests to the sandbox look like. The one in this program listens on any free port and ends with it, so
/// snippets name one that the user starts.
#[must_use]
pub fn shape_of_sandbox() -> RequestShape {
    let preparation = "First start the sandbox in another terminal: abreast sandbox --port 8321".to_owned();
    let base_url = "http://127.0.0.1:8321/v1".to_owned();
    RequestShape { preparation: Some(preparation), ..endpoint_of_sandbox(base_url).shape(KeyOrigin::None) }
}

fn endpoint_of_sandbox(base_url: String) -> Endpoint {
    Endpoint {
        name: SANDBOX.to_owned(),
        base_url,
        key: None,
        headers: Vec::new(),
        extra_body: serde_json::Map::new(),
        dialect: crate::chat::Dialect::default(),
    }
}

/// No request could be made at all.
fn unusable(sentence: String) -> ApiError {
    ApiError::new(ErrorKind::Network, sentence)
}

impl Connect for Connections {
    fn backend<'a>(&'a self, provider: &'a str) -> BoxFuture<'a, Result<Arc<dyn ChatBackend>, ApiError>> {
        Box::pin(async move {
            let client: Arc<dyn ChatBackend> = Arc::new(self.client(provider).await?);
            Ok(client)
        })
    }

    fn models<'a>(&'a self, provider: &'a str) -> BoxFuture<'a, Result<Vec<String>, ApiError>> {
        Box::pin(async move {
            let client = self.client(provider).await?;
            Ok(list_models(&client).await?.into_iter().map(|entry| entry.id).collect())
        })
    }
}
