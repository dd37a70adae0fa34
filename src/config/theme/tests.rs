use ratatui::style::Color;

use super::*;
use crate::text::StyleRole;

/// What the dark and the light theme assume of a terminal: its background and its text.
const ASSUMED: [(&str, Rgb, Rgb); 2] =
    [("dark", Rgb(0x1a, 0x1c, 0x22), Rgb(0xd7, 0xda, 0xe0)), ("light", Rgb(0xfd, 0xfd, 0xfb), Rgb(0x24, 0x27, 0x2e))];

/// Lines, tracks and captions, which need not be read like a text.
const FAINT: [StyleRole; 7] = [
    StyleRole::Dim,
    StyleRole::Border,
    StyleRole::TableBorder,
    StyleRole::CodeFrame,
    StyleRole::SliderEmpty,
    StyleRole::ListMark,
    StyleRole::Unset,
];

fn rgb(colour: Option<Color>, own: Rgb) -> Rgb {
    match colour {
        Some(Color::Rgb(r, g, b)) => Rgb(r, g, b),
        None => own,
        other => panic!("{other:?} has no fixed look"),
    }
}

fn complaint(text: &str) -> String {
    Theme::parse("x", text).unwrap_err().to_string()
}

#[test]
fn the_table_of_roles_is_in_the_order_of_the_enum() {
    for (place, row) in ROLES.iter().enumerate() {
        assert_eq!(row.role as usize, place, "{}", row.name);
    }
}

#[test]
fn every_role_can_be_read_on_the_background_that_the_theme_assumes() {
    let themes = Themes::built_in();
    for (name, background, foreground) in ASSUMED {
        for row in ROLES {
            let style = themes.get(name).unwrap().style(row.role, ColorDepth::True);
            let contrast = rgb(style.fg, foreground).contrast(rgb(style.bg, background));
            let least = if FAINT.contains(&row.role) { 3.0 } else { 4.5 };
            assert!(contrast >= least, "{name}: {} has a contrast of {contrast:.2}", row.name);
            assert!(!style.add_modifier.contains(Modifier::DIM), "{name}: {} is dimmed below its colour", row.name);
        }
    }
}

#[test]
fn only_roles_with_a_ground_of_their_own_paint_one() {
    let themes = Themes::built_in();
    for theme in themes.0.iter().map(|named| named.theme().unwrap()) {
        for row in ROLES {
            let paints = theme.style(row.role, ColorDepth::True).bg.is_some();
            let may = matches!(row.role, StyleRole::Selection | StyleRole::Chip | StyleRole::SearchHit);
            assert!(may || !paints, "{}: {}", theme.name(), row.name);
        }
    }
}

#[test]
fn what_has_to_be_told_apart_is_told_apart_at_every_depth() {
    let pairs = [
        (StyleRole::Selection, StyleRole::Text),
        (StyleRole::Focus, StyleRole::Border),
        (StyleRole::Error, StyleRole::Text),
        (StyleRole::Error, StyleRole::Warning),
        (StyleRole::CostOverBudget, StyleRole::Cost),
        (StyleRole::Unset, StyleRole::Text),
        (StyleRole::SearchHit, StyleRole::Selection),
        (StyleRole::Escaped, StyleRole::Text),
        (StyleRole::Key, StyleRole::Dim),
        (StyleRole::Link, StyleRole::Text),
        (StyleRole::User, StyleRole::Assistant),
        (StyleRole::SliderKnob, StyleRole::SliderFilled),
        (StyleRole::SyntaxInserted, StyleRole::SyntaxDeleted),
        (StyleRole::ChanceLikely, StyleRole::Text),
        (StyleRole::ChanceOpen, StyleRole::ChanceLikely),
        (StyleRole::ChanceUnlikely, StyleRole::ChanceOpen),
        (StyleRole::ChanceRare, StyleRole::ChanceUnlikely),
    ];
    let themes = Themes::built_in();
    for theme in themes.0.iter().map(|named| named.theme().unwrap()) {
        for depth in ColorDepth::ALL {
            for (one, two) in pairs {
                assert_ne!(theme.style(one, depth), theme.style(two, depth), "{} {depth:?} {one:?}", theme.name());
            }
        }
    }
}

#[test]
fn without_colours_there_are_none() {
    let themes = Themes::built_in();
    for row in ROLES {
        let style = themes.get("dark").unwrap().style(row.role, ColorDepth::None);
        assert_eq!((style.fg, style.bg), (None, None), "{}", row.name);
    }
}

