//! Running a command for a call.

use std::ffi::OsStr;
use std::future::{Future, pending};
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures_util::future::maybe_done;
use tokio::io::AsyncWriteExt;
use tokio::process::{ChildStdin, Command};
use tokio::time::{sleep, timeout};

use super::group::{Group, Pipes};
use super::invocation::{Invocation, invocation};
use super::output::{FLOOD, Head, Read, Tail};
use crate::text::grouped;
use crate::tools::{CallEnd, ChildEnvironment, CommandResponder};

/// So many commands run at once; others wait for one of them to end. A reply may hold hundreds of calls.
pub const MOST_AT_ONCE: usize = 8;

/// How long a command that is asked to end may take to put its things in order.
const TO_END: Duration = Duration::from_millis(500);

/// How long what was printed is waited for once nobody is left to print: it lies in the pipe already. Only a process
/// that left the group can keep the pipe open.
const GRACE: Duration = Duration::from_millis(100);

/// Runs a command for a call, and ends with what came of it. Whoever drops this kills the command and its children.
pub async fn run(command: &CommandResponder, tool: &str, arguments: &str, environment: &ChildEnvironment) -> CallEnd {
    run_until(command, tool, arguments, environment, pending()).await
}

/// As [`run`], but ends as cancelled, with what was printed by then, when `stop` comes first.
pub async fn run_until(
    command: &CommandResponder,
    tool: &str,
    arguments: &str,
    environment: &ChildEnvironment,
    stop: impl Future<Output = ()>,
) -> CallEnd {
    let failed = |said: String| CallEnd::Failed { said, output: String::new() };
    let invocation = match invocation(command, arguments, environment) {
        Ok(invocation) => invocation,
        Err(fault) => return failed(fault.to_string()),
    };
    if let Some(directory) = invocation.directory.as_deref().filter(|directory| !directory.is_dir()) {
        return failed(format!("The command's directory {} is not there", directory.display()));
    }
    let started = Group::start(&mut process(&invocation, tool, environment));
    match started {
        Ok((group, pipes)) => ended(command, &invocation, group, pipes, stop).await,
        Err(error) => failed(not_started(&invocation, &error)),
    }
}

fn process(invocation: &Invocation, tool: &str, environment: &ChildEnvironment) -> Command {
    let (program, arguments) =
        invocation.argv.split_first().map_or(("", [].as_slice()), |(program, rest)| (program.as_str(), rest));
    let mut process = Command::new(program);
    process.args(arguments).env_clear().envs(environment.variables());
    process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // So that one program can answer several tools. What a model made up may hold what no variable can.
    if !tool.contains('\0') {
        process.env("ABREAST_TOOL", OsStr::new(tool));
    }
    if let Some(directory) = &invocation.directory {
        process.current_dir(directory);
    }
    process
}

fn not_started(invocation: &Invocation, error: &io::Error) -> String {
    let program = invocation.argv.first().map_or("", String::as_str);
    match error.kind() {
        io::ErrorKind::NotFound => {
            format!("The program `{program}` is not there, or what its first line asks for is not")
        }
        io::ErrorKind::PermissionDenied => format!("The program `{program}` may not be run: it is not executable"),
        _ => format!("The program `{program}` cannot be started: {error}"),
    }
}

/// Why a command is over.
enum Over {
    Exited(io::Result<ExitStatus>),
    Flooded,
    TimedOut,
    Stopped,
}

async fn ended(
    command: &CommandResponder,
    invocation: &Invocation,
    mut group: Group,
    pipes: Pipes,
    stop: impl Future<Output = ()>,
) -> CallEnd {
    let (mut printed, mut complained) = (Head::of(command.most_bytes), Tail::default());
    let over = {
        let talk = talk(&invocation.stdin, pipes, &mut printed, &mut complained);
        let late = sleep(command.timeout);
        tokio::pin!(talk, stop, late);
        let mut talking = true;
        let over = loop {
            tokio::select! {
                biased;
                () = &mut stop => break Over::Stopped,
                read = &mut talk, if talking => {
                    talking = false;
                    if read == Read::Flooded {
                        break Over::Flooded;
                    }
                }
                status = group.wait() => break Over::Exited(status),
                () = &mut late => break Over::TimedOut,
            }
        };
        let rest = async {
            if talking {
                talk.await;
            }
        };
        end(group, &over, rest).await;
        over
    };
    told(command, invocation, over, printed.into_text(), &complained.text())
}

/// Ends what still runs, and reads what it had printed.
async fn end(mut group: Group, over: &Over, rest: impl Future<Output = ()>) {
    let rest = maybe_done(rest);
    tokio::pin!(rest);
    if matches!(over, Over::TimedOut | Over::Stopped) {
        group.ask_to_end();
        let _ = timeout(TO_END, async { tokio::join!(group.wait(), rest.as_mut()) }).await;
    }
    group.kill();
    let _ = timeout(GRACE, async { tokio::join!(group.wait(), rest) }).await;
}

/// Writes the arguments and reads what is said until both streams end, or until it is far too much.
async fn talk(stdin: &str, pipes: Pipes, printed: &mut Head, complained: &mut Tail) -> Read {
    let most = printed.flood();
    tokio::select! {
        biased;
        Read::Flooded = printed.read(pipes.stdout) => Read::Flooded,
        Read::Flooded = complained.read(pipes.stderr, most) => Read::Flooded,
        Read::Flooded = feed(pipes.stdin, stdin) => Read::Flooded,
        else => Read::Whole,
    }
}

/// Writes the arguments. A command that does not read them to the end is within its rights.
async fn feed(pipe: Option<ChildStdin>, stdin: &str) -> Read {
    if let Some(mut pipe) = pipe {
        let _ = pipe.write_all(stdin.as_bytes()).await;
    }
    Read::Whole
}

fn told(command: &CommandResponder, invocation: &Invocation, over: Over, output: String, complaint: &str) -> CallEnd {
    let program = invocation.argv.first().map_or("", String::as_str);
    let failed = |how: String, output| {
        let end = if complaint.is_empty() { "" } else { ": " };
        CallEnd::Failed { said: format!("`{program}` {how}{end}{complaint}"), output }
    };
    match over {
        Over::Exited(Ok(status)) if status.code().is_some_and(|code| command.statuses.contains(&code)) => {
            CallEnd::Answered(output)
        }
        Over::Exited(Ok(status)) => failed(how(status), output),
        Over::Exited(Err(error)) => failed(format!("cannot be waited for ({error})"), output),
        Over::Flooded => {
            let most = grouped(command.most_bytes.saturating_mul(FLOOD) as u64);
            failed(format!("printed more than {most} bytes and was stopped"), output)
        }
        Over::TimedOut => CallEnd::TimedOut { after: command.timeout, output },
        Over::Stopped => CallEnd::Cancelled { output },
    }
}

#[cfg(unix)]
fn how(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    // The system's own words are `signal: 9 (SIGKILL)`.
    match status.signal() {
        Some(_) => format!("was ended by {status}").replacen("signal: ", "signal ", 1),
        None => format!("failed ({status})"),
    }
}

#[cfg(not(unix))]
fn how(status: ExitStatus) -> String {
    format!("failed ({status})")
}
