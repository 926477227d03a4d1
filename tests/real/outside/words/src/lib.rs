pub const WORDS: &str = "words from outside";
