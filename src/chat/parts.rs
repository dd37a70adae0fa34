//! Attachments as parts of a message's content, and back.
//!
//! Owns the frame around a text, and that an image stands in a message as a short reference until the message is sent,
//! copied or exported: its base64 is a third longer than the image, and a request is made for each lane and each key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{Attachment, AttachmentKind, TurnId, TurnTree};

/// What a reference begins with; the hash of the image follows.
const REFERENCE: &str = "attachment:sha256-";

/// How much of a data URL's beginning is shown.
const SHOWN: usize = 12;

/// The images that the messages of a request refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Images(Vec<Attachment>);

impl Images {
    /// Those of a branch.
    #[must_use]
    pub fn of(turns: &TurnTree, tip: Option<TurnId>) -> Self {
        let mut images = Self::default();
        turns.up_from(tip).for_each(|turn| images.add(&turn.attachments));
        images
    }

    /// Takes the images among some attachments.
    pub fn add(&mut self, attachments: &[Attachment]) {
        for image in attachments.iter().filter(|attachment| attachment.picture().is_some()) {
            if self.find(image.hash()).is_none() {
                self.0.push(image.clone());
            }
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The image that an address of a message refers to, if it is one of these.
    #[must_use]
    pub fn referred(&self, address: &str) -> Option<&Attachment> {
        self.find(address.strip_prefix(REFERENCE)?)
    }

    fn find(&self, hash: &str) -> Option<&Attachment> {
        self.0.iter().find(|image| image.hash() == hash)
    }

    /// Puts whole data URLs in the place of references: what is sent, copied and exported.
    pub fn fill(&self, messages: &mut [Value]) {
        self.put(messages, data_url);
    }

    /// Puts the beginnings of data URLs in the place of references: what is shown.
    pub fn shorten(&self, messages: &mut [Value]) {
        self.put(messages, shortened);
    }

    /// As [`Images::fill`], in the body of a request.
    pub fn fill_body(&self, body: &mut Map<String, Value>) {
        if let Some(Value::Array(messages)) = body.get_mut("messages") {
            self.fill(messages);
        }
    }

    /// As [`Images::shorten`], in the body of a request.
    pub fn shorten_body(&self, body: &mut Map<String, Value>) {
        if let Some(Value::Array(messages)) = body.get_mut("messages") {
            self.shorten(messages);
        }
    }

    fn put(&self, messages: &mut [Value], url: fn(&Attachment) -> String) {
        if self.is_empty() {
            return;
        }
        for address in messages.iter_mut().flat_map(addresses) {
            if let Some(url) = self.referred(address).map(url) {
                *address = url;
            }
        }
    }
}

/// The addresses of a message's images.
fn addresses(message: &mut Value) -> impl Iterator<Item = &mut String> {
    let parts = message.get_mut("content").and_then(Value::as_array_mut).into_iter().flatten();
    parts.filter_map(|part| match part.get_mut("image_url")?.get_mut("url")? {
        Value::String(address) => Some(address),
        _ => None,
    })
}

/// An image as it is sent.
#[must_use]
pub fn data_url(image: &Attachment) -> String {
    let bytes = image.bytes().map(bytes::Bytes::as_ref).unwrap_or_default();
    format!("data:{};base64,{}", image.media_type(), STANDARD.encode(bytes))
}

/// `data:image/png;base64,iVBORw0KGgoA… (81,920 bytes, sha256 0a1b2c3d)`.
fn shortened(image: &Attachment) -> String {
    let bytes = image.bytes().map(bytes::Bytes::as_ref).unwrap_or_default();
    let beginning = STANDARD.encode(&bytes[..bytes.len().min(SHOWN * 3 / 4)]);
    let hash = &image.hash()[..8.min(image.hash().len())];
    format!("data:{};base64,{beginning}… ({} bytes, sha256 {hash})", image.media_type(), image.size())
}

/// A message's content: a plain text where there are no attachments, else a part for each and then the text. Models
/// answer better when the question comes last. Images stand in it as references.
#[must_use]
pub fn content(text: &str, attachments: &[Attachment]) -> Value {
    if attachments.is_empty() {
        return json!(text);
    }
    let said = (!text.is_empty()).then(|| json!({"type": "text", "text": text}));
    Value::Array(attachments.iter().map(part).chain(said).collect())
}

fn part(attachment: &Attachment) -> Value {
    match (attachment.kind, attachment.text()) {
        (AttachmentKind::Image(_), _) => {
            json!({"type": "image_url", "image_url": {"url": format!("{REFERENCE}{}", attachment.hash())}})
        }
        (AttachmentKind::Text, Some(text)) => json!({"type": "text", "text": framed(&attachment.name, text)}),
        (AttachmentKind::Text, None) => {
            let name = one_line(&attachment.name);
            json!({"type": "text", "text": format!("[{name} was attached; its content is lost]")})
        }
    }
}

/// A text in its frame: a fence longer than any row of backticks in it, the name behind the first one. One line break
/// behind the text belongs to the frame, so that what stands in it is told to the byte.
///
/// ````text
/// ```notes/report.md
/// the text
/// ```
/// ````
#[must_use]
pub fn framed(name: &str, text: &str) -> String {
    let longest = text.split(|sign| sign != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}{}\n{text}\n{fence}", one_line(name))
}

/// The name and the text of a frame; `None` for what is none.
#[must_use]
pub fn unframed(framed: &str) -> Option<(&str, &str)> {
    let fence = &framed[..framed.len() - framed.trim_start_matches('`').len()];
    let (name, rest) = framed.strip_prefix(fence)?.split_once('\n')?;
    let text = rest.strip_suffix(fence)?.strip_suffix('\n')?;
    let is_closed_before = text.split(|sign| sign != '`').any(|row| row.len() >= fence.len());
    (fence.len() >= 3 && !is_closed_before).then_some((name, text))
}

/// A name that neither ends its line nor its fence, nor hides anything.
fn one_line(name: &str) -> String {
    let harmless = |sign: char| if sign.is_control() || sign == '\u{2028}' || sign == '\u{2029}' { ' ' } else { sign };
    name.chars().map(harmless).map(|sign| if sign == '`' { '\'' } else { sign }).collect()
}

/// Takes the images out of a message that came from elsewhere and leaves references to them, which are sent as they
/// came. An address that is no data URL, or is written in an unusual way, stays.
pub fn lift(message: &mut Value) -> Vec<Attachment> {
    let mut lifted: Vec<Attachment> = Vec::new();
    for address in addresses(message) {
        let Some(image) = of_data_url(address, lifted.len() + 1) else { continue };
        *address = format!("{REFERENCE}{}", image.hash());
        lifted.push(image);
    }
    lifted
}

/// Whether an address refers to an attachment of its message.
#[must_use]
pub fn is_reference(address: &str) -> bool {
    address.starts_with(REFERENCE)
}

fn of_data_url(address: &str, number: usize) -> Option<Attachment> {
    let (media_type, encoded) = address.strip_prefix("data:")?.split_once(";base64,")?;
    let mut image = Attachment::of("image", STANDARD.decode(encoded).ok()?).ok()?;
    let picture = image.picture().filter(|picture| picture.format.media_type() == media_type)?;
    image.name = format!("image-{number}.{}", picture.format.extension());
    Some(image)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chat::Role;

    fn gif(width: u8) -> Attachment {
        Attachment::of("dot.gif", [b"GIF89a".as_slice(), &[width, 0, 1, 0]].concat()).unwrap()
    }

    fn turn(text: &str, attachments: Vec<Attachment>) -> (TurnTree, TurnId) {
        let mut turns = TurnTree::default();
        let id = turns.add(None, Role::User, text);
        turns.change(id).unwrap().attachments = attachments;
        (turns, id)
    }

    #[test]
    fn only_a_message_with_attachments_has_parts_and_its_text_comes_last() {
        let message = |text: &str, attachments: Vec<Attachment>| {
            let (turns, id) = turn(text, attachments);
            let mut messages = crate::chat::messages(&turns, Some(id), None);
            Images::of(&turns, Some(id)).fill(&mut messages);
            messages.remove(0)["content"].take()
        };
        assert_eq!(message("Hi", Vec::new()), json!("Hi"));
        let notes = Attachment::of("a.md", "one".as_bytes().to_vec()).unwrap();
        let image = json!({"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lGODlhAQABAA=="}});
        assert_eq!(
            message("Compare", vec![notes, gif(1)]),
            json!([{"type": "text", "text": "```a.md\none\n```"}, image, {"type": "text", "text": "Compare"}])
        );
        assert_eq!(message("", vec![gif(1)]), json!([image]));
        let lost = Attachment::lost("a`\n.md".into(), "ab".into(), 3);
        assert_eq!(
            message("", vec![lost]),
            json!([{"type": "text", "text": "[a' .md was attached; its content is lost]"}])
        );
    }

    #[test]
    fn a_shown_image_is_its_beginning_with_what_tells_it_from_others() {
        let (turns, id) = turn("", vec![gif(1), gif(2)]);
        let mut messages = crate::chat::messages(&turns, Some(id), None);
        Images::of(&turns, Some(id)).shorten(&mut messages);
        let shown: Vec<&str> = addresses(&mut messages[0]).map(|address| address.as_str()).collect();
        assert!(shown[0].starts_with("data:image/gif;base64,R0lGODlhAQAB… (10 bytes, sha256 "), "{shown:?}");
        assert_ne!(shown[0], shown[1]);
    }

    #[test]
    fn a_foreign_message_gives_its_images_and_is_sent_as_it_came() {
        let whole = json!({"role": "user", "name": "ada", "content": [
            {"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lGODlhAQABAA==", "detail": "low"}},
            {"type": "text", "text": "What?"},
            {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,R0lGODlhAQABAA=="}},
            {"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lGODlhAQABAB=="}}]});
        let mut message = whole.clone();
        let lifted = lift(&mut message);
        let names: Vec<&str> = lifted.iter().map(|image| image.name.as_str()).collect();
        assert_eq!(names, ["image-1.gif"]);
        assert!(is_reference(message["content"][0]["image_url"]["url"].as_str().unwrap()));
        let mut images = Images::default();
        images.add(&lifted);
        let mut list = [message];
        images.fill(&mut list);
        assert_eq!(list[0], whole);
    }

    proptest! {
        #[test]
        fn a_framed_text_can_always_be_told_from_its_frame(name in "[^\n`\\pC\u{2028}\u{2029}]{0,12}", text in "(```|`|\n|a|~|\\PC){0,24}") {
            let framed = framed(&name, &text);
            prop_assert_eq!(unframed(&framed), Some((name.as_str(), text.as_str())));
        }

        #[test]
        fn no_name_leaves_its_line(name in any::<String>(), text in "[a`\n]{0,8}") {
            let framed = framed(&name, &text);
            prop_assert_eq!(unframed(&framed).map(|(_, found)| found), Some(text.as_str()));
        }
    }
}
