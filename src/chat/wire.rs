//! The wire of a run: what was sent, what came and when, within a bound of memory.
//!
//! Owns the order of the pieces and the count of what was not kept. Secrets are masked before anything gets here. What
//! the bytes mean is not known here.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

/// A piece of what goes over the wire. All times count from the start of the run.
#[derive(Clone, Debug, PartialEq)]
pub enum WirePiece {
    /// A request is sent; the run's first one, or another try.
    Request(WireRequest),
    /// The head of the response came.
    Response(WireResponse),
    /// One read of the response's body, after its transfer coding and compression are undone.
    Bytes { at: Duration, bytes: Bytes },
    /// No more was read, for a reason that no byte tells: nothing answered, the connection broke, silence.
    Stopped { at: Duration, why: String },
}

/// A request as it was sent, without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireRequest {
    pub at: Duration,
    pub method: String,
    pub url: String,
    /// Those that the client sets; the connection adds the host and the length.
    pub headers: Vec<(String, String)>,
    /// The length of the body in bytes.
    pub body_bytes: usize,
}

/// The head of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireResponse {
    pub at: Duration,
    pub status: u16,
    /// As `HTTP/1.1`.
    pub version: String,
    pub headers: Vec<(String, String)>,
}

/// One request of a run and what it was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct WireTry {
    pub request: WireRequest,
    /// `None` while nothing answers.
    pub response: Option<WireResponse>,
    /// When and why reading stopped, unless the body came to its own end.
    pub stopped: Option<(Duration, String)>,
    /// The place of its first read among those of the run.
    first_read: usize,
}

/// Where the record of a run is kept outside memory: by the session and the number that it has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WirePlace {
    pub session: Arc<str>,
    pub run: u32,
}

/// How many bytes were counted and not kept, and how many reads they came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WireLoss {
    pub bytes: usize,
    pub reads: usize,
}

/// How much of the bodies is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WireKept {
    #[default]
    All,
    /// The run brought more than is kept of one.
    Beginning(WireLoss),
    /// Later runs of the session needed the room.
    Heads(WireLoss),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Read {
    at: Duration,
    /// Where it ends in the bytes of the run.
    end: usize,
}

/// The record of a run: every request, every response's head, and their bodies with the time of each read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wire {
    tries: Vec<WireTry>,
    bytes: Vec<u8>,
    reads: Vec<Read>,
    kept: WireKept,
    until: Duration,
}

impl Wire {
    /// 1 MiB: some thousand events, more than anybody reads.
    pub const MOST_BYTES: usize = 1 << 20;
    /// A server that sends byte by byte shall not cost more by its times than by its bytes.
    pub const MOST_READS: usize = 1 << 16;

    /// Takes the next piece; gives how many bytes of memory it takes, the times of its read included.
    pub fn push(&mut self, piece: WirePiece) -> usize {
        match piece {
            WirePiece::Request(request) => {
                self.until = request.at;
                let first_read = self.reads.len();
                self.tries.push(WireTry { request, response: None, stopped: None, first_read });
            }
            WirePiece::Response(response) => {
                self.until = response.at;
                if let Some(last) = self.tries.last_mut() {
                    last.response = Some(response);
                }
            }
            WirePiece::Bytes { at, bytes } => {
                self.until = at;
                return self.append(at, &bytes);
            }
            WirePiece::Stopped { at, why } => {
                self.until = at;
                if let Some(last) = self.tries.last_mut() {
                    last.stopped = Some((at, why));
                }
            }
        }
        0
    }

    /// What is kept is a beginning without holes: once something was left out, nothing follows.
    fn append(&mut self, at: Duration, bytes: &[u8]) -> usize {
        let room = match self.kept {
            WireKept::All if self.reads.len() < Self::MOST_READS => Self::MOST_BYTES - self.bytes.len(),
            _ => 0,
        };
        let taken = room.min(bytes.len());
        if taken > 0 {
            self.bytes.extend_from_slice(&bytes[..taken]);
            self.reads.push(Read { at, end: self.bytes.len() });
        }
        if taken < bytes.len() {
            self.lose(WireLoss { bytes: bytes.len() - taken, reads: 1 });
        }
        if taken > 0 { taken + size_of::<Read>() } else { 0 }
    }

