//! How much a component may ask of whoever reads, composes and compiles it, found out from its bytes before anybody
//! does.
//!
//! A component names another once and instantiates it as often as it likes, and that one does the same: a kilobyte can
//! stand for a billion instances, and a compiler unfolds them all. So they are counted here the way a compiler unfolds
//! them, and counting ends where there are too many.

mod unfold;

use wasmparser::{Chunk, ComponentExternalKind, Encoding, Parser, Payload};

use crate::inspect::budget::unfold::{Alias, Definition, Item};
use crate::model::diagnostic::{Diagnostic, Origin};

/// What one component may be made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// The file itself, in bytes.
    pub bytes: usize,
    /// Components and core modules inside one another.
    pub(crate) depth: usize,
    /// Instances of components and core modules, once every component is unfolded where it is instantiated.
    pub(crate) instances: u64,
    /// Everything else that is unfolded with them: types, functions, imports, exports, names.
    pub(crate) items: u64,
    /// Imports and exports of the component itself.
    pub ports: u64,
    /// Code of one function, and of all together, in bytes.
    pub function: usize,
    pub code: usize,
}

/// Many times what the largest programs need that we have seen, and what compiling still takes less than a GiB for.
pub(crate) const BUDGET: Budget = Budget {
    bytes: 512 << 20,
    depth: 64,
    instances: 10_000,
    items: 1_000_000,
    ports: 10_000,
    function: 2 << 20,
    code: 128 << 20,
};

/// What is too much of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooMuch {
    #[error("it has {has} bytes, and {limit} are the most")]
    Bytes { has: usize, limit: usize },
    #[error("its components are nested more than {limit} deep")]
    Depth { limit: usize },
    #[error("unfolded, it has more than {limit} instances")]
    Instances { limit: u64 },
    #[error("unfolded, it has more than {limit} types, functions, imports and exports")]
    Items { limit: u64 },
    #[error("it has {has} imports and exports, and {limit} are the most")]
    Ports { has: u64, limit: u64 },
    #[error("one of its functions has {has} bytes of code, and {limit} are the most")]
    Function { has: usize, limit: usize },
    #[error("its functions have more than {limit} bytes of code")]
    Code { limit: usize },
}

impl TooMuch {
    /// As a problem of the component `name`; an empty name: of a component that has none yet.
    pub(crate) fn diagnostic(self, name: &str) -> Diagnostic {
        let who = match name {
            "" => "this component".to_owned(),
            "the composition" => name.to_owned(),
            _ => format!("`{name}`"),
        };
        Diagnostic::error(Origin::Wasm, format!("{who} is too large to be compiled: {self}"))
            .help("build it from fewer or smaller parts, or leave it out of the project")
    }
}

/// Counts what a component (or a core module) would cost. Bytes that are no whole component are left to who reads them
/// next, and has the better sentence: what can be read of them is counted.
///
/// # Errors
/// When it is more than `budget` allows.
pub(crate) fn within(bytes: &[u8], budget: &Budget) -> Result<(), TooMuch> {
    counted(bytes, budget, true)
}

/// As [`within`], of what was composed of parts that each are within it: their code is not read once more.
///
/// # Errors
/// When it is more than `budget` allows.
pub(crate) fn composed_within(bytes: &[u8], budget: &Budget) -> Result<(), TooMuch> {
    counted(bytes, budget, false)
}

fn counted(bytes: &[u8], budget: &Budget, modules: bool) -> Result<(), TooMuch> {
    if bytes.len() > budget.bytes {
        return Err(TooMuch::Bytes { has: bytes.len(), limit: budget.bytes });
    }
    let definitions = read(payloads(bytes, modules), budget)?;
    let Some(root) = definitions.last() else { return Ok(()) };
    if root.ports > budget.ports {
        return Err(TooMuch::Ports { has: root.ports, limit: budget.ports });
    }
    unfold::unfold(&definitions, budget)
}

