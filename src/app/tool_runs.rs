//! What answers tools outside the program: commands, each in a task of its own, and the file that says which.
//!
//! Dropping a task kills what it runs.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot::Receiver;
use tokio_util::task::AbortOnDropHandle;

use super::runner::Batch;
use crate::state::{CallId, Event};
use crate::store::StoreFault;
use crate::tools::command;
use crate::tools::{ChildEnvironment, CommandResponder};

/// The commands that run. Dropping it kills them all.
pub(super) struct ToolRuns {
    events: Sender<Batch>,
    tasks: HashMap<u64, AbortOnDropHandle<()>>,
    /// As many may run at once.
    room: Arc<Semaphore>,
    /// What commands find around them.
    environment: Arc<ChildEnvironment>,
    /// Where it is kept who answers which tool, if anywhere.
    pub(super) file: Option<PathBuf>,
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
        let room = Arc::new(Semaphore::new(command::MOST_AT_ONCE));
        Self { events, tasks: HashMap::new(), room, environment: Arc::default(), file: None }
    }

    /// Gives commands an environment, and the responders a file, which need not be there yet.
    pub(super) fn equip(&mut self, file: PathBuf, environment: ChildEnvironment) {
        (self.file, self.environment) = (Some(file), Arc::new(environment));
    }

    /// Runs a command; how it ends comes as an event. It waits until it is `kept` that it runs, or cannot be: what a
    /// command does is done once.
    pub(super) fn run(&mut self, run: ToolRun, kept: Option<Receiver<Result<(), StoreFault>>>) {
        self.tasks.retain(|_, task| !task.is_finished());
        let (events, environment, room) = (self.events.clone(), Arc::clone(&self.environment), Arc::clone(&self.room));
        let ToolRun { call, task, command: responder, tool, arguments } = run;
        let running = tokio::spawn(async move {
            if let Some(kept) = kept {
                // Where it cannot be kept the user is told, and the command runs all the same.
                let _ = kept.await;
            }
            // It is never closed.
            let _room = room.acquire().await;
            let end = command::run(&responder, &tool, &arguments, &environment).await;
            // The loop is gone when nobody listens; then nobody waits for this either.
            let _ = events.send(vec![Event::ToolEnded { call, task, end }]).await;
        });
        self.tasks.insert(task, AbortOnDropHandle::new(running));
    }

    pub(super) fn cancel(&mut self, task: u64) {
        self.tasks.remove(&task);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use tokio::sync::mpsc::channel;

    use super::*;
    use crate::chat::TurnId;
    use crate::tools::CallEnd;

    #[tokio::test]
    async fn of_many_calls_only_some_run_at_once() {
        const MANY: u64 = 32;
        let home = tempfile::tempdir().unwrap();
        let (sender, mut events) = channel(64);
        let mut runs = ToolRuns::new(sender);
        let script = "mkdir $$ && ls | wc -l && sleep 0.02 && rmdir $$";
        let argv = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let command = CommandResponder { directory: Some(home.path().to_owned()), ..CommandResponder::new(argv) };
        for task in 0..MANY {
            let call = CallId { reply: TurnId(0), index: 0 };
            let (command, tool) = (Box::new(command.clone()), "f".to_owned());
            runs.run(ToolRun { call, task, command, tool, arguments: "{}".to_owned() }, None);
        }
        let mut most = 0;
        for _ in 0..MANY {
            let batch = events.recv().await.unwrap();
            let [Event::ToolEnded { end: CallEnd::Answered(count), .. }] = batch.as_slice() else {
                panic!("{batch:?}")
            };
            most = most.max(count.trim().parse().unwrap());
        }
        assert!((1..=command::MOST_AT_ONCE).contains(&most), "{most}");
    }
}
