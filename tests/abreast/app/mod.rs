//! The program as a user meets it: keys in, frames out, with scripted providers and a clock that stands.

mod asking;
mod console;
mod desk;
mod failures;
mod heat;
mod hostile;
mod lanes;
mod lockstep;
mod parameters;
mod property;
mod queue;
mod reading;
mod replay;
mod screen;
mod sharing;
mod stopping;
mod work;

use desk::{Desk, WIDE, said, start};
