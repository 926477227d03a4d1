pub fn shown(count: u32) -> String {
    format!("counted to {count}")
}
