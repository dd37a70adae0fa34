//! The course of one run: tries, waits, repairs, then the reply. All of it is recorded on its way.

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use reqwest::{Request, Response};

use super::client::{self, Client, Refused};
use super::incoming::{Incoming, Progress, Refusing};
use super::network::in_words;
use super::next_step::next_step;
use super::recorder::Recorder;
use super::repair::repair;
use super::request;
use super::retry::{Verdict, Wish, verdict};
use super::{ApiError, Delta, Opening, Repair, RetryWait};
use crate::chat::{ChatRequest, Remembered, WrittenMessages};

/// One run on its way. Dropping it drops the connection with it.
pub(super) struct Exchange {
    client: Client,
    request: ChatRequest,
    phase: Phase,
    /// What has come and is not handed out yet, the failure after the last delta.
    ready: VecDeque<Delta>,
    failure: Option<ApiError>,
    retried: u32,
    repairs: Vec<Repair>,
    /// What this run knows of the endpoint; `None` before the first try.
    learnt: Option<Remembered>,
    recorder: Recorder,
    /// Reused for each piece of the reply.
    fresh: Vec<Delta>,
}

enum Phase {
    Ask { after: Duration },
    Send(Box<Request>, Sent),
    Refuse(Box<Refusing>, Sent),
    Read { reply: Box<Incoming>, request_id: Option<String> },
    Over,
}

/// What a refusal has to be judged by.
#[derive(Debug)]
struct Sent {
    fields: Vec<String>,
    learnt: Remembered,
}

impl Exchange {
    pub(super) fn new(client: Client, request: ChatRequest) -> Self {
        Self {
            recorder: Recorder::start(client.mask()),
            client,
            request,
            phase: Phase::Ask { after: Duration::ZERO },
            ready: VecDeque::new(),
            failure: None,
            retried: 0,
            repairs: Vec::new(),
            learnt: None,
            fresh: Vec::new(),
        }
    }

    /// The next step of the run; `None` after its end.
    pub(super) async fn next(&mut self) -> Option<Result<Delta, ApiError>> {
        loop {
            if let Some(delta) = self.ready.pop_front() {
                return Some(Ok(delta));
            }
            if let Some(error) = self.failure.take() {
                return Some(Err(error));
            }
            match &mut self.phase {
                Phase::Ask { after } => {
                    let wait = mem::take(after);
                    if !wait.is_zero() {
                        (self.client.pace().sleep)(wait).await;
                    }
                    self.ask();
                }
                Phase::Send(..) => Box::pin(self.send()).await,
                Phase::Refuse(..) => self.refuse().await,
                Phase::Read { .. } => self.read().await,
                Phase::Over => return None,
            }
        }
    }

    /// The request is handed out before it is sent, so that a run that is stopped while it waits has it.
    fn ask(&mut self) {
        let learnt = *self.learnt.get_or_insert_with(|| self.client.recall(&self.request.model));
        let mut body = self.client.endpoint().fields(&self.request, learnt);
        let written = request::further(&self.request, &body);
        self.request.images.fill_body(&mut body);
        match self.client.chat(&body, written) {
            Ok(request) => {
                self.ready.push_back(self.recorder.request(&request));
                let fields = body.into_iter().map(|(name, _)| name).collect();
                self.phase = Phase::Send(Box::new(request), Sent { fields, learnt });
            }
            Err(error) => self.retry_or_fail(error, Wish::default()),
        }
    }

    async fn send(&mut self) {
        let Phase::Send(request, sent) = mem::replace(&mut self.phase, Phase::Over) else { return };
        match self.client.send(*request).await {
            Ok(response) => {
                self.ready.push_back(self.recorder.response(&response));
                if response.status().is_success() {
                    self.open(response, sent.learnt);
                } else {
                    self.phase = Phase::Refuse(Box::new(Refusing::new(response)), sent);
                }
            }
            Err(error) => {
                self.ready.push_back(self.recorder.stopped(&error.message));
                self.retry_or_fail(error, Wish::default());
            }
        }
    }

