//! A server whose reply the test hands out piece by piece, and which tells how much of it was taken.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::program::take_request;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// How servers end a reply.
pub(super) const END: &[u8] =
    b"data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// Pieces that wait to be sent; who hands over more waits too.
const AHEAD: usize = 64;

/// Answers one request on loopback.
pub(super) struct Drip {
    pub(super) base_url: String,
    /// What is sent next; to drop it ends the reply.
    pub(super) pieces: SyncSender<Vec<u8>>,
    sent: Arc<AtomicUsize>,
}

impl Drip {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (pieces, handed) = sync_channel::<Vec<u8>>(AHEAD);
        let sent = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&sent);
        thread::spawn(move || {
            let Ok((mut socket, _)) = listener.accept() else { return };
            take_request(&mut socket);
            let mut open = socket.write_all(HEAD).is_ok();
            for piece in handed {
                open = open && socket.write_all(&piece).is_ok();
                counted.fetch_add(usize::from(open), Ordering::Relaxed);
            }
        });
        Self { base_url, pieces, sent }
    }

    /// How many pieces the client's side has taken.
    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    pub(super) fn says(&self, text: &str) {
        self.pieces.send(event(text, 0)).unwrap();
    }

    /// Ends the reply as servers do.
    pub(super) fn ends(&self) {
        self.pieces.send(END.to_vec()).unwrap();
    }
}

/// An event that brings a text, with so many bytes that nobody reads.
pub(super) fn event(text: &str, padding: usize) -> Vec<u8> {
    let text = serde_json::Value::from(text);
    let padding = "x".repeat(padding);
    let event =
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{text}}}}}],\"pad\":\"{padding}\"}}\n\n");
    event.into_bytes()
}
