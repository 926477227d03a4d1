//! Prints, has the other print, and prints again.

#[link(wasm_import_module = "test:parts/talk")]
unsafe extern "C" {
    #[link_name = "say"]
    fn import_say(at: *const u8, length: usize);
}

fn say(what: &str) {
    unsafe { import_say(what.as_ptr(), what.len()) }
}

#[unsafe(export_name = "run")]
extern "C" fn run() {
    println!("before");
    say("hello");
    print!("half ");
    say("bye");
    println!("done");
    say("your last words");
}
