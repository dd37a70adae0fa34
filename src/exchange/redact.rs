//! Patterns whose matches an export leaves out, wherever in a session they stand.
//!
//! A match may be spread over the pieces of a stream, where no pattern finds it. So the bytes of every wire, and the tokens
//! of a reply that had a match, go as a whole.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use crate::chat::Attachment;
use crate::store::{
    SavedAnswerer, SavedCallRecord, SavedCallState, SavedForm, SavedOutcome, SavedRun, SavedSession, SavedSettings,
    SavedTokens, SavedTurn, SavedWire, SavedWireKept,
};

/// What stands in the place of a match.
const MARK: &str = "[redacted]";

/// How large a pattern may grow in memory: enough for long lists of names.
const LARGEST: usize = 8 << 20;

/// Patterns to be left out.
#[derive(Clone, Debug, Default)]
pub struct Redaction(Vec<Regex>);

impl Redaction {
    /// Takes regular expressions; each is looked for with capitals as they are.
    ///
    /// # Errors
    /// A clause, when one is none, or matches what is empty.
    pub fn of<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Result<Self, String> {
        let pattern = |text: &str| {
            let built = RegexBuilder::new(text).size_limit(LARGEST).build();
            let built = built.map_err(|error| {
                let said = error.to_string();
                let reason = said.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                format!("`{text}` is no pattern: {reason}")
            })?;
            if built.is_match("") { Err(format!("`{text}` matches what is empty")) } else { Ok(built) }
        };
        patterns.into_iter().map(pattern).collect::<Result<_, _>>().map(Self)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes every match out of a session.
    pub fn apply(&self, session: &mut SavedSession) {
        if self.is_empty() {
            return;
        }
        self.files(session);
        let SavedSession { title, lanes, shared, turns, runs, composer, queue, other, .. } = session;
        self.text(title);
        self.fields(other);
        self.settings(shared);
        for lane in lanes {
            lane.name.iter_mut().for_each(|name| self.text(name));
            self.settings(&mut lane.settings);
            self.fields(&mut lane.other);
        }
        turns.iter_mut().for_each(|turn| self.turn(turn));
        runs.iter_mut().for_each(|run| self.run(run));
        self.text(&mut composer.draft);
        composer.history.iter_mut().for_each(|draft| self.text(draft));
        self.fields(&mut composer.other);
        queue.waiting.iter_mut().for_each(|queued| self.text(&mut queued.text));
    }

    /// A text that is attached is another file without its matches. In an image nothing can be found: it goes as it is.
    fn files(&self, session: &mut SavedSession) {
        let mut renamed: BTreeMap<String, (String, u64)> = BTreeMap::new();
        for file in &mut session.files {
            let Ok(before) = std::str::from_utf8(&file.bytes) else { continue };
            let mut text = before.to_owned();
            self.text(&mut text);
            if text != before
                && let Ok(redacted) = Attachment::of("", text)
            {
                let before = std::mem::replace(&mut file.sha256, redacted.hash().to_owned());
                renamed.insert(before, (file.sha256.clone(), redacted.size()));
                file.bytes = redacted.bytes().cloned().unwrap_or_default();
            }
        }
        for attachment in session.all_attachments() {
            self.text(&mut attachment.name);
            if let Some((sha256, size)) = renamed.get(&attachment.sha256) {
                (attachment.sha256, attachment.size) = (sha256.clone(), *size);
            }
        }
    }

    fn text(&self, text: &mut String) {
        for pattern in &self.0 {
            if let std::borrow::Cow::Owned(redacted) = pattern.replace_all(text, MARK) {
                *text = redacted;
            }
        }
    }

    fn turn(&self, turn: &mut SavedTurn) {
        let before = (turn.text.clone(), turn.reasoning.clone(), turn.refusal.clone());
        [&mut turn.text, &mut turn.reasoning, &mut turn.refusal].into_iter().for_each(|text| self.text(text));
        if before != (turn.text.clone(), turn.reasoning.clone(), turn.refusal.clone()) {
            turn.tokens = SavedTokens::default();
        }
        for call in &mut turn.tool_calls {
            self.text(&mut call.name);
            self.text(&mut call.arguments);
            call.extra.iter_mut().for_each(|extra| self.value(extra));
        }
        for record in &mut turn.calls {
            self.record(record);
        }
        self.fields(&mut turn.other);
    }

    fn record(&self, record: &mut SavedCallRecord) {
        record.edited.iter_mut().for_each(|edited| self.text(edited));
        if let Some(SavedAnswerer::Command { argv }) = &mut record.by {
            argv.iter_mut().for_each(|argument| self.text(argument));
        }
        if let SavedCallState::Large { end, .. } | SavedCallState::Ended { end, .. } = &mut record.state {
            end.texts().into_iter().for_each(|text| self.text(text));
        }
        self.fields(&mut record.other);
    }

    fn settings(&self, settings: &mut SavedSettings) {
        self.text(&mut settings.provider);
        self.text(&mut settings.model);
        settings.system.iter_mut().for_each(|system| self.text(system));
        settings.variables.values_mut().for_each(|value| self.text(value));
        self.fields(&mut settings.params);
        for tool in &mut settings.tools {
            self.text(&mut tool.name);
            self.value(&mut tool.definition);
        }
        self.fields(&mut settings.other);
    }

    fn run(&self, run: &mut SavedRun) {
        self.settings(&mut run.settings);
        let SavedForm { model, messages, params, tools, extra, .. } = &mut run.form;
        self.text(model);
        messages.iter_mut().chain(tools).for_each(|value| self.value(value));
        self.fields(params);
        self.fields(extra);
        let words = [&mut run.finish_reason, &mut run.served_by, &mut run.request_id];
        words.into_iter().flatten().for_each(|word| self.text(word));
        if let SavedOutcome::Failed { said } = &mut run.outcome {
            self.text(said);
        }
        if let Some(usage) = &mut run.usage {
            self.fields(&mut usage.raw);
            self.fields(&mut usage.other);
        }
        run.wire.iter_mut().for_each(|wire| self.wire(wire));
        self.fields(&mut run.other);
    }

    /// The heads stay, the bytes are counted.
    fn wire(&self, wire: &mut SavedWire) {
        let (mut bytes, mut reads) = (wire.bytes.len(), wire.reads.len());
        if let SavedWireKept::Beginning { bytes: more, reads: others }
        | SavedWireKept::Heads { bytes: more, reads: others } = wire.kept
        {
            (bytes, reads) = (bytes.saturating_add(more), reads.saturating_add(others));
        }
        wire.kept = SavedWireKept::Heads { bytes, reads };
        wire.bytes = Vec::new();
        wire.reads = Vec::new();
        for one in &mut wire.tries {
            one.first_read = 0;
            self.text(&mut one.request.url);
            let response = one.response.iter_mut().flat_map(|response| &mut response.headers);
            one.request.headers.iter_mut().chain(response).for_each(|(_, value)| self.text(value));
            one.stopped.iter_mut().for_each(|stopped| self.text(&mut stopped.why));
        }
    }

    fn fields(&self, fields: &mut Map<String, Value>) {
        for (mut name, mut value) in std::mem::take(fields) {
            self.text(&mut name);
            self.value(&mut value);
            fields.insert(name, value);
        }
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(list) => list.iter_mut().for_each(|value| self.value(value)),
            Value::Object(fields) => self.fields(fields),
            Value::Number(number) => {
                let mut text = number.to_string();
                self.text(&mut text);
                if text != number.to_string() {
                    *value = Value::String(text);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}
