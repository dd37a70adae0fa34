//! The fields of a request, for the card: the two that every request has, and those that can be set.

use crate::chat::{PARAMS, Param, ParamKind};

/// One field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyField {
    pub name: &'static str,
    /// What it takes, in words.
    pub kind: String,
    pub required: bool,
    pub description: &'static str,
}

/// All fields, those that must be there first.
#[must_use]
pub fn fields() -> Vec<BodyField> {
    let field =
        |name, kind: &str, required, description| BodyField { name, kind: kind.to_owned(), required, description };
    let fixed = [
        field("model", "string", true, "The exact name of the model."),
        field("messages", "array", true, "The conversation, oldest first: objects with a role and a content."),
        field("tools", "array", false, "The functions that the model may call, each with a JSON schema."),
    ];
    fixed.into_iter().chain(PARAMS.iter().map(of_param)).collect()
}

fn of_param(param: &Param) -> BodyField {
    let kind = match param.kind {
        ParamKind::Number { min, max, .. } => format!("number from {min} to {max}"),
        ParamKind::Integer { min, max: i64::MAX, .. } => format!("integer from {min}"),
        ParamKind::Integer { min, max, .. } => format!("integer from {min} to {max}"),
        ParamKind::Choice(words) => format!("one of {}", words.join(", ")),
        ParamKind::Flag => "boolean".to_owned(),
        ParamKind::Text => "string or array of strings".to_owned(),
        ParamKind::Json => "JSON".to_owned(),
    };
    BodyField { name: param.name, kind, required: false, description: param.help }
}
