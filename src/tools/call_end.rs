//! How a call of a tool ended.

use std::time::Duration;

use crate::text::duration;

/// What came of a call. Each of them is sent back to the model in a `tool` message of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// The result as the model gets it.
    Answered(String),
    /// The user said no; the reason goes to the model.
    Refused {
        reason: String,
    },
    /// It ran and failed: `said` says how, a sentence without its full stop; `output` is what it had printed by then.
    Failed {
        said: String,
        output: String,
    },
    TimedOut {
        after: Duration,
        output: String,
    },
    /// The user stopped it.
    Cancelled {
        output: String,
    },
}

impl CallEnd {
    /// What the model gets. A result goes as it is, an empty one too; everything else is a sentence, followed by what the
    /// tool had printed.
    #[must_use]
    pub fn to_content(&self) -> String {
        match self {
            Self::Answered(result) => result.clone(),
            Self::Refused { reason } => match reason.trim() {
                "" => "The user refused to run this tool.".to_owned(),
                reason => format!("The user refused to run this tool: {reason}"),
            },
            Self::Failed { said, output } => with_output(format!("The tool failed: {said}."), output),
            Self::TimedOut { after, output } => {
                with_output(format!("The tool was stopped: it did not end within {}.", duration(*after)), output)
            }
            Self::Cancelled { output } => with_output("The user stopped this tool while it ran.".to_owned(), output),
        }
    }
}

fn with_output(sentence: String, output: &str) -> String {
    if output.is_empty() { sentence } else { format!("{sentence} It had printed:\n{output}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_gets_a_result_as_it_is_and_a_sentence_for_everything_else() {
        let output = || "half\n".to_owned();
        let refused = |reason: &str| CallEnd::Refused { reason: reason.to_owned() };
        let cases = [
            (CallEnd::Answered(" 7\n".to_owned()), " 7\n"),
            (CallEnd::Answered(String::new()), ""),
            (refused(""), "The user refused to run this tool."),
            (refused("not on Fridays\n"), "The user refused to run this tool: not on Fridays"),
            (
                CallEnd::Failed { said: "`p` failed (exit status: 1)".to_owned(), output: output() },
                "The tool failed: `p` failed (exit status: 1). It had printed:\nhalf\n",
            ),
            (
                CallEnd::TimedOut { after: Duration::from_secs(30), output: String::new() },
                "The tool was stopped: it did not end within 30.0 s.",
            ),
            (
                CallEnd::Cancelled { output: output() },
                "The user stopped this tool while it ran. It had printed:\nhalf\n",
            ),
        ];
        for (end, content) in cases {
            assert_eq!(end.to_content(), content);
        }
    }
}
