use super::*;
use proptest::prelude::*;

const FAMILY: &str = "👨\u{200d}👩\u{200d}👧";

fn key(chord: &str) -> KeyEvent {
    let chord = Chord::parse(chord).unwrap();
    KeyEvent::new(chord.code(), chord.modifiers())
}

fn typed(text: &str) -> Editor {
    let mut editor = Editor::default();
    for sign in text.chars() {
        editor.input(KeyEvent::new(KeyCode::Char(sign), KeyModifiers::NONE));
    }
    editor
}

fn after_keys(text: &str, chords: &[&str]) -> String {
    let mut editor = Editor::with_text(text);
    for chord in chords {
        editor.input(key(chord));
    }
    // The caret is shown as a bar.
    editor.input(key("|"));
    editor.text()
}

fn drawn(editor: &Editor, width: u16, height: u16) -> (Vec<String>, Option<Position>) {
    let area = Rect::new(2, 1, width, height);
    let mut buffer = Buffer::empty(area);
    editor.render(area, &mut buffer, Style::default());
    let row = |row: Rect| row.columns().map(|cell| buffer[cell.as_position()].symbol()).collect::<String>();
    (area.rows().map(row).collect(), editor.cursor_position(area))
}

#[test]
fn moves_and_deletions_go_by_what_a_reader_calls_a_character() {
    let text = format!("a{FAMILY}e\u{301}b");
    assert_eq!(after_keys(&text, &["left", "left"]), format!("a{FAMILY}|e\u{301}b"));
    assert_eq!(after_keys(&text, &["left", "left", "left"]), format!("a|{FAMILY}e\u{301}b"));
    assert_eq!(after_keys(&text, &["left", "backspace", "backspace"]), "a|b");
    assert_eq!(after_keys(&text, &["home", "right", "delete", "delete"]), "a|b");
    assert_eq!(after_keys(&text, &["home", "right", "right"]), format!("a{FAMILY}|e\u{301}b"));
}

#[test]
fn a_combining_mark_at_the_head_of_a_line_is_reached_and_deleted() {
    assert_eq!(after_keys("x\n\u{301}b", &["left", "left", "backspace"]), "x|\u{301}b");
    assert_eq!(after_keys("\u{301}b", &["left", "backspace"]), "|b");
}

#[test]
fn words_and_lines_are_deleted_as_in_a_shell() {
    assert_eq!(after_keys("one two  three", &["ctrl-w"]), "one two  |");
    assert_eq!(after_keys("one two  ", &["alt-backspace"]), "one |");
    assert_eq!(after_keys("one two", &["ctrl-left", "ctrl-left", "ctrl-delete"]), "| two");
    assert_eq!(after_keys("one\ntwo", &["ctrl-u"]), "one\n|");
    assert_eq!(after_keys("one\ntwo", &["up", "ctrl-a", "ctrl-k"]), "|\ntwo");
    assert_eq!(after_keys("one\ntwo", &["home", "ctrl-w"]), "one|two");
    assert_eq!(after_keys("one\ntwo", &["up", "end", "alt-d"]), "one|two");
    assert_eq!(after_keys("你好世界", &["ctrl-w"]), "你好世|");
}

#[test]
fn a_key_at_the_edge_is_not_taken() {
    let mut editor = Editor::with_text("one\ntwo");
    assert!(!editor.input(key("down")));
    assert!(!editor.input(key("right")));
    assert!(!editor.input(key("delete")));
    assert!(editor.input(key("up")));
    assert!(!editor.input(key("up")));
    assert!(!editor.input(key("ctrl-q")));
    assert!(!editor.input(key("f5")));
}

#[test]
fn a_paste_is_one_step_with_its_line_ends_unified_and_its_controls_left_out() {
    let mut editor = typed("x ");
    editor.paste("a\r\nb\rc\u{1b}[31m\u{0}\td\u{9b}").unwrap();
    assert_eq!(editor.text(), "x a\nb\nc[31m\td");
    assert!(editor.undo());
    assert_eq!(editor.text(), "x ");
    assert!(editor.redo());
    assert_eq!(editor.text(), "x a\nb\nc[31m\td");
}

#[test]
fn a_paste_beyond_all_bounds_is_refused_whole() {
    let mut editor = typed("x");
    assert_eq!(editor.paste(&"y".repeat(MOST_BYTES)), Err(PasteError::TooLarge));
    assert_eq!(editor.paste(&"\n".repeat(MOST_LINES)), Err(PasteError::TooLarge));
    assert_eq!(editor.text(), "x");
}

#[test]
fn undo_goes_by_words_and_a_move_ends_a_word() {
    let mut editor = typed("one two");
    editor.undo();
    assert_eq!(editor.text(), "one ");
    editor.undo();
    assert_eq!((editor.text().as_str(), editor.undo()), ("", false));
}

#[test]
fn the_revision_counts_changes_and_not_moves() {
    let mut editor = typed("ab");
    let before = editor.revision();
    editor.input(key("left"));
    assert_eq!(editor.revision(), before);
    editor.input(key("delete"));
    assert_eq!(editor.revision(), before + 1);
}

