fn main() {
    wstd::say("first program");
}
