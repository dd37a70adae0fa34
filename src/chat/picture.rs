//! Images: what they are by their first bytes, and how many pixels their heads tell.
//!
//! Decodes none. A head that does not tell its size, or lies about it, leaves the size unknown.

/// A format that models take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    Png,
    Jpeg,
    Gif,
    WebP,
}

/// An image, as far as its head tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    pub format: ImageFormat,
    /// Width and height in pixels; `None` when the head does not tell.
    pub dimensions: Option<(u32, u32)>,
}

impl ImageFormat {
    /// As `image/png`.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    /// How the names of its files end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::WebP => "webp",
        }
    }
}

/// What an image is; `None` for everything else.
pub(super) fn recognised(bytes: &[u8]) -> Option<Picture> {
    let (format, dimensions) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        (ImageFormat::Png, png(bytes))
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        (ImageFormat::Jpeg, jpeg(bytes))
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        (ImageFormat::Gif, gif(bytes))
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        (ImageFormat::WebP, webp(bytes))
    } else {
        return None;
    };
    Some(Picture { format, dimensions: dimensions.filter(|(width, height)| *width > 0 && *height > 0) })
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// The first chunk, IHDR, begins with width and height (PNG, third edition, 11.2.1).
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let is_head = bytes.get(12..16) == Some(b"IHDR");
    is_head.then_some(())?;
    Some((u32::from_be_bytes(array(bytes, 16)?), u32::from_be_bytes(array(bytes, 20)?)))
}

/// The logical screen (GIF89a, 18).
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((u16::from_le_bytes(array(bytes, 6)?).into(), u16::from_le_bytes(array(bytes, 8)?).into()))
}

/// The first frame header, behind any other segments (ITU T.81, B.2.2).
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let [mark, kind] = array(bytes, at)?;
        if mark != 0xFF {
            return None;
        }
        match kind {
            // Padding, and marks that stand alone.
            0xFF => at += 1,
            0x01 | 0xD0..=0xD8 => at += 2,
            0xC0..=0xCF if !matches!(kind, 0xC4 | 0xC8 | 0xCC) => {
                let height = u16::from_be_bytes(array(bytes, at + 5)?);
                return Some((u16::from_be_bytes(array(bytes, at + 7)?).into(), height.into()));
            }
            // The picture itself begins, or ends.
            0xDA | 0xD9 => return None,
            _ => at += 2 + usize::from(u16::from_be_bytes(array(bytes, at + 2)?)),
        }
    }
}

/// The first chunk tells which of three heads follows (RFC 9649, 2.5 to 2.7).
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8X" => {
            let size =
                |at| array::<3>(bytes, at).map(|[low, middle, high]| u32::from_le_bytes([low, middle, high, 0]) + 1);
            Some((size(24)?, size(27)?))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(array(bytes, 21)?);
            Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        b"VP8 " => {
            let size = |at| array(bytes, at).map(|size| u32::from(u16::from_le_bytes(size) & 0x3FFF));
            Some((size(26)?, size(28)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(parts: &[&[u8]]) -> Option<Picture> {
        recognised(&parts.concat())
    }

    fn picture(format: ImageFormat, dimensions: Option<(u32, u32)>) -> Option<Picture> {
        Some(Picture { format, dimensions })
    }

    #[test]
    fn each_format_tells_its_size_in_its_own_way() {
        let png = [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(), &[0, 0, 3, 32, 0, 0, 2, 88]];
        assert_eq!(of(&png), picture(ImageFormat::Png, Some((800, 600))));
        // An EXIF segment and padding before the frame.
        let jpeg: [&[u8]; 3] = [&[0xFF, 0xD8, 0xFF, 0xE1, 0, 4, 9, 9, 0xFF], &[0xFF, 0xC2, 0, 11, 8], &[1, 0, 2, 0]];
        assert_eq!(of(&jpeg), picture(ImageFormat::Jpeg, Some((512, 256))));
        assert_eq!(of(&[b"GIF87a", &[1, 1, 2, 0]]), picture(ImageFormat::Gif, Some((257, 2))));
        let riff: &[u8] = b"RIFF\0\0\0\0WEBP";
        let extended: [&[u8]; 3] = [riff, b"VP8X\0\0\0\0\0\0\0\0", &[99, 0, 0, 49, 0, 0]];
        assert_eq!(of(&extended), picture(ImageFormat::WebP, Some((100, 50))));
        let lossless: [&[u8]; 3] = [riff, b"VP8L\0\0\0\0\x2f", &[0x63, 0x40, 0x0C, 0]];
        assert_eq!(of(&lossless), picture(ImageFormat::WebP, Some((100, 50))));
        let lossy: [&[u8]; 3] = [riff, b"VP8 \0\0\0\0\0\0\0\x9d\x01\x2a", &[100, 0, 50, 0]];
        assert_eq!(of(&lossy), picture(ImageFormat::WebP, Some((100, 50))));
    }

    #[test]
    fn a_head_that_is_cut_or_says_nought_leaves_the_size_unknown() {
        assert_eq!(of(&[b"GIF89a", &[1, 0]]), picture(ImageFormat::Gif, None));
        assert_eq!(of(&[b"GIF89a", &[0, 0, 1, 0]]), picture(ImageFormat::Gif, None));
        assert_eq!(of(&[&[0xFF, 0xD8, 0xFF, 0xDA, 0, 2]]), picture(ImageFormat::Jpeg, None));
        assert_eq!(of(&[b"\x89PNG\r\n\x1a\n"]), picture(ImageFormat::Png, None));
        assert_eq!(of(&[b"RIFF\0\0\0\0WAVE"]), None);
    }

    proptest! {
        #[test]
        fn hostile_heads_are_read_to_an_end(magic in 0..4_usize, rest in prop::collection::vec(any::<u8>(), 0..256)) {
            let magics: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", &[0xFF, 0xD8, 0xFF], b"GIF89a", b"RIFF\0\0\0\0WEBP"];
            prop_assert!(of(&[magics[magic], &rest]).is_some());
        }
    }
}
