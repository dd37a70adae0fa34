//! A request as a curl command for a POSIX shell.

use super::super::RequestShape;
use super::super::request_shape::Header;
use super::remark;

/// Linux takes no argument of 128 KiB or more; `printf` is part of the shell and has no such limit.
const LONGEST_ARGUMENT: usize = 100_000;

pub(super) fn write(shape: &RequestShape, json: &str, streams: bool) -> String {
    let mut lines = vec![format!("curl -sS{} {}", if streams { "N" } else { "" }, quoted(&shape.chat_url()))];
    lines.extend(shape.snippet_headers().iter().map(|header| format!("  -H {}", argument(header))));
    let body = quoted(json);
    let before = if body.len() > LONGEST_ARGUMENT {
        lines.push("  --data-binary @-".to_owned());
        format!("printf %s {body} |\n")
    } else {
        lines.push(format!("  --data-raw {body}"));
        String::new()
    };
    format!("{}{before}{}\n", remark(shape, "#"), lines.join(" \\\n"))
}

fn argument(header: &Header) -> String {
    match header {
        Header::Fixed { name, value } => quoted(&format!("{name}: {value}")),
        Header::Variable { name, prefix, variable } if is_plain(name) => format!("\"{name}: {prefix}${variable}\""),
        Header::Variable { name, prefix, variable } => {
            format!("{}\"${variable}\"", quoted(&format!("{name}: {prefix}")))
        }
    }
}

/// Whether a shell takes every sign for itself between double quotes.
fn is_plain(name: &str) -> bool {
    name.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_'))
}

/// One word of a shell that stands for exactly this text (POSIX, 2.2.2): between single quotes, only they are special.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
