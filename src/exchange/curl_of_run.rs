//! The request of a run as a curl command, with a variable where the key was.

use std::collections::BTreeSet;

use super::branch::Written;
use super::export::Shapes;
use super::har::request_of;
use super::sheet::lane_title;
use crate::api::{KeyOrigin, Language, RequestShape, address_without_secrets, is_private, snippet};
use crate::chat::{Remembered, limit_name};
use crate::store::{SavedLane, SavedRun, SavedSession};

/// What the path of a chat request usually adds to the base of its endpoint.
const CHAT_PATH: &str = "/chat/completions";

/// The last run of each lane's branch. `shape` says what is known of a provider's requests.
pub(super) fn write(session: &SavedSession, shape: Shapes<'_>) -> Result<String, String> {
    let written = Written::of(session);
    let mut out = String::new();
    for lane in &session.lanes {
        let Some(run) = last_run(&written, lane) else { continue };
        if session.lanes.len() > 1 {
            out.push_str(&format!("# {}\n", lane_title(lane)));
        }
        out.push_str(&of_run(&written, run, shape(&run.settings.provider))?);
    }
    if out.is_empty() { Err("nothing was asked in it".to_owned()) } else { Ok(out) }
}

fn last_run<'s>(written: &Written<'s>, lane: &SavedLane) -> Option<&'s SavedRun> {
    written.branch(lane.tip).into_iter().rev().find_map(|turn| written.run(turn))
}

/// Forgets where the wires are of the runs that no command is made of, so that nobody reads them.
pub(super) fn forget_other_wires(session: &mut SavedSession) {
    let written = Written::of(session);
    let told: BTreeSet<_> =
        session.lanes.iter().filter_map(|lane| last_run(&written, lane)).map(|run| run.id).collect();
    for run in session.runs.iter_mut().filter(|run| !told.contains(&run.id)) {
        run.wire_place = None;
    }
}

fn of_run(written: &Written<'_>, run: &SavedRun, known: Option<RequestShape>) -> Result<String, String> {
    let sent = run.wire.as_ref().and_then(|wire| wire.tries.last()).map(|one| &one.request);
    let address = sent.map(|sent| address_without_secrets(&sent.url));
    // Where it really went counts: a provider may have moved since.
    let same =
        |shape: &RequestShape| address.as_ref().is_none_or(|url| address_without_secrets(&shape.chat_url()) == *url);
    let shape = match (known.filter(same), sent, address) {
        (Some(shape), ..) => shape,
        (None, Some(sent), Some(url)) => of_wire(&url, &sent.headers),
        _ => return Err(format!("nobody knows where `{}` is: it is not configured", run.settings.provider)),
    };
    let request = request_of(written, run);
    let known = Remembered {
        max_tokens: run.known.max_tokens.as_deref().and_then(limit_name),
        without_stream_options: run.known.without_stream_options,
    };
    Ok(snippet(&shape, &shape.body(&request, known), Language::Curl))
}

/// A shape from what was recorded of a request.
fn of_wire(url: &str, headers: &[(String, String)]) -> RequestShape {
    let private = || headers.iter().filter(|(name, _)| is_private(name)).map(|(name, _)| name.clone());
    let bearer = |name: &String| name.eq_ignore_ascii_case("authorization");
    let mut shape = RequestShape {
        base_url: url.strip_suffix(CHAT_PATH).unwrap_or(url).to_owned(),
        key: if private().any(|name| bearer(&name)) { KeyOrigin::Elsewhere } else { KeyOrigin::None },
        headers: private().filter(|name| !bearer(name)).collect(),
        ..RequestShape::default()
    };
    if !url.ends_with(CHAT_PATH) {
        shape.dialect.chat_path.clear();
    }
    shape
}