#[test]
fn the_caret_stands_behind_what_was_typed_whatever_its_width() {
    let (rows, caret) = drawn(&Editor::with_text("日本"), 10, 1);
    assert_eq!(rows, ["日 本       "]);
    assert_eq!(caret, Some(Position::new(6, 1)));
    assert_eq!(drawn(&Editor::with_text(&format!("{FAMILY}{FAMILY}x")), 30, 1).1, Some(Position::new(7, 1)));
    assert_eq!(drawn(&Editor::with_text("a\tb"), 10, 1).1, Some(Position::new(7, 1)));
}

#[test]
fn a_full_row_still_has_room_for_the_caret() {
    let editor = Editor::with_text("abcd efgh");
    assert_eq!(editor.height(5), 2);
    let (rows, caret) = drawn(&editor, 5, 2);
    assert_eq!(rows, ["abcd ", "efgh "]);
    assert_eq!(caret, Some(Position::new(6, 2)));
}

#[test]
fn the_caret_stays_in_view_when_the_text_is_taller_than_its_room() {
    let editor = Editor::with_text("1\n2\n3\n4");
    assert_eq!(drawn(&editor, 4, 2), (vec!["3   ".to_owned(), "4   ".to_owned()], Some(Position::new(3, 2))));
}

#[test]
fn first_and_last_row_are_rows_of_the_screen() {
    let mut editor = Editor::with_text("one two three");
    assert_eq!((editor.at_first_row(6), editor.at_last_row(6)), (false, true));
    assert_eq!((editor.at_first_row(40), editor.at_last_row(40)), (true, true));
    editor.input(key("home"));
    assert_eq!((editor.at_first_row(6), editor.at_last_row(6)), (true, false));
    assert_eq!((Editor::default().at_first_row(0), Editor::default().at_last_row(0)), (true, true));
}

#[test]
fn a_click_puts_the_caret_there() {
    let mut editor = Editor::with_text("one\ntwo");
    drawn(&editor, 10, 2);
    assert!(editor.click(Position::new(3, 1)));
    editor.input(key("X"));
    assert_eq!(editor.text(), "oXne\ntwo");
    assert!(!editor.click(Position::new(0, 0)));
}

#[test]
fn a_caret_beyond_sixteen_bits_still_moves_and_deletes() {
    let mut editor = Editor::with_text(&"x".repeat(70_000));
    editor.input(key("left"));
    editor.input(key("backspace"));
    editor.input(key("|"));
    assert_eq!(editor.text(), format!("{}|x", "x".repeat(69_998)));
}

#[test]
fn it_draws_into_any_room() {
    for width in 0..4 {
        for height in 0..3 {
            drawn(&Editor::with_text("日本 e\u{301}\t\nx"), width, height);
        }
    }
}

#[test]
fn a_draft_of_more_rows_than_can_be_counted_is_kept_but_not_drawn() {
    let mut editor = Editor::with_text(&"x\n".repeat(70_000));
    editor.input(key("ctrl-end"));
    assert_eq!(drawn(&editor, 16, 1).0, ["This draft is to"]);
    assert_eq!(editor.text().len(), 140_000);
}

proptest! {
    #[test]
    fn whatever_is_pressed_the_text_holds_no_control_and_undo_leads_back(
        text in "[a-z \n\t日e\u{301}👩\u{200d}\u{1b}]{0,40}",
        presses in prop::collection::vec(
            prop::sample::select(vec![
                "left", "right", "up", "down", "home", "end", "backspace", "delete", "ctrl-w", "ctrl-u", "ctrl-k",
                "alt-d", "ctrl-left", "ctrl-right", "enter", "y", "日",
            ]),
            0..30,
        ),
    ) {
        let mut editor = Editor::default();
        editor.paste(&text).unwrap();
        drawn(&editor, 7, 3);
        for press in presses {
            editor.input(key(press));
            drawn(&editor, 7, 3);
        }
        let ended = editor.text();
        prop_assert!(!ended.chars().any(|sign| sign.is_control() && !"\n\t".contains(sign)));
        while editor.undo() {}
        prop_assert_eq!(editor.text(), "");
        while editor.redo() {}
        prop_assert_eq!(editor.text(), ended);
    }
}

#[test]
fn in_a_room_larger_than_the_text_the_caret_stands_in_its_last_row() {
    assert_eq!(drawn(&typed(""), 9, 5).1, Some(Position { x: 2, y: 1 }));
    assert_eq!(drawn(&Editor::with_text("one\ntwo"), 9, 5).1, Some(Position { x: 5, y: 2 }));
    assert_eq!(drawn(&Editor::with_text("one\n"), 9, 5).1, Some(Position { x: 2, y: 2 }));
}

#[test]
fn a_swapped_word_leaves_the_caret_where_it_stood_in_what_is_around() {
    for (text, steps_back, caret) in
        [("ab @x cd", 0, "ab name cd"), ("@x\n12", 0, "12"), ("@x", 0, "name"), ("1@x2", 4, "")]
    {
        let mut editor = Editor::with_text(text);
        for _ in 0..steps_back {
            editor.input(KeyCode::Left.into());
        }
        assert!(editor.swap("@x", "name"));
        assert_eq!(editor.text(), text.replace("@x", "name"));
        assert_eq!(editor.before_caret(), caret, "{text}");
        assert_eq!(editor.at_beginning(), caret.is_empty());
    }
    let mut editor = Editor::with_text("é");
    assert!(!editor.swap("@x", "name"));
    editor.insert("@\u{7}");
    assert_eq!(editor.text(), "é@");
}
