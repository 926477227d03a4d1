pub fn text() -> &'static str {
    "as old as it is"
}
