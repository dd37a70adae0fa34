//! The rows of a heat: tokens as they flow, the figures above them, the token under the cursor below.

use super::by_chance;
use crate::chat::{Candidate, Chance, Token};
use crate::state::{ChanceClass, ChanceFigures, Heat, Spot, Stretch};
use crate::text::{Emphasis, Ink, Line, Span, StyleRole, clean_line, counted, graphemes, truncate, width};

/// Columns of an alternative's text and of its bar, where there is room.
const TEXT: usize = 24;
const BAR: usize = 24;

/// Between two figures.
const GAP: &str = " · ";

/// Lays out the tokens that are not yet, and counts them.
pub(super) fn append(heat: &mut Heat, tokens: &[Token], columns: u16) {
    for (at, token) in tokens.iter().enumerate().skip(heat.places.len()) {
        count(&mut heat.figures, at, token);
        let spans = spans(&token.said, ink(token.said.chance));
        let begins_row = at == 0 || tokens[at - 1].said.text.contains('\n');
        let place = flow(&mut heat.rows, &spans, heat.places.last().map(|last| last.to), begins_row, columns);
        heat.places.push(place);
    }
}

fn count(figures: &mut ChanceFigures, at: usize, token: &Token) {
    let chance = token.said.chance;
    match ChanceClass::of(chance) {
        Some(class) => figures.classes[class as usize] += 1,
        None => figures.untold += 1,
    }
    if let Chance::Known(logprob) = chance {
        figures.known += 1;
        figures.logprob += logprob;
        figures.probability += logprob.exp();
    }
    let less = |(_, least): (usize, Chance)| by_chance(chance, least).is_lt();
    if chance != Chance::Unknown && figures.least.is_none_or(less) {
        figures.least = Some((at, chance));
    }
    figures.alternatives = figures.alternatives.max(token.top.len());
}

fn ink(chance: Chance) -> Ink {
    ChanceClass::of(chance).map_or(StyleRole::Unset, ChanceClass::role).into()
}

/// A token with all that is blank or would steer the terminal made visible. Where words stand in it, its blanks are faint.
fn spans(candidate: &Candidate, ink: Ink) -> Vec<Span> {
    let blank = if candidate.text.chars().all(char::is_whitespace) { ink } else { StyleRole::Dim.into() };
    let mut spans: Vec<Span> = Vec::new();
    let mut words = String::new();
    let flush = |words: &mut String, spans: &mut Vec<Span>| {
        let clean = clean_line(words).into_owned();
        if width(&clean) > 0 {
            spans.push(Span::new(clean, ink));
        }
        words.clear();
    };
    for sign in candidate.text.chars() {
        let shown = match sign {
            '\n' => "⏎",
            '\r' => "␍",
            '\t' => "⇥",
            sign if sign.is_whitespace() => "␣",
            sign => {
                words.push(sign);
                continue;
            }
        };
        flush(&mut words, &mut spans);
        spans.push(Span::new(shown, blank));
    }
    flush(&mut words, &mut spans);
    if !candidate.unfinished.is_empty() {
        let bytes: Vec<String> = candidate.unfinished.iter().map(|byte| format!("{byte:02X}")).collect();
        spans.push(Span::new(format!("‹{}›", bytes.join(" ")), ink));
    }
    if spans.is_empty() {
        spans.push(Span::new("∅", ink));
    }
    spans
}

