//! A server of chat completions on the loopback: whoever asks gets the reply that is set, at the pace that is set.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::reply;

/// How fast tokens come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// So many tokens a second.
    PerSecond(u32),
    /// As fast as they are taken.
    Full,
    /// As fast as they are taken, over and over until the client goes away.
    Endless,
}

/// What is answered from now on.
#[derive(Clone, Debug)]
struct Answer {
    events: Arc<Vec<Vec<u8>>>,
    pace: Pace,
}

/// Runs until the bench ends.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: String,
    answer: Arc<Mutex<Answer>>,
}

impl Server {
    pub(crate) fn start() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let answer = Arc::new(Mutex::new(Answer { events: Arc::default(), pace: Pace::Full }));
        let shared = Arc::clone(&answer);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let answer = Arc::clone(&shared);
                // A client that goes away early is no fault of the bench.
                thread::spawn(move || drop(serve(&stream, &answer)));
            }
        });
        Ok(Self { address, answer })
    }

    /// Sets the reply; gives how many tokens it has.
    pub(crate) fn answer_with(&self, text: &str, pace: Pace) -> usize {
        let tokens = reply::tokens(text);
        let mut events: Vec<Vec<u8>> = tokens.iter().map(|token| chunk(&reply::event(token))).collect();
        events.push(chunk(END_OF_STREAM));
        events.push(b"0\r\n\r\n".to_vec());
        let mut answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        *answer = Answer { events: Arc::new(events), pace };
        tokens.len()
    }
}

const END_OF_STREAM: &str = "data: {\"id\":\"chatcmpl-KH6Gn2e7Kl0pKdXavqYFnJ484kePbuVW\",\
    \"object\":\"chat.completion.chunk\",\"created\":1795361299,\"model\":\"bench-1\",\"choices\":[{\"index\":0,\"delta\":{},\
    \"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":null}\n\ndata: [DONE]\n\n";

/// A chunk of HTTP/1.1's own framing.
fn chunk(body: &str) -> Vec<u8> {
    format!("{:x}\r\n{body}\r\n", body.len()).into_bytes()
}

fn serve(mut stream: &TcpStream, answer: &Mutex<Answer>) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let mut requests = BufReader::new(stream.try_clone()?);
    while let Some(asked) = request(&mut requests)? {
        if asked.starts_with("POST") {
            let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
            stream.write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
            )?;
            send(stream, &answer)?;
        } else {
            let models = "{\"object\":\"list\",\"data\":[{\"id\":\"bench-1\",\"object\":\"model\"}]}";
            let length = models.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{models}"
            )?;
        }
    }
    Ok(())
}

/// Reads one request to its end; gives its first line, or `None` when there are no more.
fn request(from: &mut impl BufRead) -> Outcome<Option<String>> {
    let mut first = String::new();
    if from.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        let header = line.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    std::io::copy(&mut from.take(length), &mut std::io::sink())?;
    Ok(Some(first))
}

fn send(mut stream: &TcpStream, answer: &Answer) -> Outcome<()> {
    match answer.pace {
        Pace::Full => write_all(stream, &answer.events)?,
        Pace::Endless => {
            let text = answer.events.len().saturating_sub(2);
            loop {
                write_all(stream, &answer.events[..text])?;
            }
        }
        Pace::PerSecond(tokens) => {
            let start = Instant::now();
            for (number, event) in (1_u32..).zip(answer.events.iter()) {
                let due = start + Duration::from_secs(1) * number / tokens;
                thread::sleep(due.saturating_duration_since(Instant::now()));
                stream.write_all(event)?;
            }
        }
    }
    Ok(())
}

fn write_all(mut stream: &TcpStream, events: &[Vec<u8>]) -> Outcome<()> {
    for events in events.chunks(64) {
        stream.write_all(&events.concat())?;
    }
    Ok(())
}
