//! Code blocks as they stand in the source.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The text of a Markdown source's last code block, byte for byte; `None` when there is none.
#[must_use]
pub fn last_code_block(source: &str) -> Option<String> {
    let mut last = None;
    let mut open: Option<String> = None;
    for event in Parser::new(source) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => open = Some(String::new()),
            Event::Text(text) => {
                if let Some(code) = &mut open {
                    code.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => last = open.take().or(last),
            _ => {}
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_block_is_given_as_it_was_written() {
        let source = "a\n```\none\n```\ntext `no`\n```rust\nlet x = 1;\n\n  y\n```\nend";
        assert_eq!(last_code_block(source).unwrap(), "let x = 1;\n\n  y\n");
        assert_eq!(last_code_block("plain `code`"), None);
    }
}
