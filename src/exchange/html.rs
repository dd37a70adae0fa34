//! A session as one HTML page that needs nothing else: no script, nothing from the network, light or dark as the reader
//! has it.
//!
//! Owns that nothing of what was said can become more than text and harmless Markdown: HTML in it is shown as it is
//! written, images in it are their words, and links are links to the web alone. A policy in the page forbids the rest.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

use super::sheet::{LaneSheet, Sheet, TurnSheet, described};
use crate::chat::{Attachment, data_url};
use crate::store::SavedSession;
use crate::text;

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1c1e21;--faint:#5f6670;--line:#d5d9df;--panel:#f4f6f8}\
@media(prefers-color-scheme:dark){:root{--paper:#16181b;--ink:#e4e6e9;--faint:#9aa2ad;--line:#34393f;--panel:#1f2327}}\
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\
main{padding:1.5rem;max-width:110rem;margin:auto}h1{margin:0}\
.lanes{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr));gap:1.5rem}\
.lane{min-width:0}.turn{border-top:1px solid var(--line);padding:.5rem 0}\
.role,.figures,.fault,header p{color:var(--faint);font-size:.85rem;margin:.25rem 0}.fault{font-weight:bold}\
table{border-collapse:collapse;font-size:.9rem}td,th{border:1px solid var(--line);padding:.15rem .5rem;text-align:left;\
vertical-align:top;overflow-wrap:anywhere}\
pre{background:var(--panel);padding:.75rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}\
code{font-family:ui-monospace,monospace;font-size:.9em}details{color:var(--faint)}\
img{max-width:100%;height:auto}";

pub(super) fn write(session: &SavedSession) -> String {
    let sheet = Sheet::of(session);
    let title = escaped(&sheet.title);
    let lanes: String = sheet.lanes.iter().map(lane).collect();
    let beside = match sheet.beside {
        0 => String::new(),
        count => format!("<p>Turns on other branches, which are in the JSON alone: {count}.</p>\n"),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<header><h1>{title}</h1>\n<p>{} · cost {}</p></header>\n\
         <div class=\"lanes\">\n{lanes}</div>\n{beside}</main>\n</body>\n</html>\n",
        escaped(&sheet.begun),
        escaped(&sheet.cost),
    )
}

fn lane(lane: &LaneSheet<'_>) -> String {
    let row =
        |(name, value): &(String, String)| format!("<tr><th>{}</th><td>{}</td></tr>\n", escaped(name), escaped(value));
    let rows: String = lane.settings.iter().map(row).collect();
    let system =
        lane.system.map(|system| format!("<div class=\"turn\"><p class=\"role\">system</p>\n{}</div>\n", said(system)));
    let turns: String = lane.turns.iter().map(turn).collect();
    format!(
        "<section class=\"lane\">\n<h2>{}</h2>\n<table>\n{rows}</table>\n{}{turns}</section>\n",
        escaped(&lane.title),
        system.unwrap_or_default()
    )
}

fn turn(sheet: &TurnSheet<'_>) -> String {
    let turn = sheet.turn;
    let answers = turn.answers.as_ref().map(|call| format!(" · answers {}", escaped(call))).unwrap_or_default();
    let mut out = format!("<div class=\"turn\"><p class=\"role\">{}{answers}</p>\n", escaped(&turn.role));
    if !turn.reasoning.is_empty() {
        out.push_str(&format!("<details><summary>Reasoning</summary>\n{}</details>\n", said(&turn.reasoning)));
    }
    out.extend(sheet.attachments.iter().map(attachment));
    if turn.role == "tool" {
        out.push_str(&format!("<pre>{}</pre>\n", escaped(&turn.text)));
    } else {
        out.push_str(&said(&turn.text));
    }
    if !turn.refusal.is_empty() {
        out.push_str(&format!("<p class=\"fault\">Refusal</p>\n{}", said(&turn.refusal)));
    }
    for call in &turn.tool_calls {
        let (name, id, arguments) = (escaped(&call.name), escaped(&call.id), escaped(&call.arguments));
        out.push_str(&format!("<p class=\"role\">Call {name} ({id})</p>\n<pre>{arguments}</pre>\n"));
    }
    out.extend(sheet.fault.map(|fault| format!("<p class=\"fault\">{}</p>\n", escaped(fault))));
    let lines = [sheet.asked.as_deref(), sheet.figures.as_deref()];
    out.extend(lines.into_iter().flatten().map(|line| format!("<p class=\"figures\">{}</p>\n", escaped(line))));
    out.push_str("</div>\n");
    out
}

/// A file's name, and the picture itself. Its address is made of its own bytes, in letters that mean nothing else.
fn attachment(attachment: &Attachment) -> String {
    let name = escaped(&attachment.name);
    let caption = format!("<p class=\"role\">Attached: {name} ({})</p>\n", described(attachment));
    let is_whole = attachment.picture().is_some() && attachment.bytes().is_some();
    let image = is_whole.then(|| format!("<img src=\"{}\" alt=\"{name}\">\n", data_url(attachment)));
    caption + &image.unwrap_or_default()
}

/// Text as text: every sign that means something to a browser is spelled out, hidden ones are made visible.
fn escaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for sign in text::clean(raw).chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            sign => out.push(sign),
        }
    }
    out
}

/// What was said, as Markdown without anything that a page could be changed or watched by.
fn said(source: &str) -> String {
    let source = text::clean(source);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut followed = Vec::new();
    let events = Parser::new_ext(&source, options).filter_map(|event| harmless(event, &mut followed));
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

/// An event with what is dangerous taken out of it. `followed` says of each open link whether it is one here.
fn harmless<'e>(event: Event<'e>, followed: &mut Vec<bool>) -> Option<Event<'e>> {
    match event {
        Event::Html(source) | Event::InlineHtml(source) => Some(Event::Text(source)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Image { .. }) => Some(Event::Text(CowStr::from("[image: "))),
        Event::End(TagEnd::Image) => Some(Event::Text(CowStr::from("]"))),
        Event::Start(Tag::Link { dest_url, .. }) => {
            let is_web = is_web(&dest_url);
            followed.push(is_web);
            let (link_type, title, id) = (LinkType::Inline, CowStr::from(""), CowStr::from(""));
            is_web.then_some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        Event::End(TagEnd::Link) => followed.pop()?.then_some(Event::End(TagEnd::Link)),
        other => Some(other),
    }
}

fn is_web(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme))
}
