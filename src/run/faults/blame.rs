//! A trap → what happened, to whom, where.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use wasmparser::{Parser, Payload};
use wasmtime::component::ResourceTableError;
use wasmtime::{FrameInfo, Module, Trap, WasmBacktrace};

use crate::compose::Live;
use crate::model::diagnostic::Place;
use crate::model::guest_text::clean;
use crate::run::faults::dwarf;
use crate::run::faults::dwarf::{Position, Symbols};
use crate::run::faults::limits::Over;
use crate::run::faults::panics;
use crate::run::faults::panics::Panic;
use crate::run::host::Host;
use crate::run::{Crash, Frame};

/// What a function is called that has no name: only its number, which tells nobody anything.
const NAMELESS: &str = "function ";
/// Frames that make an endless recursion evident.
const DEEP: usize = 32;

/// What is needed to explain the crashes of one generation. Debug information is read at the first crash in a module.
pub(crate) struct Blame {
    root: Option<PathBuf>,
    live: Arc<Live>,
    /// Of the hoisted core modules, in their order.
    modules: Vec<Module>,
    sources: OnceLock<Vec<Source>>,
}

/// A core module and the bytes that tell about it.
struct Source {
    /// `None` for one that was left inside the composition; frames know it by its place there.
    module: Option<Module>,
    component: Option<String>,
    /// As built.
    bytes: Arc<[u8]>,
    /// Where in `bytes` the module stands.
    range: Range<usize>,
    /// What offsets of the compiled code count from, to get to offsets in the code section.
    code_start: usize,
    /// By offset, what debug information told so far: a handler that dies at every request is looked up once.
    positions: Mutex<HashMap<usize, Vec<Position>>>,
}

impl Source {
    fn new(
        module: Option<Module>,
        component: Option<String>,
        bytes: Arc<[u8]>,
        range: Range<usize>,
        code: usize,
    ) -> Self {
        Self { module, component, bytes, range, code_start: code, positions: Mutex::default() }
    }

    fn positions(&self, offsets: &[usize]) -> HashMap<usize, Vec<Position>> {
        let mut known = self.positions.lock();
        if offsets.iter().any(|o| !known.contains_key(o)) {
            let symbols = self.bytes.get(self.range.clone()).and_then(Symbols::read);
            for offset in offsets {
                let in_code = offset.checked_sub(self.code_start);
                let found = symbols.as_ref().zip(in_code).map(|(s, o)| s.positions(o as u64));
                known.insert(*offset, found.unwrap_or_default());
            }
        }
        offsets.iter().filter_map(|o| Some((*o, known.get(o)?.clone()))).collect()
    }
}

impl Blame {
    /// `root`: the folder that places are shown relative to.
    pub(crate) fn new(live: Arc<Live>, modules: Vec<Module>, root: Option<&Path>) -> Self {
        Self { root: root.map(Path::to_path_buf), live, modules, sources: OnceLock::new() }
    }

    fn sources(&self) -> &[Source] {
        self.sources.get_or_init(|| {
            let hoisted = self.live.modules.iter().zip(&self.modules).map(|(core, module)| {
                // The code is the same with and without debug information, but need not stand at the same place.
                let code = dwarf::code_start(&core.stripped).unwrap_or(0);
                let full = Arc::clone(&core.full);
                let range = 0..full.len();
                Source::new(Some(module.clone()), Some(core.component.clone()), full, range, code)
            });
            hoisted.chain(inline_modules(&self.live.bytes)).collect()
        })
    }

