//! The list of presets and the editor of values.

use std::path::{Path, PathBuf};

use super::*;
use crate::config::ConfigError;
use crate::config::presets::{Preset, PresetFile};
use crate::state::PresetWork;
use crate::text::Place;

const SIZES: [(u16, u16); 2] = [(60, 20), (100, 30)];

fn both(name: &str, make: impl Fn(u16, u16) -> Scene) {
    for (columns, rows) in SIZES {
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), make(columns, rows).frame());
    }
}

fn preset(name: &str, text: &str) -> PresetFile {
    PresetFile { name: name.to_owned(), preset: Preset::parse(text, Path::new("x.toml")) }
}

/// A lane with settings of its own, and its presets.
fn presets(columns: u16, rows: u16, files: Vec<PresetFile>) -> Scene {
    let mut scene = Scene::new(columns, rows);
    set(&mut scene, 0, &["temperature=0.2", "seed=7", "response_format=json_object"]);
    scene.state.lanes[0].settings.system =
        Some("You answer questions about refunds, briefly and in the user's language.".into());
    scene.alt('p');
    scene.event(Event::Presets { work: PresetWork::List, outcome: Ok(()), files: Ok(files) });
    scene
}

fn some() -> Vec<PresetFile> {
    let schema = "response_format.json_schema.schema.properties.answer.type = \"string\"";
    let strict = format!(
        "model = \"gpt-5.1\"\nsystem = \"You answer with JSON that a program reads, and nothing else.\"\n[params]\ntemperature = 0.9\nstop = \"END\"\n\
         response_format.type = \"json_schema\"\nresponse_format.json_schema.name = \"answer\"\n{schema}\n"
    );
    let problem = "`modle` is not known here; did you mean `model`?".to_owned();
    let file = PathBuf::from("/home/ada/.config/abreast/presets/broken.toml");
    let broken = ConfigError::Wrong { file, place: Place { line: 3, column: 1 }, problem };
    vec![
        PresetFile { name: "broken".into(), preset: Err(broken) },
        preset("strict json", &strict),
        preset("wild", "[params]\ntemperature = 1.8"),
    ]
}

#[test]
fn the_selected_preset_shows_what_it_changes() {
    both("presets", |columns, rows| {
        let mut scene = presets(columns, rows, some());
        scene.key(KeyCode::Down);
        scene
    });
}

#[test]
fn a_broken_preset_shows_what_is_wrong_with_it() {
    both("presets_broken", |columns, rows| presets(columns, rows, some()));
}

#[test]
fn a_list_without_presets_says_how_to_make_one() {
    both("presets_none", |columns, rows| presets(columns, rows, Vec::new()));
}

#[test]
fn a_preset_is_overwritten_only_when_asked_twice() {
    both("presets_asked", |columns, rows| {
        let mut scene = presets(columns, rows, some());
        scene.types("wild");
        scene.ctrl('s');
        scene
    });
}

/// The form of a row of the sidebar.
fn form(columns: u16, rows: u16, name: &str) -> Scene {
    let mut scene = Scene::new(columns, rows);
    scene.key(KeyCode::F(2));
    scene.state.sidebar.row = crate::state::SidebarRow::all().iter().position(|row| row.name() == name).unwrap();
    scene.key(KeyCode::Enter);
    scene
}

#[test]
fn an_empty_value_says_what_may_be_put_in() {
    both("value_empty", |columns, rows| form(columns, rows, "response_format"));
}

#[test]
fn a_value_that_is_wrong_says_where() {
    both("value_wrong", |columns, rows| {
        let mut scene = form(columns, rows, "response_format");
        for _ in 0..3 {
            scene.key(KeyCode::Tab);
        }
        scene.key(KeyCode::Backspace);
        scene
    });
}

#[test]
fn a_sentence_about_a_value_has_two_rows() {
    both("value_sentence", |columns, rows| {
        let mut scene = form(columns, rows, "response_format");
        scene.types("json_schema");
        scene
    });
}
