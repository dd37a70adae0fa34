//! The program as a user meets it: keys in, frames out, with scripted providers and a clock that stands.

mod asking;
mod attaching;
mod calls;
mod console;
mod desk;
mod diff;
mod exchange;
mod failures;
mod find;
mod gesture;
mod heat;
mod hostile;
mod inspector;
mod lanes;
mod ledger;
mod lockstep;
mod meter;
mod parameters;
mod picker;
mod presets;
mod property;
mod queue;
mod reading;
mod replay;
mod request_view;
mod screen;
mod sessions;
mod sharing;
mod stopping;
mod structured;
mod system;
mod tree;
mod values;
mod wire_view;
mod work;

use desk::{Desk, WIDE, said, start};
