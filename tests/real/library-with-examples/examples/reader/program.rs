fn main() {
    println!("four has {} bytes", bytewise::bytes("four"));
}
