//! `$'…'`, the quotes of bash with the escapes of C.

use super::super::ReadError;
use super::{Reader, Word};

impl Reader<'_> {
    /// `$'…'`: the escapes of C. Browsers write whole bodies in it.
    pub(super) fn ansi(&mut self, word: &mut Word) -> Result<(), ReadError> {
        let unclosed = self.error("a quote that begins here has no end");
        self.take();
        self.take();
        let mut bytes = Vec::new();
        let mut units = Vec::new();
        loop {
            let sign = self.take().ok_or_else(|| unclosed.clone())?;
            if sign == '\\' && self.peek() == Some('u') {
                self.take();
                units.push(u16::try_from(self.digits(4, 16)).unwrap_or(0xFFFD));
                continue;
            }
            // Two escapes may be the halves of one character.
            bytes.extend_from_slice(String::from_utf16_lossy(&units).as_bytes());
            units.clear();
            match sign {
                '\'' => break,
                '\\' => self.escape(&mut bytes, &unclosed)?,
                sign => bytes.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        word.text.push_str(&String::from_utf8_lossy(&bytes));
        Ok(())
    }

    fn escape(&mut self, bytes: &mut Vec<u8>, unclosed: &ReadError) -> Result<(), ReadError> {
        let sign = self.peek().ok_or_else(|| unclosed.clone())?;
        if sign.is_digit(8) {
            bytes.push(self.digits(3, 8).to_le_bytes()[0]);
            return Ok(());
        }
        self.take();
        let byte = match sign {
            'a' => 0x07,
            'b' => 0x08,
            'e' | 'E' => 0x1B,
            'f' => 0x0C,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 0x0B,
            'x' => self.digits(2, 16).to_le_bytes()[0],
            'U' => {
                let sign = char::from_u32(self.digits(8, 16)).unwrap_or(char::REPLACEMENT_CHARACTER);
                bytes.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            sign => {
                let escaped = !matches!(sign, '\\' | '\'' | '"' | '?');
                bytes.extend(escaped.then_some(b'\\'));
                bytes.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
        };
        bytes.push(byte);
        Ok(())
    }

    fn digits(&mut self, most: usize, radix: u32) -> u32 {
        let mut number = 0_u32;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|sign| sign.to_digit(radix)) else { break };
            self.take();
            number = number.wrapping_mul(radix).wrapping_add(digit);
        }
        number
    }
}
