//! The terminal's mouse events as ours.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use crate::state::{Pointer, PointerKind, Target};

/// What the mouse did to what lies under it; `None` for what means nothing.
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
