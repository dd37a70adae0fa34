//! How many tokens something will count, before anybody has counted them.

use crate::chat::{Attachment, AttachmentKind};

/// Bytes of text for a token: what vendors say of English text.
const BYTES_PER_TOKEN: u64 = 4;

/// What an attachment will about count in the prompt; `None` where no rule is known that holds for every model, as for
/// images.
#[must_use]
pub fn attachment_tokens(attachment: &Attachment) -> Option<u64> {
    match attachment.kind {
        AttachmentKind::Text => Some(attachment.size().div_ceil(BYTES_PER_TOKEN)),
        AttachmentKind::Image(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_estimated_by_its_length_and_an_image_is_not() {
        let tokens = |bytes: &[u8]| attachment_tokens(&Attachment::of("x", bytes.to_vec()).unwrap());
        assert_eq!(tokens(b"12345"), Some(2));
        assert_eq!(tokens(b"GIF89a"), None);
    }
}
