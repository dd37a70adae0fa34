//! Providers: where their keys come from, whether there is one, and whether they answer.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::Finding;
use crate::api::{ApiError, list_models};
use crate::app::{Connections, LimitOverrides};
use crate::cli::print::sentence;
use crate::config::{Config, Environment, KeySource, Provider, resolve_key};

/// A provider that takes longer to list its models is not to be worked with.
const PATIENCE: Duration = Duration::from_secs(3);

/// All that are configured, all at once.
pub(super) async fn examine(config: &Config, environment: &Environment, offline: bool) -> Vec<Finding> {
    if config.providers.is_empty() {
        let next = "Set OPENAI_API_KEY, or run `abreast config init` and name a provider.";
        return vec![Finding::warning("providers", "none is configured, so the sandbox is asked", next)];
    }
    let limits = LimitOverrides { idle: Some(PATIENCE), connect: Some(PATIENCE), retries: Some(0) };
    let connections = Connections::new(config.providers.clone(), environment.clone(), limits);
    let all = config.providers.iter().map(|provider| one(provider, &connections, environment, offline));
    join_all(all).await.into_iter().flatten().collect()
}

async fn one(provider: &Provider, connections: &Connections, environment: &Environment, offline: bool) -> Vec<Finding> {
    let about = format!("provider {}", provider.name);
    let source = source(&provider.key);
    let key = match resolve_key(&provider.key, environment).await {
        Ok(Some(_)) => Finding::good(&about, format!("its key is there, from {source}")),
        Ok(None) => Finding::good(&about, "no key is sent"),
        Err(error) => return vec![Finding::broken(&about, format!("no key from {source}"), error.to_string())],
    };
    let mut found = vec![key];
    if !offline {
        found.push(reach(&about, provider, connections).await);
    }
    found
}

fn source(key: &KeySource) -> String {
    match key {
        KeySource::None => "nowhere".to_owned(),
        KeySource::Variable(variable) => variable.clone(),
        // The arguments may say more than others should see.
        KeySource::Command(words) => format!("the command `{}`", words.first().map_or("", String::as_str)),
        KeySource::Keyring { service, .. } => format!("the keyring (service `{service}`)"),
    }
}

async fn reach(about: &str, provider: &Provider, connections: &Connections) -> Finding {
    let asked = async {
        let client = connections.client(&provider.name).await?;
        list_models(&client).await
    };
    let at = provider.base_url.host();
    match timeout(PATIENCE, asked).await {
        Ok(Ok(models)) => Finding::good(about, format!("{at} answers and lists models: {}", models.len())),
        Ok(Err(error)) => failed(about, &error),
        Err(_) => {
            let said = format!("{at} did not answer within {} seconds", PATIENCE.as_secs());
            Finding::broken(about, said, "Check the address and the network.")
        }
    }
}

/// An endpoint without a list of models can still be talked to.
fn failed(about: &str, error: &ApiError) -> Finding {
    let said = sentence(error).trim_end_matches('.').to_owned();
    match error.status {
        Some(404 | 405 | 501) => {
            Finding::warning(about, said, "It answers, but lists no models: name one in config.toml.")
        }
        _ => {
            let next = error.next_step.clone().unwrap_or_else(|| "Check the address and the network.".to_owned());
            Finding::broken(about, said, next)
        }
    }
}
