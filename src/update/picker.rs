//! The model picker: what is in it, in which order, and what a choice does.

use std::collections::HashSet;
use std::time::Instant;

use super::{Effects, overlay};
use crate::chat::Field;
use crate::state::{Effect, Found, Level, ModelAt, Overlay, Picker, PickerRow, Provider, Standing, State};
use crate::text;

/// How many of a session's last models come first.
const MOST_RECENT: usize = 6;
/// How many runs are looked through for them: whoever asked one model this often knows its name.
const LATEST_RUNS: usize = 1000;

/// Opens the picker and asks the providers whose models are not known.
pub(super) fn open(state: &mut State) -> Effects {
    // A form may hold a text that nobody kept yet.
    if matches!(state.overlay, Some(Overlay::Form(_))) {
        return Effects::new();
    }
    state.overlay = Some(Overlay::Models(Picker { recent: recent(state), ..Picker::default() }));
    refresh(state);
    let settings = &state.lane().settings;
    let current = ModelAt { provider: settings.provider.clone(), model: settings.model.clone() };
    select(state, &current);
    // Whoever failed may be there by now.
    let unknown = |provider: &&Provider| !matches!(provider.models, Some(Found::Models(_)));
    let unknown = state.providers.all.iter().filter(unknown);
    unknown.map(|provider| Effect::ListModels { provider: provider.name.clone() }).collect()
}

/// The models of the session's runs, newest first.
fn recent(state: &State) -> Vec<ModelAt> {
    let mut recent: Vec<ModelAt> = Vec::new();
    for run in state.session.runs().iter().rev().take(LATEST_RUNS) {
        let (provider, model) = (&run.settings.provider, &run.settings.model);
        if recent.iter().all(|at| (&at.provider, &at.model) != (provider, model)) {
            recent.push(ModelAt { provider: provider.clone(), model: model.clone() });
        }
        if recent.len() == MOST_RECENT {
            break;
        }
    }
    recent
}

/// Selects a model's row, if it is there.
fn select(state: &mut State, at: &ModelAt) {
    if let Some(Overlay::Models(picker)) = &mut state.overlay
        && let Some(place) = picker.rows.iter().position(|row| row.at == *at)
    {
        picker.selected = place;
    }
}

/// Fills the picker anew when a provider answered; the model that was selected stays so wherever its row is now.
pub(super) fn relisted(state: &mut State) {
    let Some(Overlay::Models(picker)) = &state.overlay else { return };
    let selected = picker.chosen().map(|row| row.at.clone());
    overlay::refresh(state);
    if let Some(at) = selected {
        select(state, &at);
    }
}

/// Marks the selected model as a favourite, or takes the mark away; it stays selected.
pub(super) fn favour(state: &mut State) {
    let Some(Overlay::Models(picker)) = &state.overlay else { return };
    let Some(at) = picker.chosen().map(|row| row.at.clone()) else { return };
    state.favourites.toggle(&at);
    relisted(state);
}

/// Fills the picker anew, by what is typed.
pub(super) fn refresh(state: &mut State) {
    let Some(Overlay::Models(picker)) = &state.overlay else { return };
    let known = known(state, &picker.recent);
    let query = Query::of(&picker.query);
    let mut rows = matching(&query, &known);
    rows.extend(typed(state, &query, &known));
    if let Some(Overlay::Models(picker)) = &mut state.overlay {
        picker.rows = rows;
    }
}

/// Every model that is known, each once: those that were asked, those that are marked, then what providers list. A model
/// that no list has is known all the same when it was asked or marked.
fn known(state: &State, recent: &[ModelAt]) -> Vec<PickerRow> {
    let standing = |at: &ModelAt, otherwise| if state.favourites.has(at) { Standing::Favourite } else { otherwise };
    let asked = recent.iter().map(|at| PickerRow { at: at.clone(), standing: standing(at, Standing::Recent) });
    let marked = state.favourites.iter().map(|at| PickerRow { at: at.clone(), standing: Standing::Favourite });
    let listed = state.providers.all.iter().flat_map(listed);
    let listed = listed.map(|at| PickerRow { standing: Standing::Listed, at });
    let mut seen = HashSet::new();
    asked.chain(marked).chain(listed).filter(|row| seen.insert(row.at.clone())).collect()
}

/// What a provider lists, or the model that it is usually asked for.
fn listed(provider: &Provider) -> impl Iterator<Item = ModelAt> {
    let models = match &provider.models {
        Some(Found::Models(models)) => models.as_slice(),
        _ => &[],
    };
    let unlisted = provider.default_model.as_ref().filter(|_| models.is_empty() && !provider.candidate);
    models.iter().chain(unlisted).map(|model| ModelAt { provider: provider.name.clone(), model: model.clone() })
}

