//! Effects: what the core asks for is begun here, each by the part of the program that does it.

use std::io;

use super::App;
use crate::app::Console;
use crate::app::clock::now;
use crate::app::files::{FileWork, Files, Wires};
use crate::app::sessions::{Sessions, nowhere};
use crate::app::tool_runs::ToolRun;
use crate::state::{Effect, Event, saved_session};
use crate::text;
use crate::view::View;

impl<C: Console> App<C> {
    fn files(&mut self) -> &Files {
        let Self { files, presets, here, sender, .. } = self;
        files.get_or_insert_with(|| Files::of(presets.clone(), here.clone(), sender.clone()))
    }

    /// Begins what an effect asks for; gives the event that follows at once, if there is one.
    pub(super) fn perform(&mut self, effect: Effect) -> io::Result<Option<Event>> {
        match effect {
            Effect::Open { lane, generation, provider, request } => {
                let kept = self.sessions.as_ref().map(Sessions::kept);
                self.runner.open((lane, generation), provider, *request, kept);
            }
            Effect::Cancel { lane } => self.runner.cancel(lane),
            Effect::RunTool { call, task, command, tool, arguments } => {
                let kept = self.sessions.as_ref().map(Sessions::kept);
                self.tool_runs.run(ToolRun { call, task, command, tool, arguments }, kept);
            }
            Effect::CancelTool { task } => self.tool_runs.cancel(task),
            Effect::SaveResponder { tool, responder } => {
                let file = self.tool_runs.file.clone();
                self.files().asks(FileWork::Responder { file, tool, responder });
            }
            Effect::SavePrice(price) => {
                let file = self.models.clone();
                self.files().asks(FileWork::Price { file, price });
            }
            Effect::ListModels { provider } => self.runner.list_models(provider),
            Effect::Presets(work) => self.files().asks(FileWork::Presets(work)),
            Effect::Export(work) => {
                let session = Box::new(saved_session(&self.state, self.wall.anchor()));
                let wires = self
                    .sessions
                    .as_ref()
                    .map(|sessions| Wires { directory: sessions.directory().to_owned(), kept: sessions.kept() });
                self.files().asks(FileWork::Export { work, session, wires });
            }
            Effect::Attach(work) => self.files().asks(FileWork::Attach(work)),
            Effect::ListFiles { directory } => self.files().asks(FileWork::List { directory }),
            Effect::ReadFile { path } => self.files().asks(FileWork::Read { path }),
            Effect::Scroll { lane, motion } => {
                let scroll = self.view.scroll(&self.state, lane, motion, now());
                return Ok(Some(Event::Scrolled { lane, scroll }));
            }
            Effect::ScrollHelp { from, rows } => {
                return Ok(Some(Event::HelpScrolled(View::scroll_help(&self.state, from, rows))));
            }
            Effect::Copy(text) => return Ok(Some(Event::Copied(self.console.copy(&text)))),
            Effect::Edit { purpose, text } => {
                self.editing = Some((purpose, self.console.edit(&text)?));
            }
            Effect::Store(work) => {
                if let Some(sessions) = &self.sessions {
                    sessions.keep(work);
                }
            }
            Effect::Shelf(work) => match &mut self.sessions {
                Some(sessions) => sessions.ask(work),
                None => return Ok(Some(nowhere(work))),
            },
            Effect::SetTitle(title) => self.console.set_title(&text::clean_line(&title))?,
            Effect::SetMouse(capture) => self.console.set_mouse(capture)?,
            Effect::Suspend => self.console.suspend()?,
            Effect::Redraw => self.console.redraw()?,
            Effect::Quit(_) => {}
        }
        Ok(None)
    }
}
