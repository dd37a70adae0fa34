//! The cards of the sandbox's models, from its own table.

use crate::config::SANDBOX;
use crate::pricing::{Facts, Feature, Row};
use crate::sandbox::{MODELS, OWNER, SandboxModel};

/// A row of the catalogue for each model of the sandbox; their notional price is the catalogue's.
pub fn sandbox_rows() -> impl Iterator<Item = Row> {
    MODELS.iter().map(|model| Row {
        model: model.id.to_owned(),
        aliases: Vec::new(),
        provider: Some(SANDBOX.to_owned()),
        host: None,
        price: None,
        facts: Some(facts(model)),
    })
}

fn facts(model: &SandboxModel) -> Facts {
    let talks = [Feature::Streaming, Feature::FunctionCalling, Feature::JsonMode, Feature::StructuredOutput];
    let mut features = if model.answers() { talks.to_vec() } else { Vec::new() };
    let mut lacks = if model.answers() { vec![Feature::Vision] } else { Vec::new() };
    if model.answers() {
        let list = if model.reasons() { &mut features } else { &mut lacks };
        list.push(Feature::Reasoning);
    }
    Facts {
        name: None,
        vendor: Some(OWNER.to_owned()),
        description: Some(model.description.to_owned()),
        more_badges: vec!["Toy".to_owned()],
        features,
        lacks,
        source: "the program itself".to_owned(),
        ..Facts::default()
    }
}