    /// The crash that `error` is, in a store with this data.
    pub(crate) fn crash(&self, error: &wasmtime::Error, host: &Host) -> Crash {
        let infos = error.downcast_ref::<WasmBacktrace>().map_or(&[][..], WasmBacktrace::frames);
        let frames = self.frames(infos);
        let culprit = culprit(&frames);
        let over = over(error, host);
        let node = culprit.and_then(|f| f.node.clone()).or_else(|| self.node(None));
        // Who waits without a frame (a guest of 0.3) does so for the node that was called from outside.
        let waits = || host.entry().filter(|_| over.is_some() && frames.is_empty()).map(str::to_owned);
        let node = node.or_else(waits);
        let trap = error.downcast_ref::<Trap>().copied();
        let panic = (trap == Some(Trap::UnreachableCodeReached)).then(|| self.panic(node.as_deref(), host)).flatten();
        // Several nodes may be made from one component, and frames don't tell them apart; last words do.
        let (node, panic) = match panic {
            Some((whose, panic)) => (node.or(Some(whose)), Some(panic)),
            None => (node, None),
        };
        let what = match (&panic, trap) {
            (Some(panic), _) => format!("panicked: {}", panic.message),
            // It may have lived without the memory that it was denied.
            (None, _) if over.is_some() => over.unwrap_or_default(),
            (None, _) if host.memory.denied.is_some() => out_of_memory(host),
            (None, Some(trap)) => describe(trap, &frames),
            (None, None) => format!("failed: {}", error.root_cause()),
        };
        let theirs = culprit.and_then(|f| f.place.as_ref().filter(|_| f.own)).cloned();
        let place = theirs.or(panic.and_then(|p| p.place)).or_else(|| culprit.and_then(|f| f.place.clone()));
        let who = node.as_ref().map_or_else(|| "the guest".into(), |n| format!("`{n}`"));
        let message = match (&place, culprit) {
            (Some(place), _) => format!("{who} {what} ({}:{})", place.file.display(), place.line),
            (None, Some(frame)) if !frame.function.starts_with(NAMELESS) => {
                format!("{who} {what} (in `{}`)", frame.function)
            }
            (None, _) => format!("{who} {what}"),
        };
        // The guest wrote the panic's text, and its compiler the names of functions and files.
        let frames = frames.into_iter().map(cleaned).collect();
        Crash { message: clean(&message), node, place: place.as_ref().map(clean_place), frames }
    }

    /// The panic that `node` (or, where that is unknown, any node) died of, and whose it is.
    fn panic(&self, node: Option<&str>, host: &Host) -> Option<(String, Panic)> {
        let single = self.live.nodes.len() <= 1;
        host.last_words()
            .filter(|(name, _)| single || node.is_none_or(|n| n == *name))
            .find_map(|(name, stderr)| Some((name.to_string(), panics::find(&stderr)?)))
    }

    /// The frames of a backtrace, with those that were inlined.
    fn frames(&self, infos: &[FrameInfo]) -> Vec<Frame> {
        // Trampolines that nobody wrote.
        let infos: Vec<&FrameInfo> =
            infos.iter().filter(|i| i.module().name().is_none_or(|n| !n.starts_with("wit-component:"))).collect();
        let found: Vec<Option<usize>> = infos.iter().map(|info| self.source(info)).collect();
        let mut positions: Vec<HashMap<usize, Vec<Position>>> = Vec::new();
        for (index, source) in self.sources().iter().enumerate() {
            let here = infos.iter().zip(&found).filter(|(_, f)| **f == Some(index));
            let offsets: Vec<usize> = here.filter_map(|(info, _)| info.module_offset()).collect();
            positions.push(if offsets.is_empty() { HashMap::new() } else { source.positions(&offsets) });
        }
        let mut frames = Vec::new();
        for (info, found) in infos.iter().zip(found) {
            let source = found.and_then(|index| self.sources().get(index));
            let node = source.and_then(|s| self.node(s.component.as_deref()));
            let named = info.func_name().map_or_else(|| format!("{NAMELESS}{}", info.func_index()), dwarf::demangle);
            let chain = found.zip(info.module_offset()).and_then(|(index, o)| positions.get(index)?.get(&o));
            match chain {
                Some(chain) if !chain.is_empty() => frames.extend(chain.iter().map(|p| {
                    let place = |f| Place { file: self.shown(f), line: p.line, column: p.column };
                    frame(
                        node.clone(),
                        p.function.clone().unwrap_or_else(|| named.clone()),
                        p.file.as_deref().map(place),
                    )
                })),
                _ => frames.push(frame(node, named, None)),
            }
        }
        frames
    }

    fn source(&self, info: &FrameInfo) -> Option<usize> {
        let hoisted = |s: &Source| s.module.as_ref().is_some_and(|m| Module::same(m, info.module()));
        let inline = |s: &Source| s.module.is_none() && info.module_offset().is_some_and(|o| s.range.contains(&o));
        self.sources().iter().position(hoisted).or_else(|| self.sources().iter().position(inline))
    }

    /// The node of a component, if it is the only one made from it.
    fn node(&self, component: Option<&str>) -> Option<String> {
        let mut of_it = self.live.nodes.iter().filter(|(_, c)| component.is_none_or(|component| c == component));
        match (of_it.next(), of_it.next()) {
            (Some((node, _)), None) => Some(node.clone()),
            _ => None,
        }
    }

