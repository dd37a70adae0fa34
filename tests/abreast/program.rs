//! The built program, with a home of its own and nothing of the tester's environment.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::server::PATIENCE;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_abreast");

/// How often a process is asked whether it has ended.
const GLANCE: Duration = Duration::from_millis(5);

/// A home directory that is gone when the test is.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file below the home and gives its path.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Writes the user's `config.toml`.
    pub(crate) fn configure(&self, text: &str) -> PathBuf {
        self.write("config/config.toml", text)
    }

    /// All that the program finds in its environment.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let below = |name: &str| self.0.path().join(name).display().to_string();
        vec![
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("HOME", below("")),
            ("TMPDIR", below("")),
            ("LANG", "C.UTF-8".to_owned()),
            ("TERM", "xterm-256color".to_owned()),
            ("ABREAST_CONFIG_DIR", below("config")),
            ("ABREAST_DATA_DIR", below("data")),
            ("ABREAST_STATE_DIR", below("state")),
        ]
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(PROGRAM);
        command.env_clear().envs(self.variables()).args(arguments).current_dir(self.path());
        command
    }

    /// Runs the program to its end with nothing on standard input.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Finished {
        finish(self.command(arguments), b"")
    }
}

/// A program that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a program to its end, with this on its standard input.
pub(crate) fn finish(mut command: Command, input: &[u8]) -> Finished {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut stdin = running.0.stdin.take().unwrap();
    let input = input.to_vec();
    let feeding = thread::spawn(move || {
        // A program that does not read its input to the end is right not to.
        let _ = stdin.write_all(&input);
    });
    let out = gather(running.0.stdout.take().unwrap());
    let err = gather(running.0.stderr.take().unwrap());
    let status = running.ended(PATIENCE);
    feeding.join().unwrap();
    Finished { code: status.code(), out: out.join().unwrap(), err: err.join().unwrap() }
}

fn gather(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Reads one request to its end; gives it as it came.
pub(crate) fn take_request(socket: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut piece = [0; 64 << 10];
    loop {
        let count = socket.read(&mut piece).unwrap();
        request.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let length =
            text.to_lowercase().split("content-length: ").nth(1).map_or(0, |rest| {
                rest.split("\r\n").next().and_then(|length| length.parse::<usize>().ok()).unwrap_or(0)
            });
        let whole = text.find("\r\n\r\n").is_some_and(|head| request.len() >= head + 4 + length);
        if whole || count == 0 {
            return text;
        }
    }
}

/// A server on loopback that answers each connection with the next of these bytes, and closes it.
pub(crate) struct Canned {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    pub(crate) fn answering(responses: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, responses) = (asked.clone(), responses.into_iter().collect::<Vec<_>>());
        thread::spawn(move || {
            for response in responses {
                let Ok((mut socket, _)) = listener.accept() else { return };
                log.lock().unwrap().push(take_request(&mut socket));
                // A client that has heard enough may close first.
                let _ = socket.write_all(&response);
            }
        });
        Self { address, asked }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The JSON body of the last request.
    pub(crate) fn body(&self) -> Value {
        let asked = self.asked();
        serde_json::from_str(asked.last().unwrap().split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

/// A process that does not outlive its test.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Waits for the end.
    pub(crate) fn ended(&mut self, patience: Duration) -> ExitStatus {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            thread::sleep(GLANCE);
        }
        panic!("the program does not end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A sandbox in a process of its own.
pub(crate) struct Sandbox {
    pub(crate) base_url: String,
    _process: Running,
}

impl Sandbox {
    /// Serves so many tokens a second; 0 serves as fast as the connection takes.
    pub(crate) fn start(rate: u32) -> Self {
        let home = Home::new();
        let mut command = home.command(["sandbox", "--port", "0", "--rate", &rate.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Running(command.spawn().unwrap());
        let mut base_url = String::new();
        BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut base_url).unwrap();
        Self { base_url: base_url.trim().to_owned(), _process: process }
    }
}

/// A text without the ports of the servers in it, which are others each time.
pub(crate) fn portless(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |so_far, part| {
        format!("{so_far}127.0.0.1{}", part.trim_start_matches(|sign: char| sign.is_ascii_digit()))
    })
}
