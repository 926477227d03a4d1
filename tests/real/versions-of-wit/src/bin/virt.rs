fn main() {
    println!("{} bytes", virt::ADAPTER.len());
}
