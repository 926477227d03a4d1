//! A command that misbehaves as its first argument tells it to.

use std::io::{Read, Write};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args.get(1).map_or("", String::as_str) {
        "echo" => println!("{args:?} {:?}", std::env::vars().collect::<Vec<_>>()),
        "stdin" => {
            let mut text = String::new();
            let read = std::io::stdin().read_to_string(&mut text);
            println!("{read:?} {text:?}");
        }
        "files" => println!("{}", std::fs::read_dir("/").is_ok() || std::fs::write("x", "y").is_ok()),
        "network" => println!("{}", std::net::TcpStream::connect("127.0.0.1:80").is_ok()),
        "panic" => deep_inside(args.len() + 97),
        "exit" => std::process::exit(3),
        "loop" => {
            println!("looping");
            loop {
                std::hint::black_box(0);
            }
        }
        "sleep" => {
            println!("sleeping");
            std::thread::sleep(std::time::Duration::from_secs(3600));
        }
        "memory" => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1u8; 1 << 20]);
            }
        }
        "recursion" => println!("{}", recurse(1)),
        "flood" => {
            for n in 0u64.. {
                println!("line {n}");
            }
        }
        "partial" => {
            eprintln!("to stderr");
            print!("no end");
            std::io::stdout().flush().unwrap();
        }
        "partial-panic" => {
            print!("no end");
            std::io::stdout().flush().unwrap();
            panic!("two\nlines");
        }
        other => println!("what is {other:?}?"),
    }
}

#[inline(never)]
fn deep_inside(index: usize) {
    let list = [1, 2, 3];
    println!("{}", list[std::hint::black_box(index)]);
}

#[inline(never)]
fn recurse(n: u64) -> u64 {
    let big = std::hint::black_box([n; 64]);
    recurse(std::hint::black_box(n + 1)) + big[3]
}
