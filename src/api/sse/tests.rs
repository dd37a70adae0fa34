use proptest::prelude::*;

use super::*;

fn events(bytes: &[u8]) -> Vec<SseEvent> {
    let mut parser = SseParser::new();
    let mut out = Vec::new();
    parser.push(bytes, &mut out).unwrap();
    parser.finish(&mut out).unwrap();
    out
}

/// The data of the events, without comments.
fn data(bytes: &[u8]) -> Vec<String> {
    let keep = |event| match event {
        SseEvent::Message { data, .. } => Some(data),
        SseEvent::Comment | SseEvent::Error(_) => None,
    };
    events(bytes).into_iter().filter_map(keep).collect()
}

fn message(name: &str, data: &str) -> SseEvent {
    SseEvent::Message { name: name.to_owned(), data: data.to_owned() }
}

/// The events when the bytes come in pieces of `size`.
fn in_pieces(bytes: &[u8], size: usize) -> Vec<SseEvent> {
    let mut parser = SseParser::new();
    let mut out = Vec::new();
    for piece in bytes.chunks(size) {
        parser.push(piece, &mut out).unwrap();
    }
    parser.finish(&mut out).unwrap();
    out
}

#[test]
fn invalid_utf8_is_replaced_and_the_rest_of_the_line_stays() {
    assert_eq!(data(b"data: a\xFFb\n\ndata: ok\n\n"), ["a\u{FFFD}b", "ok"]);
}

#[test]
fn a_character_cut_by_chunks_stays_whole() {
    assert_eq!(in_pieces("data: 漢🦀字\n\n".as_bytes(), 1), [message("", "漢🦀字")]);
}

#[test]
fn one_leading_bom_is_dropped_and_a_second_is_not() {
    assert_eq!(data(b"\xEF\xBB\xBFdata: 1\n\n"), ["1"]);
    assert_eq!(data(b"\xEF\xBB\xBF\xEF\xBB\xBFdata: 1\n\ndata: 2\n\n"), ["2"]);
    assert_eq!(data(b"data: 1\n\n\xEF\xBB\xBFdata: 2\n\n"), ["1"]);
}

#[test]
fn lines_end_with_lf_cr_or_crlf() {
    for end in ["\n", "\r", "\r\n"] {
        let stream = "data: a|data: b||data: c||".replace('|', end);
        assert_eq!(data(stream.as_bytes()), ["a\nb", "c"], "{end:?}");
    }
}

#[test]
fn a_crlf_over_two_chunks_is_one_end_and_lf_cr_is_two() {
    assert_eq!(in_pieces(b"data: a\r\ndata: b\r\n\r\n", 8), [message("", "a\nb")]);
    assert_eq!(data(b"data: a\n\rdata: b\n\r"), ["a", "b"]);
}

#[test]
fn an_event_ended_by_cr_is_given_out_before_the_next_byte_comes() {
    let mut out = Vec::new();
    SseParser::new().push(b"data: a\r\r", &mut out).unwrap();
    assert_eq!(out, [message("", "a")]);
}

#[test]
fn a_block_without_data_is_a_sign_of_life_and_its_name_is_forgotten() {
    assert_eq!(events(b"event: x\n\nid: 1\n\ndata: a\n\n"), [SseEvent::Comment, SseEvent::Comment, message("", "a")]);
    assert_eq!(events(b"\n\n\r\n"), []);
}

#[test]
fn comments_are_reported_without_their_words() {
    assert_eq!(events(b": OPENROUTER PROCESSING\n:\n:data: x\n\n"), vec![SseEvent::Comment; 3]);
    assert_eq!(events(b"\xEF\xBB\xBF: first\n\n"), [SseEvent::Comment]);
}

#[test]
fn a_comment_longer_than_the_limit_is_dropped_without_being_kept() {
    let mut parser = SseParser::with_limit(16);
    let mut out = Vec::new();
    parser.push(b"data: a\n: ", &mut out).unwrap();
    for _ in 0..1000 {
        parser.push(&[b'x'; 100], &mut out).unwrap();
        assert_eq!(parser.line.capacity().max(16), 16);
    }
    parser.push(b"\ndata: b\n\n", &mut out).unwrap();
    assert_eq!(out, [SseEvent::Comment, message("", "a\nb")]);
}

#[test]
fn one_space_after_the_colon_is_dropped_and_only_one() {
    assert_eq!(data(b"data:test\n\ndata: test\n\ndata:  x\n\ndata:\tx\n\n"), ["test", "test", " x", "\tx"]);
}

#[test]
fn a_line_without_a_colon_is_a_field_with_an_empty_value() {
    assert_eq!(data(b"data\n\ndata\ndata\n\ndata:\n\n"), ["", "\n", ""]);
}

