mod page;

#[cfg(feature = "ssr")]
mod server;

#[cfg(feature = "hydrate")]
#[unsafe(no_mangle)]
pub extern "C" fn hydrate() {
    let _ = page::shown(0);
    wasm_bindgen::count();
}