    fn shown(&self, file: &str) -> PathBuf {
        let file = Path::new(file);
        let inside = self.root.as_deref().and_then(|root| file.strip_prefix(root).ok());
        inside.unwrap_or(file).to_path_buf()
    }
}

/// The core modules that stand in the composition itself.
fn inline_modules(component: &Arc<[u8]>) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    let mut open: Option<Range<usize>> = None;
    for payload in Parser::new(0).parse_all(component) {
        match payload {
            Ok(Payload::ModuleSection { unchecked_range, .. }) => open = Some(unchecked_range),
            Ok(Payload::CodeSectionStart { range, .. }) => {
                if let Some(module) = open.take() {
                    sources.push(Source::new(None, None, Arc::clone(component), module, range.start));
                }
            }
            Err(_) => break,
            _ => {}
        }
    }
    sources
}

/// The frame a person would look at: the innermost of their own code, generated bindings only if there is no other.
fn culprit(frames: &[Frame]) -> Option<&Frame> {
    let generated = |f: &&Frame| f.place.as_ref().is_some_and(|p| p.file.ends_with("bindings.rs"));
    let own = || frames.iter().filter(|f| f.own);
    let first = own().find(|f| !generated(f)).or_else(|| own().next()).or_else(|| frames.first())?;
    // What stands between a component and the host has no names; whose call it passed on comes next. Of a component
    // without any names at all there is no such frame, and its caller is not to blame.
    let nameless = |f: &Frame| f.place.is_none() && f.function.starts_with(NAMELESS);
    let caller = || own().find(|f| f.node == first.node && !nameless(f) && !generated(f));
    if nameless(first) { caller().or(Some(first)) } else { Some(first) }
}

fn frame(node: Option<String>, function: String, place: Option<Place>) -> Frame {
    let own = is_own(&function, place.as_ref());
    Frame { node, function, place, own }
}

/// Whether code is the user's. A path dependency is, wherever it lies; what came with the toolchain or was fetched is not.
fn is_own(function: &str, place: Option<&Place>) -> bool {
    // `wasisdk://` is how the C library that Rust ships for this target spells its own files.
    const LIBRARIES: [&str; 7] =
        ["/rustc/", "/.cargo/registry/", "/.cargo/git/", "/rustlib/", "/wasi-libc/", "/wasi-sdk/", "wasisdk://"];
    const RUNTIME: [&str; 14] = [
        "std::",
        "core::",
        "alloc::",
        "<std::",
        "<core::",
        "<alloc::",
        "wit_bindgen::",
        "__rust",
        "rust_begin_unwind",
        "abort",
        "dlmalloc",
        "__wasi",
        "_start",
        "__main",
    ];
    match place {
        Some(place) => {
            let file = place.file.to_string_lossy().replace('\\', "/");
            !LIBRARIES.iter().any(|part| file.contains(part))
        }
        None => !RUNTIME.iter().any(|start| function.starts_with(start)),
    }
}

fn out_of_memory(host: &Host) -> String {
    host.memory.denied.map_or_else(String::new, |denied| format!("ran out of memory: it {denied}"))
}

/// A limit that was reached, with the key that sets it.
fn over(error: &wasmtime::Error, host: &Host) -> Option<String> {
    if let Some(over) = error.downcast_ref::<Over>() {
        return Some(format!("{over} (`{}` below [run.limits])", over.key()));
    }
    let limits = host.limits();
    if let (Some(Trap::OutOfFuel), Some(fuel)) = (error.downcast_ref(), limits.fuel) {
        let of = host.meter().of();
        return Some(format!("used up the {fuel} units of fuel that {of} may have (`fuel` below [run.limits])"));
    }
    let text = error.root_cause().to_string();
    let full = matches!(error.downcast_ref(), Some(ResourceTableError::Full));
    let (most, what) = if full || text.contains("store handle limit exceeded") {
        (limits.handles, "handles")
    } else if text.starts_with("resource limit exceeded: instance") {
        (limits.instances, "instances")
    } else if text.starts_with("resource limit exceeded: table") {
        (limits.tables, "tables")
    } else {
        return None;
    };
    Some(format!("wants more than the {most} {what} there may be (`{what}` below [run.limits])"))
}

