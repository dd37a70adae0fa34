//! Lock-step: turns of one depth begin on one row, wherever the lanes are scrolled.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::chat::Role;
use crate::view::tests::Scene;

/// Lanes with turns of so many lines, by lane and depth. The roles differ from lane to lane.
fn lanes(lines: &[Vec<usize>]) -> Scene {
    let mut scene = Scene::new(200, 40);
    scene.state.sidebar.shown = false;
    for (place, turns) in lines.iter().enumerate() {
        if place > 0 {
            let (id, letter) = (scene.state.next_lane_id(), scene.state.free_letter());
            let lane = scene.state.lane().clone_as(id, letter);
            scene.state.lanes.push(lane);
        }
        let mut tip = None;
        for (depth, lines) in turns.iter().enumerate() {
            let role = if (depth + place).is_multiple_of(2) { Role::User } else { Role::Assistant };
            tip = Some(scene.state.session.turns.add(tip, role, "- a line\n".repeat(*lines)));
        }
        scene.state.lanes[place].branch = scene.state.session.turns.branch(tip);
    }
    scene.state.lockstep = Lockstep::Together(Scroll::Follow);
    scene
}

/// What a reader does.
#[derive(Clone, Debug)]
enum Step {
    Scroll(ScrollMotion),
    ToDepth(usize),
    /// The last turn of the lane gets some lines.
    Grow(usize),
    Fold(usize),
    Width(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (-60i32..60).prop_map(|rows| Step::Scroll(ScrollMotion::Rows(rows))),
        (-3i32..3).prop_map(|pages| Step::Scroll(ScrollMotion::Pages(pages))),
        Just(Step::Scroll(ScrollMotion::Top)),
        (0usize..6).prop_map(Step::ToDepth),
        (1usize..30).prop_map(Step::Grow),
        (0usize..6).prop_map(Step::Fold),
        (160u16..202).prop_map(Step::Width),
    ]
}

fn take(scene: &mut Scene, cache: &mut TurnCache, place: usize, step: &Step) {
    let now = Instant::now();
    let place = place % scene.state.lanes.len();
    let lane = scene.state.lanes[place].id;
    let turn = |depth: usize| scene.state.lanes[place].branch.get(depth).copied();
    let motion = match step {
        Step::Scroll(motion) => Some(*motion),
        Step::ToDepth(depth) => turn(*depth).map(ScrollMotion::ToTurn),
        Step::Grow(lines) => {
            let tip = scene.state.lanes[place].tip();
            if let Some(turn) = tip.and_then(|turn| scene.state.session.turns.change(turn)) {
                turn.text.push_str(&"- a line\n".repeat(*lines));
            }
            None
        }
        Step::Fold(depth) => {
            let turn = turn(*depth);
            scene.state.lanes[place].unfolded.extend(turn);
            None
        }
        Step::Width(columns) => {
            scene.state.size.columns = *columns;
            None
        }
    };
    if let Some(motion) = motion {
        let scroll = resolve(cache, &scene.state, lane, motion, now);
        scene.state.scroll_to(lane, scroll);
    }
    for (lane, scroll) in found_again(cache, &scene.state, now) {
        scene.state.scroll_to(lane, scroll);
    }
}