/// Sets a token behind the one that ended at `after`: on the next row where it has no room or must begin one. Only a
/// token that is wider than a row is broken.
fn flow(rows: &mut Vec<Line>, spans: &[Span], after: Option<Spot>, begins_row: bool, columns: u16) -> Stretch {
    let wide = spans.iter().map(|span| width(&span.text)).sum::<usize>();
    let free = |column: u16| usize::from(columns.saturating_sub(column));
    let mut column = after.map_or(0, |after| after.column);
    if rows.is_empty() || begins_row || (wide > free(column) && (column > 0 || wide <= usize::from(columns))) {
        rows.push(Line::default());
        column = 0;
    }
    let from = Spot { row: rows.len() - 1, column };
    for span in spans {
        let mut part = String::new();
        for (sign, wide) in graphemes(&span.text) {
            if wide > free(column) && column > 0 {
                put(rows, Span::new(std::mem::take(&mut part), span.ink));
                rows.push(Line::default());
                column = 0;
            }
            part.push_str(sign);
            column = column.saturating_add(u16::try_from(wide).unwrap_or(u16::MAX));
        }
        put(rows, Span::new(part, span.ink));
    }
    Stretch { from, to: Spot { row: rows.len() - 1, column } }
}

fn put(rows: &mut [Line], span: Span) {
    if let (Some(row), false) = (rows.last_mut(), span.text.is_empty()) {
        row.spans.push(span);
    }
}

/// The summary, and the classes with their figures.
pub(super) fn head(figures: &ChanceFigures, tokens: &[Token], columns: u16) -> Vec<Line> {
    let said = |text: String| vec![Span::new(text, StyleRole::Text)];
    let mut counted = counted(tokens.len() as u64, "token");
    if figures.known < tokens.len() {
        counted = format!("{counted}, {} with a figure", figures.known);
    }
    let mut summary = vec![said(counted)];
    if figures.known > 0 {
        let known = figures.known as f64;
        summary.push(said(format!("mean {}", percent(figures.probability / known))));
        summary.push(said(format!("perplexity {:.2}", (-figures.logprob / known).exp())));
    }
    if let Some((at, chance)) = figures.least {
        let mut least = said("least probable ".to_owned());
        least.extend(cut(spans(&tokens[at].said, ink(chance)), TEXT));
        least.extend(said(format!(" {}", figure(chance))));
        summary.push(least);
    }
    let class = |class: ChanceClass| {
        let least = class.least_percent();
        let label = match class {
            ChanceClass::Rare => format!("<{} %", ChanceClass::Unlikely.least_percent()),
            _ => format!("≥{least} %"),
        };
        vec![
            Span::new(label, Ink::from(class.role())),
            Span::new(format!(": {}", figures.classes[class as usize]), StyleRole::Dim),
        ]
    };
    let mut legend: Vec<Vec<Span>> = ChanceClass::ALL.into_iter().map(class).collect();
    if figures.untold > 0 {
        legend
            .push(vec![Span::new("n/a", StyleRole::Unset), Span::new(format!(": {}", figures.untold), StyleRole::Dim)]);
    }
    let mut rows = packed(summary, columns);
    rows.extend(packed(legend, columns));
    rows
}

/// Figures in as many rows as they need, none of them broken.
fn packed(entries: Vec<Vec<Span>>, columns: u16) -> Vec<Line> {
    let mut rows: Vec<Line> = Vec::new();
    let wide = |spans: &[Span]| spans.iter().map(|span| width(&span.text)).sum::<usize>();
    for entry in entries {
        match rows.last_mut() {
            Some(row) if wide(&row.spans) + width(GAP) + wide(&entry) <= usize::from(columns) => {
                row.spans.push(Span::new(GAP, StyleRole::Border));
                row.spans.extend(entry);
            }
            _ => rows.push(Line { spans: entry }),
        }
    }
    rows
}

/// The token under the cursor, and the likeliest at its place, in so many rows.
pub(super) fn detail(heat: &Heat, tokens: &[Token], columns: u16, rows: usize) -> Vec<Line> {
    let Some(token) = tokens.get(heat.at) else { return Vec::new() };
    let mut entries = vec![
        vec![Span::new(format!("token {} of {}", heat.at + 1, tokens.len()), StyleRole::Dim)],
        cut(spans(&token.said, ink(token.said.chance)), TEXT),
        vec![Span::new(figure(token.said.chance), Ink::from(StyleRole::Text).with(Emphasis::BOLD))],
    ];
    if let Some(rank) = heat.rank {
        let said =
            if rank == 0 { "the least probable".to_owned() } else { format!("least probable: no. {}", rank + 1) };
        entries.push(vec![Span::new(said, StyleRole::Dim)]);
    }
    let mut lines = packed(entries, columns);
    lines.truncate(1);
    lines.extend(alternatives(token, columns, rows.saturating_sub(1)));
    lines
}