/// A trap in a person's words.
fn describe(trap: Trap, frames: &[Frame]) -> String {
    match trap {
        Trap::UnreachableCodeReached => "gave up (a panic or an abort without a message)".into(),
        Trap::StackOverflow => "ran out of stack, as endless recursion does".into(),
        // Rust keeps its stack at the start of linear memory: an overflow runs below address 0.
        Trap::MemoryOutOfBounds if is_recursion(frames) => "ran out of stack, as endless recursion does".into(),
        Trap::MemoryOutOfBounds => "read or wrote outside of its memory".into(),
        Trap::TableOutOfBounds | Trap::IndirectCallToNull => "called a function pointer that points nowhere".into(),
        Trap::BadSignature => "called a function pointer of another type".into(),
        Trap::IntegerOverflow => "overflowed an integer".into(),
        Trap::IntegerDivisionByZero => "divided by zero".into(),
        Trap::BadConversionToInteger => "converted a number that does not fit into an integer".into(),
        Trap::Interrupt => "was interrupted".into(),
        Trap::CannotEnterComponent => "was called again while still in a call (components can't be re-entered)".into(),
        Trap::AsyncDeadlock => "waits for something that can't happen any more (a deadlock)".into(),
        Trap::NoAsyncResult => "ended an async function without giving its result".into(),
        Trap::CannotBlockSyncTask => "tried to wait inside a function that is not async".into(),
        other => {
            let text = other.to_string();
            format!("trapped: {}", text.strip_prefix("wasm trap: ").unwrap_or(&text))
        }
    }
}

/// Deep, and the same few functions over and over.
fn is_recursion(frames: &[Frame]) -> bool {
    let mut names: Vec<&str> = frames.iter().map(|f| f.function.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    frames.len() >= DEEP && names.len() * 4 <= frames.len()
}

fn cleaned(frame: Frame) -> Frame {
    Frame { function: clean(&frame.function), place: frame.place.as_ref().map(clean_place), ..frame }
}

fn clean_place(place: &Place) -> Place {
    Place { file: clean(&place.file.to_string_lossy()).into(), line: place.line, column: place.column }
}

#[cfg(test)]
mod tests {
    use crate::run::faults::blame::*;

    fn frame(function: &str, file: Option<&str>) -> Frame {
        crate::run::faults::blame::frame(
            None,
            function.into(),
            file.map(|f| Place { file: f.into(), line: 1, column: 1 }),
        )
    }

    #[test]
    fn what_the_toolchain_brought_is_nobodys_own() {
        for library in ["wasisdk://v30.0/build/libc/abort.c", "/rustc/5980/library/core/src/panicking.rs"] {
            assert!(!frame("abort", Some(library)).own, "{library}");
        }
        for own in ["app/src/lib.rs", "/home/me/beside-the-project/src/lib.rs"] {
            assert!(frame("go", Some(own)).own, "{own}");
        }
    }

    #[test]
    fn the_blamed_frame_is_the_innermost_of_ones_own() {
        let frames = [
            frame("core::panicking::panic_fmt", Some("/rustc/abc/library/core/src/panicking.rs")),
            frame("serde::de", Some("/home/me/.cargo/registry/src/index/serde/src/de.rs")),
            frame("exports::run", Some("app/src/bindings.rs")),
            frame("app::run", Some("app/src/lib.rs")),
        ];
        assert_eq!(culprit(&frames).unwrap().function, "app::run");
        assert_eq!(culprit(&frames[..3]).unwrap().function, "exports::run");
        assert_eq!(culprit(&frames[..1]).unwrap().function, "core::panicking::panic_fmt", "better than nothing");
        let stripped = [frame("__rust_start_panic", None), frame("std::panicking::begin", None), frame("go", None)];
        assert_eq!(culprit(&stripped).unwrap().function, "go");
        assert_eq!(culprit(&[]), None);
        let of = |node: &str, frame: Frame| Frame { node: Some(node.into()), ..frame };
        let shim = of("a", frame("function 3", None));
        let (ours, theirs) = (of("a", frame("run", Some("a/src/lib.rs"))), of("b", frame("run", Some("b/src/lib.rs"))));
        assert_eq!(culprit(&[shim.clone(), ours.clone()]), Some(&ours), "who called through it");
        assert_eq!(culprit(&[shim.clone(), theirs]), Some(&shim), "no other component");
    }

    #[test]
    fn deep_and_repetitive_is_recursion() {
        assert!(is_recursion(&vec![frame("f", None); 40]));
        assert!(!is_recursion(&vec![frame("f", None); 4]));
        let different: Vec<Frame> = (0..40).map(|n| frame(&n.to_string(), None)).collect();
        assert!(!is_recursion(&different));
    }
}
