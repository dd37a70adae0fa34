use proptest::prelude::*;

use super::*;
use crate::text::tests::any_text;
use crate::text::{graphemes, width};

fn cleaned(raw: &str) -> String {
    clean(raw).into_owned()
}

/// Attacks of the field: what came in, what must stand on the screen.
const ATTACKS: &[(&str, &str, &str)] = &[
    ("colour", "a\u{1b}[31mred\u{1b}[0m b", "ared b"),
    ("hidden text, SGR 8", "\u{1b}[8mrm -rf\u{1b}[m", "rm -rf"),
    ("a command hidden in an approval", "ls\u{1b}[24D\u{1b}[Krm x", "lsrm x"),
    ("private modes, alternate screen", "\u{1b}[?1049h\u{1b}[?25lx", "x"),
    ("queries that answer into stdin", "\u{1b}[6n\u{1b}[c\u{1b}[>q\u{1b}Zx", "x"),
    ("reset", "\u{1b}cx", "x"),
    ("charset", "\u{1b}(0x\u{1b}(B", "x"),
    ("soft reset with an intermediate", "\u{1b}[!px\u{1b}[2 qy", "xy"),
    ("clipboard by BEL", "\u{1b}]52;c;cm0=\u{7}x", "x"),
    ("clipboard by ST", "\u{1b}]52;c;?\u{1b}\\x", "x"),
    ("clipboard by C1", "\u{9d}52;c;cm0=\u{9c}x", "x"),
    ("clipboard through tmux", "\u{1b}Ptmux;\u{1b}\u{1b}]52;c;cm0=\u{7}\u{1b}\\x", "x"),
    ("link with another target", "\u{1b}]8;;http://evil\u{1b}\\bank\u{1b}]8;;\u{1b}\\", "bank"),
    ("title", "\u{1b}]0;t\u{7}\u{1b}]2;t\u{7}x", "x"),
    (
        "device control, application, privacy, string",
        "\u{1b}P1$r\u{1b}\\\u{1b}_G\u{1b}\\\u{1b}^p\u{1b}\\\u{1b}Xs\u{1b}\\x",
        "x",
    ),
    ("C1 control sequence", "\u{9b}31mx", "x"),
    ("unclosed link does not swallow the next line", "\u{1b}]8;;http://x\nnext", "␛]8;;http://x\nnext"),
    ("a new sequence shows the unclosed one", "\u{1b}]0;abc\u{1b}[31mx", "␛]0;abcx"),
    ("cancelled sequence", "\u{1b}[3\u{18}1mx", "␛[3␘1mx"),
    ("sequence at the end", "x\u{1b}[3", "x␛[3"),
    ("lone escape", "x\u{1b}", "x␛"),
    ("escape before a letter of another script", "\u{1b}é", "␛é"),
    ("backspaces over a name", "good\u{8}\u{8}evil", "good␈␈evil"),
    ("return over a row", "good\revil", "good\nevil"),
    ("other controls", "\0\u{7}\u{b}\u{c}\u{7f}", "␀␇␋␌␡"),
    ("lone C1", "a\u{84}b", "a⟨U+0084⟩b"),
    ("line ends", "a\r\nb\u{85}c\u{2028}d\u{2029}e\r\r\n", "a\nb\nc\nd\ne\n\n"),
    ("bidi override", "a\u{202e}b\u{202c}c", "a⟨U+202E⟩b⟨U+202C⟩c"),
    ("bidi isolates and marks", "\u{2066}\u{2069}\u{200e}\u{61c}", "⟨U+2066⟩⟨U+2069⟩⟨U+200E⟩⟨U+061C⟩"),
    ("zero-width blanks", "pay\u{200b}pal\u{feff}\u{2060}", "pay⟨U+200B⟩pal⟨U+FEFF⟩⟨U+2060⟩"),
    ("a run is summed up", "a\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}b", "a⟨5 invisible⟩b"),
    ("smuggled tags", "hi\u{e0069}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}", "hi⟨6 invisible⟩"),
    ("tags after a flag that make no flag", "\u{1f3f4}\u{e0061}x", "\u{1f3f4}⟨U+E0061⟩x"),
    ("smuggled selectors", "😀\u{fe01}\u{fe02}\u{fe03}\u{e0100}", "😀\u{fe01}⟨U+FE02⟩⟨U+FE03⟩⟨U+E0100⟩"),
    ("joiners among plain letters", "r\u{200d}m", "r⟨U+200D⟩m"),
    ("soft hyphen", "hy\u{ad}phen", "hyphen"),
    ("annotations, fillers, noncharacters", "\u{fff9}\u{3164}\u{ffff}", "⟨U+FFF9⟩⟨U+3164⟩⟨U+FFFF⟩"),
    ("a mark without a base", "\u{301}", "⟨U+0301⟩"),
];

