//! The form of an endpoint's requests without any secret: enough to compute a body, to show it and to copy it.

use reqwest::Url;
use serde_json::{Map, Value};

use super::mask::placeholder;
use super::request;
use crate::chat::{ChatRequest, Dialect, Remembered};

/// The variable of the commonest key, for keys that come from elsewhere than the environment.
const USUAL_VARIABLE: &str = "OPENAI_API_KEY";

/// All of an endpoint that is no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestShape {
    /// As the user gave it; private values of its query are placeholders.
    pub base_url: String,
    pub dialect: Dialect,
    /// Merged into every body.
    pub extra_body: Map<String, Value>,
    pub key: KeyOrigin,
    /// The names of the further headers.
    pub headers: Vec<String>,
    /// What has to be done before the address answers, as a sentence.
    pub preparation: Option<String>,
}

/// Whether a key is sent, and where it is read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyOrigin {
    /// None is sent.
    #[default]
    None,
    /// This variable of the environment.
    Variable(String),
    /// A command or the keyring.
    Elsewhere,
}

/// A header as a snippet writes it: its value, or what it says before the variable that holds the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Header {
    Fixed { name: String, value: &'static str },
    Variable { name: String, prefix: &'static str, variable: String },
}

impl RequestShape {
    /// The exact body that a request is sent with, when this is known of the endpoint.
    #[must_use]
    pub fn body(&self, request: &ChatRequest, known: Remembered) -> Map<String, Value> {
        request::body(request, &self.dialect, &self.extra_body, known)
    }

    /// The address that a chat request goes to; as good as the base when that is no address.
    #[must_use]
    pub fn chat_url(&self) -> String {
        let base = Url::parse(self.base_url.trim());
        base.map_or_else(
            |_| self.base_url.clone(),
            |base| request::below(base, &self.dialect, &self.dialect.chat_path).into(),
        )
    }

    /// The headers in the order in which they are sent. A header of the endpoint's own takes the place of ours.
    pub(super) fn snippet_headers(&self) -> Vec<Header> {
        let own = |name: &str| self.headers.iter().any(|header| header.eq_ignore_ascii_case(name));
        let content = (!own("content-type"))
            .then(|| Header::Fixed { name: "Content-Type".to_owned(), value: "application/json" });
        let key = self.key_header().filter(|_| !own(&self.dialect.key_header));
        let further = self.headers.iter().map(|name| Header::Variable {
            name: name.clone(),
            prefix: "",
            variable: placeholder(name),
        });
        content.into_iter().chain(key).chain(further).collect()
    }

    fn key_header(&self) -> Option<Header> {
        let variable = self.key_variable()?;
        let name = &self.dialect.key_header;
        let bearer = name.eq_ignore_ascii_case("authorization");
        let name = if bearer { "Authorization".to_owned() } else { name.clone() };
        Some(Header::Variable { name, prefix: if bearer { "Bearer " } else { "" }, variable })
    }

    /// The variable that holds the key where somebody runs a snippet; `None` when no key is sent.
    pub(super) fn key_variable(&self) -> Option<String> {
        match &self.key {
            KeyOrigin::None => None,
            KeyOrigin::Variable(name) => Some(shell_name(name)),
            KeyOrigin::Elsewhere => Some(USUAL_VARIABLE.to_owned()),
        }
    }
}

/// A variable's name as it is, when a shell can read it.
fn shell_name(name: &str) -> String {
    let readable = name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    let starts_well = name.starts_with(|first: char| !first.is_ascii_digit());
    if readable && starts_well { name.to_owned() } else { placeholder(name) }
}
