use std::time::Instant;

use super::*;
use crate::chat::{CallPiece, ChatRequest, Run, Settings, ToolCall};
use crate::state::{CallRecord, CallState, StreamStatus};
use crate::tools::CallEnd;

fn lane(letter: char, id: u32) -> Lane {
    Lane { letter, ..Lane::new(LaneId(id), Settings::default()) }
}

fn call(session: &mut Session, reply: TurnId, name: &str, arguments: &str) {
    let turn = session.turns.change(reply).unwrap();
    let (id, index) = (format!("c{}", turn.tool_calls.len()), turn.tool_calls.len());
    let piece = CallPiece { index, id: Some(&id), name: Some(name), arguments, extra: None };
    ToolCall::collect(&mut turn.tool_calls, piece);
}

/// A question, and for each lane a reply with its calls.
fn asked(session: &mut Session, lanes: &mut [Lane], calls: &[&[(&str, &str)]]) -> Vec<TurnId> {
    let question = session.turns.add(lanes[0].tip().filter(|_| lanes.len() == 1), Role::User, "Where?");
    let mut replies = Vec::new();
    for (lane, calls) in lanes.iter_mut().zip(calls) {
        let reply = session.turns.add(Some(question), Role::Assistant, "");
        for (name, arguments) in *calls {
            call(session, reply, name, arguments);
        }
        lane.branch = session.turns.branch(Some(reply));
        replies.push(reply);
    }
    replies
}

#[test]
fn calls_stand_below_their_reply_and_its_question_across_lanes() {
    let (mut session, mut lanes) = (Session::default(), [lane('A', 0), lane('B', 1)]);
    let replies = asked(&mut session, &mut lanes, &[&[("f", "{}"), ("g", "{}")], &[("f", "{}")]]);
    let mut inspector = Inspector::default();
    inspector.refresh(&session, &lanes);
    let id = |reply: usize, index| InspectorRow::Call(CallId { reply: replies[reply], index });
    let (question, [a, b]) = (TurnId(0), [replies[0], replies[1]].map(InspectorRow::Reply));
    let expected = [InspectorRow::Question(Some(question)), a, id(0, 0), id(0, 1), b, id(1, 0)];
    assert_eq!((inspector.rows(), inspector.all_calls()), (&expected[..], 3));
    let mark = |row: usize, index| inspector.mark(CallId { reply: replies[row], index }).cloned().unwrap_or_default();
    assert_eq!(mark(0, 0).same, [('B', CallId { reply: replies[1], index: 0 })]);
    assert_eq!(mark(0, 1).missing, ['B']);
    assert_eq!(
        mark(1, 0),
        CallMark { same: vec![('A', CallId { reply: replies[0], index: 0 })], ..CallMark::default() }
    );
    session.turns.hide(replies[1]);
    inspector.refresh(&session, &lanes[..1]);
    assert_eq!(inspector.rows(), &expected[..4], "what is deleted has no rows");
}

