use super::*;

/// What is said of a text, without the file's name.
fn said(text: &str, shape: &'static Shape) -> String {
    check(text, shape).map_err(|refusal| refused(Path::new("f"), text, refusal).to_string()).err().unwrap_or_default()
}

#[test]
fn what_is_no_toml_is_told_in_the_words_of_who_wrote_it() {
    for (text, problem) in [
        ("mouse = ", "f:1:9: there is no value after the `=`"),
        ("theme = dark", "f:1:9: a text stands in quotes: write \"…\" around it"),
        ("theme = \"dark", "f:1:14: the text is not closed; end it with \" in the same line"),
        ("theme = 'dark", "f:1:14: the text is not closed; end it with ' in the same line"),
        ("x = '''abc", "f:1:11: the text is not closed; end it with '''"),
        ("[tools", "f:1:7: the head of the table is not closed; end it with `]`"),
        ("[[prices", "f:1:9: the head of the table is not closed; end it with `]]`"),
        ("x = [1, 2", "f:1:10: the list is not closed; end it with `]`"),
        ("x = {a=1", "f:1:9: the table is not closed; end it with `}`"),
        ("theme: dark", "f:1:8: this stands alone; write NAME = VALUE"),
        ("= 3", "f:1:1: the name is missing; write NAME = VALUE, and [NAME] above a table"),
        ("x = 1__0", "f:1:6: this is no number; write it like 42 or 1.25"),
        ("x = 1 y = 2", "f:1:9: nothing more can stand in this line; begin a new one"),
        ("theme=\"a\"\ntheme=\"b\"", "f:2:1: `theme` is there twice; keep one of the two"),
        ("[tools]\r\n[tools]\r\n", "f:2:2: `tools` is there twice; keep one of the two"),
        (
            "theme = \"\\q\"",
            "f:1:11: `\\` begins an escape such as \\n or \\u001b; write `\\\\` for one that stands for itself",
        ),
        ("a\u{0}", "f:1:2: there is a control sign (U+0000) here; remove it, or write \\u0000 in a text"),
        ("t = \"a\u{1b}[m\"", "f:1:7: there is a control sign (U+001B) here; remove it, or write \\u001b in a text"),
    ] {
        assert_eq!(said(text, &ANY), problem, "{text:?}");
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_told_with_its_key_what_is_allowed_and_what_was_found() {
    let lab = |line: &str| format!("[providers.lab]\n{line}\n");
    let price = |input: &str| format!("[[prices]]\nmodel = \"m\"\ninput = {input}\noutput = 1\n");
    for (text, problem) in [
        ("mouse = \"yes\"".to_owned(), "f:1:9: `mouse` is true or false, not \"yes\""),
        ("theme = 3".to_owned(), "f:1:9: `theme` is a text in quotes, such as \"dark\", not 3"),
        ("tools = 3".to_owned(), "f:1:9: `tools` is a table: write [tools] above its keys, not 3"),
        ("[tools]\nmax_rounds = -1".to_owned(), "f:2:14: `tools.max_rounds` is a whole number from 1 to 1000, not -1"),
        (
            "[tools]\nmax_rounds = 99999999999999999999".to_owned(),
            "f:2:14: `tools.max_rounds` is a whole number from 1 to 1000, not 99999999999999999999",
        ),
        (
            "[params]\nx = [1, 99999999999999999999]".to_owned(),
            "f:2:9: `params.x` is 99999999999999999999, which is too large a number; put it in quotes",
        ),
        (
            "currency = \"yuan\"".to_owned(),
            "f:1:12: `currency` is a currency code of three letters, such as CNY, not \"yuan\"",
        ),
        (lab("free = 1"), "f:2:8: `providers.lab.free` is true or false, not 1"),
        (
            lab("headers = { a = 3 }"),
            "f:2:17: `providers.lab.headers.a` is a text in quotes, such as \"team-a\", not 3",
        ),
        (
            lab("api_key_cmd = [\"a\", 1]"),
            "f:2:21: `providers.lab.api_key_cmd` is a list of texts, such as [\"pass\", \"show\", \"openai\"]; 1 cannot stand in it",
        ),
        (
            lab("dialect.max_tokens = \"max_token\""),
            "f:2:22: `max_token` is not known for `providers.lab.dialect.max_tokens`; did you mean `max_tokens`?",
        ),
        (price("nan"), "f:3:9: `prices.input` is a number of 0 or more, such as 1.25, not nan"),
        (price("inf"), "f:3:9: `prices.input` is a number of 0 or more, such as 1.25, not inf"),
        (price("-1"), "f:3:9: `prices.input` is a number of 0 or more, such as 1.25, not -1"),
        (price("\"1,5\""), "f:3:9: `prices.input` is a number of 0 or more, such as 1.25, not \"1,5\""),
        (
            price("99999999999999999999999999999999"),
            "f:3:9: `prices.input` is a number of 0 or more, such as 1.25, not 99999999999999999999999999999999",
        ),
        ("[[prices]]\ninput = 1".to_owned(), "f:1:1: `model` is missing here"),
        (
            "[prices]\nmodel = \"m\"".to_owned(),
            "f:1:1: `prices` is a list of tables: write [[prices]] above the keys of each, not a table",
        ),
        ("prices = [3]".to_owned(), "f:1:11: `prices` is a list of [[prices]] tables, not of 3"),
        ("[budget]\nday = 0".to_owned(), "f:2:7: `budget.day` is a number above 0, such as 1.25, not 0"),
        (
            "[budget]\nyear = 1".to_owned(),
            "f:2:1: `year` is not known here; known are currency, request, session, day, month",
        ),
        ("temperature = 1".to_owned(), "f:1:1: `temperature` belongs below [params]"),
        ("theem = 1".to_owned(), "f:1:1: `theem` is not known here; did you mean `theme`?"),
        ("\"the\\u001bme\" = 1".to_owned(), "f:1:1: `the␛me` is not known here; did you mean `theme`?"),
    ] {
        assert_eq!(said(&text, &CONFIG), problem, "{text:?}");
    }
}

#[test]
fn a_text_that_stands_where_a_key_may_is_not_repeated() {
    for line in [
        "[providers]\nlab = \"sk-1234\"",
        "[providers.lab]\nheaders = \"Authorization: Bearer sk-1234\"",
        "[providers.lab]\napi_key_cmd = \"echo sk-1234\"",
        "[providers.lab]\napi_key_keyring = \"sk-1234\"",
        "providers = \"sk-1234\"",
    ] {
        let said = said(line, &CONFIG);
        assert!(said.ends_with(", not a text"), "{said}");
    }
}

#[test]
fn lists_of_models_and_responders_are_told_in_the_same_words() {
    for (text, problem) in [
        ("[[modles]]", "f:1:3: `modles` is not known here; did you mean `models`?"),
        ("[[models]]\nmodel = 3", "f:2:9: `models.model` is a text in quotes, such as \"gpt-5.1\", not 3"),
        (
            "[[models]]\nmodel = \"m\"\nfeatures = [\"visoin\"]",
            "f:3:13: `visoin` is not known for `models.features`; did you mean `vision`?",
        ),
        ("[[models]]\nmodel = \"m\"\ncontext = -1", "f:3:11: `models.context` is a whole number of 0 or more, not -1"),
        (
            "[[models]]\nmodel = \"m\"\nkind = 1979-05-27",
            "f:3:8: `models.kind` is one of snapshot, alias, not the date 1979-05-27",
        ),
    ] {
        assert_eq!(said(text, &MODELS), problem, "{text:?}");
    }
    for (text, problem) in [
        ("clock = 3", "f:1:9: `clock` is a table: write [clock] above its keys, not 3"),
        ("[clock]\nby = \"robot\"", "f:2:6: `robot` is not known for `clock.by`; known are person, canned, command"),
        ("[clock]\ntimeout_s = \"x\"", "f:2:13: `clock.timeout_s` is a number, such as 30, not \"x\""),
        (
            "[[a.canned]]\nwhen = 3\nresult = \"x\"",
            "f:2:8: `a.canned.when` is a table or JSON in quotes, such as { \"/city\" = \"Tokyo\" }, not 3",
        ),
        (
            "[clock]\nstatuses = [\"a\"]",
            "f:2:13: `clock.statuses` is a list of whole numbers, such as [0, 1]; \"a\" cannot stand in it",
        ),
    ] {
        assert_eq!(said(text, &RESPONDERS), problem, "{text:?}");
    }
}

#[test]
fn what_is_repeated_of_a_file_is_short_and_hides_nothing() {
    assert_eq!(shown("\u{1b}[31mdark\u{202e}\n"), "␛[31mdark⟨U+202E⟩␊");
    assert!(crate::text::width(&shown(&"x".repeat(1 << 20))) <= MOST_SHOWN);
}

#[test]
fn a_file_that_is_no_text_or_too_large_is_told_with_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    let reason = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        read_toml(&file, &CONFIG).unwrap_err().to_string().replace(&file.display().to_string(), "f")
    };
    assert_eq!(
        reason(b"# \xc3\xbc\ntheme = \"\xff\""),
        "f:2:10: from here on this is no text in UTF-8; save the file as UTF-8"
    );
    assert_eq!(reason(b"\xff\xfet\0"), "f:1:1: this is UTF-16; save the file as UTF-8");
    std::fs::File::create(&file).unwrap().set_len(100 << 20).unwrap();
    let large = read_toml(&file, &CONFIG).unwrap_err().to_string();
    assert_eq!(large, format!("{} cannot be read: it is larger than 4 MiB", file.display()));
    std::fs::write(&file, "\u{feff}theme = \"dark\"\r\n").unwrap();
    assert_eq!(read_toml(&file, &CONFIG), Ok("theme = \"dark\"\r\n".to_owned()));
    assert_eq!(read_toml(&home.path().join("none"), &CONFIG), Ok(String::new()));
}

#[test]
fn the_files_that_come_with_the_program_are_right() {
    assert_eq!(said(include_str!("../../../assets/models.toml"), &MODELS), "");
    assert_eq!(said(include_str!("../../../assets/tools/responders.toml"), &RESPONDERS), "");
    assert_eq!(said(crate::config::template(), &CONFIG), "");
}
