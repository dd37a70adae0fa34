//! Commands that answer calls, each in a task of its own. Dropping a task kills what it runs.

use std::collections::HashMap;

use tokio::sync::mpsc::Sender;
use tokio_util::task::AbortOnDropHandle;

use super::runner::Batch;
use crate::state::{CallId, Event};
use crate::tools::{CallEnd, CommandResponder};

/// The commands that run. Dropping it kills them all.
pub(super) struct ToolRuns {
    events: Sender<Batch>,
    tasks: HashMap<u64, AbortOnDropHandle<()>>,
}

/// What is run, and for which call.
pub(super) struct ToolRun {
    pub(super) call: CallId,
    pub(super) task: u64,
    pub(super) command: Box<CommandResponder>,
    pub(super) tool: String,
    pub(super) arguments: String,
}

impl ToolRuns {
    pub(super) fn new(events: Sender<Batch>) -> Self {
        Self { events, tasks: HashMap::new() }
    }

    /// Runs a command; how it ends comes as an event.
    pub(super) fn run(&mut self, run: ToolRun) {
        self.tasks.retain(|_, task| !task.is_finished());
        let events = self.events.clone();
        let ToolRun { call, task, command, tool, arguments } = run;
        let running = tokio::spawn(async move {
            let end = ended(&command, &tool, &arguments).await;
            // The loop is gone when nobody listens; then nobody waits for this either.
            let _ = events.send(vec![Event::ToolEnded { call, task, end }]).await;
        });
        self.tasks.insert(task, AbortOnDropHandle::new(running));
    }

    pub(super) fn cancel(&mut self, task: u64) {
        self.tasks.remove(&task);
    }
}

async fn ended(_: &CommandResponder, tool: &str, _: &str) -> CallEnd {
    CallEnd::Failed { said: format!("{tool} cannot be run"), output: String::new() }
}