#[test]
fn each_attack_of_the_field_is_taken_apart() {
    let shown: Vec<_> = ATTACKS.iter().map(|&(name, raw, _)| (name, raw, cleaned(raw))).collect();
    let wanted: Vec<_> = ATTACKS.iter().map(|&(name, raw, wanted)| (name, raw, wanted.to_owned())).collect();
    assert_eq!(shown, wanted);
}

#[test]
fn each_attack_counts_as_hidden_but_line_ends_alone_do_not() {
    let missed: Vec<_> =
        ATTACKS.iter().filter(|(name, raw, _)| *name != "line ends" && !contains_hidden(raw)).collect();
    assert_eq!(missed, Vec::<&(&str, &str, &str)>::new());
    assert!(!contains_hidden("a\r\nb\n\tc\u{2028}d"));
}

#[test]
fn honest_text_of_many_scripts_is_not_touched() {
    let honest = [
        "plain\n\ttext ~",
        "naïve café e\u{301}",
        "日本語 葛\u{e0100} ガ か\u{3099} ｶﾞ",
        "한국어 \u{1112}\u{1161}\u{11ab}",
        "می\u{200c}خواهم",
        "क्\u{200d}ष हिन्दी",
        "שָׁלוֹם العَرَبِيَّة",
        "ไทยที่นี่",
        "👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏽 🏴\u{200d}☠\u{fe0f} 1\u{fe0f}\u{20e3} 🇯🇵",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "⟨U+202E⟩ ␛ \u{e0b0} \u{fffd}",
    ];
    for text in honest {
        assert!(matches!(clean(text), Cow::Borrowed(same) if same == text), "{text:?} became {:?}", clean(text));
        assert!(!contains_hidden(text), "{text:?}");
    }
}

#[test]
fn piled_up_marks_are_cut_and_counted() {
    let zalgo = format!("a{}b", "\u{301}".repeat(40));
    assert_eq!(cleaned(&zalgo), format!("a{}⟨24 invisible⟩b", "\u{301}".repeat(16)));
    let split = format!("a{}\u{1b}[m{}", "\u{301}".repeat(10), "\u{301}".repeat(10));
    assert_eq!(cleaned(&split), format!("a{}⟨U+0301⟩⟨U+0301⟩⟨U+0301⟩⟨U+0301⟩", "\u{301}".repeat(16)));
}

#[test]
fn a_chain_of_joined_emoji_is_cut_so_that_no_cell_holds_a_book() {
    let longest = graphemes(&cleaned(&"👩\u{200d}".repeat(1000))).map(|(cluster, _)| cluster.len()).max();
    assert_eq!(longest, Some(16 * 7 + 4));
}

#[test]
fn an_unterminated_command_swallows_no_more_than_its_limit() {
    let raw = format!("\u{1b}]52;c;{}", "A".repeat(10_000));
    assert_eq!(cleaned(&raw), raw.replace('\u{1b}', "␛"));
    let mut out = String::new();
    Cleaner::default().push(&raw, &mut out);
    assert_eq!(out.len(), raw.len() + 2);
}

