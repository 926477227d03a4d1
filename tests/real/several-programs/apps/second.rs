fn main() {
    wstd::say("second program");
}
