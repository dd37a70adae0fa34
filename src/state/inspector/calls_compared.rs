//! Whether lanes made the same calls: by the tool and by what the arguments mean, not by how they are written.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::Value;

use super::outline::{Group, Outline};
use super::{CallId, Lane, Session};
use crate::chat::{Role, ToolCall, TurnId};
use crate::tools::given_twice;

/// So many places are told at which two calls differ.
const MOST: usize = 20;

/// How a call compares with those that other lanes made at its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallMark {
    /// Lanes that made the same call.
    pub same: Vec<(char, CallId)>,
    /// Lanes that called the same tool with other arguments.
    pub differs: Vec<(char, CallId)>,
    /// Lanes that did not make it.
    pub missing: Vec<char>,
}

/// The calls of a lane at one place: of the same reply where lanes share it.
struct Side {
    lanes: Vec<char>,
    reply: Option<TurnId>,
}

/// The marks of all calls that lanes can be compared by.
pub(super) fn marks(session: &Session, lanes: &[Lane], outline: &Outline) -> HashMap<CallId, CallMark> {
    let mut marks = HashMap::new();
    let asked: Vec<Vec<usize>> = lanes.iter().map(|lane| groups(session, lane, outline)).collect();
    for (place, group) in outline.groups.iter().enumerate() {
        let of: Vec<&Lane> =
            lanes.iter().zip(&asked).filter(|(_, groups)| groups.contains(&place)).map(|(lane, _)| lane).collect();
        let last = group.replies.iter().map(|reply| outline.round_of(*reply)).max().unwrap_or(0);
        for round in (0..=last).filter(|_| of.len() > 1) {
            compare(session, &sides(session, &of, outline, (group, round)), &mut marks);
        }
    }
    marks
}

/// The groups of the questions on a lane's branch.
fn groups(session: &Session, lane: &Lane, outline: &Outline) -> Vec<usize> {
    let is_question = |id: &&TurnId| session.turns.get(**id).is_some_and(|turn| turn.role == Role::User);
    lane.branch.iter().filter(is_question).filter_map(|id| outline.group_of(*id)).collect()
}

/// What each lane did in a round. A lane that has not come so far, or whose reply still comes, is left out.
fn sides(session: &Session, lanes: &[&Lane], outline: &Outline, (group, round): (&Group, usize)) -> Vec<Side> {
    let mut sides: Vec<Side> = Vec::new();
    for lane in lanes {
        let on_branch = |reply: &&TurnId| {
            let depth = session.turns.get(**reply).map(|turn| turn.depth);
            depth.and_then(|depth| lane.branch.get(depth)) == Some(*reply) && outline.round_of(**reply) == round
        };
        let reply = group.replies.iter().find(on_branch).copied();
        let live = lane.status.live().map(|(_, reply)| reply);
        let waits = session.calls.of(lane.tip().unwrap_or(TurnId(u32::MAX))).is_some();
        let at_tip = lane.tip().and_then(|tip| outline.question_of(tip));
        let goes_on = (live.is_some() || waits) && at_tip.is_some_and(|question| group.questions.contains(&question));
        if (reply.is_none() && goes_on) || (reply.is_some() && reply == live) {
            continue;
        }
        match sides.iter_mut().find(|side| side.reply == reply && reply.is_some()) {
            Some(side) => side.lanes.push(lane.letter),
            None => sides.push(Side { lanes: vec![lane.letter], reply }),
        }
    }
    sides
}

fn compare(session: &Session, sides: &[Side], marks: &mut HashMap<CallId, CallMark>) {
    let all: Vec<(&Side, Vec<Meant>)> = sides.iter().map(|side| (side, calls(session, side.reply))).collect();
    for (side, calls) in &all {
        let Some(reply) = side.reply else { continue };
        for (other, others) in all.iter().filter(|(other, _)| other.reply != side.reply) {
            let found = paired(calls, others);
            for (index, found) in found.into_iter().enumerate() {
                let mark = marks.entry(CallId { reply, index }).or_default();
                let with = |index| {
                    let id = other.reply.map(|reply| CallId { reply, index });
                    other.lanes.iter().filter_map(move |letter| Some((*letter, id?)))
                };
                match found {
                    Some((at, true)) => mark.same.extend(with(at)),
                    Some((at, false)) => mark.differs.extend(with(at)),
                    None => mark.missing.extend(&other.lanes),
                }
            }
        }
    }
}

/// A call's tool, and what its arguments mean.
type Meant = (String, String);

fn calls(session: &Session, reply: Option<TurnId>) -> Vec<Meant> {
    let calls = reply.and_then(|reply| session.turns.get(reply)).map(|turn| turn.tool_calls.as_slice());
    let meant = |call: &ToolCall| (call.name.clone(), canonical(&call.arguments));
    calls.unwrap_or_default().iter().map(meant).collect()
}

