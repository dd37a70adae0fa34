//! How a call ended, as the model is told of it.

use std::borrow::Cow;

use crate::text;
use crate::tools::CallEnd;

/// What goes back to the model for an end.
#[must_use]
pub fn call_content(end: &CallEnd) -> Cow<'_, str> {
    let and = |output: &str| if output.is_empty() { String::new() } else { format!("\n{output}") };
    match end {
        CallEnd::Answered(result) => result.into(),
        CallEnd::Refused { reason } if reason.is_empty() => "The user refused to run this tool.".into(),
        CallEnd::Refused { reason } => format!("The user refused to run this tool: {reason}").into(),
        CallEnd::Failed { said, output } => format!("The tool failed: {said}{}", and(output)).into(),
        CallEnd::TimedOut { after, output } => {
            format!("The tool was stopped after {}.{}", text::duration(*after), and(output)).into()
        }
        CallEnd::Cancelled { output } => format!("The user stopped this tool while it ran.{}", and(output)).into(),
    }
}
