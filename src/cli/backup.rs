//! `abreast backup`: the whole store as one file.

use std::path::PathBuf;

use clap::Args;

use super::options::DataOptions;
use super::print::print_line;
use super::source::is_there;
use super::{Ended, Problem};
use crate::config::{Environment, Paths};
use crate::state::wire_size;
use crate::store::backup;

#[derive(Debug, Args)]
pub(super) struct BackupOptions {
    /// Write the copy to this file, which only you may read
    #[arg(value_name = "FILE")]
    to: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    data: DataOptions,
}

pub(super) fn run(options: &BackupOptions, environment: &Environment) -> Result<Ended, Problem> {
    let paths = Paths::of(environment).map_err(Problem::failure)?;
    if !options.force && options.to.symlink_metadata().is_ok() {
        return Err(is_there(&options.to));
    }
    let made = backup(&options.data.directory(&paths), &options.to, options.force)
        .map_err(|fault| Problem::failure(format!("No backup was made: {fault}.")))?;
    let size = wire_size(usize::try_from(made.bytes).unwrap_or(usize::MAX));
    let to = options.to.display();
    print_line(&format!("Sessions: {}, {size}, checked and whole, in {to}.", made.sessions))?;
    Ok(Ended::Well)
}
