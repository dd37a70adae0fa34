//! Everything a user can ask for by key, palette or slash command: one table that feeds keymap, palette, help and docs.

/// Where the keys of an action are listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere that no narrower context takes the chord first.
    Global,
    Composer,
    /// While files are offered for an `@path` of the draft. The keys of the composer work there too.
    Completion,
    Transcript,
    Sidebar,
    /// While the user decides about tool calls.
    Calls,
    /// While help, the palette or another overlay is open.
    Overlay,
    /// While something is read in a box: the help, a diff, a run. The keys of overlays work there too.
    Reader,
    /// While the tree of turns is open. The keys of overlays work there too.
    Tree,
    /// While the list of sessions is open. The keys of overlays work there too; signs go into its query.
    Sessions,
    /// While the calls of the session are looked into. The keys of overlays work there too.
    Inspector,
    /// While the ledger is open. The keys of overlays work there too; signs go into its filter.
    Ledger,
    /// While a text is edited in a box.
    Form,
}

impl Context {
    /// The context's name in keymap files and in the help.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Composer => "composer",
            Self::Completion => "completion",
            Self::Transcript => "transcript",
            Self::Sidebar => "sidebar",
            Self::Calls => "calls",
            Self::Overlay => "overlay",
            Self::Reader => "reader",
            Self::Tree => "tree",
            Self::Sessions => "sessions",
            Self::Inspector => "inspector",
            Self::Ledger => "ledger",
            Self::Form => "form",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct ActionRow {
    pub action: Action,
    /// The name in keymap files and the palette's second column.
    pub name: &'static str,
    pub context: Context,
    /// What it does, as an order of one line.
    pub help: &'static str,
    /// One or two words for the footer; empty when the footer never shows it.
    pub hint: &'static str,
}

macro_rules! actions {
    ($($action:ident, $context:ident, $name:literal, $hint:literal, $help:literal;)+) => {
        /// What the user asked for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $(#[doc = $help] $action,)+ }

        /// Every action, in the order of the help.
        pub const ACTIONS: &[ActionRow] = &[
            $(ActionRow { action: Action::$action, name: $name, context: Context::$context, help: $help, hint: $hint },)+
        ];
    };
}

actions! {
    Send, Composer, "composer.send", "send", "Send the message";
    Newline, Composer, "composer.newline", "newline", "Start a new line";
    HistoryOlder, Composer, "composer.older", "", "At the first line: bring back the draft before";
    HistoryNewer, Composer, "composer.newer", "", "At the last line: bring back the draft after";
    EditInEditor, Composer, "composer.editor", "editor", "Edit the draft in $EDITOR";
    SlashCommand, Composer, "composer.slash", "", "In an empty composer: open the commands";
    Undo, Composer, "composer.undo", "", "Undo the last change of the draft";
    Redo, Composer, "composer.redo", "", "Redo the change that was undone";

    FileUp, Completion, "completion.up", "", "Select the file above";
    FileDown, Completion, "completion.down", "", "Select the file below";
    FileTake, Completion, "completion.accept", "attach", "Attach the selected file, or open the directory";
    FileLeave, Completion, "completion.leave", "close", "Leave the list; the text stays as it is";

    Interrupt, Global, "app.interrupt", "", "Stop the stream; else clear the draft; else, twice, quit";
    QuitIfEmpty, Global, "app.quit_if_empty", "", "Quit when the draft is empty";
    Quit, Global, "app.quit", "", "Quit";
    Back, Global, "app.back", "stop", "Stop the focused lane's stream, else step out one level";
    FocusNext, Global, "focus.next", "focus", "Focus the next pane";
    FocusPrevious, Global, "focus.previous", "", "Focus the pane before";
    FocusParameters, Global, "focus.parameters", "params", "Focus the parameters";
    FocusTranscript, Global, "focus.transcript", "", "Focus the transcript";
    FocusComposer, Global, "focus.composer", "", "Focus the composer";
    FocusCalls, Global, "focus.calls", "", "Decide about the tool calls that wait";
    FocusInspector, Global, "focus.inspector", "calls", "Look into the tool calls: those of the last reply, then all of them";
    Palette, Global, "app.palette", "commands", "Open the command palette";
    Help, Global, "app.help", "help", "Show the keys and what they do";
    Models, Global, "lane.model", "model", "Choose the lane's provider and model";
    ModelCard, Global, "model.card", "", "Show the model's card: prices, limits, parameters";
    EnterPrice, Global, "money.price", "", "Enter what the lane's model costs";
    BudgetRaise, Global, "money.raise", "", "Raise the budget that refused by half, or set budgets, until the program ends";
    Presets, Global, "preset.open", "", "Apply, save or delete a preset";
    LaneTools, Global, "lane.tools", "", "Choose the tools that the lane offers";
    EditSystem, Global, "lane.system", "", "Edit the lane's system prompt and its variables";
    LaneAdd, Global, "lane.add", "", "Add a lane: a copy of the focused one";
    LaneClose, Global, "lane.close", "", "Close the focused lane; it can be undone";
    LaneRename, Global, "lane.rename", "", "Give the lane a name";
    LaneLeft, Global, "lane.left", "", "Move the lane to the left";
    LaneRight, Global, "lane.right", "", "Move the lane to the right";
    LaneAddress, Global, "lane.address", "", "Let the focused lane have the next messages, or not";
    LaneOnly, Global, "lane.only", "", "Send to the focused lane alone, or to all again";
    LaneUndo, Global, "lane.undo", "", "Undo: a closed lane, another branch, a deleted one, replaced settings, a deleted session";
    LaneRedo, Global, "lane.redo", "", "Redo what was undone";
    LaneZoom, Transcript, "lane.zoom", "zoom", "Let the focused lane fill the screen, or give the others their room back";
    Lane1, Global, "lane.focus_1", "", "Focus the first lane";
    Lane2, Global, "lane.focus_2", "", "Focus the second lane";
    Lane3, Global, "lane.focus_3", "", "Focus the third lane";
    Lane4, Global, "lane.focus_4", "", "Focus the fourth lane";
    Lane5, Global, "lane.focus_5", "", "Focus the fifth lane";
    Lane6, Global, "lane.focus_6", "", "Focus the sixth lane";
    Lane7, Global, "lane.focus_7", "", "Focus the seventh lane";
    Lane8, Global, "lane.focus_8", "", "Focus the eighth lane";
    NewSession, Global, "session.new", "", "Start a new session";
    Sessions, Global, "session.open", "", "Find, open, rename, tag, pin or delete sessions";
    Ledger, Global, "ledger.open", "", "Show what was spent: by day, model, provider, session, lane, preset";
    RenameSession, Global, "session.rename", "", "Give the session on the screen another title";
    Export, Global, "session.export", "", "Write the session, or a lane, a branch or a turn of it, to a file";
    OpenDraft, Global, "lane.open_draft", "", "Open the request or curl command in the draft as a lane, as it was sent";
    Attach, Global, "draft.attach", "", "Attach a file: choose it, or take the image whose path was pasted";
    Detach, Global, "draft.detach", "", "At the draft's beginning: take its last attachment away";
    Again, Global, "run.again", "again", "Ask again from the last question; the old reply stays as a sibling";
    QueueEdit, Global, "queue.edit", "", "Take the last queued message back to edit it";
    QueueDrop, Global, "queue.drop", "", "Drop the next queued message; it stays in the draft history";
    ResendWithout, Global, "run.resend_without", "resend without", "Resend without the parameter that the model refused";
    RequestPane, Global, "view.request", "request", "Show the requests that Enter would send now, or the conversations again";
    CopyBody, Global, "request.copy", "", "Copy the request's body as JSON";
    CopyCurl, Global, "request.curl", "curl", "Copy the request as a curl command, its key as a variable";
    CopyPython, Global, "request.python", "", "Copy the request as a Python program";
    CopyJavaScript, Global, "request.javascript", "", "Copy the request as a JavaScript program";
    ToggleSidebar, Global, "view.sidebar", "", "Show or hide the sidebar";
    ToggleLockstep, Global, "view.lockstep", "", "Scroll all lanes together, turn by turn";
    ToggleMouse, Global, "view.mouse", "", "Let the terminal have the mouse, or take it back";
    NextTheme, Global, "view.theme", "", "Switch to the next theme";
    Redraw, Global, "view.redraw", "", "Draw the whole screen anew";
    Suspend, Global, "app.suspend", "", "Suspend to the shell";

    TurnOlder, Transcript, "transcript.older", "turn", "Select the turn before";
    TurnNewer, Transcript, "transcript.newer", "", "Select the turn after";
    FindLanes, Global, "transcript.find_lanes", "", "Find in all lanes, or in the focused one again";
    PageUp, Global, "transcript.page_up", "scroll", "Scroll up by a page";
    PageDown, Global, "transcript.page_down", "", "Scroll down by a page";
    Top, Global, "transcript.top", "", "Go to the first turn";
    Bottom, Global, "transcript.bottom", "", "Go to the end and follow it";
    Fold, Transcript, "transcript.fold", "fold", "Fold or unfold the turn's reasoning and calls";
    EditTurn, Transcript, "transcript.edit", "edit", "Edit this question or reply and send it as a new branch";
    RetryTurn, Transcript, "transcript.again", "again", "Ask again from this turn";
    CopyTurn, Transcript, "transcript.copy", "copy", "Copy the turn's source to the clipboard";
    CopyCode, Transcript, "transcript.copy_code", "", "Copy the turn's last code block";
    SiblingOlder, Transcript, "transcript.sibling_older", "", "Step to the branch before at this turn";
    SiblingNewer, Transcript, "transcript.sibling_newer", "", "Step to the branch after at this turn";
    Diff, Transcript, "transcript.diff", "diff", "Compare the reply with another lane's, word by word";
    Promote, Transcript, "transcript.promote", "promote", "Make this lane's branch the history of all lanes";
    Inspect, Transcript, "transcript.inspect", "inspect", "Show the reply's request as it was sent, and its wire";
    Find, Transcript, "transcript.find", "", "Find a text in the lane";
    FindNext, Transcript, "transcript.find_next", "", "Go to the next match";
    FindPrevious, Transcript, "transcript.find_previous", "", "Go to the match before";
    Tree, Transcript, "transcript.tree", "tree", "Show the tree of all turns: branches, lanes, costs";
    RawJson, Transcript, "transcript.raw", "", "Show a reply in JSON as it came, or pretty again";
    Heat, Transcript, "transcript.heat", "", "Show the reply's tokens by their probability";
    TakeSettings, Transcript, "transcript.settings", "", "Put the lane back to the settings that this reply was made with";

    ParamUp, Sidebar, "sidebar.up", "param", "Select the parameter above";
    ParamDown, Sidebar, "sidebar.down", "", "Select the parameter below";
    ParamLess, Sidebar, "sidebar.less", "change", "One step less";
    ParamMore, Sidebar, "sidebar.more", "", "One step more";
    ParamMuchLess, Sidebar, "sidebar.much_less", "", "Ten steps less";
    ParamMuchMore, Sidebar, "sidebar.much_more", "", "Ten steps more";
    ParamLeast, Sidebar, "sidebar.least", "", "The least value";
    ParamMost, Sidebar, "sidebar.most", "", "The greatest value";
    ParamUnset, Sidebar, "sidebar.unset", "unset", "Unset the parameter: it is left out of the request";
    ParamCommit, Sidebar, "sidebar.commit", "edit", "Take the typed value, or open the row";
    FieldShare, Sidebar, "sidebar.share", "share", "Share this field with the other lanes that share it, or keep the lane's own";
    FieldShareAll, Sidebar, "sidebar.share_all", "", "Let all lanes share this field, or each have its own";
    FieldToAll, Sidebar, "sidebar.to_all", "to all", "Copy this value to all lanes";
    ParamForce, Sidebar, "sidebar.force", "send anyway", "Send this parameter although the model is known to refuse it, or not";

    CallAccept, Calls, "calls.accept", "decide", "Do what fits the call: run it, answer it, tell the model what is wrong, send the results";
    CallNext, Calls, "calls.next", "", "Select the next call";
    CallPrevious, Calls, "calls.previous", "", "Select the call before";
    CallScrollDown, Calls, "calls.scroll_down", "", "Scroll down in the call";
    CallScrollUp, Calls, "calls.scroll_up", "", "Scroll up in the call";
    CallRun, Calls, "calls.run", "", "Run the call as it is shown; or send a large result whole";
    CallRunAll, Calls, "calls.run_all", "", "Run all calls of the reply that wait and that no person answers";
    CallEdit, Calls, "calls.edit", "", "Edit the arguments and run the call with them";
    CallAnswer, Calls, "calls.answer", "", "Answer the call by hand";
    CallRefuse, Calls, "calls.refuse", "", "Refuse the call with a reason that goes to the model";
    CallRefuseAll, Calls, "calls.refuse_all", "", "Refuse all calls that wait, with one reason";
    CallAlways, Calls, "calls.always", "", "Run valid calls of this tool unasked in this session, or ask again";
    CallResponder, Calls, "calls.responder", "", "Choose what answers the calls of this tool: a person, the last result, a command";

    OverlayUp, Overlay, "overlay.up", "", "Select the row above, or scroll up";
    OverlayDown, Overlay, "overlay.down", "", "Select the row below, or scroll down";
    OverlayPageUp, Overlay, "overlay.page_up", "", "Scroll up by a page";
    OverlayPageDown, Overlay, "overlay.page_down", "", "Scroll down by a page";
    OverlayAccept, Overlay, "overlay.accept", "choose", "Take the selected row";
    OverlayFavourite, Overlay, "overlay.favourite", "", "Mark the selected model as a favourite, or not";
    OverlaySave, Overlay, "overlay.save", "", "Save the lane's settings as the preset of the typed name";
    OverlayStrict, Overlay, "overlay.strict", "", "Ask the provider to hold the model to the tool's schema, or not";
    OverlayToolChoice, Overlay, "overlay.tool_choice", "", "Make the model call the selected tool, or leave it the choice";
    OverlayDelete, Overlay, "overlay.delete", "", "Delete the selected preset";

    ReaderTop, Reader, "reader.top", "", "Go to the beginning";
    ReaderBottom, Reader, "reader.bottom", "", "Go to the end";
    ReaderLeft, Reader, "reader.left", "", "Step to the left";
    ReaderRight, Reader, "reader.right", "", "Step to the right";
    ReaderPrevious, Reader, "reader.previous", "", "Compare with the one before";
    ReaderNext, Reader, "reader.next", "other", "Compare with the next one";
    ReaderPage, Reader, "reader.page", "page", "Turn to the other page";
    ReaderFold, Reader, "reader.fold", "", "Fold or unfold";
    ReaderFind, Reader, "reader.find", "", "Show only what holds a text";
    ReaderFindNext, Reader, "reader.find_next", "", "Go to the next hit";
    ReaderFindPrevious, Reader, "reader.find_previous", "", "Go to the hit before";
    ReaderCompare, Reader, "reader.compare", "", "Compare with another run";
    ReaderRefresh, Reader, "reader.refresh", "", "Read anew what came meanwhile";
    ReaderCopy, Reader, "reader.copy", "copy", "Copy what is selected, or all of it";
    ReaderCopyAll, Reader, "reader.copy_all", "", "Copy the whole of it";

    TreeParent, Tree, "tree.parent", "parent", "Go to the turn before";
    TreeChild, Tree, "tree.child", "", "Go to the turn after";
    TreeSiblingOlder, Tree, "tree.sibling_older", "", "Go to the branch before at this fork";
    TreeSiblingNewer, Tree, "tree.sibling_newer", "", "Go to the branch after at this fork";
    TreeLane, Tree, "tree.lane", "new lane", "Open this branch in a new lane";
    TreeName, Tree, "tree.name", "name", "Name the branch that begins here";
    TreeDelete, Tree, "tree.delete", "delete", "Delete this turn and all that follows it; it can be undone";

    SessionRename, Sessions, "sessions.rename", "", "Give the selected session another title";
    SessionTag, Sessions, "sessions.tag", "", "Edit the selected session's tags";
    SessionPin, Sessions, "sessions.pin", "", "Keep the selected session at the top of the list, or no longer";
    SessionDelete, Sessions, "sessions.delete", "", "Delete the selected session; it can be undone";
    SessionPreviewUp, Sessions, "sessions.preview_up", "", "Scroll the preview up";
    SessionPreviewDown, Sessions, "sessions.preview_down", "", "Scroll the preview down";

    InspectorZoom, Inspector, "inspector.zoom", "zoom", "Let the calls fill the screen, or give the room back";
    InspectorTab, Inspector, "inspector.tab", "page", "Turn to the next page: arguments, result, schema, errors, wire";
    InspectorTabBefore, Inspector, "inspector.tab_before", "", "Turn to the page before";
    InspectorLeft, Inspector, "inspector.left", "", "Go to the tree of calls";
    InspectorRight, Inspector, "inspector.right", "", "Go to what is shown of the call";
    InspectorTop, Inspector, "inspector.top", "", "Go to the first row";
    InspectorBottom, Inspector, "inspector.bottom", "", "Go to the last row";
    InspectorFilter, Inspector, "inspector.filter", "filter", "Show only some calls: tool:get_weather state:failed lane:A text";
    InspectorFind, Inspector, "inspector.find", "find", "Find a text in the keys and values of the page";
    InspectorFindNext, Inspector, "inspector.find_next", "", "Go to the next hit";
    InspectorFindPrevious, Inspector, "inspector.find_previous", "", "Go to the hit before";
    InspectorFold, Inspector, "inspector.fold", "fold", "Fold or unfold the selected member, or a long string";
    InspectorFoldMore, Inspector, "inspector.fold_more", "", "Fold one level more of the JSON";
    InspectorFoldLess, Inspector, "inspector.fold_less", "", "Unfold one level more of the JSON";
    InspectorStrings, Inspector, "inspector.strings", "", "Show strings as they are written, or as they are meant";
    InspectorEdit, Inspector, "inspector.edit", "edit", "Edit the arguments and go on from there, in a branch of its own";
    InspectorAnswer, Inspector, "inspector.answer", "result", "Edit the result and send it, in a branch of its own";
    InspectorRun, Inspector, "inspector.run", "again", "Run the call once more: you approve it as the first time";
    InspectorCopy, Inspector, "inspector.copy", "copy", "Copy the page: arguments, result, schema; of JSON the selected member";
    InspectorCopyCall, Inspector, "inspector.copy_call", "", "Copy the call as JSON";
    InspectorCopyPair, Inspector, "inspector.copy_pair", "", "Copy the call and its result as two messages";
    InspectorCanned, Inspector, "inspector.canned", "canned", "Answer all calls of this tool with this result from now on";
    InspectorCannedRule, Inspector, "inspector.canned_rule", "", "Answer calls of this tool that have these arguments with this result";
    InspectorOpen, Inspector, "inspector.open", "", "Read the page in $EDITOR";
    LedgerNext, Ledger, "ledger.next", "group", "Group by the next thing: day, week, month, model, provider, session, lane, preset";
    LedgerPrevious, Ledger, "ledger.previous", "", "Group by the thing before";
    LedgerSort, Ledger, "ledger.sort", "sort", "Sort otherwise: usually, by name, by cost, by runs";
    LedgerScope, Ledger, "ledger.scope", "scope", "Look at this session, or at all sessions again";
    LedgerUnfold, Ledger, "ledger.unfold", "", "Show the runs of the selected group";
    LedgerFold, Ledger, "ledger.fold", "", "Hide the runs of the group again";

    FormAccept, Form, "form.accept", "keep", "Keep the text";
    FormEnter, Form, "form.enter", "keep", "In a single line: keep the text";
    FormNext, Form, "form.next", "", "Go to the next field";
    FormPrevious, Form, "form.previous", "", "Go to the field before";
    FormEditor, Form, "form.editor", "editor", "Edit the text in $EDITOR";
}

impl Action {
    /// The action's row in the table.
    #[must_use]
    pub fn row(self) -> &'static ActionRow {
        // The table is made from the enum's own list, so an action's number is its place in it.
        &ACTIONS[self as usize]
    }

    /// The action of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ACTIONS.iter().find(|row| row.name == name).map(|row| row.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_finds_its_own_row_by_itself_and_by_name() {
        for row in ACTIONS {
            assert_eq!(row.action.row().name, row.name);
            assert_eq!(Action::named(row.name), Some(row.action));
        }
    }
}
