//! `wasi:random`: unpredictable numbers, or the same ones in every run of a node.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;
use wasmtime_wasi::p2::bindings::random::{insecure_seed, random};

use crate::grants::Capability;
use crate::run::host::Host;

/// Most bytes given out at once.
const MOST: u64 = 64 << 20;

/// `random`, `insecure` or `insecure-seed`, of 0.2 or 0.3.
pub(super) fn provide(
    instance: &mut LinkerInstance<'_, Host>,
    node: &Arc<str>,
    interface: &str,
    is_p3: bool,
) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    let (bytes, number) = match interface {
        "random" => ("get-random-bytes", "get-random-u64"),
        "insecure" => ("get-insecure-random-bytes", "get-insecure-random-u64"),
        _ => {
            let function = if is_p3 { "get-insecure-seed" } else { "insecure-seed" };
            return instance.func_wrap(function, move |mut store: StoreContextMut<'_, Host>, (): ()| {
                let host = store.data_mut();
                let seed = if may(host, &name) {
                    insecure_seed::Host::insecure_seed(host.wasi.random())?
                } else {
                    (host.seeded(&name).next(), host.seeded(&name).next())
                };
                Ok((seed,)) as wasmtime::Result<((u64, u64),)>
            });
        }
    };
    instance.func_wrap(bytes, move |mut store: StoreContextMut<'_, Host>, (length,): (u64,)| {
        let host = store.data_mut();
        if length > MOST && !is_p3 {
            wasmtime::bail!("{length} random bytes at once are more than the {MOST} there are");
        }
        let length = length.min(MOST);
        let bytes = if may(host, &name) {
            random::Host::get_random_bytes(host.wasi.random(), length)?
        } else {
            let seeded = host.seeded(&name);
            let words = std::iter::from_fn(|| Some(seeded.next().to_le_bytes()));
            words.flatten().take(usize::try_from(length)?).collect()
        };
        Ok((bytes,)) as wasmtime::Result<(Vec<u8>,)>
    })?;
    let name = Arc::clone(node);
    instance.func_wrap(number, move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let host = store.data_mut();
        let number = if may(host, &name) {
            random::Host::get_random_u64(host.wasi.random())?
        } else {
            host.seeded(&name).next()
        };
        Ok((number,)) as wasmtime::Result<(u64,)>
    })
}

fn may(host: &Host, name: &Arc<str>) -> bool {
    host.node_named(name).may(&Capability::Random, "random numbers")
}

/// A sequence that is a node's own and the same every time (splitmix64).
pub(super) struct Seeded(u64);

impl Seeded {
    pub(super) fn new(node: &str) -> Self {
        Self(Sha256::digest(node).iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte)))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
