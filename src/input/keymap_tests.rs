use super::*;
use crossterm::event::{KeyCode, KeyModifiers};

fn press(code: KeyCode, modifiers: KeyModifiers) -> KeyEvent {
    KeyEvent::new(code, modifiers)
}

fn complaints(text: &str) -> Vec<String> {
    Keymap::with_overrides(text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn every_default_parses_and_every_action_has_a_key_or_is_left_to_the_palette() {
    let mut reading = Reading::new(DEFAULT_KEYS);
    reading.file();
    assert_eq!(reading.errors, []);
    let keymap = Keymap::default();
    for row in ACTIONS {
        let bound = !keymap.chords_of(row.action).is_empty();
        assert_ne!(bound, PALETTE_ONLY.contains(&row.action), "{}", row.name);
    }
}

#[test]
fn no_default_key_is_one_that_terminals_keep_for_themselves() {
    let keymap = Keymap::default();
    for binding in &keymap.bindings {
        assert_eq!(binding.chord.trouble(), None, "{}", binding.chord);
    }
}

#[test]
fn the_narrowest_context_that_binds_a_key_decides() {
    let keymap = Keymap::default();
    let up = press(KeyCode::Up, KeyModifiers::NONE);
    let interrupt = press(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(keymap.resolve(&[Context::Transcript, Context::Global], up), Some(Action::TurnOlder));
    assert_eq!(keymap.resolve(&[Context::Sidebar, Context::Global], up), Some(Action::ParamUp));
    assert_eq!(keymap.resolve(&[Context::Global], up), None);
    assert_eq!(keymap.resolve(&[Context::Sidebar, Context::Global], interrupt), Some(Action::Interrupt));
}

#[test]
fn the_keys_of_plain_terminals_find_their_actions() {
    let keymap = Keymap::default();
    let in_composer = |code, modifiers| keymap.resolve(&[Context::Composer, Context::Global], press(code, modifiers));
    assert_eq!(in_composer(KeyCode::Char('j'), KeyModifiers::CONTROL), Some(Action::Newline));
    assert_eq!(in_composer(KeyCode::Enter, KeyModifiers::ALT), Some(Action::Newline));
    assert_eq!(in_composer(KeyCode::Enter, KeyModifiers::NONE), Some(Action::Send));
    assert_eq!(in_composer(KeyCode::Char('7'), KeyModifiers::CONTROL), Some(Action::Undo));
    assert_eq!(in_composer(KeyCode::BackTab, KeyModifiers::SHIFT), Some(Action::FocusPrevious));
    assert_eq!(in_composer(KeyCode::Char('x'), KeyModifiers::NONE), None);
    let in_transcript = |sign| {
        let key = press(KeyCode::Char(sign), KeyModifiers::NONE);
        keymap.resolve(&[Context::Transcript, Context::Global], key)
    };
    assert_eq!(in_transcript('g'), Some(Action::Top));
    assert_eq!(in_transcript('G'), Some(Action::Bottom));
}

#[test]
fn an_override_adds_replaces_and_unbinds() {
    let keymap = Keymap::with_overrides(
        "[global]\n\"f3\" = \"app.palette\"\n\"ctrl-p\" = \"app.help\"\n\"ctrl-z\" = \"none\"\n[transcript]\n\"q\" = \"app.quit\"\n",
    )
    .unwrap();
    let shown = |action| keymap.chords_of(action).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(shown(Action::Palette), ["F3"]);
    assert_eq!(shown(Action::Help), ["Ctrl+P", "F1"]);
    assert_eq!(shown(Action::Suspend), [""; 0]);
    let q = press(KeyCode::Char('q'), KeyModifiers::NONE);
    assert_eq!(keymap.resolve(&[Context::Transcript, Context::Global], q), Some(Action::Quit));
    assert_eq!(keymap.warnings(), []);
}

#[test]
fn every_mistake_is_named_with_its_place_and_what_would_be_right() {
    let text = "[global]\n\"ctrl-pp\" = \"app.help\"\n\"ctrl-o\" = \"app.pallete\"\n\"f3\" = \"composer.send\"\n\
                \"ctrl-e\" = \"app.help\"\n\"Ctrl+E\" = \"app.quit\"\n\"q\" = \"app.quit\"\n\"f4\" = 4\n[composr]\n";
    assert_eq!(
        complaints(text),
        [
            "2:1: `ctrl-pp` is no key; write it like ctrl-p, alt-enter, shift-tab, f5 or pageup",
            "3:12: `app.pallete` is no action; did you mean `app.palette`?",
            "4:8: `composer.send` only works in [composer]; move the line there",
            "6:1: Ctrl+E is bound twice in [global], the first time at 5:1; keep one of the two",
            "7:7: q types a sign in [global]; bind it with ctrl or alt, or take a key such as f5",
            "8:8: F4 needs the name of an action in quotes, or \"none\"",
            "9:2: `composr` is no table of keys; did you mean `composer`?",
        ]
    );
}

#[test]
fn a_broken_file_says_where_it_breaks() {
    let complaints = complaints("[global]\n\"f3\" = \n");
    assert_eq!(complaints.len(), 1);
    assert!(complaints[0].starts_with("2:"), "{complaints:?}");
}

#[test]
fn a_key_that_multiplexers_take_is_bound_with_a_warning() {
    let keymap = Keymap::with_overrides("[global]\n\"ctrl-b\" = \"view.sidebar\"\n").unwrap();
    let warnings: Vec<String> = keymap.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["2:1: Ctrl+B may never arrive: tmux takes Ctrl+B for itself"]);
    assert_eq!(keymap.chords_of(Action::ToggleSidebar)[0], Chord::parse("ctrl-b").unwrap());
}
