//! Answers 200 to every request, after trying what its path says: `/read?/data/x`, `/swap?/data/inner`.

#[link(wasm_import_module = "wasi:http/types@0.2.6")]
unsafe extern "C" {
    #[link_name = "[method]incoming-request.path-with-query"]
    fn path(this: i32, result: *mut u8);
    #[link_name = "[resource-drop]incoming-request"]
    fn drop_request(this: i32);
    #[link_name = "[constructor]fields"]
    fn fields() -> i32;
    #[link_name = "[constructor]outgoing-response"]
    fn response(fields: i32) -> i32;
    #[link_name = "[static]response-outparam.set"]
    fn answer(param: i32, is_error: i32, response: i32, a: i32, b: i64, c: i32, d: i32, e: i32, f: i32);
}

#[unsafe(export_name = "wasi:http/incoming-handler@0.2.6#handle")]
unsafe extern "C" fn handle(request: i32, out: i32) {
    let mut result = [0u32; 4];
    let text = unsafe {
        path(request, result.as_mut_ptr().cast());
        drop_request(request);
        String::from_raw_parts(result[1] as usize as *mut u8, result[2] as usize, result[2] as usize)
    };
    let (what, place) = text.split_once('?').unwrap();
    let said = match what {
        "/read" => std::fs::read_to_string(place),
        "/write" => std::fs::write(place, "written").map(|()| "ok".into()),
        "/swap" => swap(place),
        _ => Ok("what?".into()),
    };
    println!("{text} -> {}", said.unwrap_or_else(|error| format!("{:?}", error.kind())));
    unsafe { answer(out, 0, response(fields()), 0, 0, 0, 0, 0, 0) };
}

/// Puts a link to two folders above in the place of that folder.
fn swap(place: &str) -> std::io::Result<String> {
    unsafe extern "C" {
        safe fn symlink(target: *const std::ffi::c_char, path: *const std::ffi::c_char) -> i32;
    }
    std::fs::rename(place, format!("{place}-old"))?;
    let path = std::ffi::CString::new(place).unwrap();
    if symlink(c"../outside".as_ptr(), path.as_ptr()) == 0 { Ok("ok".into()) } else { Err(std::io::Error::last_os_error()) }
}
