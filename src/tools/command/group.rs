//! A process and everything that it starts, as one thing that can be ended.
//!
//! Owns the process group. Dropping it kills the group, so that nothing of a call outlives the call.

use std::io;
use std::process::ExitStatus;

use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// A running command. A child that makes a group or session of its own leaves it, and is not found again.
#[derive(Debug)]
pub(super) struct Group {
    child: Child,
    #[cfg(unix)]
    id: Option<rustix::process::Pid>,
}

/// The ends of a command's pipes.
#[derive(Debug)]
pub(super) struct Pipes {
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: Option<ChildStdout>,
    pub(super) stderr: Option<ChildStderr>,
}

impl Group {
    pub(super) fn start(command: &mut Command) -> io::Result<(Self, Pipes)> {
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.kill_on_drop(true).spawn()?;
        let pipes = Pipes { stdin: child.stdin.take(), stdout: child.stdout.take(), stderr: child.stderr.take() };
        #[cfg(unix)]
        let id = child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?));
        #[cfg(unix)]
        return Ok((Self { child, id }, pipes));
        #[cfg(not(unix))]
        Ok((Self { child }, pipes))
    }

    /// Waits for the first process to end.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Asks all of it to end.
    #[cfg(unix)]
    pub(super) fn ask_to_end(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    #[cfg(not(unix))]
    pub(super) fn ask_to_end(&self) {}

    /// Ends what is left of it.
    #[cfg(unix)]
    pub(super) fn kill(&mut self) {
        self.signal(rustix::process::Signal::KILL);
        // The number may be given to others once nobody of the group is left.
        self.id = None;
    }

    #[cfg(not(unix))]
    pub(super) fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.start_kill();
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(id) = self.id {
            // All of it may have ended by itself.
            let _ = rustix::process::kill_process_group(id, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