/// For each call its place among the others and whether they are the same; equal ones find each other first.
fn paired(calls: &[Meant], others: &[Meant]) -> Vec<Option<(usize, bool)>> {
    let mut equal: HashMap<&Meant, VecDeque<usize>> = HashMap::new();
    for (place, other) in others.iter().enumerate() {
        equal.entry(other).or_default().push_back(place);
    }
    let mut taken = vec![false; others.len()];
    let mut found: Vec<Option<(usize, bool)>> = Vec::with_capacity(calls.len());
    for call in calls {
        let place = equal.get_mut(call).and_then(VecDeque::pop_front);
        found.push(place.map(|place| (place, true)));
        if let Some(place) = place {
            taken[place] = true;
        }
    }
    let mut alike: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (place, (name, _)) in others.iter().enumerate().filter(|(place, _)| !taken[*place]) {
        alike.entry(name).or_default().push_back(place);
    }
    for (call, found) in calls.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
        *found = alike.get_mut(call.0.as_str()).and_then(VecDeque::pop_front).map(|place| (place, false));
    }
    found
}

/// A text that is the same for arguments that mean the same; what is no JSON is what it is.
fn canonical(arguments: &str) -> String {
    match read(arguments) {
        Some(value) => sorted(&value).to_string(),
        None => arguments.to_owned(),
    }
}

/// Models send nothing, or `null`, where they mean no arguments.
fn read(arguments: &str) -> Option<Value> {
    match arguments.trim() {
        "" | "null" => Some(Value::Object(serde_json::Map::new())),
        // Readers differ in what a field that is given twice is.
        text => serde_json::from_str(text).ok().filter(|_| given_twice(text).is_none()),
    }
}

/// Fields by their names, whole numbers without a fraction. No value is deeper than its reader allows, which is 127 levels.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(fields) => {
            let by_name: BTreeMap<&String, Value> = fields.iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(by_name.into_iter().map(|(name, value)| (name.clone(), value)).collect())
        }
        Value::Number(number) if number.is_f64() => whole(number).map_or_else(|| value.clone(), Value::from),
        value => value.clone(),
    }
}

/// `30` for `30.0`, where a float has every whole number.
#[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^53")]
fn whole(number: &serde_json::Number) -> Option<i64> {
    let float = number.as_f64()?;
    (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
}

/// A place at which two calls differ: its JSON pointer, and the two values as compact JSON, `None` for what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallDifference {
    pub pointer: String,
    pub left: Option<String>,
    pub right: Option<String>,
}

/// Where the arguments of two calls differ; `None` where one of them is no JSON.
#[must_use]
pub fn call_differences(left: &str, right: &str) -> Option<Vec<CallDifference>> {
    let (left, right) = (sorted(&read(left)?), sorted(&read(right)?));
    let mut found = Vec::new();
    differ("", Some(&left), Some(&right), &mut found);
    Some(found)
}

fn differ(at: &str, left: Option<&Value>, right: Option<&Value>, found: &mut Vec<CallDifference>) {
    if left == right || found.len() >= MOST {
        return;
    }
    match (left, right) {
        (Some(Value::Object(left)), Some(Value::Object(right))) => {
            let names: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for name in names {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                differ(&at, left.get(name), right.get(name), found);
            }
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) => {
            for place in 0..left.len().max(right.len()) {
                differ(&format!("{at}/{place}"), left.get(place), right.get(place), found);
            }
        }
        _ => found.push(CallDifference {
            pointer: at.to_owned(),
            left: left.map(ToString::to_string),
            right: right.map(ToString::to_string),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_the_same_by_what_they_mean() {
        let same = [
            (r#"{"a":1,"b":[true,null]}"#, "{ \"b\": [true, null],\n\"a\": 1.0 }"),
            ("", "{}"),
            (r#"{"a":"é"}"#, r#"{"a":"\u00e9"}"#),
        ];
        for (left, right) in same {
            assert_eq!(canonical(left), canonical(right), "{left} {right}");
            assert_eq!(call_differences(left, right), Some(Vec::new()));
        }
        assert_ne!(canonical("{"), canonical("{}"));
        assert_eq!(call_differences("{", "{}"), None);
    }

    #[test]
    fn what_differs_is_told_by_its_pointer() {
        let found =
            call_differences(r#"{"at":{"a/b":1},"l":[1,2],"x":0}"#, r#"{"at":{"a/b":2},"l":[1],"y":0}"#).unwrap();
        let said = |text: &str| Some(text.to_owned());
        let expected = [
            ("/at/a~1b", said("1"), said("2")),
            ("/l/1", said("2"), None),
            ("/x", said("0"), None),
            ("/y", None, said("0")),
        ];
        assert_eq!(found, expected.map(|(at, left, right)| CallDifference { pointer: at.to_owned(), left, right }));
        let many: Vec<u32> = (0..100).collect();
        assert_eq!(call_differences(&format!("{many:?}"), "[]").unwrap().len(), MOST);
    }

    #[test]
    fn equal_calls_find_each_other_before_those_that_only_share_their_tool() {
        let call = |name: &str, arguments: &str| (name.to_owned(), arguments.to_owned());
        let calls = [call("f", "1"), call("f", "2"), call("g", "1"), call("f", "2")];
        let others = vec![call("f", "2"), call("f", "3"), call("f", "2")];
        assert_eq!(paired(&calls, &others), [Some((1, false)), Some((0, true)), None, Some((2, true))]);
    }
}
