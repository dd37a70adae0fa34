//! Keeps an endpoint's secrets out of errors and warnings.

use std::borrow::Cow;

use reqwest::Url;

use super::{ApiError, Delta, Endpoint};
use crate::chat::Secret;

/// Shorter values are placeholders such as `none`; to mask those would garble sentences.
pub(super) const SHORTEST_SECRET: usize = 8;
/// The longest text of a server that goes into a message, in bytes.
pub(super) const LONGEST_QUOTE: usize = 2048;
/// The longest code, field name or request id that is kept, in bytes.
const LONGEST_NAME: usize = 256;

/// The secrets of one endpoint: its key, what its headers and its URL carry.
#[derive(Clone, Debug)]
pub(super) struct Mask(Vec<Secret>);

impl Mask {
    pub(super) fn of(endpoint: &Endpoint) -> Self {
        let mut secrets: Vec<Secret> = endpoint.key.iter().cloned().collect();
        let private = endpoint.headers.iter().filter(|(name, _)| is_private(name));
        secrets.extend(private.filter_map(|(_, value)| Secret::new(value.trim_start_matches("Bearer "))));
        if let Ok(url) = Url::parse(&endpoint.base_url) {
            secrets.extend(url.password().and_then(Secret::new));
            let private = url.query_pairs().filter(|(name, _)| is_private(name));
            secrets.extend(private.filter_map(|(_, value)| Secret::new(&value)));
        }
        secrets.retain(|secret| secret.expose().len() >= SHORTEST_SECRET);
        Self(secrets)
    }

    pub(super) fn secrets(&self) -> &[Secret] {
        &self.0
    }

    pub(super) fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| secret.mask(&text))
    }

    /// A server's text as it may stand in a message: masked first, so that a cut cannot leave half a key, then bounded.
    pub(super) fn quote(&self, text: &str) -> String {
        bounded(self.text(text).trim(), LONGEST_QUOTE)
    }

    /// A server's word for something: an id, a code, a field.
    pub(super) fn name(&self, text: &str) -> String {
        bounded(&self.text(text), LONGEST_NAME)
    }

    pub(super) fn error(&self, mut error: ApiError) -> ApiError {
        error.message = bounded(&self.text(&error.message), 2 * LONGEST_QUOTE);
        for name in [&mut error.code, &mut error.param, &mut error.request_id].into_iter().flatten() {
            *name = self.name(name);
        }
        error
    }

    pub(super) fn delta(&self, delta: Delta) -> Delta {
        match delta {
            Delta::Warning(text) => Delta::Warning(bounded(&self.text(&text), LONGEST_QUOTE)),
            other => other,
        }
    }
}

/// An address that may be shown and copied: what may be secret in it is replaced by a word that says so.
#[must_use]
pub fn address(base_url: &str) -> String {
    let Ok(mut url) = Url::parse(base_url.trim()) else { return base_url.to_owned() };
    let has_user = !url.username().is_empty() || url.password().is_some();
    if !has_user && !url.query_pairs().any(|(name, _)| is_private(&name)) {
        return base_url.to_owned();
    }
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let hidden = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
        let value = if is_private(&name) { format!("YOUR_{}", placeholder(&name)) } else { value.into_owned() };
        (name.into_owned(), value)
    };
    let pairs: Vec<(String, String)> = url.query_pairs().map(hidden).collect();
    if !pairs.is_empty() {
        url.query_pairs_mut().clear().extend_pairs(pairs);
    }
    url.into()
}

/// A name as a variable is written: capitals, digits and `_`.
pub(super) fn placeholder(name: &str) -> String {
    let sign = |sign: char| if sign.is_ascii_alphanumeric() { sign.to_ascii_uppercase() } else { '_' };
    let name: String = name.chars().map(sign).collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) || name.is_empty() { format!("_{name}") } else { name }
}

/// Whether a header or a part of a query by this name carries a secret.
#[must_use]
pub fn is_private(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["key", "token", "auth", "secret", "cookie", "sig"].iter().any(|word| name.contains(word))
}

pub(super) fn bounded(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(limit)])
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::api::ErrorKind;
    use crate::chat::Dialect;

    fn mask() -> Mask {
        Mask::of(&Endpoint {
            name: "lab".to_owned(),
            base_url: "https://me:password-1@x.io/v1?api-version=2026-01-01&api_key=AIza-12345678".to_owned(),
            key: Secret::new("sk-12345678"),
            headers: vec![
                ("X-Auth-Token".to_owned(), "Bearer token-12345".to_owned()),
                ("X-Title".to_owned(), "Abreast at work".to_owned()),
                ("Api-Key".to_owned(), "none".to_owned()),
            ],
            extra_body: Map::new(),
            dialect: Dialect::default(),
        })
    }

    #[test]
    fn every_secret_is_masked_and_nothing_else() {
        let echoed = "sk-12345678 token-12345 password-1 AIza-12345678 2026-01-01 Abreast at work none";
        assert_eq!(mask().text(echoed), "[key] [key] [key] [key] 2026-01-01 Abreast at work none");
    }

    #[test]
    fn a_cut_leaves_no_half_of_a_key() {
        let text = format!("{}sk-12345678 and more", "é".repeat((LONGEST_QUOTE - 4) / 2));
        let quote = mask().quote(&text);
        assert!(quote.ends_with("é[key…") && quote.len() <= LONGEST_QUOTE + '…'.len_utf8(), "{quote}");
    }

    #[test]
    fn an_error_is_masked_in_all_of_its_texts() {
        let mut error = ApiError::new(ErrorKind::Http, "bad sk-12345678");
        error.param = Some("sk-12345678".to_owned());
        error.code = Some("x".repeat(300));
        let masked = mask().error(error);
        assert_eq!((masked.message.as_str(), masked.param.as_deref()), ("bad [key]", Some("[key]")));
        assert_eq!(masked.code.unwrap(), format!("{}…", "x".repeat(LONGEST_NAME)));
    }
}