#[test]
fn data_lines_are_joined_with_lf() {
    assert_eq!(data(b"data: a\ndata: b\ndata:\n\n"), ["a\nb\n"]);
}

#[test]
fn unknown_fields_and_other_cases_of_letters_are_ignored() {
    assert_eq!(data(b"DATA: a\ndata : b\nfoo: c\nid: 1\0\nretry: 1000x\ndata: d\n\n"), ["d"]);
}

#[test]
fn an_event_keeps_its_name_and_the_next_one_has_none() {
    assert_eq!(events(b"event: ping\ndata: {}\n\ndata: a\n\n"), [message("ping", "{}"), message("", "a")]);
    assert_eq!(events(b"event: a\nevent: b\ndata: x\n\n"), [message("b", "x")]);
}

#[test]
fn an_unfinished_event_is_given_out_at_the_end() {
    assert_eq!(events(b"data: a\n\ndata: b"), [message("", "a"), message("", "b")]);
    assert_eq!(events(b"event: x\ndata: b\n"), [message("x", "b")]);
    assert_eq!(events(b"event: x\n"), []);
}

#[test]
fn the_comment_corpus_of_the_web_platform_tests_gives_one_event() {
    let mut stream = b"data:1\r:\0\n:\r\ndata:2\n:".to_vec();
    stream.extend(std::iter::repeat_n(b'x', 100_000));
    stream.extend(b"\rdata:3\n:data:fail\r:");
    stream.extend(std::iter::repeat_n(b'x', 100_000));
    stream.extend(b"\ndata:4\n\n");
    assert_eq!(data(&stream), ["1\n2\n3\n4"]);
}

#[test]
fn unicode_separators_and_vertical_tabs_end_no_line() {
    let text = "a\u{2028}b\u{2029}c\u{85}d\u{B}e\u{C}f";
    assert_eq!(data(format!("data: {text}\n\n").as_bytes()), [text]);
}

#[test]
fn an_event_past_the_limit_is_refused_whole_or_in_pieces() {
    let within = b"data: 0123456789\n\n";
    let beyond = b"data: 0123456789A\n\n";
    for size in [1, 5, 100] {
        let push = |bytes: &[u8]| {
            let mut parser = SseParser::with_limit(16);
            bytes.chunks(size).try_for_each(|piece| parser.push(piece, &mut Vec::new()))
        };
        assert_eq!(push(within), Ok(()), "{size}");
        assert_eq!(push(beyond), Err(TooLong { limit: 16 }), "{size}");
        assert_eq!(push(b"data: 01234\ndata: 01234\n\n"), Ok(()), "{size}");
        assert_eq!(push(b"data: 01234\ndata: 01234\ndata: 01234\n\n"), Err(TooLong { limit: 16 }), "{size}");
    }
}

#[test]
fn each_byte_is_looked_through_once_however_long_its_line_is_and_however_it_is_cut() {
    let stream =
        [format!("data: {}\n\n", "long ".repeat(2_000)), ": alive\n\n".to_owned(), "data: short\n\n".repeat(50)];
    let stream = stream.concat().into_bytes();
    for size in [1, 7, 4096, stream.len()] {
        let mut parser = SseParser::new();
        for piece in stream.chunks(size) {
            parser.push(piece, &mut Vec::new()).unwrap();
        }
        assert_eq!(parser.work(), stream.len() as u64, "in pieces of {size}");
    }
}

#[test]
fn an_error_outside_of_events_is_reported() {
    assert_eq!(
        events(b"data: a\n\nerror: {\"code\":500}\n\n{\"error\":\"gone\"}\n\n"),
        [
            message("", "a"),
            SseEvent::Error(r#"{"code":500}"#.to_owned()),
            SseEvent::Error(r#"{"error":"gone"}"#.to_owned())
        ]
    );
}

/// Streams made of the bytes that matter to the framing.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let pieces: &[&[u8]] = &[
        b"data: ",
        b"data",
        b"event: x",
        b"error: e",
        b": c",
        b":",
        b" ",
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"\xEF\xBB\xBF",
        b"\xE6\xBC",
        b"\xA2",
        b"text",
    ];
    let piece = proptest::sample::select(pieces);
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_cut_of_a_stream_gives_the_same_events(bytes in stream(), size in 1_usize..9) {
        prop_assert_eq!(in_pieces(&bytes, size), events(&bytes));
    }

    #[test]
    fn arbitrary_bytes_neither_panic_nor_depend_on_the_cut(bytes: Vec<u8>, size in 1_usize..9) {
        prop_assert_eq!(in_pieces(&bytes, size), events(&bytes));
    }
}
