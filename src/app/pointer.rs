//! What the terminal tells of the mouse, as an event.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use crate::state::{Pointer, PointerKind, Target};

/// The event of a mouse over what was drawn there; `None` for what means nothing here.
pub(super) fn pointer(mouse: MouseEvent, target: Target) -> Option<Pointer> {
    let kind = match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => PointerKind::Press,
        MouseEventKind::Drag(MouseButton::Left) => PointerKind::Drag,
        MouseEventKind::Up(MouseButton::Left) => PointerKind::Release,
        MouseEventKind::ScrollUp => PointerKind::WheelUp,
        MouseEventKind::ScrollDown => PointerKind::WheelDown,
        _ => return None,
    };
    Some(Pointer { kind, target })
}