#[test]
fn emphasis_is_added_to_the_role() {
    let themes = Themes::built_in();
    let ink = Ink::from(StyleRole::Text).with(Emphasis::BOLD.with(Emphasis::STRIKE));
    let style = themes.get("ansi").unwrap().style(ink, ColorDepth::Ansi16);
    assert_eq!(style.add_modifier, Modifier::BOLD | Modifier::CROSSED_OUT);
}

#[test]
fn a_ground_without_an_ink_is_shown_reversed_where_there_are_sixteen_colours() {
    let themes = Themes::built_in();
    let style = themes.get("dark").unwrap().style(StyleRole::Selection, ColorDepth::Ansi16);
    assert_eq!((style.bg, style.add_modifier.contains(Modifier::REVERSED)), (None, true));
}

#[test]
fn a_mistake_is_named_with_its_place_and_what_would_be_right() {
    assert_eq!(
        complaint("[roles]\ntext = 3"),
        "2:8: a role is a colour in quotes, or { fg = \"…\", bg = \"…\", mods = [\"bold\"] }"
    );
    assert_eq!(complaint("[roles]\nheadin = \"red\""), "2:1: `headin` is no role; did you mean `heading`?");
    assert_eq!(
        complaint("[roles]\ntext = \"#12\""),
        "2:8: `#12` is no colour; write \"#rrggbb\", a name such as \"light-blue\", a number from 0 to 255, or \"default\""
    );
    assert_eq!(
        complaint("[roles]\ntext = { ink = \"red\" }"),
        "2:10: `ink` is no field of a role; write fg, bg or mods"
    );
    assert_eq!(
        complaint("[roles]\ntext = { mods = [\"loud\"] }"),
        "2:17: mods is a list of bold, dim, italic, underline, reverse or strike"
    );
    assert_eq!(complaint("[rolls]"), "1:2: `rolls` has no place in a theme; a theme is one table, [roles]");
    assert!(complaint("text = ").starts_with("1:"));
}

#[test]
fn roles_that_are_left_out_are_named() {
    let most: Vec<_> = ROLES.iter().filter(|row| !["dim", "chip"].contains(&row.name)).collect();
    let text: String = most.iter().map(|row| format!("{} = \"default\"\n", row.name)).collect();
    assert_eq!(
        complaint(&format!("[roles]\n{text}")),
        "1:1: the theme leaves out dim, chip; give each a colour, or \"default\", or start from one that comes with Abreast"
    );
}

#[test]
fn a_theme_of_the_users_joins_the_others_and_may_replace_one() {
    let directory = tempfile::tempdir().unwrap();
    let plain: String = ROLES.iter().map(|row| format!("{} = \"default\"\n", row.name)).collect();
    for name in ["paper.toml", "dark.toml", "notes.txt"] {
        std::fs::write(directory.path().join(name), format!("[roles]\n{plain}")).unwrap();
    }
    let themes = Themes::load(directory.path()).unwrap();
    assert_eq!(themes.names().collect::<Vec<_>>(), ["light", "ansi", "dark", "paper"]);
    assert_eq!(themes.get("dark").unwrap().style(StyleRole::Focus, ColorDepth::True), Style::default());
    assert_eq!(themes.after("paper").unwrap().name(), "light");
    let none = Themes::load(&directory.path().join("none")).unwrap();
    assert_eq!(none.names().collect::<Vec<_>>(), ["dark", "light", "ansi"]);
}

#[test]
fn a_broken_theme_of_the_users_is_named_with_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mine.toml");
    std::fs::write(&file, "[roles]\ntexd = \"red\"\n").unwrap();
    let error = Themes::load(directory.path()).unwrap_err().to_string();
    assert_eq!(error, format!("{}:2:1: `texd` is no role; did you mean `text`?", file.display()));
}

#[test]
fn a_terminal_gets_the_theme_that_suits_it() {
    let themes = Themes::built_in();
    let auto = |background, depth| themes.auto(background, depth).unwrap().name().to_owned();
    assert_eq!(auto(Background::Light, ColorDepth::True), "light");
    assert_eq!(auto(Background::Dark, ColorDepth::Indexed256), "dark");
    assert_eq!(auto(Background::Light, ColorDepth::Ansi16), "ansi");
}

#[test]
fn of_the_programs_themes_only_those_are_read_that_are_asked_for() {
    let themes = Themes::built_in();
    let read = || -> Vec<&str> {
        let read = themes.0.iter().filter(|named| named.theme.get().is_some());
        read.map(|named| named.name.as_str()).collect()
    };
    assert_eq!((themes.names().count(), read()), (3, vec![]));
    themes.auto(Background::Dark, ColorDepth::True).unwrap();
    assert_eq!(read(), ["dark"]);
    themes.after("dark").unwrap();
    assert_eq!(read(), ["dark", "light"]);
}
