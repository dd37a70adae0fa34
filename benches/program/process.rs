//! What the system says of a process: its CPU time, its memory, its context switches.

use std::fs;
use std::time::Duration;

use crate::Outcome;

/// Readings of `/proc` for one process with all its threads. A thread that ended is no longer counted: neither program
/// that is measured ends one while it works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(pub(crate) u32);

/// Resident memory in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) now: u64,
    pub(crate) peak: u64,
}

impl Process {
    /// CPU time so far, to the nanosecond.
    pub(crate) fn cpu(self) -> Outcome<Duration> {
        let mut nanos = 0;
        for thread in self.threads("schedstat")? {
            let first = thread.split_whitespace().next().unwrap_or_default();
            nanos += first.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// How often its threads were put to sleep or pushed aside.
    pub(crate) fn switches(self) -> Outcome<u64> {
        let threads = self.threads("status")?;
        Ok(threads
            .iter()
            .map(|status| field(status, "voluntary_ctxt_switches:") + field(status, "nonvoluntary_ctxt_switches:"))
            .sum())
    }

    pub(crate) fn memory(self) -> Outcome<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        Ok(Memory { now: field(&status, "VmRSS:") * 1024, peak: field(&status, "VmHWM:") * 1024 })
    }

    fn threads(self, file: &str) -> Outcome<Vec<String>> {
        let mut read = Vec::new();
        for thread in fs::read_dir(format!("/proc/{}/task", self.0))? {
            read.push(fs::read_to_string(thread?.path().join(file))?);
        }
        Ok(read)
    }
}

/// The number after a name at the start of a line; 0 where there is none.
fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