    fn lose(&mut self, more: WireLoss) {
        match &mut self.kept {
            WireKept::All => self.kept = WireKept::Beginning(more),
            WireKept::Beginning(loss) | WireKept::Heads(loss) => loss.add(more),
        }
    }

    /// Gives back the bytes, and counts them as not kept; the heads stay. Gives how many bytes of memory they took.
    pub fn forget(&mut self) -> usize {
        let mut loss = WireLoss { bytes: self.bytes.len(), reads: self.reads.len() };
        let freed = self.footprint();
        loss.add(self.lost());
        self.kept = WireKept::Heads(loss);
        self.bytes = Vec::new();
        self.reads = Vec::new();
        for one in &mut self.tries {
            one.first_read = 0;
        }
        freed
    }

    /// How many bytes of memory the bodies and the times of their reads take.
    #[must_use]
    pub fn footprint(&self) -> usize {
        self.bytes.len() + self.reads.len() * size_of::<Read>()
    }

    /// Whether nothing was recorded, or what was is not here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tries.is_empty() && self.bytes.is_empty()
    }

    /// The requests of the run, in their order: more than one where tries failed or were repaired.
    #[must_use]
    pub fn tries(&self) -> &[WireTry] {
        &self.tries
    }

    #[must_use]
    pub fn kept(&self) -> WireKept {
        self.kept
    }

    /// What came and is not here.
    #[must_use]
    pub fn lost(&self) -> WireLoss {
        match self.kept {
            WireKept::All => WireLoss::default(),
            WireKept::Beginning(loss) | WireKept::Heads(loss) => loss,
        }
    }

    /// How many bytes the bodies of all responses had, kept or not.
    #[must_use]
    pub fn received(&self) -> usize {
        self.bytes.len() + self.lost().bytes
    }

    /// When the last piece came.
    #[must_use]
    pub fn until(&self) -> Duration {
        self.until
    }

    /// The body of the response to the request at `place`, as far as it is kept.
    #[must_use]
    pub fn body(&self, place: usize) -> &[u8] {
        let reads = self.reads_of(place);
        &self.bytes[self.start_of(reads.start)..self.start_of(reads.end)]
    }

    /// The reads of the same body, each with its time.
    pub fn reads(&self, place: usize) -> impl Iterator<Item = (Duration, &[u8])> {
        let read = |place: usize| (self.reads[place].at, &self.bytes[self.start_of(place)..self.reads[place].end]);
        self.reads_of(place).map(read)
    }

    /// The bodies of all responses, one after the other.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Every read's time, and where it ends in [`Wire::bytes`].
    pub fn all_reads(&self) -> impl Iterator<Item = (Duration, usize)> {
        self.reads.iter().map(|read| (read.at, read.end))
    }

    /// A record that was kept elsewhere; `None` when its reads do not go through its bytes in order, or its tries not
    /// through its reads.
    #[must_use]
    pub fn restored(
        tries: Vec<WireTry>,
        reads: impl IntoIterator<Item = (Duration, usize)>,
        bytes: Vec<u8>,
        kept: WireKept,
        until: Duration,
    ) -> Option<Self> {
        let reads: Vec<Read> = reads.into_iter().map(|(at, end)| Read { at, end }).collect();
        let ends_fit =
            reads.is_sorted_by_key(|read| read.end) && reads.last().map_or(0, |last| last.end) == bytes.len();
        let firsts_fit = tries.is_sorted_by_key(|one| one.first_read)
            && tries.last().is_none_or(|last| last.first_read <= reads.len());
        (ends_fit && firsts_fit).then_some(Self { tries, bytes, reads, kept, until })
    }

    fn reads_of(&self, place: usize) -> Range<usize> {
        let first = |place: usize| self.tries.get(place).map_or(self.reads.len(), |one| one.first_read);
        first(place)..first(place + 1)
    }

    fn start_of(&self, read: usize) -> usize {
        read.checked_sub(1).map_or(0, |before| self.reads[before].end)
    }
}

impl WireTry {
    /// A try that was kept elsewhere.
    #[must_use]
    pub fn restored(
        request: WireRequest,
        response: Option<WireResponse>,
        stopped: Option<(Duration, String)>,
        first_read: usize,
    ) -> Self {
        Self { request, response, stopped, first_read }
    }

    /// The place of its first read among those of the run.
    #[must_use]
    pub fn first_read(&self) -> usize {
        self.first_read
    }
}

