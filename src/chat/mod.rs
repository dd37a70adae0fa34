//! The domain: what a conversation is made of, as plain data.
//!
//! Owns turns and their tree, lanes' settings, params, tool calls, usage, money and the provider-neutral request.
//! Knows nothing of HTTP, the screen, files or clocks.

mod attachment;
mod dialect;
mod figures;
mod host;
mod logprobs;
mod messages;
mod money;
mod params;
mod parts;
mod picture;
mod request;
mod run;
mod secret;
mod settings;
mod tool;
mod turn;
mod usage;
mod wire;

pub use attachment::{Attachment, AttachmentKind, Unattachable};
pub use dialect::{Dialect, MaxTokensField, Remembered, limit_name};
pub use figures::{Measure, decode_speed};
pub use host::is_loopback;
pub use logprobs::{Candidate, Chance, Token, Tokens};
pub use messages::{NOT_RUN, WrittenMessages, messages};
pub use money::{Cost, Currency, ExchangeRate, Money, exact_product, exact_sum};
pub use params::{PARAMS, Param, ParamError, ParamKind, Params, Track, param};
pub use params::{Refusal, Refusals, Withheld, checked, hints, is_name, refusal, refusers, sendable};
pub use parts::{Images, content, data_url, framed, is_reference, lift, unframed};
pub use picture::{ImageFormat, Picture};
pub use request::ChatRequest;
pub use run::{Outcome, Run, RunId};
pub use secret::Secret;
pub use settings::{Difference, Field, Settings};
pub use tool::{CallPiece, Tool, ToolCall};
pub use turn::{Role, Turn, TurnId, TurnTree};
pub use usage::{Usage, UsageParts};
pub use wire::{Wire, WireKept, WireLoss, WirePiece, WirePlace, WireRequest, WireResponse, WireTry};
