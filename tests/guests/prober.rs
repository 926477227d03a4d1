//! Tries what it is told to and says what came of it.

use std::io::{Read, Write};
use std::os::fd::AsRawFd as _;
use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
use std::time::{Duration, Instant, SystemTime};

#[unsafe(export_name = "test:parts/probe#go")]
unsafe extern "C" fn go(at: *mut u8, length: usize) {
    let task = unsafe { String::from_raw_parts(at, length, length) };
    let words: Vec<&str> = task.split(' ').collect();
    let outcome = attempt(&words).unwrap_or_else(|error| kind(&error));
    println!("{task} -> {outcome}");
}

fn kind(error: &std::io::Error) -> String {
    match error.raw_os_error() {
        // ENOSPC, which std knows no kind for here.
        Some(51) => "NoSpace".into(),
        // EIO: what the C library of 0.2 makes of every error of a stream.
        Some(29) => "StreamFailed".into(),
        _ => format!("{:?}", error.kind()),
    }
}

fn attempt(words: &[&str]) -> std::io::Result<String> {
    Ok(match words {
        ["read", path] => std::fs::read_to_string(path)?,
        ["write", path] => std::fs::write(path, "written").map(|()| "ok".into())?,
        ["append", path] => {
            std::fs::OpenOptions::new().append(true).open(path)?.write_all(b"more")?;
            "ok".into()
        }
        ["list", path] => {
            let mut names: Vec<_> =
                std::fs::read_dir(path)?.map(|e| e.map(|e| e.file_name().into_string().unwrap())).collect::<Result<_, _>>()?;
            names.sort();
            names.join(",")
        }
        ["stat", path] => format!("{} bytes", std::fs::metadata(path)?.len()),
        ["remove", path] => std::fs::remove_file(path).map(|()| "ok".into())?,
        ["rmdir", path] => std::fs::remove_dir(path).map(|()| "ok".into())?,
        ["mkdir", path] => std::fs::create_dir(path).map(|()| "ok".into())?,
        ["rename", from, to] => std::fs::rename(from, to).map(|()| "ok".into())?,
        ["link", from, to] => std::fs::hard_link(from, to).map(|()| "ok".into())?,
        #[allow(deprecated)]
        ["symlink", target, path] => symlink(target, path)?,
        ["readlink", path] => std::fs::read_link(path)?.display().to_string(),
        // Asks the folder for the path as it is: a C library would look for a folder of its own first.
        ["raw", folder, path] => {
            unsafe extern "C" {
                safe fn __wasilibc_nocwd_openat_nomode(fd: i32, path: *const std::ffi::c_char, flags: i32) -> i32;
            }
            const O_RDONLY: i32 = 0x0400_0000;
            let folder = std::fs::File::open(folder)?;
            let path = std::ffi::CString::new(*path).unwrap();
            match __wasilibc_nocwd_openat_nomode(folder.as_raw_fd(), path.as_ptr(), O_RDONLY) {
                0.. => "opened".into(),
                _ => return Err(std::io::Error::last_os_error()),
            }
        }
        // Makes a file there, past the C library.
        ["raw-write", folder, path] => {
            let folder = std::fs::File::open(folder)?;
            raw_write(&folder, path)?
        }
        // Opens a folder, has it moved, and makes a file below what is open.
        ["moved-write", folder, to, path] => {
            let open = std::fs::File::open(folder)?;
            let moved = std::fs::rename(folder, to);
            let said = raw_write(&open, path)?;
            format!("{said}, moved: {}", moved.is_ok())
        }
        // Files of that many KiB, one after the other, until there is no more room.
        ["fill", folder, size] => {
            let bytes = vec![7u8; size.parse::<usize>().unwrap() << 10];
            for n in 0..10_000 {
                if let Err(error) = std::fs::write(format!("{folder}/{n}"), &bytes) {
                    return Ok(format!("{n} files, then {}", kind(&error)));
                }
            }
            "no end".into()
        }
        // One byte, that many KiB from the start.
        ["sparse", path, at] => {
            use std::io::{Seek, SeekFrom};
            let mut file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
            file.seek(SeekFrom::Start(at.parse::<u64>().unwrap() << 10))?;
            file.write_all(b"x").map(|()| "ok".into())?
        }
        ["grow", path, size] => {
            let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
            file.set_len(size.parse::<u64>().unwrap() << 10).map(|()| "ok".into())?
        }
        // Files that have no name any more, each of that many KiB, all of them held.
        ["nameless", path, size] => {
            let bytes = vec![7u8; size.parse::<usize>().unwrap() << 10];
            let mut held = Vec::new();
            for n in 0..10_000 {
                let made = std::fs::File::create(path).and_then(|mut file| file.write_all(&bytes).map(|()| file));
                let _ = std::fs::remove_file(path);
                match made {
                    Ok(file) => held.push(file),
                    Err(error) => return Ok(format!("{n} files, then {}", kind(&error))),
                }
            }
            "no end".into()
        }
        ["empty-files", folder, count] => {
            for n in 0..count.parse::<u32>().unwrap() {
                if let Err(error) = std::fs::File::create(format!("{folder}/{n}")) {
                    return Ok(format!("{n} files, then {}", kind(&error)));
                }
            }
            "ok".into()
        }
        ["touch", path] => {
            let file = std::fs::File::open(path)?;
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1)).map(|()| "ok".into())?
        }
        ["env"] => format!("{:?}", std::env::vars().collect::<Vec<_>>()),
        ["args"] => format!("{:?}", std::env::args().collect::<Vec<_>>()),
        ["stdin"] => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            format!("{text:?}")
        }
        ["clock"] => SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs().to_string(),
        ["random"] => {
            use std::hash::BuildHasher;
            std::collections::HashMap::<u8, u8>::new().hasher().hash_one(1).to_string()
        }
        ["sleep"] => {
            let begun = Instant::now();
            std::thread::sleep(Duration::from_millis(5));
            (begun.elapsed() >= Duration::from_millis(5)).to_string()
        }
        ["tcp", address] => {
            let mut stream = TcpStream::connect(address)?;
            stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
            let mut text = String::new();
            stream.read_to_string(&mut text)?;
            text.lines().next().unwrap_or_default().to_owned()
        }
        ["udp", address] => {
            let socket = UdpSocket::bind("0.0.0.0:0")?;
            socket.send_to(b"x", address)?;
            "sent".into()
        }
        ["listen", address] => std::net::TcpListener::bind(address).map(|_| "ok".into())?,
        ["dns", name] => {
            let found = (*name, 0).to_socket_addrs()?;
            found.map(|a| a.ip().to_string()).collect::<Vec<_>>().join(",")
        }
        ["http", method, scheme, authority, path] => http::send(method, scheme, authority, path, None),
        ["http-as", header, host, method, scheme, authority, path] => {
            http::send(method, scheme, authority, path, Some((header, host)))
        }
        // Reads over and over what somebody exchanges meanwhile; says what it ever got besides "inside".
        ["race", path] => {
            let all: Vec<String> = (0..3000).filter_map(|_| std::fs::read_to_string(path).ok()).collect();
            let other = all.iter().find(|text| *text != "inside");
            if all.is_empty() { "nothing at all".into() } else { other.map_or("nothing else".into(), Clone::clone) }
        }
        // Opens, holds on until another file tells it to go on, and reads then.
        ["hold", path, gate] => {
            let mut file = std::fs::File::open(path)?;
            attempt(&["wait", gate])?;
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            text
        }
        // Holds on until a file tells it to go on: for what changes while it runs.
        ["wait", path] => {
            println!("waiting");
            while std::fs::metadata(path).is_err() {
                std::thread::sleep(Duration::from_millis(2));
            }
            "seen".into()
        }
        other => format!("what is {other:?}?"),
    })
}