#[test]
fn calls_are_compared_by_json_and_by_place_and_not_while_they_come() {
    let (mut session, mut lanes) = (Session::default(), [lane('A', 0), lane('B', 1), lane('C', 2)]);
    let one = [("f", r#"{"a":1,"b":2}"#)];
    let replies = asked(&mut session, &mut lanes, &[&one, &[("f", r#"{ "b": 2, "a": 1.0 }"#)], &[("f", r#"{"a":3}"#)]]);
    let first = |reply: usize| CallId { reply: replies[reply], index: 0 };
    let mut inspector = Inspector::default();
    inspector.refresh(&session, &lanes);
    let expected = CallMark { same: vec![('B', first(1))], differs: vec![('C', first(2))], missing: Vec::new() };
    assert_eq!(inspector.mark(first(0)), Some(&expected));
    // Lane C's reply still comes: nothing is said of it yet.
    let run =
        session.add_run(|id| Run::new(id, Settings::default(), ChatRequest::new("m", Vec::new()), Instant::now()));
    lanes[2].status = StreamStatus::Streaming { run, reply: replies[2], last: Instant::now() };
    session.begin_calls(replies[0], vec![CallRecord::default()]);
    inspector.refresh(&session, &lanes);
    let expected = CallMark { same: vec![('B', first(1))], ..CallMark::default() };
    assert_eq!((inspector.mark(first(0)), inspector.mark(first(2))), (Some(&expected), None));
}

#[test]
fn a_lane_that_answered_without_a_call_is_told_as_one_that_did_not_make_it() {
    let (mut session, mut lanes) = (Session::default(), [lane('A', 0), lane('B', 1)]);
    let replies = asked(&mut session, &mut lanes, &[&[("f", "{}")], &[]]);
    let mut inspector = Inspector::default();
    inspector.refresh(&session, &lanes);
    let mark = inspector.mark(CallId { reply: replies[0], index: 0 }).cloned().unwrap();
    assert_eq!(mark, CallMark { missing: vec!['B'], ..CallMark::default() });
}

#[test]
fn the_filter_is_by_tool_state_lane_and_text() {
    let (mut session, mut lanes) = (Session::default(), [lane('A', 0), lane('B', 1)]);
    let replies = asked(
        &mut session,
        &mut lanes,
        &[&[("get_weather", r#"{"city":"Tokyo"}"#), ("clock", "{}")], &[("get_weather", r#"{"city":"Kyoto"}"#)]],
    );
    let ended = |end| CallRecord { state: CallState::Ended { end, took: None }, ..CallRecord::default() };
    let failed = CallEnd::Failed { said: "no such place".into(), output: String::new() };
    session.begin_calls(replies[0], vec![ended(failed), ended(CallEnd::Answered("noon".into()))]);
    let shown = |filter: &str| -> Vec<(usize, usize)> {
        let mut inspector = Inspector { filter: filter.to_owned(), ..Inspector::default() };
        inspector.refresh(&session, &lanes);
        let calls = inspector.rows().iter().filter_map(|row| match row {
            InspectorRow::Call(call) => Some((replies.iter().position(|reply| *reply == call.reply)?, call.index)),
            _ => None,
        });
        assert_eq!(inspector.all_calls(), 3);
        calls.collect()
    };
    assert_eq!(shown(""), [(0, 0), (0, 1), (1, 0)]);
    assert_eq!(shown("tool:weather"), [(0, 0), (1, 0)]);
    assert_eq!(shown("state:failed"), [(0, 0)]);
    assert_eq!(shown("state:ok"), [(0, 1)]);
    assert_eq!(shown("lane:b"), [(1, 0)]);
    assert_eq!(shown("KYOTO"), [(1, 0)]);
    assert_eq!(shown("noon"), [(0, 1)], "results are looked into");
    assert_eq!(shown("tool:get_weather state:failed tokyo"), [(0, 0)]);
    assert_eq!(shown("tool:none"), []);
}

#[test]
fn a_key_in_the_filter_costs_the_rows_that_it_shows_and_no_turn_of_the_session() {
    let (mut session, mut lanes) = (Session::default(), [lane('A', 0), lane('B', 1)]);
    let replies = asked(&mut session, &mut lanes, &[&[("get_weather", "{}"), ("clock", "{}")], &[("clock", "{}")]]);
    let mut tip = Some(replies[0]);
    for _ in 0..1000 {
        tip = Some(session.turns.add(tip, Role::User, "Words"));
    }
    let mut inspector = Inspector::default();
    inspector.refresh(&session, &lanes);
    inspector.select_call(CallId { reply: replies[1], index: 0 });
    for (filter, calls) in [("c", 2), ("cl", 2), ("clo", 2), ("", 3), ("tool:weather", 1)] {
        let before = inspector.work();
        filter.clone_into(&mut inspector.filter);
        inspector.refresh(&session, &lanes);
        assert_eq!(inspector.work() - before, inspector.rows().len() as u64, "{filter}");
        let mut fresh = Inspector { filter: filter.to_owned(), ..Inspector::default() };
        fresh.refresh(&session, &lanes);
        assert_eq!(inspector.rows(), fresh.rows(), "{filter}");
        assert_eq!(inspector.rows().iter().filter(|row| matches!(row, InspectorRow::Call(_))).count(), calls);
        assert_eq!(
            inspector.mark(CallId { reply: replies[1], index: 0 }),
            fresh.mark(CallId { reply: replies[1], index: 0 })
        );
    }
}

#[test]
fn a_call_that_comes_adds_its_row_and_a_piece_of_one_adds_nothing_however_long_the_session_is() {
    let (mut session, mut lanes) = (Session::default(), [lane('A', 0), lane('B', 1)]);
    let mut tip = None;
    for turn in 0..5000 {
        tip = Some(session.turns.add(tip, if turn % 2 == 0 { Role::User } else { Role::Assistant }, "Words"));
        if turn % 50 == 1 {
            call(&mut session, tip.unwrap(), "f", "{}");
        }
    }
    let run =
        session.add_run(|id| Run::new(id, Settings::default(), ChatRequest::new("m", Vec::new()), Instant::now()));
    let reply = session.turns.add(tip, Role::Assistant, "");
    session.run_mut(run).unwrap().replies.push(reply);
    lanes[0].branch = session.turns.branch(Some(reply));
    lanes[0].status = StreamStatus::Streaming { run, reply, last: Instant::now() };
    call(&mut session, reply, "f", "");
    let mut inspector = Inspector::default();
    inspector.refresh(&session, &lanes);
    let whole = inspector.work();
    assert!(whole > 5000);
    inspector.select(usize::MAX);
    for count in 1..200 {
        for _ in 0..10 {
            session.turns.change(reply).unwrap().tool_calls.last_mut().unwrap().arguments.push('x');
            let before = inspector.work();
            inspector.refresh(&session, &lanes);
            assert_eq!(inspector.work(), before, "a piece makes no row");
        }
        call(&mut session, reply, "f", "");
        inspector.refresh(&session, &lanes);
        assert_eq!(inspector.work(), whole + count, "a call makes one");
    }
    assert_eq!((inspector.all_calls(), inspector.call()), (300, Some(CallId { reply, index: 0 })));
    assert_eq!(inspector.rows().last(), Some(&InspectorRow::Call(CallId { reply, index: 199 })));
    let mut fresh = Inspector::default();
    fresh.refresh(&session, &lanes);
    assert_eq!(fresh.rows(), inspector.rows());
}
