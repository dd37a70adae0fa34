//! What is wrong with a command that answers a tool's calls, before there is a call.

use serde_json::Value;

use super::{Finding, Severity};
use crate::chat::Tool;
use crate::text::clean_line;
use crate::tools::CommandResponder;
use crate::tools::command::{CommandFault, Piece, pieces, preview};

/// What is worth a word about a command for this tool: placeholders for what the schema does not know or does not require,
/// and places in which a value that begins with `-` is refused. The pointers lead into the command's list of arguments.
#[must_use]
pub fn lint_command(command: &CommandResponder, tool: &Tool) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |severity, place: usize, said: String| {
        let said = clean_line(&said).into_owned();
        found.push(Finding { severity, tool: Some(tool.name.clone()), pointer: format!("/{place}"), said });
    };
    if let Err(fault) = preview(command, "{}")
        && !matches!(fault, CommandFault::Missing { .. })
    {
        add(Severity::Refused, 0, fault.to_string());
    }
    let schema = tool.definition.pointer("/function/parameters");
    let mut options_ended = false;
    for (place, template) in command.argv.iter().enumerate().skip(1) {
        let pieces = pieces(template);
        for piece in &pieces {
            let Piece::Value(pointer) = piece else { continue };
            match known(schema, pointer) {
                Known::Required => {}
                Known::Optional => {
                    let said = format!("{pointer} is not required; a call without it fails");
                    add(Severity::Note, place, said);
                }
                Known::Not => add(Severity::Misread, place, format!("the tool has no parameter {pointer}")),
            }
        }
        if let (Some(Piece::Value(pointer)), false) = (pieces.first(), options_ended) {
            let said =
                format!("a value of {pointer} that begins with `-` is refused here; a `--` before it lets it through");
            add(Severity::Note, place, said);
        }
        options_ended |= template == "--";
    }
    found
}

enum Known {
    Required,
    Optional,
    Not,
}

/// What the schema says of the parameter that a pointer begins with; deeper parts are left to the call.
fn known(schema: Option<&Value>, pointer: &str) -> Known {
    let name = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
    let name = name.replace("~1", "/").replace("~0", "~");
    let holds = |field: &str| schema.and_then(|schema| schema.get(field));
    if holds("properties").is_none_or(|properties| properties.get(&name).is_none()) {
        return Known::Not;
    }
    let required = holds("required").and_then(Value::as_array);
    let is_required = required.is_some_and(|required| required.iter().any(|given| *given == name));
    if is_required { Known::Required } else { Known::Optional }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::{Responder, sample, sample_responders};

    fn linted(argv: &[&str]) -> Vec<String> {
        let tool = sample("get_weather").unwrap().tool;
        let command = CommandResponder::new(argv.iter().map(|&word| word.to_owned()).collect());
        let found = lint_command(&command, &tool);
        found.iter().map(|one| format!("{} {}: {}", one.severity.word(), one.pointer, one.said)).collect()
    }

    #[test]
    fn placeholders_are_held_against_the_schema_and_against_options() {
        assert_eq!(linted(&["weather", "--", "{/location}"]), Vec::<String>::new());
        let expected = [
            "note /1: a value of /location that begins with `-` is refused here; a `--` before it lets it through",
            "note /2: /unit is not required; a call without it fails",
            "misread /3: the tool has no parameter /city/name",
        ];
        assert_eq!(linted(&["weather", "{/location}", "in {/unit}", "x{/city/name}"]), expected);
        assert_eq!(
            linted(&["{/location}"]),
            ["refused /0: The program of a command is fixed: `{/location}` holds a placeholder"]
        );
    }

    #[test]
    fn what_answers_the_samples_has_nothing_wrong_with_it() {
        for (name, responder) in sample_responders().0 {
            let Responder::Command(command) = responder else { panic!("{name}") };
            assert_eq!(lint_command(&command, &sample(&name).unwrap().tool), []);
        }
    }
}
