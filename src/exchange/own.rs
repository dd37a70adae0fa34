//! Our own JSON: saved sessions, whole, in an envelope that says so.

use serde::{Deserialize, Serialize};

use super::ReadError;
use crate::store::{FORMAT, SavedSession};

/// The envelope. Its first field tells the form from all others.
#[derive(Deserialize)]
struct Envelope {
    /// The version of the form.
    abreast: u32,
    sessions: Vec<SavedSession>,
}

#[derive(Serialize)]
struct EnvelopeOf<'s> {
    abreast: u32,
    sessions: &'s [SavedSession],
}

/// Only what is needed to tell whose a text is.
#[derive(Deserialize)]
struct Mark {
    abreast: u32,
}

/// Sessions as our own JSON; nothing of them is left out.
///
/// # Errors
/// When one holds what JSON cannot say; a float that is no number.
pub fn write_sessions(sessions: &[SavedSession]) -> Result<String, String> {
    let envelope = EnvelopeOf { abreast: FORMAT, sessions };
    let mut text = serde_json::to_string_pretty(&envelope).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}

/// Whether a text is our own JSON, of any version.
#[must_use]
pub fn is_own(text: &str) -> bool {
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    text.starts_with('{') && serde_json::from_str::<Mark>(text).is_ok()
}

/// Reads what [`write_sessions`] wrote.
///
/// # Errors
/// When it is of a newer version, or is not of this form. Then nothing of it is taken.
pub fn read_sessions(text: &str) -> Result<Vec<SavedSession>, ReadError> {
    let text = text.trim_start_matches('\u{FEFF}');
    let envelope = serde_json::from_str::<Envelope>(text);
    let version = match &envelope {
        Ok(envelope) => envelope.abreast,
        // A newer form may be another one; only then is it read once more.
        Err(_) => serde_json::from_str::<Mark>(text).map_err(|error| ReadError::json(&error, 1))?.abreast,
    };
    if version > FORMAT {
        let said =
            format!("a newer abreast wrote it (form {version}, this one reads {FORMAT}); update abreast to read it");
        return Err(ReadError::shape("abreast", said));
    }
    Ok(envelope.map_err(|error| ReadError::json(&error, 1))?.sessions)
}
