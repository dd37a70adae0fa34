//! `abreast sandbox`: the toy model for other programs.

use std::num::NonZeroU32;

use clap::Args;

use super::print::{print_line, say};
use super::{Ended, Problem};
use crate::sandbox::{MODELS, Server, ServerOptions};

#[derive(Debug, Args)]
pub(super) struct SandboxOptions {
    /// Listen on this port of 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Stream this many tokens a second; 0 streams as fast as the connection takes
    #[arg(long, default_value_t = 40, value_name = "N")]
    rate: u32,
    /// Answer requests that give no seed with this one
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// List the models, those that fail on demand among them, and end
    #[arg(long)]
    list: bool,
}

pub(super) async fn run(options: &SandboxOptions) -> Result<Ended, Problem> {
    if options.list {
        for model in MODELS {
            print_line(&format!("{:<18} {}", model.id, model.description))?;
        }
        return Ok(Ended::Well);
    }
    let serve = ServerOptions { port: options.port, rate: NonZeroU32::new(options.rate), seed: options.seed };
    let server = Server::bind(serve).await.map_err(|error| {
        let port = options.port;
        Problem::failure(format!("Port {port} of 127.0.0.1 cannot be taken: {error}. Choose another with --port."))
    })?;
    print_line(&server.base_url())?;
    say("sandbox: a toy model inside abreast. Ctrl+C ends it.");
    server.serve().await;
    Ok(Ended::Well)
}
