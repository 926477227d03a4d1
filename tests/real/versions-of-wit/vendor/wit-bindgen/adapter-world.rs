#[rustfmt::skip]
#[doc(hidden)]
#[allow(non_snake_case, unused_unsafe)]
pub unsafe fn _export_run_cabi<T_: Guest>() {
    unsafe {
        #[cfg(target_arch = "wasm32")] _rt::run_ctors_once();
        { T_::run() };
    }
}

#[rustfmt::skip]
pub trait Guest {
    #[allow(async_fn_in_trait)]
    fn run() -> ();
}

#[rustfmt::skip]
#[doc(hidden)]
macro_rules! __export_world_adapter_cabi {
    ($ty:ident with_types_in $($path_to_types:tt)*) => {
        const _ : () = { #[unsafe (export_name = "run")] unsafe extern "C" fn
        export_run() { unsafe { $($path_to_types)*:: _export_run_cabi::<$ty > () } } };
    };
}

#[rustfmt::skip]
#[doc(hidden)]
pub(crate) use __export_world_adapter_cabi;

#[rustfmt::skip]
mod _rt {
    #![allow(dead_code, unused_imports, clippy::all)]
    #[cfg(target_arch = "wasm32")]
    pub fn run_ctors_once() {
        wit_bindgen::rt::run_ctors_once();
    }
}

#[rustfmt::skip]
/// Generates `#[unsafe(no_mangle)]` functions to export the specified type as
/// the root implementation of all generated traits.
///
/// For more information see the documentation of `wit_bindgen::generate!`.
///
/// ```rust
/// # macro_rules! export{ ($($t:tt)*) => (); }
/// # trait Guest {}
/// struct MyType;
///
/// impl Guest for MyType {
///     // ...
/// }
///
/// export!(MyType);
/// ```
#[allow(unused_macros)]
#[doc(hidden)]
macro_rules! __export_adapter_impl {
    ($ty:ident) => {
        self::export!($ty with_types_in self);
    };
    ($ty:ident with_types_in $($path_to_types_root:tt)*) => {
        $($path_to_types_root)*:: __export_world_adapter_cabi!($ty with_types_in
        $($path_to_types_root)*);
    };
}

#[rustfmt::skip]
#[doc(inline)]
pub(crate) use __export_adapter_impl as export;

#[rustfmt::skip]
#[cfg(target_arch = "wasm32")]
#[unsafe(
    link_section = "component-type:wit-bindgen:0.60.0:virt:new@0.2.3:adapter:encoded world"
)]
#[doc(hidden)]
#[allow(clippy::octal_escapes)]
pub static __WIT_BINDGEN_COMPONENT_TYPE: [u8; 171] = *b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07.\x01A\x02\x01A\x02\x01\
@\0\x01\0\x04\0\x03run\x01\0\x04\0\x16virt:new/adapter@0.2.3\x04\0\x0b\x0d\x01\0\
\x07adapter\x03\0\0\0G\x09producers\x01\x0cprocessed-by\x02\x0dwit-component\x07\
0.254.2\x10wit-bindgen-rust\x060.60.0";

#[rustfmt::skip]
#[inline(never)]
#[doc(hidden)]
pub fn __link_custom_section_describing_imports() {
    wit_bindgen::rt::maybe_link_cabi_realloc();
}
