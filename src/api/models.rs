//! The list of models that an endpoint serves.

use serde_json::{Map, Value};

use super::client::Client;
use super::next_step::next_step;
use super::{ApiError, ErrorKind, incoming};

/// The largest list that is read; OpenRouter's has about 1 MB.
const LARGEST_LIST: usize = 16 << 20;

/// One served model. All texts are the server's.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelEntry {
    pub id: String,
    /// How many tokens of context it has, if the server says so.
    pub context: Option<u64>,
    /// The server's object as it came.
    pub raw: Map<String, Value>,
}

/// Asks for the models at `{base}/models`, once, without retries.
///
/// # Errors
/// When the endpoint cannot be reached, refuses, or answers with something that is no list of models.
pub async fn list_models(client: &Client) -> Result<Vec<ModelEntry>, ApiError> {
    ask(client).await.map_err(|mut error| {
        error.next_step = next_step(&error, client.endpoint());
        error
    })
}

async fn ask(client: &Client) -> Result<Vec<ModelEntry>, ApiError> {
    let mut response = client.get("models").await?;
    if !response.status().is_success() {
        return Err(client.refused(response).await.error);
    }
    let body = incoming::read_some(&mut response, LARGEST_LIST, client.limits().idle).await;
    read(&body).ok_or_else(|| {
        let sentence = format!("{} answered with something that is no list of models.", client.endpoint().name);
        ApiError::new(ErrorKind::Protocol, sentence)
    })
}

/// Reads `{"data": […]}` (OpenAI), `{"models": […]}` (Ollama) or a bare list; entries without a name are left out, and
/// a model that is listed twice counts once.
fn read(body: &[u8]) -> Option<Vec<ModelEntry>> {
    let list = match serde_json::from_slice(body).ok()? {
        Value::Array(list) => list,
        Value::Object(mut object) => ["data", "models"].iter().find_map(|key| match object.remove(*key) {
            Some(Value::Array(list)) => Some(list),
            _ => None,
        })?,
        _ => return None,
    };
    let mut seen = std::collections::HashSet::new();
    Some(list.into_iter().filter_map(entry).filter(|entry| seen.insert(entry.id.clone())).collect())
}

fn entry(value: Value) -> Option<ModelEntry> {
    let raw = match value {
        Value::Object(raw) => raw,
        Value::String(id) => Map::from_iter([("id".to_owned(), Value::String(id))]),
        _ => return None,
    };
    let id = ["id", "model", "name"].iter().find_map(|key| raw.get(*key)?.as_str().filter(|id| !id.is_empty()))?;
    let sizes = ["context_length", "context_window", "max_context_length", "max_model_len", "context_size"];
    let context = sizes.iter().find_map(|key| raw.get(*key)?.as_u64());
    Some(ModelEntry { id: id.to_owned(), context, raw })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(body: &str) -> Option<Vec<(String, Option<u64>)>> {
        Some(read(body.as_bytes())?.into_iter().map(|entry| (entry.id, entry.context)).collect())
    }

    fn named(ids: &[(&str, Option<u64>)]) -> Option<Vec<(String, Option<u64>)>> {
        Some(ids.iter().map(|(id, context)| ((*id).to_owned(), *context)).collect())
    }

    #[test]
    fn every_shape_of_list_is_read() {
        let openai = r#"{"object":"list","data":[{"id":"a","max_model_len":4096},{"id":"a"},{"object":"model"},7]}"#;
        assert_eq!(ids(openai), named(&[("a", Some(4096))]));
        assert_eq!(ids(r#"{"models":[{"name":"b:1b","model":"b:1b"}],"data":null}"#), named(&[("b:1b", None)]));
        assert_eq!(ids(r#"["c",{"id":"d","context_length":8}]"#), named(&[("c", None), ("d", Some(8))]));
        assert_eq!(ids(r#"{"data":[]}"#), named(&[]));
    }

    #[test]
    fn what_is_no_list_is_none() {
        for body in ["", "<html>", "{}", "7", r#"{"data":{"id":"a"}}"#] {
            assert_eq!(ids(body), None, "{body}");
        }
    }
}
