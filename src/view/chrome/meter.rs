//! What is estimated before a message is sent: tokens and cost at the composer, the window's fill in the status line.

use crate::state::{Before, Lane, State, Sum, percent};
use crate::text::{Span, StyleRole, counted, grouped, short_count};

use super::cells;

/// From so many percent of its window on, a lane is warned about.
const NEARLY_FULL: u64 = 80;

/// `~214 tok · ~¥0.0060 before it is sent` in some columns, the window first where it gets tight; nothing while nothing
/// is written.
pub(super) fn before(state: &State, columns: u16) -> Vec<Span> {
    let all = &state.meter.before;
    if all.is_empty() {
        return Vec::new();
    }
    let several = state.lanes.len() > 1;
    let tight: Vec<String> = all.iter().filter_map(|before| tightness(before, several)).collect();
    let warning = if tight.is_empty() { String::new() } else { format!(" ! {}", tight.join(" · ")) };
    let said = said(state);
    let fits = |warning: &str, text: &str| cells(warning) + cells(text) <= columns;
    let text = said.iter().find(|text| fits(&warning, text)).map(String::as_str).unwrap_or_default();
    let warning = if fits(&warning, text) { warning } else { String::new() };
    let spans = [Span::new(warning, StyleRole::Warning), Span::new(text.to_owned(), StyleRole::Dim)];
    spans.into_iter().filter(|span| !span.text.is_empty()).collect()
}

/// The estimate in words, from much to little.
fn said(state: &State) -> [String; 4] {
    let meter = &state.meter;
    let tokens: u64 = meter.before.iter().map(|before| before.input.tokens).sum();
    let parts: u64 = meter.before.iter().map(|before| before.input.unknown).sum();
    let more = if parts > 0 { " + n/a" } else { "" };
    let tokens = format!(" ~{}{more} tok", grouped(tokens));
    let cost = money(&meter.cost_before());
    let reply =
        if meter.before.iter().all(|before| before.with_reply) || !cost.contains('~') { "" } else { " + reply" };
    let most = money(&meter.most_cost_before());
    let most = if most.contains('~') && most != cost { format!(" (at most {most})") } else { String::new() };
    [
        format!("{tokens} · {cost}{reply}{most} before it is sent "),
        format!("{tokens} · {cost}{reply} before it is sent "),
        format!("{tokens} · {cost}{reply} "),
        format!("{tokens} "),
    ]
}

/// `~¥0.0060 + ~$0.01 notional · n/a: 1 lane`; `n/a` where nothing is known.
fn money((sums, unknown): &(Vec<Sum>, usize)) -> String {
    let shown = |sum: &Sum| format!("~{}{}", sum.money.rough(), if sum.notional { " notional" } else { "" });
    let sums = sums.iter().map(shown).collect::<Vec<_>>().join(" + ");
    match (sums.is_empty(), unknown) {
        (true, _) => "n/a".to_owned(),
        (false, 0) => sums,
        (false, lanes) => format!("{sums} · n/a: {}", counted(*lanes as u64, "lane")),
    }
}

/// `B 85% of its window`, where it is nearly full or too small.
fn tightness(before: &Before, several: bool) -> Option<String> {
    let window = before.window?;
    let full = before.full().filter(|full| *full >= NEARLY_FULL)?;
    let lane = if several { format!("{} ", before.letter) } else { String::new() };
    Some(if before.input.tokens > window {
        format!("{lane}~{} of {} tok: too long", short_count(before.input.tokens), short_count(window))
    } else {
        format!("{lane}~{full}% of the window")
    })
}

/// `~42% (12.3k)`: how much of its model's window a lane's conversation takes, and whether that is much; `~12.3k tok` where
/// the window is not known, nothing before the first message.
pub(super) fn context(state: &State, lane: &Lane) -> Option<(String, bool)> {
    let held = state.meter.held.get(&lane.id).filter(|_| !lane.branch.is_empty())?;
    let count = short_count(held.tokens);
    let window = state.meter.windows.get(&lane.id).copied().flatten();
    let Some(window) = window else { return Some((format!("~{count} tok"), false)) };
    let full = percent(held.tokens, window)?;
    Some((format!("~{full}% ({count})"), full >= NEARLY_FULL))
}