    fn open(&mut self, response: Response, learnt: Remembered) {
        self.client.remember(&self.request.model, &self.repairs);
        // It is not sent again: a long conversation need not be kept for as long as its reply comes.
        (self.request.messages, self.request.written) = (Vec::new(), WrittenMessages::default());
        let request_id = client::request_id(response.headers(), self.client.mask());
        let opening = Opening {
            status: response.status().as_u16(),
            request_id: request_id.clone(),
            known: learnt,
            learnt: mem::take(&mut self.repairs),
        };
        self.ready.push_back(Delta::Opened(opening));
        let reply = Incoming::new(response, &self.client.endpoint().name, self.client.limits().idle);
        self.phase = Phase::Read { reply: Box::new(reply), request_id };
    }

    async fn refuse(&mut self) {
        let Phase::Refuse(refusing, sent) = &mut self.phase else { return };
        let progress = refusing.read(self.client.limits().idle, &mut self.recorder, &mut self.fresh).await;
        self.ready.extend(self.fresh.drain(..));
        if progress == Progress::Complete {
            let refused = self.client.judge(&refusing.response, &refusing.body, &self.request.model, &sent.fields);
            let learnt = sent.learnt;
            // What is not read to its end must not be left open while the next try waits.
            self.phase = Phase::Ask { after: Duration::ZERO };
            self.mend_or_retry(refused, learnt);
        }
    }

    fn mend_or_retry(&mut self, refused: Refused, learnt: Remembered) {
        let Refused { error, wish } = refused;
        let field = error.param.as_deref().filter(|_| matches!(error.status, Some(400 | 422)));
        let mended = field.and_then(|field| repair(field, &self.request, self.client.endpoint(), learnt));
        match mended.filter(|(repair, _)| !self.has_tried(repair)) {
            Some((repair, learnt)) => {
                self.learnt = Some(learnt);
                self.repairs.push(repair.clone());
                self.ready.push_back(Delta::Repaired(repair));
            }
            None => self.retry_or_fail(error, wish),
        }
    }

    /// A second repair of the same kind would only undo the first.
    fn has_tried(&self, repair: &Repair) -> bool {
        self.repairs.iter().any(|tried| mem::discriminant(tried) == mem::discriminant(repair))
    }

    fn retry_or_fail(&mut self, mut error: ApiError, wish: Wish) {
        let retries = self.client.limits().retries;
        let verdict = verdict(&error, wish, self.retried, (self.client.pace().chance)());
        match verdict {
            Verdict::Again(wait) if self.retried < retries => {
                self.retried += 1;
                let attempt = self.retried + 1;
                self.ready.push_back(Delta::Retry(RetryWait { attempt, of: retries + 1, wait, cause: error.message }));
                self.phase = Phase::Ask { after: wait };
            }
            Verdict::TooLong(wait) => {
                let wait = in_words(wait);
                error.message =
                    format!("{} (it asks to wait {wait}, which is too long to wait unasked)", error.message);
                self.fail(error);
            }
            Verdict::Again(_) | Verdict::Stands => self.fail(error),
        }
    }

    fn fail(&mut self, mut error: ApiError) {
        error.next_step = next_step(&error, self.client.endpoint());
        self.phase = Phase::Over;
        self.failure = Some(error);
    }

    async fn read(&mut self) {
        let Phase::Read { reply, request_id } = &mut self.phase else { return };
        let outcome = reply.read(&mut self.recorder, &mut self.fresh).await;
        let request_id = request_id.clone();
        let mask = self.client.mask();
        self.ready.extend(self.fresh.drain(..).map(|delta| mask.delta(delta)));
        match outcome {
            Ok(Progress::More) => {}
            Ok(Progress::Complete) => self.phase = Phase::Over,
            Err(mut error) => {
                error.request_id = error.request_id.or(request_id);
                let error = mask.error(error);
                self.fail(error);
            }
        }
    }
}
