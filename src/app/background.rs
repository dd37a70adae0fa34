//! The terminal's answer to "what is your background?", picked out of the keys it arrives as.
//!
//! The question goes out with the first frame and nobody waits for the answer. It is an OSC sequence, which the event
//! reader below does not know: it arrives as Alt+] and the characters after it. What turns out to be no answer is
//! handed on as the keys it was.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// The question: OSC 11 with `?`, ended by ST.
pub(super) const QUESTION: &str = "\x1b]11;?\x1b\\";

const ANSWER: &str = "11;rgb:";

/// The longest answer: `11;rgb:` and three fields of four digits.
const LONGEST: usize = 21;

/// Takes the answer out of the stream of events.
#[derive(Debug, Default)]
pub(super) struct BackgroundReply {
    held: Vec<KeyEvent>,
    body: String,
    answered: bool,
}

impl BackgroundReply {
    /// Passes an event on into `out`, or holds it back while it may be part of the answer. Gives the colour, as 8-bit
    /// red, green and blue, when the answer is complete.
    pub(super) fn filter(&mut self, event: Event, out: &mut Vec<Event>) -> Option<[u8; 3]> {
        let key = match event {
            Event::Key(key) if !self.answered => key,
            other => {
                out.push(other);
                return None;
            }
        };
        if self.held.is_empty() {
            if is_alt(key, ']') {
                self.held.push(key);
            } else {
                out.push(Event::Key(key));
            }
            return None;
        }
        self.held.push(key);
        if is_alt(key, '\\') || is_bell(key) {
            return self.close(out);
        }
        match key.code {
            KeyCode::Char(character) if self.fits(character) => self.body.push(character),
            _ => self.release(out),
        }
        None
    }

    fn close(&mut self, out: &mut Vec<Event>) -> Option<[u8; 3]> {
        let colour = colour(&self.body);
        if colour.is_some() {
            self.answered = true;
            self.held.clear();
        } else {
            self.release(out);
        }
        colour
    }

    fn fits(&self, character: char) -> bool {
        let place = self.body.len();
        match ANSWER.as_bytes().get(place) {
            Some(expected) => character == char::from(*expected),
            None => place < LONGEST && (character.is_ascii_hexdigit() || character == '/'),
        }
    }

    fn release(&mut self, out: &mut Vec<Event>) {
        out.extend(self.held.drain(..).map(Event::Key));
        self.body.clear();
    }
}

fn is_alt(key: KeyEvent, character: char) -> bool {
    key.code == KeyCode::Char(character) && key.modifiers.contains(KeyModifiers::ALT)
}

fn is_bell(key: KeyEvent) -> bool {
    key.code == KeyCode::Char('g') && key.modifiers.contains(KeyModifiers::CONTROL)
}

/// Reads `11;rgb:RR/GG/BB` with one to four digits a field.
fn colour(body: &str) -> Option<[u8; 3]> {
    let mut fields = body.strip_prefix(ANSWER)?.split('/').map(|field| {
        let digits = u32::try_from(field.len()).ok().filter(|digits| (1..=4).contains(digits))?;
        let value = u32::from_str_radix(field, 16).ok()?;
        u8::try_from(value * 255 / (16_u32.pow(digits) - 1)).ok()
    });
    let colour = [fields.next()??, fields.next()??, fields.next()??];
    fields.next().is_none().then_some(colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(code), modifiers))
    }

    fn fed(body: &str, end: Event) -> (Option<[u8; 3]>, Vec<Event>) {
        let mut reply = BackgroundReply::default();
        let mut out = Vec::new();
        let mut events = vec![key(']', KeyModifiers::ALT)];
        events.extend(body.chars().map(|character| key(character, KeyModifiers::NONE)));
        events.push(end);
        let colour = events.into_iter().fold(None, |found, event| found.or(reply.filter(event, &mut out)));
        (colour, out)
    }

    #[test]
    fn an_answer_is_read_and_its_keys_vanish() {
        let st = key('\\', KeyModifiers::ALT);
        let bell = key('g', KeyModifiers::CONTROL);
        assert_eq!(fed("11;rgb:1e1e/2020/ffff", st), (Some([30, 32, 255]), vec![]));
        assert_eq!(fed("11;rgb:00/80/f", bell), (Some([0, 128, 255]), vec![]));
    }

    #[test]
    fn what_is_no_answer_stays_what_it_was() {
        let (colour, out) = fed("1x", key('y', KeyModifiers::NONE));
        assert_eq!((colour, out.len()), (None, 4));
        let (colour, out) = fed("11;rgb:12/34", key('\\', KeyModifiers::ALT));
        assert_eq!((colour, out.len()), (None, 14));
    }
}
