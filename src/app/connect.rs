//! From a provider's name to something that answers: keys are fetched and clients built on first use.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::api::{ApiError, ChatBackend};

/// Finds backends by provider. Tests script one.
pub trait Connect: Send + Sync {
    /// The backend of a provider. The first call may fetch a key and start the sandbox.
    fn backend<'a>(&'a self, provider: &'a str) -> BoxFuture<'a, Result<Arc<dyn ChatBackend>, ApiError>>;

    /// The models that a provider lists.
    fn models<'a>(&'a self, provider: &'a str) -> BoxFuture<'a, Result<Vec<String>, ApiError>>;
}