fn raw_write(folder: &std::fs::File, path: &str) -> std::io::Result<String> {
    unsafe extern "C" {
        safe fn __wasilibc_nocwd_openat_nomode(fd: i32, path: *const std::ffi::c_char, flags: i32) -> i32;
    }
    const O_WRONLY_CREAT: i32 = 0x1000_0000 | 0x1000;
    let path = std::ffi::CString::new(path).unwrap();
    match __wasilibc_nocwd_openat_nomode(folder.as_raw_fd(), path.as_ptr(), O_WRONLY_CREAT) {
        0.. => Ok("ok".into()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

fn symlink(target: &str, path: &str) -> std::io::Result<String> {
    unsafe extern "C" {
        safe fn symlink(target: *const std::ffi::c_char, path: *const std::ffi::c_char) -> i32;
    }
    let (target, path) = (std::ffi::CString::new(target).unwrap(), std::ffi::CString::new(path).unwrap());
    if symlink(target.as_ptr(), path.as_ptr()) == 0 { Ok("ok".into()) } else { Err(std::io::Error::last_os_error()) }
}

/// `wasi:http` by its canonical ABI.
mod http {
    #[link(wasm_import_module = "wasi:http/types@0.2.6")]
    unsafe extern "C" {
        #[link_name = "[constructor]fields"]
        fn fields() -> i32;
        #[link_name = "[method]fields.append"]
        fn append(this: i32, name: *const u8, length: usize, value: *const u8, size: usize, result: *mut u8);
        #[link_name = "[constructor]outgoing-request"]
        fn request(fields: i32) -> i32;
        #[link_name = "[method]outgoing-request.set-method"]
        fn set_method(this: i32, which: i32, at: *const u8, length: usize) -> i32;
        #[link_name = "[method]outgoing-request.set-scheme"]
        fn set_scheme(this: i32, some: i32, which: i32, at: *const u8, length: usize) -> i32;
        #[link_name = "[method]outgoing-request.set-authority"]
        fn set_authority(this: i32, some: i32, at: *const u8, length: usize) -> i32;
        #[link_name = "[method]outgoing-request.set-path-with-query"]
        fn set_path(this: i32, some: i32, at: *const u8, length: usize) -> i32;
        #[link_name = "[method]future-incoming-response.subscribe"]
        fn subscribe(this: i32) -> i32;
        #[link_name = "[method]future-incoming-response.get"]
        fn get(this: i32, result: *mut u8);
        #[link_name = "[method]incoming-response.status"]
        fn status(this: i32) -> i32;
        #[link_name = "[resource-drop]incoming-response"]
        fn drop_response(this: i32);
        #[link_name = "[resource-drop]future-incoming-response"]
        fn drop_future(this: i32);
    }
    #[link(wasm_import_module = "wasi:http/outgoing-handler@0.2.6")]
    unsafe extern "C" {
        fn handle(request: i32, some: i32, options: i32, result: *mut u8);
    }
    #[link(wasm_import_module = "wasi:io/poll@0.2.6")]
    unsafe extern "C" {
        #[link_name = "[method]pollable.block"]
        fn block(this: i32);
        #[link_name = "[resource-drop]pollable"]
        fn drop_pollable(this: i32);
    }

    /// The status, or the number of the error code.
    pub fn send(method: &str, scheme: &str, authority: &str, path: &str, header: Option<(&str, &str)>) -> String {
        let mut result = [0u64; 32];
        let bytes = result.as_mut_ptr().cast::<u8>();
        unsafe {
            let fields = fields();
            if let Some((name, value)) = header {
                append(fields, name.as_ptr(), name.len(), value.as_ptr(), value.len(), bytes);
                if *bytes != 0 {
                    return ["invalid", "forbidden", "immutable"].get(usize::from(*bytes.add(1))).unwrap_or(&"?").to_string();
                }
            }
            let request = request(fields);
            // 9: other(string)
            if set_method(request, 9, method.as_ptr(), method.len()) != 0 {
                return "no such method".into();
            }
            set_scheme(request, 1, i32::from(scheme == "https"), std::ptr::null(), 0);
            if set_authority(request, 1, authority.as_ptr(), authority.len()) != 0 {
                return "no such authority".into();
            }
            if set_path(request, 1, path.as_ptr(), path.len()) != 0 {
                return "no such path".into();
            }
            handle(request, 0, 0, bytes);
            if *bytes != 0 {
                return format!("error {}", *bytes.add(8));
            }
            let future = *bytes.add(8).cast::<i32>();
            let pollable = subscribe(future);
            block(pollable);
            drop_pollable(pollable);
            get(future, bytes);
            let said = match (*bytes, *bytes.add(8), *bytes.add(16)) {
                (1, 0, 0) => {
                    let response = *bytes.add(24).cast::<i32>();
                    let status = status(response);
                    drop_response(response);
                    format!("status {status}")
                }
                (1, 0, _) => format!("error {}", *bytes.add(24)),
                other => format!("{other:?}"),
            };
            drop_future(future);
            said
        }
    }
}
