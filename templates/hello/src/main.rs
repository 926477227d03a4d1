//! A plain command: `fn main`, arguments in, lines out.

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    println!("It is up.");
    if args.is_empty() {
        println!("No arguments; try `studio run . -- one two`.");
    }
    for (i, arg) in args.iter().enumerate() {
        println!("argument {}: {arg}", i + 1);
    }
}