/// A row for each of the likeliest, the one that was said marked, and one for all that is not listed.
fn alternatives(token: &Token, columns: u16, rows: usize) -> Vec<Line> {
    if token.top.is_empty() {
        return vec![Line::new("No alternatives came: top_logprobs lists up to 20.", StyleRole::Dim)];
    }
    let is_said = |other: &Candidate| other.text == token.said.text && other.unfinished == token.said.unfinished;
    let mut listed: Vec<&Candidate> = token.top.iter().collect();
    if !listed.iter().any(|other| is_said(other)) {
        listed.push(&token.said);
    }
    let rest = 1.0 - listed.iter().filter_map(|other| other.chance.probability()).sum::<f64>();
    let told = listed.iter().all(|other| other.chance.probability().is_some());
    let hidden = listed.len().saturating_sub(rows);
    if hidden > 0 {
        // The token that was said stays in sight, and the last row says how many others do not.
        let said = listed.iter().position(|other| is_said(other)).unwrap_or(0);
        let kept = rows.saturating_sub(1);
        listed.swap(kept.saturating_sub(1).min(said), said);
        listed.truncate(kept);
    }
    let mut lines: Vec<Line> = listed.iter().map(|other| alternative(other, is_said(other), columns)).collect();
    if hidden > 0 {
        lines.push(Line::new(format!("  {} more", hidden + 1), StyleRole::Dim));
    } else if told && lines.len() < rows {
        lines.push(barred(vec![Span::new("all others", StyleRole::Dim)], " ", rest.max(0.0), columns));
    }
    lines
}

fn alternative(other: &Candidate, said: bool, columns: u16) -> Line {
    let ink = ink(other.chance);
    let mark = if said { "▸" } else { " " };
    match other.chance.probability() {
        Some(probability) => barred(spans(other, ink), mark, probability, columns),
        None => {
            let mut spans = lead(spans(other, ink), mark, columns);
            spans.push(Span::new(figure(other.chance), StyleRole::Dim));
            Line { spans }
        }
    }
}

/// `▸ ␣lanes   ━━━━━━━───────  62.1 %`
fn barred(text: Vec<Span>, mark: &str, probability: f64, columns: u16) -> Line {
    let mut spans = lead(text, mark, columns);
    let room = usize::from(columns).saturating_sub(spans.iter().map(|span| width(&span.text)).sum::<usize>() + 9);
    let bar = BAR.min(room);
    let filled = (0..bar).filter(|cell| (*cell as f64 + 0.5) / (bar as f64) < probability).count();
    spans.push(Span::new("━".repeat(filled), StyleRole::SliderFilled));
    spans.push(Span::new("─".repeat(bar - filled), StyleRole::SliderEmpty));
    spans.push(Span::new(format!("{:>9}", percent(probability)), StyleRole::Text));
    Line { spans }
}

/// The mark and the text, padded to where the bars begin.
fn lead(text: Vec<Span>, mark: &str, columns: u16) -> Vec<Span> {
    let room = TEXT.min(usize::from(columns) / 3);
    let mut spans = vec![Span::new(format!("{mark} "), StyleRole::Focus)];
    let text = cut(text, room);
    let wide: usize = text.iter().map(|span| width(&span.text)).sum();
    spans.extend(text);
    spans.push(Span::new(" ".repeat(room + 1 - wide.min(room)), StyleRole::Text));
    spans
}

