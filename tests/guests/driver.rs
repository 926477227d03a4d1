//! Has others do what the arguments say: `one: read x`.

macro_rules! node {
    ($name:ident, $module:literal) => {
        mod $name {
            #[link(wasm_import_module = $module)]
            unsafe extern "C" {
                pub fn go(at: *const u8, length: usize);
            }
        }
    };
}

node!(one, "test:parts/one");
node!(two, "test:parts/two");
node!(three, "test:parts/three");

#[unsafe(export_name = "run")]
extern "C" fn run() {
    for argument in std::env::args().skip(1) {
        let (node, task) = argument.split_once(": ").unwrap();
        let (at, length) = (task.as_ptr(), task.len());
        match node {
            "one" => unsafe { one::go(at, length) },
            "two" => unsafe { two::go(at, length) },
            _ => unsafe { three::go(at, length) },
        }
    }
}
