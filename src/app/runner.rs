//! Effects that take time: streams and lists of models, each in a task of its own, whose results come back as events.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt;
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot::Receiver;
use tokio_util::task::AbortOnDropHandle;

use super::Connect;
use crate::chat::ChatRequest;
use crate::state::{Event, Found, LaneId};
use crate::store::StoreFault;

/// Events that come at once; one is sent for many, since each sending may wake the loop.
pub(super) type Batch = Vec<Event>;

/// Deltas of one stream that are sent together at the most, when so many are there.
const MOST_TOGETHER: usize = 64;

/// Starts and stops the tasks. Dropping it stops them all.
pub(super) struct Runner {
    connect: Arc<dyn Connect>,
    events: Sender<Batch>,
    streams: HashMap<LaneId, AbortOnDropHandle<()>>,
    lists: Vec<AbortOnDropHandle<()>>,
}

impl Runner {
    pub(super) fn new(connect: Arc<dyn Connect>, events: Sender<Batch>) -> Self {
        Self { connect, events, streams: HashMap::new(), lists: Vec::new() }
    }

    /// Opens a lane's stream; the one before it is dropped, which closes its socket.
    ///
    /// It waits until what is asked is `kept`, or cannot be.
    pub(super) fn open(
        &mut self,
        (lane, generation): (LaneId, u64),
        provider: String,
        request: ChatRequest,
        kept: Option<Receiver<Result<(), StoreFault>>>,
    ) {
        let (connect, events) = (Arc::clone(&self.connect), self.events.clone());
        let task = tokio::spawn(async move {
            if let Some(kept) = kept {
                // Where it cannot be kept the user is told, and is answered all the same.
                let _ = kept.await;
            }
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
            let _ = events.send(vec![Event::Models { provider, found }]).await;
        });
        self.lists.push(AbortOnDropHandle::new(task));
    }
}

/// Sends every delta of a run as an event, those together that are there together. A full channel holds the stream back, down to the server's socket.
async fn stream(
    connect: &dyn Connect,
    events: &Sender<Batch>,
    (lane, generation): (LaneId, u64),
    provider: &str,
    request: ChatRequest,
) {
    let event = |delta| Event::Stream { lane, generation, delta };
    let backend = match connect.backend(provider).await {
        Ok(backend) => backend,
        Err(error) => {
            let _ = events.send(vec![event(Err(error))]).await;
            return;
        }
    };
    let mut deltas = backend.open(request).ready_chunks(MOST_TOGETHER);
    while let Some(deltas) = deltas.next().await {
        let failed = deltas.iter().any(Result::is_err);
        let batch = deltas.into_iter().map(event).collect();
        if events.send(batch).await.is_err() || failed {
            return;
        }
    }
    let _ = events.send(vec![Event::StreamEnded { lane, generation }]).await;
}
