//! The roles by name: one row for each, with what stands for it where there are no colours.

use ratatui::style::Modifier;

use crate::text::StyleRole;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct RoleRow {
    pub role: StyleRole,
    /// The role's name in theme files.
    pub name: &'static str,
    /// What marks the role on a terminal without colours.
    pub colourless: Modifier,
}

macro_rules! roles {
    ($($role:ident, $name:literal, [$($modifier:ident)*];)+) => {
        /// Every role, in the order of the enum.
        pub const ROLES: &[RoleRow] = &[
            $(RoleRow {
                role: StyleRole::$role,
                name: $name,
                colourless: Modifier::empty()$(.union(Modifier::$modifier))*,
            },)+
        ];

        /// Fails to compile when a role has no row.
        const _: fn(StyleRole) = |role| match role { $(StyleRole::$role => {})+ };
    };
}

roles! {
    Text, "text", [];
    Dim, "dim", [DIM];
    Focus, "focus", [BOLD];
    Border, "border", [DIM];
    Title, "title", [BOLD];
    Selection, "selection", [REVERSED];
    User, "user", [BOLD UNDERLINED];
    Assistant, "assistant", [BOLD];
    System, "system", [BOLD ITALIC];
    ToolName, "tool_name", [BOLD];
    Reasoning, "reasoning", [ITALIC];
    Heading, "heading", [BOLD];
    Link, "link", [UNDERLINED];
    Quote, "quote", [ITALIC];
    ListMark, "list_mark", [DIM];
    TableBorder, "table_border", [DIM];
    Code, "code", [BOLD];
    CodeFrame, "code_frame", [DIM];
    SyntaxKeyword, "syntax_keyword", [BOLD];
    SyntaxString, "syntax_string", [];
    SyntaxNumber, "syntax_number", [];
    SyntaxComment, "syntax_comment", [DIM ITALIC];
    SyntaxFunction, "syntax_function", [];
    SyntaxType, "syntax_type", [];
    SyntaxConstant, "syntax_constant", [];
    SyntaxVariable, "syntax_variable", [];
    SyntaxOperator, "syntax_operator", [];
    SyntaxPunctuation, "syntax_punctuation", [];
    SyntaxInserted, "syntax_inserted", [UNDERLINED];
    SyntaxDeleted, "syntax_deleted", [CROSSED_OUT];
    Escaped, "escaped", [REVERSED];
    Key, "key", [BOLD];
    Good, "good", [];
    Warning, "warning", [UNDERLINED];
    Error, "error", [BOLD UNDERLINED];
    Cost, "cost", [];
    CostOverBudget, "cost_over_budget", [BOLD REVERSED];
    SliderFilled, "slider_filled", [BOLD];
    SliderEmpty, "slider_empty", [DIM];
    SliderKnob, "slider_knob", [REVERSED];
    Unset, "unset", [DIM ITALIC];
    Notice, "notice", [ITALIC];
    Chip, "chip", [REVERSED];
    SearchHit, "search_hit", [REVERSED UNDERLINED];
    ChanceLikely, "chance_likely", [ITALIC];
    ChanceOpen, "chance_open", [UNDERLINED];
    ChanceUnlikely, "chance_unlikely", [BOLD];
    ChanceRare, "chance_rare", [BOLD UNDERLINED];
}
