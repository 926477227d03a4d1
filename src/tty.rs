//! To be written.
pub fn size() -> Option<(u16, u16)> {
    crossterm::terminal::size().ok()
}
