//! Providers that a test scripts: it sees every request and sends the pieces of every reply.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use abreast::api::{ApiError, ChatBackend, Delta};
use abreast::app::Connect;
use abreast::chat::ChatRequest;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

pub(super) type Piece = Result<Delta, ApiError>;

/// A request that was sent, and the way to answer it. Dropping the sender ends the reply.
pub(super) struct Sent {
    pub(super) provider: String,
    pub(super) request: ChatRequest,
    pub(super) reply: Option<UnboundedSender<Piece>>,
}

/// Every provider of a test.
#[derive(Clone, Default)]
pub(super) struct ScriptedConnect(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    sent: Vec<Sent>,
    models: HashMap<String, Result<Vec<String>, ApiError>>,
    unusable: HashMap<String, ApiError>,
}

impl ScriptedConnect {
    pub(super) fn lists(&self, provider: &str, models: Result<&[&str], ApiError>) {
        let models = models.map(|models| models.iter().map(|model| (*model).to_owned()).collect());
        self.0.lock().unwrap().models.insert(provider.to_owned(), models);
    }

    pub(super) fn is_unusable(&self, provider: &str, error: ApiError) {
        self.0.lock().unwrap().unusable.insert(provider.to_owned(), error);
    }

    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap().sent.len()
    }

    /// Looks at a request, counted from 0 in the order of sending.
    pub(super) fn with<T>(&self, place: usize, look: impl FnOnce(&mut Sent) -> T) -> T {
        let mut shared = self.0.lock().unwrap();
        let count = shared.sent.len();
        look(shared.sent.get_mut(place).unwrap_or_else(|| panic!("request {place} of {count} was never sent")))
    }
}

impl Connect for ScriptedConnect {
    fn backend<'a>(&'a self, provider: &'a str) -> BoxFuture<'a, Result<Arc<dyn ChatBackend>, ApiError>> {
        Box::pin(async move {
            if let Some(error) = self.0.lock().unwrap().unusable.get(provider) {
                return Err(error.clone());
            }
            let backend = ReplayBackend { provider: provider.to_owned(), connect: self.clone() };
            Ok(Arc::new(backend) as Arc<dyn ChatBackend>)
        })
    }

    /// A provider without a scripted list never answers.
    fn models<'a>(&'a self, provider: &'a str) -> BoxFuture<'a, Result<Vec<String>, ApiError>> {
        let listed = self.0.lock().unwrap().models.get(provider).cloned();
        Box::pin(async move {
            match listed {
                Some(listed) => listed,
                None => std::future::pending().await,
            }
        })
    }
}

struct ReplayBackend {
    provider: String,
    connect: ScriptedConnect,
}

impl ChatBackend for ReplayBackend {
    fn open(&self, request: ChatRequest) -> BoxStream<'static, Piece> {
        let (sender, receiver) = unbounded_channel();
        let sent = Sent { provider: self.provider.clone(), request, reply: Some(sender) };
        self.connect.0.lock().unwrap().sent.push(sent);
        stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) }).boxed()
    }
}
