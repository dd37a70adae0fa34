//! `--lane`: what each lane of the workstation starts with.

use super::Problem;
use super::options::hint_at_slip;
use super::setup::Setup;
use crate::chat::Settings;
use crate::config::SANDBOX;
use crate::sandbox::MODELS;
use crate::state::{Lane, LaneId, MAX_LANES};

/// The lanes to start with: one for each option, or one that asks as everything else says.
pub(super) fn lanes(setup: &Setup, base: &Settings, options: &[String]) -> Result<Vec<Lane>, Problem> {
    if options.len() > MAX_LANES {
        return Err(Problem::misuse(format!("--lane: {MAX_LANES} lanes are the most.")));
    }
    if options.is_empty() {
        return Ok(vec![Lane::new(LaneId(0), base.clone())]);
    }
    options.iter().map(|option| lane(setup, base, option)).collect()
}

/// `model=m,temperature=0.5`: assignments between commas, over what all lanes start with.
fn lane(setup: &Setup, base: &Settings, option: &str) -> Result<Lane, Problem> {
    let mut settings = base.clone();
    let mut name = None;
    let mut model = None;
    for assignment in assignments(option) {
        let wrong = |why: String| Problem::misuse(format!("--lane '{option}': {why}"));
        let (field, value) = assignment.split_once('=').unwrap_or((assignment, ""));
        match field.trim() {
            "model" => model = Some(value.trim().to_owned()),
            "provider" => provider(setup, &mut settings, value.trim()).map_err(wrong)?,
            "system" => settings.system = Some(value).filter(|text| !text.is_empty()).map(Into::into),
            "name" => name = Some(value.trim().to_owned()).filter(|text| !text.is_empty()),
            _ => {
                settings.params.assign(assignment.trim()).map_err(|problem| wrong(format!("{problem}.")))?;
                hint_at_slip("--lane", assignment);
            }
        }
    }
    if let Some(model) = model {
        settings.model = model;
    }
    let mut lane = Lane::new(LaneId(0), settings);
    lane.name = name.map(|name| crate::text::clean_line(&name).into_owned());
    Ok(lane)
}

/// Another provider comes with its own default model.
fn provider(setup: &Setup, settings: &mut Settings, name: &str) -> Result<(), String> {
    let model = if name == SANDBOX {
        MODELS.first().map(|model| model.id.to_owned())
    } else {
        let known = setup.providers.iter().find(|provider| provider.name == name);
        let known = known.ok_or_else(|| {
            let names = setup.providers.iter().map(|provider| provider.name.as_str()).chain([SANDBOX]);
            format!("there is no provider `{name}`. There are: {}.", names.collect::<Vec<_>>().join(", "))
        })?;
        known.model.clone()
    };
    name.clone_into(&mut settings.provider);
    settings.model = model.unwrap_or_default();
    Ok(())
}

/// The parts between commas that lie outside of JSON's brackets and strings. An empty option has no part.
fn assignments(option: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut depth, mut quoted, mut escaped) = (0, 0_usize, false, false);
    for (at, sign) in option.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&option[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&option[from..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_within_json_part_nothing() {
        assert_eq!(assignments("temperature=0"), ["temperature=0"]);
        assert_eq!(assignments("model=a/b:c,top_p=0.5, seed=7"), ["model=a/b:c", "top_p=0.5", " seed=7"]);
        assert_eq!(assignments(r#"stop=["a,b","c"],n=2"#), [r#"stop=["a,b","c"]"#, "n=2"]);
        assert_eq!(assignments(r#"logit_bias={"1":5,"2":"\",}"},n=2"#), [r#"logit_bias={"1":5,"2":"\",}"}"#, "n=2"]);
        assert_eq!(assignments(" , "), Vec::<&str>::new());
    }
}
