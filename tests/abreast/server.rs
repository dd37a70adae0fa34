//! A loopback server that plays a script, byte by byte, and tells what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

/// No step of a test takes longer, unless something is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What one connection is answered with.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send(Vec<u8>),
    /// Stays open and silent until the client closes, which is then reported.
    AwaitClose,
    /// Takes a further request on the same connection.
    AwaitRequest,
    /// Goes on when the test says so.
    AwaitSignal(Arc<Notify>),
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// The server. Each connection gets the next script; those after the last one are closed unanswered.
pub(crate) struct Server {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    closed: mpsc::UnboundedReceiver<()>,
}

impl Server {
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (closing, closed) = mpsc::unbounded_channel();
        let log = asked.clone();
        tokio::spawn(async move {
            let mut scripts = scripts.into_iter();
            while let Ok((socket, _)) = listener.accept().await {
                let script = scripts.next().unwrap_or_default();
                tokio::spawn(play(socket, script, log.clone(), closing.clone()));
            }
        });
        Self { address, asked, closed }
    }

    /// A server that answers each request with one of these responses, and closes.
    pub(crate) async fn answering(responses: &[Vec<u8>]) -> Self {
        Self::start(responses.iter().map(|response| vec![Step::Send(response.clone())]).collect()).await
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Waits until the client has closed a connection whose script awaits that.
    pub(crate) async fn seen_closed(&mut self) {
        timeout(PATIENCE, self.closed.recv()).await.expect("the client kept the connection").unwrap();
    }
}

async fn play(
    mut socket: TcpStream,
    script: Vec<Step>,
    log: Arc<Mutex<Vec<Asked>>>,
    closing: mpsc::UnboundedSender<()>,
) {
    let Some(asked) = read_request(&mut socket).await else { return };
    log.lock().unwrap().push(asked);
    for step in script {
        match step {
            Step::Send(bytes) => {
                if socket.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Step::AwaitRequest => {
                let Some(asked) = read_request(&mut socket).await else { return };
                log.lock().unwrap().push(asked);
            }
            Step::AwaitSignal(signal) => signal.notified().await,
            Step::AwaitClose => {
                let mut rest = [0; 64];
                while matches!(socket.read(&mut rest).await, Ok(1..)) {}
                let _ = closing.send(());
            }
        }
    }
    let _ = socket.shutdown().await;
}

async fn read_request(socket: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut asked =
        Asked { line: head.lines().next().unwrap_or_default().to_owned(), head, body: bytes.split_off(end) };
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    while asked.body.len() < length {
        if socket.read_buf(&mut asked.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(asked)
}

/// A response of known length.
pub(crate) fn response(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status} Whatever\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for header in headers {
        bytes.push_str(header);
        bytes.push_str("\r\n");
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) const EVENTS: &str = "Content-Type: text/event-stream";
pub(crate) const JSON: &str = "Content-Type: application/json";
pub(crate) const HTML: &str = "Content-Type: text/html";

/// The head of a stream that ends with its connection.
pub(crate) fn stream_head() -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{EVENTS}\r\nX-Request-Id: req_1\r\nConnection: close\r\n\r\n").into_bytes()
}

/// The head of a chunked stream.
pub(crate) fn chunked_head() -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{EVENTS}\r\nTransfer-Encoding: chunked\r\n\r\n").into_bytes()
}

/// One chunk of a chunked body.
pub(crate) fn chunk(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}