impl WireLoss {
    fn add(&mut self, more: Self) {
        self.bytes = self.bytes.saturating_add(more.bytes);
        self.reads = self.reads.saturating_add(more.reads);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    fn request(at: u64) -> WirePiece {
        WirePiece::Request(WireRequest {
            at: ms(at),
            method: "POST".to_owned(),
            url: "http://lab.test/v1".to_owned(),
            headers: Vec::new(),
            body_bytes: 7,
        })
    }

    fn response(at: u64, status: u16) -> WirePiece {
        let version = "HTTP/1.1".to_owned();
        WirePiece::Response(WireResponse { at: ms(at), status, version, headers: Vec::new() })
    }

    /// What the time of a read takes beside its bytes.
    const READ: usize = size_of::<Read>();

    fn bytes(at: u64, bytes: &[u8]) -> WirePiece {
        WirePiece::Bytes { at: ms(at), bytes: Bytes::copy_from_slice(bytes) }
    }

    fn wire(pieces: impl IntoIterator<Item = WirePiece>) -> Wire {
        let mut wire = Wire::default();
        for piece in pieces {
            wire.push(piece);
        }
        wire
    }

    #[test]
    fn each_try_has_its_own_head_body_and_times() {
        let broke = WirePiece::Stopped { at: ms(9), why: "It broke.".to_owned() };
        let wire = wire([
            request(0),
            response(2, 503),
            bytes(3, b"bu"),
            bytes(4, b"sy"),
            request(5),
            request(6),
            response(7, 200),
            bytes(8, b"ok"),
            broke,
        ]);
        let reads = |place| wire.reads(place).collect::<Vec<_>>();
        assert_eq!(reads(0), [(ms(3), &b"bu"[..]), (ms(4), b"sy")]);
        assert_eq!(reads(1), []);
        assert_eq!(reads(2), [(ms(8), &b"ok"[..])]);
        assert_eq!([0, 1, 2, 3].map(|place| wire.body(place)), [&b"busy"[..], b"", b"ok", b""]);
        let status = |one: &WireTry| one.response.as_ref().map(|response| response.status);
        assert_eq!(wire.tries().iter().map(status).collect::<Vec<_>>(), [Some(503), None, Some(200)]);
        assert_eq!(wire.tries()[2].stopped, Some((ms(9), "It broke.".to_owned())));
        assert_eq!((wire.until(), wire.received(), wire.kept()), (ms(9), 6, WireKept::All));
    }

    #[test]
    fn past_the_bound_a_beginning_without_holes_is_kept_and_the_rest_is_counted() {
        let mut wire = wire([request(0), bytes(1, &vec![b'a'; Wire::MOST_BYTES - 1])]);
        assert_eq!(wire.push(bytes(2, b"bcd")), 1 + READ);
        assert_eq!(wire.push(bytes(3, b"e")), 0);
        assert_eq!(wire.body(0).len(), Wire::MOST_BYTES);
        assert_eq!(wire.body(0).last(), Some(&b'b'));
        assert_eq!(wire.kept(), WireKept::Beginning(WireLoss { bytes: 3, reads: 2 }));
        assert_eq!((wire.received(), wire.until()), (Wire::MOST_BYTES + 3, ms(3)));
    }

    #[test]
    fn a_server_that_sends_byte_by_byte_fills_the_record_by_its_reads() {
        let drops = (0..=Wire::MOST_READS).map(|_| bytes(1, b"a"));
        let wire = wire(std::iter::once(request(0)).chain(drops));
        assert_eq!(wire.body(0).len(), Wire::MOST_READS);
        assert_eq!(wire.kept(), WireKept::Beginning(WireLoss { bytes: 1, reads: 1 }));
    }

    #[test]
    fn a_forgotten_body_is_counted_and_what_comes_after_it_too() {
        let mut wire = wire([request(0), response(1, 500), bytes(2, b"busy"), request(3), bytes(4, b"ok")]);
        assert_eq!(wire.forget(), 6 + 2 * READ);
        assert_eq!(wire.push(bytes(5, b"!")), 0);
        assert_eq!(wire.forget(), 0);
        assert_eq!(wire.kept(), WireKept::Heads(WireLoss { bytes: 7, reads: 3 }));
        assert_eq!([wire.body(0), wire.body(1)], [b"", b""]);
        assert_eq!((wire.tries().len(), wire.received(), wire.until()), (2, 7, ms(5)));
    }
}
