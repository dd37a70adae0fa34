//! Effects that take time: streams and lists of models, each in a task of its own, whose results come back as events.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt;
use tokio::sync::mpsc::Sender;
use tokio_util::task::AbortOnDropHandle;

use super::Connect;
use crate::chat::ChatRequest;
use crate::state::{Event, Found, LaneId};

/// Starts and stops the tasks. Dropping it stops them all.
pub(super) struct Runner {
    connect: Arc<dyn Connect>,
    events: Sender<Event>,
    streams: HashMap<LaneId, AbortOnDropHandle<()>>,
    lists: Vec<AbortOnDropHandle<()>>,
}

impl Runner {
    pub(super) fn new(connect: Arc<dyn Connect>, events: Sender<Event>) -> Self {
        Self { connect, events, streams: HashMap::new(), lists: Vec::new() }
    }

    /// Opens a lane's stream; the one before it is dropped, which closes its socket.
    pub(super) fn open(&mut self, lane: LaneId, generation: u64, provider: String, request: ChatRequest) {
        let (connect, events) = (Arc::clone(&self.connect), self.events.clone());
        let task = tokio::spawn(async move {
            stream(connect.as_ref(), &events, (lane, generation), &provider, request).await;
        });
        self.streams.insert(lane, AbortOnDropHandle::new(task));
    }

    pub(super) fn cancel(&mut self, lane: LaneId) {
        self.streams.remove(&lane);
    }

    pub(super) fn list_models(&mut self, provider: String) {
        self.lists.retain(|task| !task.is_finished());
        let (connect, events) = (Arc::clone(&self.connect), self.events.clone());
        let task = tokio::spawn(async move {
            let found = match connect.models(&provider).await {
                Ok(models) => Found::Models(models),
                Err(error) => Found::Failed(error.message),
            };
            // The loop is gone when nobody listens; then nobody waits for this either.
            let _ = events.send(Event::Models { provider, found }).await;
        });
        self.lists.push(AbortOnDropHandle::new(task));
    }
}

/// Sends every delta of a run as an event. A full channel holds the stream back, down to the server's socket.
async fn stream(
    connect: &dyn Connect,
    events: &Sender<Event>,
    (lane, generation): (LaneId, u64),
    provider: &str,
    request: ChatRequest,
) {
    let event = |delta| Event::Stream { lane, generation, delta };
    let backend = match connect.backend(provider).await {
        Ok(backend) => backend,
        Err(error) => {
            let _ = events.send(event(Err(error))).await;
            return;
        }
    };
    let mut deltas = backend.open(request);
    while let Some(delta) = deltas.next().await {
        let failed = delta.is_err();
        if events.send(event(delta)).await.is_err() || failed {
            return;
        }
    }
    let _ = events.send(Event::StreamEnded { lane, generation }).await;
}
