//! Lines of text and what their parts mean.

/// What a piece of the screen means. A theme maps each role to a style; nothing else names a colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StyleRole {
    #[default]
    Text,
    /// Secondary text: captions, times, hints.
    Dim,
    /// The thing that has the focus: borders, the selected row's mark.
    Focus,
    /// Borders and rules of what has no focus.
    Border,
    /// Titles of panes and overlays.
    Title,
    /// A selected row's ground.
    Selection,
    /// The name of who speaks, by who it is.
    User,
    Assistant,
    System,
    ToolName,
    Reasoning,
    Heading,
    Link,
    Quote,
    ListMark,
    TableBorder,
    /// Code between backticks, and code blocks where no syntax is known.
    Code,
    /// The ground and frame of a fenced block.
    CodeFrame,
    SyntaxKeyword,
    SyntaxString,
    SyntaxNumber,
    SyntaxComment,
    SyntaxFunction,
    SyntaxType,
    SyntaxConstant,
    SyntaxVariable,
    SyntaxOperator,
    SyntaxPunctuation,
    SyntaxInserted,
    SyntaxDeleted,
    /// Something hostile or invisible that was made visible.
    Escaped,
    Key,
    Good,
    Warning,
    Error,
    Cost,
    CostOverBudget,
    /// The filled and the empty part of a slider, and its knob.
    SliderFilled,
    SliderEmpty,
    SliderKnob,
    Unset,
    Notice,
    Chip,
    SearchHit,
    /// Tokens by their probability, those that were not almost certain, the likelier first.
    ChanceLikely,
    ChanceOpen,
    ChanceUnlikely,
    ChanceRare,
}

/// A role and the emphasis on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ink {
    pub role: StyleRole,
    pub emphasis: Emphasis,
}

/// Emphases that add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Emphasis(u8);

impl Emphasis {
    pub const NONE: Self = Self(0);
    pub const BOLD: Self = Self(1);
    pub const ITALIC: Self = Self(2);
    pub const STRIKE: Self = Self(4);
    pub const UNDERLINE: Self = Self(8);

    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl From<StyleRole> for Ink {
    fn from(role: StyleRole) -> Self {
        Self { role, emphasis: Emphasis::NONE }
    }
}

impl Ink {
    #[must_use]
    pub const fn with(self, emphasis: Emphasis) -> Self {
        Self { role: self.role, emphasis: self.emphasis.with(emphasis) }
    }
}

/// A run of text in one ink. Its text holds no control characters: it went through the cleaner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    pub text: String,
    pub ink: Ink,
}

impl Span {
    #[must_use]
    pub fn new(text: impl Into<String>, ink: impl Into<Ink>) -> Self {
        Self { text: text.into(), ink: ink.into() }
    }
}

/// One row of cells at most: it fits the width it was made for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Line {
    pub spans: Vec<Span>,
}

impl Line {
    #[must_use]
    pub fn new(text: impl Into<String>, ink: impl Into<Ink>) -> Self {
        Self { spans: vec![Span::new(text, ink)] }
    }

    /// The text without its inks.
    #[must_use]
    pub fn plain(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}
