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
macro_rules! __export_world_main_cabi {
    ($ty:ident with_types_in $($path_to_types:tt)*) => {
        const _ : () = { #[unsafe (export_name = "run")] unsafe extern "C" fn
        export_run() { unsafe { $($path_to_types)*:: _export_run_cabi::<$ty > () } } };
    };
}

#[rustfmt::skip]
#[doc(hidden)]
pub(crate) use __export_world_main_cabi;

#[rustfmt::skip]
#[allow(dead_code, clippy::all)]
pub mod hello {
    pub mod components {
        #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
        pub mod dependable {
            #[used]
            #[doc(hidden)]
            static __FORCE_SECTION_REF: fn() = super::super::super::__link_custom_section_describing_imports;
            use super::super::super::_rt;
            #[allow(unused_unsafe, clippy::all)]
            #[allow(async_fn_in_trait)]
            pub fn message() -> _rt::String {
                unsafe {
                    #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
                    #[cfg_attr(target_pointer_width = "32", repr(align(4)))]
                    struct RetArea(
                        [::core::mem::MaybeUninit<
                            u8,
                        >; 2 * ::core::mem::size_of::<*const u8>()],
                    );
                    let mut ret_area = RetArea(
                        [::core::mem::MaybeUninit::uninit(); 2
                            * ::core::mem::size_of::<*const u8>()],
                    );
                    let ptr0 = ret_area.0.as_mut_ptr().cast::<u8>();
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "hello:components/dependable")]
                    unsafe extern "C" {
                        #[link_name = "message"]
                        fn wit_import1(_: *mut u8);
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import1(_: *mut u8) {
                        unreachable!()
                    }
                    wit_import1(ptr0);
                    let l2 = *ptr0.add(0).cast::<*mut u8>();
                    let l3 = *ptr0
                        .add(::core::mem::size_of::<*const u8>())
                        .cast::<usize>();
                    let len4 = l3;
                    let bytes4 = _rt::Vec::from_raw_parts(l2.cast(), len4, len4);
                    let result5 = _rt::string_lift(bytes4);
                    result5
                }
            }
        }
    }
}

#[rustfmt::skip]
mod _rt {
    #![allow(dead_code, unused_imports, clippy::all)]
    pub use alloc_crate::string::String;
    pub use alloc_crate::vec::Vec;
    pub unsafe fn string_lift(bytes: Vec<u8>) -> String {
        if cfg!(debug_assertions) {
            String::from_utf8(bytes).unwrap()
        } else {
            unsafe { String::from_utf8_unchecked(bytes) }
        }
    }
    #[cfg(target_arch = "wasm32")]
    pub fn run_ctors_once() {
        ::spin_sdk::wit_bindgen::rt::run_ctors_once();
    }
    extern crate alloc as alloc_crate;
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
macro_rules! __export_main_impl {
    ($ty:ident) => {
        self::export!($ty with_types_in self);
    };
    ($ty:ident with_types_in $($path_to_types_root:tt)*) => {
        $($path_to_types_root)*:: __export_world_main_cabi!($ty with_types_in
        $($path_to_types_root)*);
    };
}

#[rustfmt::skip]
#[doc(inline)]
pub(crate) use __export_main_impl as export;

#[rustfmt::skip]
#[cfg(target_arch = "wasm32")]
#[unsafe(
    link_section = "component-type:wit-bindgen:0.60.0:hello:components:main:encoded world"
)]
#[doc(hidden)]
#[allow(clippy::octal_escapes)]
pub static __WIT_BINDGEN_COMPONENT_TYPE: [u8; 219] = *b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07a\x01A\x02\x01A\x04\x01\
B\x02\x01@\0\0s\x04\0\x07message\x01\0\x03\0\x1bhello:components/dependable\x05\0\
\x01@\0\x01\0\x04\0\x03run\x01\x01\x04\0\x15hello:components/main\x04\0\x0b\x0a\x01\
\0\x04main\x03\0\0\0G\x09producers\x01\x0cprocessed-by\x02\x0dwit-component\x070\
.254.2\x10wit-bindgen-rust\x060.60.0";

#[rustfmt::skip]
#[inline(never)]
#[doc(hidden)]
pub fn __link_custom_section_describing_imports() {
    ::spin_sdk::wit_bindgen::rt::maybe_link_cabi_realloc();
}
