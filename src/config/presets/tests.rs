use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

fn parse(text: &str) -> Result<Preset, String> {
    Preset::parse(text, Path::new("p.toml")).map_err(|error| error.to_string())
}

fn params(value: impl Into<Value>) -> Params {
    let mut params = Params::default();
    for (name, value) in value.into().as_object().unwrap() {
        params.set(name, value.clone());
    }
    params
}

fn tool(definition: impl Into<Value>) -> Tool {
    Tool::from_json(&definition.into()).unwrap()
}

/// A preset that says something of everything.
fn whole() -> Preset {
    let schema = json!({
        "type": "object",
        "properties": {"id": {"type": "string"}, "at": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        "required": ["id", "at"],
        "additionalProperties": false,
    });
    let format = json!({"type": "json_schema", "json_schema": {"name": "order", "schema": schema}});
    Preset {
        provider: Some("openai".into()),
        model: Some("gpt-5.1-2025-11-13".into()),
        system: Some("You are \"brief\".\n\n    Answer in {{language}}.\n".into()),
        variables: Some([("language".to_owned(), "日本語".to_owned())].into()),
        params: Some(params(json!({
            "stop": ["END", "\u{1b}"],
            "vendor_list": [1, "a", true, [0.5]],
            "temperature": 0.2,
            "response_format": format,
            "seed": 7,
            "prediction": {"type": "content", "content": null},
            "logit_bias": {"50256": -100},
            "empty": {},
        }))),
        tools: Some(vec![tool(json!({
            "type": "function",
            "function": {"name": "lookup_order", "description": "Looks an order up.", "parameters": schema},
        }))]),
    }
}

const WHOLE: &str = r#"provider = "openai"
model = "gpt-5.1-2025-11-13"
system = """
You are "brief".

    Answer in {{language}}.
"""

[variables]
language = "日本語"

[params]
temperature = 0.2
seed = 7
stop = ["END", "\u001B"]
response_format.type = "json_schema"
response_format.json_schema.name = "order"
response_format.json_schema.schema.type = "object"
response_format.json_schema.schema.properties.id.type = "string"
response_format.json_schema.schema.properties.at.anyOf = [{ type = "string" }, { type = "integer" }]
response_format.json_schema.schema.required = ["id", "at"]
response_format.json_schema.schema.additionalProperties = false
logit_bias.50256 = -100
empty = {}
vendor_list = [1, "a", true, [0.5]]

[params_json]
prediction = """
{
  "type": "content",
  "content": null
}"""

[[tools]]
type = "function"
function.name = "lookup_order"
function.description = "Looks an order up."
function.parameters.type = "object"
function.parameters.properties.id.type = "string"
function.parameters.properties.at.anyOf = [{ type = "string" }, { type = "integer" }]
function.parameters.required = ["id", "at"]
function.parameters.additionalProperties = false
"#;

#[test]
fn a_preset_is_plain_toml_with_one_leaf_a_row() {
    assert_eq!(whole().to_toml(), WHOLE);
    assert_eq!(parse(WHOLE), Ok(whole()));
}

#[test]
fn fields_keep_their_order_as_what_they_are_sent_in() {
    let order = |preset: &Preset| preset.tools.as_ref().unwrap()[0].definition.to_string();
    assert_eq!(order(&parse(WHOLE).unwrap()), order(&whole()));
}

#[test]
fn the_order_in_which_params_were_set_makes_no_difference() {
    let of = |value: Value| Preset { params: Some(params(value)), ..Preset::default() }.to_toml();
    let one = of(json!({"b_vendor": 1, "seed": 7, "a_vendor": 1, "temperature": 0}));
    assert_eq!(one, of(json!({"temperature": 0, "a_vendor": 1, "b_vendor": 1, "seed": 7})));
    assert_eq!(one, "[params]\ntemperature = 0\nseed = 7\na_vendor = 1\nb_vendor = 1\n");
}

#[test]
fn a_tool_with_null_makes_the_tools_json_texts() {
    let definition = json!({"type": "function", "function": {"name": "f", "parameters": {"default": null}}});
    let preset = Preset { tools: Some(vec![tool(definition), tool(json!({"name": "g"}))]), ..Preset::default() };
    let text = preset.to_toml();
    assert!(text.starts_with("tools = [\n\"\"\"\n{\n  \"type\": \"function\",\n"), "{text}");
    assert_eq!(parse(&text), Ok(preset));
    let none = Preset { tools: Some(Vec::new()), ..Preset::default() };
    assert_eq!((none.to_toml().as_str(), parse("tools = []")), ("tools = []\n", Ok(none)));
}

#[test]
fn what_a_hand_writes_shorter_is_taken_too() {
    let text = r#"
        tools = [{ name = "f" }, '{"name": "g"}']
        [params]
        response_format = "json_object"
        stop = "END"
        [params.logit_bias]
        50256 = -1
    "#;
    let expected = Preset {
        params: Some(params(
            json!({"response_format": {"type": "json_object"}, "stop": "END", "logit_bias": {"50256": -1}}),
        )),
        tools: Some(vec![tool(json!({"name": "f"})), tool(json!({"name": "g"}))]),
        ..Preset::default()
    };
    assert_eq!(parse(text), Ok(expected));
    assert_eq!(parse(""), Ok(Preset::default()));
}

#[test]
fn the_example_in_the_manual_is_a_preset() {
    let page = include_str!("../../../docs/params.md");
    let (_, example) = page.split_once("```toml\n").unwrap();
    let preset = parse(example.split_once("```").unwrap().0).unwrap();
    assert!(preset.system.is_some() && preset.variables.is_some() && preset.tools.is_some());
    assert_eq!(preset.params.unwrap().iter().count(), 4);
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_would_be_right() {
    for (text, problem) in [
        ("modle = \"m\"", "1:1: `modle` is not known here; did you mean `model`?"),
        ("temperature = 1", "1:1: `temperature` belongs below [params]"),
        (
            "zzzzzzzzzz = 1",
            "1:1: `zzzzzzzzzz` is not known here; known are provider, model, system, variables, params, params_json, tools",
        ),
        ("api_key = \"sk\"", "1:1: a key has no place in a preset; providers have theirs, in config.toml"),
        ("model = 1", "1:9: `model` is a text in quotes, such as \"gpt-5.1\", not 1"),
        ("model = \"\"", "1:9: `model` is empty"),
        ("params = 1", "1:10: `params` is a table: write [params] above its keys, not 1"),
        ("[variables]\nname = 1", "2:8: `variables.name` is a text in quotes, such as \"Alice\", not 1"),
        ("[params]\ntemperature = 3", "2:15: temperature goes from 0 to 2, so `3` does not fit"),
        ("[params]\nx = 1\n[params_json]\nx = \"1\"", "4:1: `x` stands in [params] already"),
        ("[params_json]\nx = \"{\"", "2:5: this is no JSON: EOF while parsing an object at line 1 column 1"),
        ("[params_json]\nx = 1", "2:5: JSON stands in quotes, not as integer"),
        ("[params]\nx = nan", "2:5: infinity and nan are no numbers that can be sent"),
        ("[params]\nx = 2026-01-01", "2:5: a date cannot be sent as it is; put it in quotes"),
        ("tools = [{ }]", "1:10: a tool needs a function with a name, such as function.name = \"lookup\""),
        ("tools = 1", "1:9: `tools` is a list of tables: write [[tools]] above the keys of each"),
    ] {
        assert_eq!(parse(text).unwrap_err(), format!("p.toml:{problem}"), "{text}");
    }
    let syntax = parse("model = \"m\"\nsystem = \"").unwrap_err();
    assert!(syntax.starts_with("p.toml:2:"), "{syntax}");
}

#[test]
fn a_preset_that_is_written_again_keeps_its_comments_and_what_did_not_change() {
    let before = "\
# For the refund bot.
model = 'm' # pinned

[params]
# Tuned by Ada.
temperature = 0.20 # was 0.9
seed = 7
response_format = \"json_object\"
";
    let mut preset = parse(before).unwrap();
    assert_eq!(preset.written_over(before), before);
    preset.system = Some("Hi".into());
    let changed = preset.params.as_mut().unwrap();
    changed.set("temperature", json!(0.35));
    changed.set("top_p", json!(0.5));
    changed.unset("seed");
    let after = "\
# For the refund bot.
model = 'm' # pinned
system = \"Hi\"

[params]
# Tuned by Ada.
temperature = 0.35 # was 0.9
response_format = \"json_object\"
top_p = 0.5
";
    assert_eq!(preset.written_over(before), after);
    assert_eq!(preset.written_over("this is = no [ toml"), preset.to_toml());
}

#[test]
fn what_a_preset_says_nothing_of_stays_as_it_is() {
    let settings = Settings {
        provider: "lab".into(),
        model: "m".into(),
        system: Some("Be brief.".into()),
        params: params(json!({"seed": 7, "top_p": 0.5})),
        ..Settings::default()
    };
    assert_eq!(Preset::default().over(&settings), settings);
    assert_eq!(Preset::of(&settings).over(&settings), settings);
    let preset = parse("system = \"\"\nmodel = \"n\"\n[params]\nseed = 1").unwrap();
    let expected = Settings { model: "n".into(), system: None, params: params(json!({"seed": 1})), ..settings.clone() };
    assert_eq!(preset.over(&settings), expected);
}

#[test]
fn a_name_stays_within_its_directory() {
    for name in ["strict", "refund bot 2", "v1.2_a-b", "Überblick"] {
        assert_eq!(PresetName::parse(name).unwrap().as_str(), name);
    }
    assert_eq!(PresetName::parse(" a ").unwrap().as_str(), "a");
    let long = "x".repeat(81);
    for name in ["", "  ", "..", ".hidden", "a/b", "../a", "a\\b", "a\0", "a\nb", "C:", "a.", "~*", &long] {
        assert!(PresetName::parse(name).is_err(), "{name:?}");
    }
    assert_eq!(
        PresetName::parse("../a\u{1b}").unwrap_err(),
        "a preset's name is made of letters, digits, blanks, - _ and . and has no `/`"
    );
}

fn name(name: &str) -> PresetName {
    PresetName::parse(name).unwrap()
}

#[test]
fn presets_are_saved_listed_and_deleted() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("presets");
    assert_eq!(list(&folder), Ok(Vec::new()));
    save(&folder, &name("strict bot"), &whole(), Existing::Keep).unwrap();
    save(&folder, &name("a"), &Preset::default(), Existing::Keep).unwrap();
    let listed = |name: &str, preset: Preset| PresetFile { name: name.to_owned(), preset: Ok(preset) };
    assert_eq!(list(&folder).unwrap(), [listed("a", Preset::default()), listed("strict bot", whole())]);
    let taken = save(&folder, &name("a"), &whole(), Existing::Keep);
    assert_eq!(taken, Err(ConfigError::Exists(folder.join("a.toml"))));
    save(&folder, &name("a"), &whole(), Existing::Replace).unwrap();
    delete(&folder, &name("strict bot")).unwrap();
    assert_eq!(list(&folder).unwrap(), [listed("a", whole())]);
    let gone = delete(&folder, &name("strict bot")).unwrap_err().to_string();
    assert!(gone.contains("strict bot.toml cannot be written: "), "{gone}");
}

#[test]
fn a_file_that_is_wrong_does_not_hide_the_others() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    fs::write(folder.join("broken.toml"), "modle = 1").unwrap();
    fs::write(folder.join("fine.toml"), "model = \"m\"").unwrap();
    fs::write(folder.join("odd?.toml"), "").unwrap();
    fs::write(folder.join("big.toml"), vec![b'#'; (4 << 20) + 1]).unwrap();
    fs::write(folder.join(".hidden.toml"), "").unwrap();
    fs::write(folder.join("notes.txt"), "").unwrap();
    fs::create_dir(folder.join("folder.toml")).unwrap();
    let told = |file: PresetFile| match file.preset {
        Ok(_) => (file.name, "fine".to_owned()),
        Err(error) => (file.name, error.to_string().replace(&folder.display().to_string(), "")),
    };
    let files: Vec<_> = list(folder).unwrap().into_iter().map(told).collect();
    assert_eq!(
        files,
        [
            ("big", "/big.toml cannot be read: it is larger than 4 MiB"),
            ("broken", "/broken.toml:1:1: `modle` is not known here; did you mean `model`?"),
            ("fine", "fine"),
            ("folder", "/folder.toml cannot be read: it is a directory"),
            ("odd?", "/odd?.toml cannot be read: its name is not one of letters, digits, blanks, - _ and .; rename it"),
        ]
        .map(|(name, told)| (name.to_owned(), told.to_owned()))
    );
}