/// The rows of the window on which turns begin, by depth and place.
fn beginnings(scene: &Scene, cache: &mut TurnCache) -> BTreeMap<usize, Vec<usize>> {
    let layout = Layout::of(&scene.state).unwrap();
    let [group] = groups(&scene.state, &layout, Instant::now()).try_into().ok().unwrap();
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for window in group.windows(cache) {
        let mut row = 0;
        for slice in &window.slices {
            let depth = scene.state.session.turns.get(slice.turn).unwrap().depth;
            if slice.from == 0 && row < group.rows() {
                found.entry(depth).or_default().push(row);
            }
            row += slice.rows;
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn turns_of_one_depth_begin_on_one_row_in_all_lanes_that_have_one(
        lines in prop::collection::vec(prop::collection::vec(0usize..50, 0..6), 2..5),
        steps in prop::collection::vec((0usize..5, step()), 1..12),
    ) {
        let mut scene = lanes(&lines);
        let mut cache = TurnCache::default();
        for (place, step) in &steps {
            take(&mut scene, &mut cache, *place, step);
            for (depth, rows) in beginnings(&scene, &mut cache) {
                let have = scene.state.lanes.iter().filter(|lane| lane.branch.len() > depth).count();
                prop_assert_eq!(rows.len(), have, "depth {} after {:?}", depth, step);
                prop_assert!(rows.iter().all(|row| *row == rows[0]), "depth {}: {:?} after {:?}", depth, rows, step);
            }
        }
    }

    #[test]
    fn one_lane_in_lock_step_shows_what_it_shows_alone(
        lines in prop::collection::vec(0usize..50, 1..6),
        steps in prop::collection::vec(step(), 1..12),
    ) {
        let mut together = lanes(std::slice::from_ref(&lines));
        let mut apart = lanes(&[lines]);
        apart.state.lockstep = Lockstep::Apart;
        for step in &steps {
            for scene in [&mut together, &mut apart] {
                take(scene, &mut TurnCache::default(), 0, step);
            }
            prop_assert_eq!(apart.state.scroll_of(LaneId(0)), together.state.scroll_of(LaneId(0)));
        }
    }
}

/// A place at a turn's row, as the lane at a place shows it.
fn place_of(scene: &Scene, place: usize) -> (usize, usize) {
    let Scroll::At { turn, row, .. } = scene.state.scroll_of(scene.state.lanes[place].id) else { panic!("it follows") };
    (scene.state.session.turns.get(turn).unwrap().depth, row)
}

#[test]
fn scrolling_passes_the_blank_rows_of_a_shorter_turn_one_by_one() {
    let mut scene = lanes(&[vec![1, 1, 60], vec![30, 1, 60]]);
    let mut cache = TurnCache::default();
    take(&mut scene, &mut cache, 0, &Step::Scroll(ScrollMotion::Top));
    take(&mut scene, &mut cache, 0, &Step::Scroll(ScrollMotion::Rows(20)));
    assert_eq!(place_of(&scene, 0), (0, 20));
    take(&mut scene, &mut cache, 0, &Step::Scroll(ScrollMotion::Rows(-3)));
    assert_eq!(place_of(&scene, 0), (0, 17));
}

#[test]
fn each_lane_says_what_is_below_in_it_alone() {
    let mut scene = lanes(&[vec![1, 50], vec![1, 4], vec![1, 50, 5, 5], vec![]]);
    let mut cache = TurnCache::default();
    take(&mut scene, &mut cache, 0, &Step::Scroll(ScrollMotion::Top));
    let layout = Layout::of(&scene.state).unwrap();
    let windows = groups(&scene.state, &layout, Instant::now())[0].windows(&mut cache);
    let rests: Vec<Rest> = windows.iter().map(|window| window.rest).collect();
    // 33 rows are shown: 2 of the first turn, and 31 of the second, of whose 52 rows 21 are left.
    assert_eq!(rests, [Rest::Rows(21), Rest::Nothing, Rest::Turns(2), Rest::Nothing]);
    assert_eq!(windows.iter().map(Window::is_past_the_end).collect::<Vec<_>>(), [false, false, false, true]);
}

#[test]
fn a_place_in_the_blank_rows_of_one_lane_is_found_again_in_the_lane_that_has_text_there() {
    let mut scene = lanes(&[vec![1, 2, 60], vec![1, 45, 60]]);
    let mut cache = TurnCache::default();
    take(&mut scene, &mut cache, 0, &Step::ToDepth(1));
    take(&mut scene, &mut cache, 0, &Step::Scroll(ScrollMotion::Rows(30)));
    assert_eq!(place_of(&scene, 0), (1, 30));
    take(&mut scene, &mut cache, 0, &Step::Width(161));
    assert_eq!(place_of(&scene, 0), (1, 30), "no line of the list wraps differently");
    let Scroll::At { turn, .. } = scene.state.scroll_of(LaneId(0)) else { panic!("it follows") };
    assert_eq!(scene.state.lanes[1].branch[1], turn);
}

/// The first row of the window, by depth.
fn top(scene: &Scene, cache: &mut TurnCache) -> (usize, usize) {
    let layout = Layout::of(&scene.state).unwrap();
    groups(&scene.state, &layout, Instant::now())[0].sight(cache).top()
}

#[test]
fn a_window_that_follows_a_reply_moves_in_steps_and_not_before_it_is_full() {
    // 33 rows are shown, so a step has 5; one row of the turn is no line.
    let mut scene = lanes(&[vec![24]]);
    let mut cache = TurnCache::default();
    let mut tops = vec![top(&scene, &mut cache).1];
    for _ in 0..16 {
        take(&mut scene, &mut cache, 0, &Step::Grow(1));
        tops.push(top(&scene, &mut cache).1);
    }
    assert_eq!(tops, [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 7, 7, 7, 7, 7, 12]);
}

#[test]
fn above_the_blank_rows_of_a_step_a_reader_goes_row_by_row() {
    // 61 rows, 28 of them above the window, in steps of 5: four blank ones.
    let mut scene = lanes(&[vec![60]]);
    let mut cache = TurnCache::default();
    let mut tops = vec![top(&scene, &mut cache).1];
    for by in [-1, -1, -1, 1, 1, 1] {
        take(&mut scene, &mut cache, 0, &Step::Scroll(ScrollMotion::Rows(by)));
        tops.push(top(&scene, &mut cache).1);
    }
    assert_eq!(tops, [32, 31, 30, 29, 30, 31, 32]);
    assert_eq!(scene.state.scroll_of(LaneId(0)), Scroll::Follow);
}