/// The components inside one another, innermost first and the root last.
fn read<'a>(payloads: impl Iterator<Item = Payload<'a>>, budget: &Budget) -> Result<Vec<Definition<'a>>, TooMuch> {
    let (mut open, mut done, mut code) = (Vec::<Option<Definition<'a>>>::new(), Vec::new(), 0_usize);
    for payload in payloads {
        match payload {
            Payload::Version { encoding, .. } => {
                if open.len() >= budget.depth {
                    return Err(TooMuch::Depth { limit: budget.depth });
                }
                open.push((encoding == Encoding::Component).then(Definition::default));
                continue;
            }
            Payload::CodeSectionEntry(ref body) => {
                let has = body.range().len();
                if has > budget.function {
                    return Err(TooMuch::Function { has, limit: budget.function });
                }
                code += has;
                if code > budget.code {
                    return Err(TooMuch::Code { limit: budget.code });
                }
            }
            Payload::End(_) => {
                let Some(Some(definition)) = open.pop() else { continue };
                done.push(definition);
                let index = done.len() - 1;
                if let Some(Some(outer)) = open.last_mut() {
                    outer.items.push(Item::Component(index));
                }
                continue;
            }
            _ => {}
        }
        // Core modules are compiled once, however often they are instantiated.
        if let Some(Some(definition)) = open.last_mut()
            && definition.read(payload).is_err()
        {
            break;
        }
    }
    // What was cut short: its outermost component is the root all the same.
    done.extend(open.into_iter().rev().flatten());
    Ok(done)
}

/// What a component is made of, as far as it can be read; what is inside core modules only where it is asked for.
fn payloads(bytes: &[u8], modules: bool) -> impl Iterator<Item = Payload<'_>> {
    let (mut parser, mut outer, mut rest, mut over) = (Parser::new(0), Vec::new(), bytes, false);
    std::iter::from_fn(move || {
        let Ok(Chunk::Parsed { consumed, payload }) = parser.parse(rest, true) else { return None };
        rest = rest.get(consumed..).filter(|_| !over)?;
        match &payload {
            Payload::ModuleSection { unchecked_range, .. } if !modules => rest = rest.get(unchecked_range.len()..)?,
            Payload::ModuleSection { parser: inner, .. } | Payload::ComponentSection { parser: inner, .. } => {
                outer.push(std::mem::replace(&mut parser, inner.clone()));
            }
            Payload::End(_) => match outer.pop() {
                Some(around) => parser = around,
                None => over = true,
            },
            _ => {}
        }
        Some(payload)
    })
}