#[test]
fn a_hostile_file_is_refused_before_it_nests_too_deep() {
    for text in [
        format!("params.a{} = 1", ".a".repeat(200_000)),
        format!("params.a = {}1{}", "[".repeat(200_000), "]".repeat(200_000)),
        format!("params.a = {}1{}", "{a=".repeat(200_000), "}".repeat(200_000)),
        format!("[[tools{}]]", ".a".repeat(200_000)),
        format!("[params_json]\na = '{}1{}'", "[".repeat(200_000), "]".repeat(200_000)),
    ] {
        assert!(parse(&text).is_err(), "{}", &text[..24]);
    }
}

#[test]
fn no_param_of_a_preset_takes_the_place_of_another_part_of_the_request() {
    for name in ["model", "messages", "tools"] {
        let told = parse(&format!("[params]\n{name} = []")).unwrap_err();
        assert!(told.contains(&format!("`{name}` is no param: it has a place of its own")), "{told}");
    }
}

/// What never ends is not read to be written over.
#[cfg(target_os = "linux")]
#[test]
fn a_device_in_a_presets_place_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/full", home.path().join("full.toml")).unwrap();
    let told = list(home.path()).unwrap()[0].preset.clone().unwrap_err().to_string();
    assert!(told.contains("it is no file"), "{told}");
    let saved = save(home.path(), &name("full"), &Preset::default(), Existing::Replace);
    assert!(matches!(saved, Err(ConfigError::Unreadable { .. })), "{saved:?}");
}

