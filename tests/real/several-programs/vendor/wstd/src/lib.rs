pub fn say(text: &str) {
    println!("{text}");
}
