fn main() {
    println!("smoke from the guests");
}
