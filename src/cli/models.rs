//! `abreast models`: what a provider serves, and the card of one model.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::card::{self, ShowOptions};
use super::options::EndpointOptions;
use super::price_list::{self, ImportOptions, PricesOptions};
use super::print::{print_json, print_line, say, sentence};
use super::setup::Setup;
use super::{Ended, Problem};
use crate::api::list_models;
use crate::app::LimitOverrides;
use crate::config::Environment;
use crate::text::clean_line;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct ModelsOptions {
    #[command(flatten)]
    endpoint: EndpointOptions,
    /// Print the server's objects as one JSON array
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    command: Option<ModelsCommand>,
}

#[derive(Debug, Subcommand)]
enum ModelsCommand {
    /// Show what is known of one model: its card
    Show(ShowOptions),
    /// Take over the prices in another program's list: LiteLLM's, models.dev's or genai-prices'
    Import(ImportOptions),
    /// List all prices that are known, in the order in which they count
    Prices(PricesOptions),
}

pub(super) async fn run(options: ModelsOptions, environment: Environment) -> Result<Ended, Problem> {
    match options.command {
        Some(ModelsCommand::Show(show)) => return card::run(show, &environment),
        Some(ModelsCommand::Import(import)) => return price_list::import_list(&import, &environment),
        Some(ModelsCommand::Prices(prices)) => return price_list::list(&prices, &environment),
        None => {}
    }
    let setup = Setup::of(&options.endpoint, &environment)?;
    let connections = setup.connections(environment, LimitOverrides::default());
    let client = connections.client(&setup.settings.provider).await.map_err(Problem::failure)?;
    let models = list_models(&client).await.map_err(|error| {
        let step = error.next_step.as_deref().unwrap_or_default();
        Problem::failure(format!("{} {step}", sentence(&error)).trim_end())
    })?;
    if options.json {
        let provider = &setup.settings.provider;
        let entries = models.into_iter().map(|model| {
            let mut entry = json!({"provider": provider, "id": model.id});
            if let Value::Object(entry) = &mut entry {
                entry.extend(model.raw);
            }
            entry
        });
        print_json(&Value::Array(entries.collect()))?;
    } else if models.is_empty() {
        say("The provider lists no models.");
    } else {
        for model in models {
            print_line(&clean_line(&model.id))?;
        }
    }
    Ok(Ended::Well)
}
