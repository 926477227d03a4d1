//! Says what it is told, and dies when told so.

#[unsafe(export_name = "test:parts/talk#say")]
unsafe extern "C" fn say(at: *mut u8, length: usize) {
    let what = unsafe { String::from_raw_parts(at, length, length) };
    println!("it says {what}");
    eprintln!("on stderr: {what}");
    if what == "your last words" {
        let words: Option<&str> = None;
        println!("{}", words.expect("no last words"));
    }
}
