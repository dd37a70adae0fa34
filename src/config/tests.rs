use super::*;

fn paths(directory: &Path) -> Paths {
    let config = directory.join("config");
    Paths { data: config.clone(), state: config.clone(), config }
}

/// The template with its examples in force: lines on which a `#` stands right before a letter or a bracket.
fn examples() -> String {
    let in_force = |line: &str| match line.strip_prefix('#') {
        Some(example) if example.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '[') => {
            example.to_owned()
        }
        _ => line.to_owned(),
    };
    template().lines().map(in_force).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_template_loads_as_the_defaults_and_its_examples_load_too() {
    let environment = Environment::default();
    let file = Path::new("config.toml");
    assert_eq!(load::read(template(), file, &environment), Ok(Config::default()));
    let config = load::read(&examples(), file, &environment).unwrap();
    let names: Vec<_> = config.providers.iter().map(|provider| provider.name.as_str()).collect();
    assert_eq!(names, ["gateway", "work", "home", "ollama"]);
    assert_eq!((config.prices.len(), config.warnings.len(), config.params.iter().count()), (1, 0, 2));
}

#[test]
fn init_writes_the_template_once() {
    let home = tempfile::tempdir().unwrap();
    let paths = paths(home.path());
    let file = init(&paths).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), template());
    assert_eq!(init(&paths), Err(ConfigError::Exists(file)));
    assert_eq!(check(&paths, &Environment::default()), Ok(Vec::new()));
}

#[test]
fn without_a_file_the_defaults_hold_and_a_broken_one_counts_for_nothing() {
    let home = tempfile::tempdir().unwrap();
    let paths = paths(home.path());
    assert_eq!(Config::load(&paths, &Environment::default()), Ok(Config::default()));
    std::fs::create_dir(&paths.config).unwrap();
    std::fs::write(paths.config_file(), "mouse = false\nmose = true\n").unwrap();
    let error = Config::load(&paths, &Environment::default()).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("{}:2:1: `mose` is not known here; did you mean `mouse`?", paths.config_file().display())
    );
}

#[test]
fn a_theme_that_is_not_there_is_named_where_it_is_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let paths = paths(home.path());
    std::fs::create_dir(&paths.config).unwrap();
    std::fs::write(paths.config_file(), "theme = \"drak\"\n").unwrap();
    let error = check(&paths, &Environment::default()).unwrap_err().to_string();
    let file = paths.config_file();
    assert_eq!(error, format!("{}:1:9: there is no theme `drak`; did you mean `dark`?", file.display()));
    std::fs::write(&file, "theme = \"light\"\n").unwrap();
    let themes = Themes::load(&paths.themes()).unwrap();
    let config = Config::load(&paths, &Environment::default()).unwrap();
    let theme = config.theme(&themes, Background::Dark, ColorDepth::True).unwrap().unwrap();
    assert_eq!(theme.name(), "light");
}

#[test]
fn a_check_looks_at_presets_too() {
    let home = tempfile::tempdir().unwrap();
    let paths = paths(home.path());
    std::fs::create_dir_all(paths.presets()).unwrap();
    let file = paths.presets().join("strict.toml");
    std::fs::write(&file, "[params]\ntemperature = 9\n").unwrap();
    let error = check(&paths, &Environment::default()).unwrap_err().to_string();
    assert_eq!(error, format!("{}:2:15: temperature goes from 0 to 2, so `9` does not fit", file.display()));
}

/// The models of a `models.toml` and their input prices, in their order.
pub(super) fn own_models(text: &str) -> Vec<(String, Option<String>)> {
    let table: toml::Table = text.parse().unwrap();
    let said = |row: &toml::Value, field: &str| row.get(field).and_then(toml::Value::as_str).map(str::to_owned);
    let rows = table["models"].as_array().unwrap().iter();
    rows.map(|row| (said(row, "model").unwrap(), said(row, "input"))).collect()
}
