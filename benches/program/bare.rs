//! The floor: a program that reads the stream, parses each event and writes its text, and does nothing else.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::Outcome;

/// The argument that makes the bench a bare reader; the server's address follows it.
pub(crate) const ARGUMENT: &str = "bare-reader";

/// Asks when a line is typed and writes the answer to standard output, event by event; ends at its next line.
pub(crate) fn read(address: &str) -> Outcome<()> {
    let mut line = String::new();
    println!("ready");
    std::io::stdin().read_line(&mut line)?;
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nContent-Length: 2\r\n\r\n{}")?;
    let mut out = std::io::stdout().lock();
    // The sizes of the chunks stand on lines of their own, and each holds whole events.
    let mut lines = BufReader::with_capacity(64 << 10, stream);
    let mut text = Vec::new();
    while lines.read_until(b'\n', &mut text)? > 0 {
        if let Some(event) = text.strip_prefix(b"data: ") {
            if event.starts_with(b"[DONE]") {
                break;
            }
            let event: serde_json::Value = serde_json::from_slice(event)?;
            if let Some(piece) = event["choices"][0]["delta"]["content"].as_str() {
                out.write_all(piece.as_bytes())?;
                out.flush()?;
            }
        }
        text.clear();
    }
    // Alive until it was measured.
    let _ = std::io::stdin().read(&mut [0; 16])?;
    Ok(())
}