/// Spans cut to some columns.
fn cut(spans: Vec<Span>, columns: usize) -> Vec<Span> {
    let mut left = columns;
    let mut kept = Vec::new();
    for span in spans {
        let text = truncate(&span.text, left).into_owned();
        left -= width(&text).min(left);
        let whole = text.len() == span.text.len();
        if !text.is_empty() {
            kept.push(Span::new(text, span.ink));
        }
        if !whole {
            break;
        }
    }
    kept
}

/// A chance as a figure.
fn figure(chance: Chance) -> String {
    match chance {
        Chance::Known(logprob) => percent(logprob.exp()),
        Chance::Slight => "too slight to be told".to_owned(),
        Chance::Unknown => "n/a".to_owned(),
    }
}

/// A probability in percent with as many digits as tell something.
fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    if percent >= 10.0 {
        format!("{percent:.1} %")
    } else if percent >= 0.01 {
        format!("{percent:.2} %")
    } else if percent > 0.0 {
        "<0.01 %".to_owned()
    } else {
        "0 %".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chat::TurnId;
    use crate::state::Size;

    fn token(text: &str, chance: Chance) -> Token {
        Token { said: Candidate { text: text.to_owned(), unfinished: Vec::new(), chance }, top: Vec::new() }
    }

    fn known(text: &str, probability: f64) -> Token {
        token(text, Chance::Known(probability.ln()))
    }

    fn laid_out(tokens: &[Token], columns: u16) -> Heat {
        let mut heat = Heat::new(TurnId(0), String::new());
        append(&mut heat, tokens, columns);
        heat
    }

    fn plain(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::plain).collect()
    }

    #[test]
    fn tokens_flow_whole_and_a_line_end_ends_the_row() {
        let tokens = ["ab", " cd", " efg", "\n\n", "h", " ijklmnopqrs", "", "t"].map(|text| known(text, 0.5));
        let heat = laid_out(&tokens, 8);
        assert_eq!(plain(&heat.rows), ["ab␣cd", "␣efg⏎⏎", "h", "␣ijklmno", "pqrs∅t"]);
    }

    #[test]
    fn blanks_in_a_token_are_faint_and_a_blank_token_has_the_ink_of_its_chance() {
        let shown = |text: &str| spans(&known(text, 0.05).said, StyleRole::ChanceRare.into());
        let rare = |text: &str| Span::new(text, StyleRole::ChanceRare);
        assert_eq!(shown(" a"), [Span::new("␣", StyleRole::Dim), rare("a")]);
        assert_eq!(shown("\t "), [rare("⇥"), rare("␣")]);
        assert_eq!(shown("\u{1b}[31mx\u{7}"), [rare("x␇")]);
    }

    #[test]
    fn the_head_gives_mean_and_perplexity_over_the_tokens_that_have_a_figure() {
        let tokens = [known("a", 0.5), known("b", 0.5), token("c", Chance::Unknown), known("d", 0.5)];
        let heat = laid_out(&tokens, 80);
        assert_eq!(
            plain(&head(&heat.figures, &tokens, 100)),
            [
                "4 tokens, 3 with a figure · mean 50.0 % · perplexity 2.00 · least probable a 50.0 %",
                "≥90 %: 0 · ≥60 %: 0 · ≥30 %: 3 · ≥10 %: 0 · <10 %: 0 · n/a: 1"
            ]
        );
    }

    #[test]
    fn the_token_that_was_said_stays_in_sight_among_many_alternatives() {
        let mut one = known("said", 0.01);
        one.top = (0..20).map(|at| known(&format!("other{at}"), 0.04).said).collect();
        let heat = laid_out(std::slice::from_ref(&one), 40);
        let rows = plain(&detail(&heat, &[one], 40, 5));
        let starts: Vec<&str> = rows.iter().map(|row| row.split("  ").find(|part| !part.is_empty()).unwrap()).collect();
        assert_eq!(starts, ["token 1 of 1 · said · 1.00 %", "other0", "other1", "▸ said", "18 more"]);
    }

    #[test]
    fn what_the_listed_ones_leave_belongs_to_all_others() {
        let mut one = known("a", 0.6);
        one.top = vec![known("a", 0.6).said, known("b", 0.3).said];
        let heat = laid_out(std::slice::from_ref(&one), 60);
        let rows = plain(&detail(&heat, &[one], 60, 9));
        assert!(rows[3].starts_with("  all others") && rows[3].ends_with("10.0 %"), "{rows:?}");
    }

    #[test]
    fn small_probabilities_keep_digits_that_tell_something() {
        let figures = [1.0, 0.5, 0.0999, 0.00012, 0.000_001, 0.0].map(percent);
        assert_eq!(figures, ["100.0 %", "50.0 %", "9.99 %", "0.01 %", "<0.01 %", "0 %"]);
    }

    proptest! {
        #[test]
        fn tokens_that_come_in_pieces_are_laid_out_as_those_that_come_at_once(
            texts in prop::collection::vec("( |\n)?(a|bc|漢|e\u{301}|\t|😀|\u{1b}){0,9}", 1..40),
            cut in 0usize..40,
            columns in 2u16..30,
        ) {
            let tokens: Vec<Token> = texts.iter().map(|text| known(text, 0.7)).collect();
            let mut grown = laid_out(&tokens[..cut.min(tokens.len())], columns);
            append(&mut grown, &tokens, columns);
            let fresh = laid_out(&tokens, columns);
            prop_assert_eq!(&grown.rows, &fresh.rows);
            prop_assert_eq!(&grown.places, &fresh.places);
            prop_assert_eq!(&grown.figures, &fresh.figures);
            // Nothing is wider than the box, and each token follows the one before.
            prop_assert!(plain(&fresh.rows).iter().all(|row| width(row) <= usize::from(columns)));
            prop_assert!(fresh.places.iter().all(|place| place.from < place.to));
            prop_assert!(fresh.places.windows(2).all(|pair| pair[0].to <= pair[1].from));
            let said: String = tokens.iter().flat_map(|token| spans(&token.said, StyleRole::Text.into())).map(|span| span.text).collect();
            prop_assert_eq!(plain(&fresh.rows).concat(), said);
        }

        #[test]
        fn no_size_is_too_small_to_lay_tokens_out(columns in 0u16..20, rows in 0u16..20, count in 0usize..9) {
            let size = Size { columns, rows };
            let mut one = known(" 漢字\n", 0.5);
            one.top = vec![one.said.clone(); count];
            let tokens = vec![one; count];
            let mut heat = laid_out(&tokens, Heat::columns(size));
            heat.head = head(&heat.figures, &tokens, Heat::columns(size));
            let told = usize::from(heat.detail_rows(size));
            prop_assert!(heat.areas(size).tokens.height <= rows);
            prop_assert!(detail(&heat, &tokens, Heat::columns(size), told).len() <= told + 2);
        }

        #[test]
        fn the_parts_of_the_box_lie_in_it_one_below_the_other(columns in 60u16..300, rows in 16u16..90, count in 0usize..30, top in 0usize..21) {
            let mut one = known("a", 0.5);
            one.top = vec![one.said.clone(); top];
            let tokens = vec![one; count];
            let size = Size { columns, rows };
            let mut heat = laid_out(&tokens, Heat::columns(size));
            heat.head = head(&heat.figures, &tokens, Heat::columns(size));
            let areas = heat.areas(size);
            prop_assert!(areas.head.bottom() <= areas.tokens.y && areas.tokens.bottom() < areas.detail.y);
            prop_assert!(areas.detail.bottom() <= areas.keys.y && areas.keys.bottom() < areas.frame.bottom());
            prop_assert!(areas.tokens.height >= 3, "{:?}", areas);
        }
    }
}