/// Numbers have at most fifteen digits, as those that people write: JSON's reader is not exact to the last bit beyond.
fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(|whole| json!(whole)),
        any::<u64>().prop_map(|whole| json!(whole)),
        (-1_000_000_000i64..1_000_000_000, 0i32..9)
            .prop_map(|(whole, digits)| { serde_json::from_str(&format!("{whole}e-{digits}")).unwrap() }),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number(),
        any::<String>().prop_map(Value::String),
        "[ -~\r\n\"']{0,12}".prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((key(), inner), 0..5).prop_map(|fields| Value::Object(Map::from_iter(fields))),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9_.-]{0,8}", any::<String>()]
}

proptest! {
    #[test]
    fn every_preset_is_read_as_it_was_written(
        names in prop::collection::vec(prop::option::of("[^\u{0}]{1,9}"), 2),
        system in prop::option::of(any::<String>()),
        variables in prop::option::of(prop::collection::btree_map(key(), any::<String>(), 0..4)),
        set in prop::option::of(prop::collection::vec(("v_[a-z]{1,3}", any_json()), 0..6)),
        schemas in prop::option::of(prop::collection::vec(any_json(), 0..3)),
    ) {
        let params = set.map(|set| params(Value::Object(Map::from_iter(set))));
        let tools = schemas.map(|schemas| {
            schemas.into_iter().map(|schema| tool(json!({"name": "f", "parameters": schema}))).collect()
        });
        let preset =
            Preset { provider: names[0].clone(), model: names[1].clone(), system, variables, params, tools };
        let text = preset.to_toml();
        let read = parse(&text);
        prop_assert_eq!(read.as_ref(), Ok(&preset), "{}", text);
        prop_assert_eq!(preset.written_over(&text), text.clone());
        let order = |preset: &Preset| format!("{:?}", preset.tools);
        prop_assert_eq!(order(&read.unwrap()), order(&preset));
        // Whatever the file said before, it says this afterwards.
        prop_assert_eq!(parse(&preset.written_over(WHOLE)), Ok(preset.clone()));
        prop_assert_eq!(parse(&whole().written_over(&text)), Ok(whole()));
    }
}
