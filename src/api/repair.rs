//! The two changes that a request may undergo without the user being asked, when the endpoint says it does not take a
//! field: the other name of the output limit, and no `stream_options`.

use serde_json::{Map, Value};

use super::request::{MAX_COMPLETION_TOKENS, MAX_TOKENS, STREAM_OPTIONS};
use super::{Endpoint, Repair};
use crate::chat::{ChatRequest, Remembered};

/// The repair of a refused field, and what is then to be remembered. `None` when there is none, or when it would leave
/// the body as it is: a field that comes from the endpoint's or the request's extra fields is the user's own word.
pub(super) fn repair(
    field: &str,
    request: &ChatRequest,
    endpoint: &Endpoint,
    known: Remembered,
) -> Option<(Repair, Remembered)> {
    let repair = match field {
        MAX_TOKENS => Repair::RenamedMaxTokens { from: MAX_TOKENS, to: MAX_COMPLETION_TOKENS },
        MAX_COMPLETION_TOKENS => Repair::RenamedMaxTokens { from: MAX_COMPLETION_TOKENS, to: MAX_TOKENS },
        STREAM_OPTIONS => Repair::WithoutStreamOptions,
        _ => return None,
    };
    let learnt = known.after(&repair);
    let before = endpoint.body(request, known);
    let after = endpoint.body(request, learnt);
    (has(&before, field) && !has(&after, field)).then_some((repair, learnt))
}

impl Remembered {
    /// What is known once a repair was taken.
    #[must_use]
    pub fn after(self, repair: &Repair) -> Self {
        match repair {
            Repair::RenamedMaxTokens { to, .. } => Self { max_tokens: Some(to), ..self },
            Repair::WithoutStreamOptions => Self { without_stream_options: true, ..self },
        }
    }
}

fn has(body: &Map<String, Value>, field: &str) -> bool {
    body.contains_key(field)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chat::Dialect;

    fn endpoint() -> Endpoint {
        Endpoint {
            name: "lab".to_owned(),
            base_url: "http://127.0.0.1:1".to_owned(),
            key: None,
            headers: Vec::new(),
            extra_body: Map::new(),
            dialect: Dialect::default(),
        }
    }

    fn request() -> ChatRequest {
        let mut request = ChatRequest::new("m", Vec::new());
        request.params.set(MAX_TOKENS, json!(5));
        request
    }

    #[test]
    fn each_refused_field_has_its_repair() {
        let known = Remembered::default();
        let swap = Repair::RenamedMaxTokens { from: MAX_TOKENS, to: MAX_COMPLETION_TOKENS };
        let learnt = Remembered { max_tokens: Some(MAX_COMPLETION_TOKENS), ..known };
        assert_eq!(repair(MAX_TOKENS, &request(), &endpoint(), known), Some((swap, learnt)));
        let back = Repair::RenamedMaxTokens { from: MAX_COMPLETION_TOKENS, to: MAX_TOKENS };
        let unlearnt = Remembered { max_tokens: Some(MAX_TOKENS), ..known };
        assert_eq!(repair(MAX_COMPLETION_TOKENS, &request(), &endpoint(), learnt), Some((back, unlearnt)));
        let dropped = Remembered { without_stream_options: true, ..known };
        let repaired = repair(STREAM_OPTIONS, &request(), &endpoint(), known);
        assert_eq!(repaired, Some((Repair::WithoutStreamOptions, dropped)));
        assert_eq!(repair("temperature", &request(), &endpoint(), known), None);
    }

    #[test]
    fn a_field_that_was_not_sent_or_that_the_user_put_in_as_extra_is_left_alone() {
        let known = Remembered::default();
        assert_eq!(repair(MAX_COMPLETION_TOKENS, &request(), &endpoint(), known), None);
        let mut own = request();
        own.extra.insert(STREAM_OPTIONS.to_owned(), json!({"include_usage": true}));
        assert_eq!(repair(STREAM_OPTIONS, &own, &endpoint(), known), None);
    }
}