#[test]
fn a_sequence_split_over_parts_vanishes_as_if_whole() {
    let mut cleaner = Cleaner::default();
    let mut out = String::new();
    for part in ["a\u{1b}", "]8;;http", "://x\u{1b}", "\\b\r", "\nc"] {
        cleaner.push(part, &mut out);
    }
    cleaner.finish(&mut out);
    assert_eq!(out, "ab\nc");
}

#[test]
fn one_line_forms_have_no_line_ends() {
    assert_eq!(clean_line("a\r\nb\tc\u{1b}[31md"), "a b cd");
    assert!(matches!(clean_line("plain"), Cow::Borrowed("plain")));
}

#[test]
fn revealing_shows_the_sequences_themselves() {
    assert_eq!(reveal("ls\u{1b}[24D\u{9b}Kr\u{ad}m\r\nx\u{2028}"), "ls␛[24D⟨U+009B⟩Kr⟨U+00AD⟩m␍\nx⟨U+2028⟩");
}

#[test]
fn no_single_character_is_left_that_is_obeyed_or_not_seen() {
    for c in ('\0'..=char::MAX).filter(|c| !matches!(c, '\n' | '\t')) {
        let shown = cleaned(&format!("a{c}b"));
        let unseen = graphemes(&shown).find(|&(cluster, cells)| cells == 0 && cluster != "\n");
        assert_eq!(unseen, None, "U+{:04X} became {shown:?}", u32::from(c));
        assert_eq!(cleaned(&shown), shown);
    }
}

#[test]
fn hostile_megabytes_hold_back_no_more_than_one_sequence() {
    let units = ["\u{1b}P\u{1b}\u{1b}", "\u{9d}", "\u{1b}]", "\u{1b}[", "\u{200b}", "\u{1b}]\u{1b}", "\u{90}x\u{18}"];
    for unit in units {
        let raw = unit.repeat(1 << 18);
        let (mut cleaner, mut out) = (Cleaner::default(), String::new());
        cleaner.push(&raw, &mut out);
        assert!(cleaner.held.capacity() <= 2 * LONGEST_SEQUENCE, "{unit:?}");
        cleaner.finish(&mut out);
        assert!(out.len() <= raw.len() * 6, "{unit:?}");
    }
}

fn is_safe(text: &str) -> bool {
    let unsafe_char = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}' | '\u{ad}' | '\u{2028}' | '\u{2029}')
    };
    !text.contains(unsafe_char)
}

proptest! {
    #[test]
    fn whatever_comes_in_the_result_is_safe_and_cleaning_again_changes_nothing(raw in any_text()) {
        let once = cleaned(&raw);
        prop_assert!(is_safe(&once), "{once:?}");
        prop_assert_eq!(cleaned(&once), once.clone());
        prop_assert!(is_safe(&reveal(&raw)));
        let line = clean_line(&raw).into_owned();
        prop_assert!(!line.contains(['\n', '\t']));
        prop_assert_eq!(clean_line(&line), line.clone());
    }

    #[test]
    fn any_split_gives_what_the_whole_gives(raw in any_text(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| raw.floor_char_boundary(cut.index(raw.len() + 1))).collect();
        cuts.sort_unstable();
        let (mut cleaner, mut out, mut from) = (Cleaner::default(), String::new(), 0);
        for to in cuts.into_iter().chain([raw.len()]) {
            cleaner.push(&raw[from..to], &mut out);
            from = to;
        }
        cleaner.finish(&mut out);
        prop_assert_eq!(out, cleaned(&raw));
    }

    #[test]
    fn what_is_not_hidden_is_shown_as_it_is(raw in any_text()) {
        if !contains_hidden(&raw) {
            let lines = raw.replace("\r\n", "\n").replace(['\u{85}', '\u{2028}', '\u{2029}'], "\n");
            prop_assert_eq!(clean(&raw), lines);
        }
    }

    #[test]
    fn printable_ascii_is_borrowed_whole(raw in "[ -~\n\t]{0,200}") {
        prop_assert!(matches!(clean(&raw), Cow::Borrowed(_)));
        prop_assert!(width(&raw) <= raw.len());
    }
}