/// What was typed: a name, or `name @ provider`.
struct Query {
    name: String,
    /// The beginning of a provider's name, in small letters.
    provider: Option<String>,
}

impl Query {
    /// A name may hold an `@` itself (`@cf/meta/llama`), so only one between spaces, or a last one, parts the two.
    fn of(typed: &str) -> Self {
        let parted = typed.rsplit_once(" @ ").or_else(|| Some((typed.trim_end().strip_suffix(" @")?, "")));
        let (name, provider) = parted.map_or((typed, None), |(name, provider)| (name, Some(provider)));
        Self { name: name.trim().to_owned(), provider: provider.map(|name| name.trim().to_lowercase()) }
    }

    fn is_at(&self, provider: &str) -> bool {
        self.provider.as_ref().is_none_or(|beginning| provider.to_lowercase().starts_with(beginning))
    }
}

/// The known models that match: one of exactly that name first, then those that were asked or marked, each in the order
/// of the match.
fn matching(query: &Query, known: &[PickerRow]) -> Vec<PickerRow> {
    let known: Vec<&PickerRow> = known.iter().filter(|row| query.is_at(&row.at.provider)).collect();
    let names: Vec<String> = known.iter().map(|row| format!("{} {}", row.at.model, row.at.provider)).collect();
    let mut rows: Vec<PickerRow> =
        text::rank(&query.name, &names).into_iter().map(|place| known[place].clone()).collect();
    rows.sort_by_key(|row| match row.standing {
        _ if row.at.model == query.name => 0,
        Standing::Favourite | Standing::Recent => 1,
        Standing::Listed | Standing::Typed => 2,
    });
    rows
}

/// The name that is typed, at the lane's provider or at those that are named: some endpoints list nothing.
fn typed(state: &State, query: &Query, known: &[PickerRow]) -> Vec<PickerRow> {
    if query.name.is_empty() {
        return Vec::new();
    }
    let current = &state.lane().settings.provider;
    let all = state.providers.all.iter().map(|provider| &provider.name);
    let providers: Vec<&String> = match &query.provider {
        Some(_) => all.filter(|name| query.is_at(name)).collect(),
        None => vec![current],
    };
    let at = providers.into_iter().map(|name| ModelAt { provider: name.clone(), model: query.name.clone() });
    let unknown = at.filter(|at| known.iter().all(|row| row.at != *at));
    unknown.map(|at| PickerRow { at, standing: Standing::Typed }).collect()
}

/// Lets the lane ask the selected model.
pub(super) fn choose(state: &mut State, picker: &Picker, now: Instant) {
    let Some(ModelAt { provider, model }) = picker.chosen().map(|row| row.at.clone()) else { return };
    state.providers.undecided = false;
    let name = text::clean_line(&model).into_owned();
    state.notices.show(Level::Note, format!("This lane asks {name} at {provider}."), now);
    state.change(state.focused, &Field::Model, |settings| {
        settings.provider = provider;
        settings.model = model;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(typed: &str) -> (String, Option<String>) {
        let Query { name, provider } = Query::of(typed);
        (name, provider)
    }

    #[test]
    fn only_an_at_between_spaces_parts_a_name_from_a_provider() {
        let named = |name: &str, provider: &str| (name.to_owned(), Some(provider.to_owned()));
        assert_eq!(parted(" gpt-5 "), ("gpt-5".to_owned(), None));
        assert_eq!(parted("@cf/meta/llama"), ("@cf/meta/llama".to_owned(), None));
        assert_eq!(parted("a@b @ Lab "), named("a@b", "lab"));
        assert_eq!(parted("gpt-5 @"), named("gpt-5", ""));
        assert_eq!(parted("gpt-5 @ "), named("gpt-5", ""));
    }

    #[test]
    fn an_exact_name_comes_before_a_favourite_that_only_matches() {
        let row = |model: &str, standing| PickerRow {
            at: ModelAt { provider: "lab".to_owned(), model: model.to_owned() },
            standing,
        };
        let known = [
            row("sage-1-mini", Standing::Favourite),
            row("thyme", Standing::Recent),
            row("sage-1-max", Standing::Listed),
            row("sage-1", Standing::Listed),
        ];
        let found = matching(&Query::of("sage-1"), &known);
        let names: Vec<&str> = found.iter().map(|row| row.at.model.as_str()).collect();
        assert_eq!(names, ["sage-1", "sage-1-mini", "sage-1-max"]);
    }
}
