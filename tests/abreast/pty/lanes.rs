//! Lanes from the command line, in a real terminal.

use super::{Launch, sandbox};

#[test]
fn one_enter_streams_in_every_lane_that_the_command_line_opens() {
    let lanes = ["--lane", "temperature=0,max_tokens=7", "--lane", "temperature=1,max_tokens=9"];
    let third =
        ["--lane", "model=sandbox-reasoner,top_p=0.5,name=third,stop=[\"never, ever\"],max_completion_tokens=8"];
    let mut terminal = sandbox(&[&lanes[..], &third[..]].concat()).sized(200, 50).start();
    terminal.wait_for("to A B C");
    terminal.wait_for("C third  sandbox-reasoner");

    terminal.keys("hello there\r");
    terminal.wait("each lane's end", |terminal| {
        ["→7 ", "→9 ", "→8 "].iter().all(|figure| terminal.shows(figure)) && !terminal.shows("streaming")
    });
}

#[test]
fn a_lane_that_makes_no_sense_is_refused_with_status_2() {
    for (lane, sentence) in [
        ("temperature=9", "temperature goes from 0 to 2, so `9` does not fit."),
        ("provider=nowhere", "there is no provider `nowhere`. There are: "),
        ("temperature", "`temperature` names no param"),
    ] {
        let (status, said) = Launch::new(&["--lane", lane]).start().end();
        assert!(status.code() == Some(2) && said.contains(sentence), "{lane}: {said}");
    }
    let nine: Vec<&str> = std::iter::repeat_n(["--lane", "n=1"], 9).flatten().collect();
    let (status, said) = Launch::new(&nine).start().end();
    assert_eq!((status.code(), said.trim()), (Some(2), "--lane: 8 lanes are the most."));
}