impl<'a> Definition<'a> {
    fn read(&mut self, payload: Payload<'a>) -> wasmparser::Result<()> {
        use wasmparser::ComponentAlias;
        match payload {
            Payload::ModuleSection { .. } => self.weight += 1,
            Payload::InstanceSection(section) => self.core_instances += u64::from(section.count()),
            // Types have types inside; a type has as many as it has bytes, at most.
            Payload::CoreTypeSection(section) => self.weight += section.range().len() as u64 / 4,
            Payload::ComponentTypeSection(section) => self.weight += section.range().len() as u64 / 4,
            // Each is a function of its own that has to be made.
            Payload::ComponentCanonicalSection(section) => self.weight += 20 * u64::from(section.count()),
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    self.items.push(Item::Instance(instance?));
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.weight += 1;
                    match alias? {
                        ComponentAlias::InstanceExport { kind, instance_index, name } => {
                            self.item(kind, || Item::Alias(Alias { kind, instance: instance_index, name }));
                        }
                        ComponentAlias::Outer { kind, count, index } => {
                            if kind == wasmparser::ComponentOuterAliasKind::Component {
                                self.items.push(Item::Outer { count, index });
                            }
                        }
                        ComponentAlias::CoreInstanceExport { .. } => {}
                    }
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let import = import?;
                    let kind = import.ty.kind();
                    self.ports += 1;
                    self.item(kind, || Item::Import(import.name.name, kind));
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    self.ports += 1;
                    self.item(export.kind, || Item::Export(export));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Keeps what leads to instances, and counts the rest.
    fn item(&mut self, kind: ComponentExternalKind, item: impl FnOnce() -> Item<'a>) {
        match kind {
            ComponentExternalKind::Component | ComponentExternalKind::Instance => self.items.push(item()),
            _ => self.weight += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::inspect::budget::*;

    fn check(text: &str) -> Result<(), TooMuch> {
        within(&wat::parse_str(text).unwrap(), &BUDGET)
    }

    /// Each level instantiates the one below it twice.
    fn doubling(levels: usize) -> String {
        let mut text = String::from("(component $c0)");
        for n in 1..=levels {
            let below = n - 1;
            text = format!(
                "(component $c{n} {text} (instance (instantiate $c{below})) (instance (instantiate $c{below})))"
            );
        }
        text
    }

    #[test]
    fn what_a_kilobyte_stands_for_is_counted_without_unfolding_it() {
        let bomb = wat::parse_str(doubling(30)).unwrap();
        assert!(bomb.len() < 2_000, "{}", bomb.len());
        assert_eq!(within(&bomb, &BUDGET), Err(TooMuch::Instances { limit: 10_000 }));
        assert_eq!(check(&doubling(8)), Ok(()));
        let said = TooMuch::Instances { limit: 10_000 }.diagnostic("bomb").message;
        assert_eq!(said, "`bomb` is too large to be compiled: unfolded, it has more than 10000 instances");
    }

    #[test]
    fn components_that_are_passed_on_are_followed() {
        // Siblings by outer alias.
        let mut text = String::from("(component $root (component $c0)");
        for n in 1..=30 {
            let below = n - 1;
            text += &format!(
                "(component $c{n} (alias outer $root $c{below} (component $x)) \
                 (instance (instantiate $x)) (instance (instantiate $x)))"
            );
        }
        text += "(instance (instantiate $c30)))";
        assert!(matches!(check(&text), Err(TooMuch::Instances { .. })));
        // As an argument, doubled by who takes it.
        let twice = |n: usize| {
            format!(
                r#"(component $t{n} (import "c" (component $c))
                    (component $d (alias outer $t{n} $c (component $x)) (instance (instantiate $x)) (instance (instantiate $x)))
                    (export "d" (component $d)))"#
            )
        };
        let mut text = String::from("(component $root (component $c0)");
        for n in 1..=30 {
            text += &twice(n);
            let below = n - 1;
            text += &format!(
                r#"(instance $i{n} (instantiate $t{n} (with "c" (component $c{below}))))
                   (alias export $i{n} "d" (component $c{n}))"#
            );
        }
        text += "(instance (instantiate $c30)))";
        assert!(matches!(check(&text), Err(TooMuch::Instances { .. })));
    }

    #[test]
    fn depth_ports_items_and_code_are_bounded() {
        let deep = (0..80).fold(String::new(), |inner, _| format!("(component {inner})"));
        assert_eq!(check(&deep), Err(TooMuch::Depth { limit: 64 }));
        let many: String = (0..10_001).map(|n| format!(r#"(import "i{n}" (func))"#)).collect();
        assert_eq!(check(&format!("(component {many})")), Err(TooMuch::Ports { has: 10_001, limit: 10_000 }));
        let body = "nop ".repeat(3 << 20);
        let large = check(&format!("(component (core module (func {body})))"));
        assert!(matches!(large, Err(TooMuch::Function { .. })), "{large:?}");
        // A few thousand instances of something that is large by itself.
        let aliases: String = (0..1_000).map(|n| format!(r#"(type $t{n} (func (param "a" u8)))"#)).collect();
        let text = format!("(component (component $c {aliases}) {})", "(instance (instantiate $c))".repeat(900));
        assert!(matches!(check(&text), Err(TooMuch::Items { .. })), "{:?}", check(&text));
    }

    #[test]
    fn what_is_no_component_is_left_to_others() {
        for bytes in [&b""[..], b"hello", b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0\x05\x7f"] {
            assert_eq!(within(bytes, &BUDGET), Ok(()), "{bytes:?}");
        }
        let bomb = wat::parse_str(doubling(30)).unwrap();
        for end in 0..bomb.len() {
            let _ = within(&bomb[..end], &BUDGET);
        }
    }
}
