//! A world as ports: names, kinds and one WIT-like line for every type and function.
//!
//! WIT text and built components both come here as a `Resolve`, so that a port reads the same before and after its
//! component's first build. The lines are for people; what fits is judged by the types ([`crate::model::differ`]).

use std::fmt::Write;
use std::sync::Arc;

use wit_parser::{Function, FunctionKind, Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner};
use wit_parser::{WorldId, WorldItem, WorldKey};

use crate::model::port::{Port, PortKind, Ports};
use crate::model::types::{Item, Source, Types};

/// Both sides of a world.
pub(crate) fn ports(resolve: &Arc<Resolve>, world: WorldId, source: Source) -> Ports {
    let Some(world) = resolve.worlds.get(world) else { return Ports::default() };
    let side = |items: &wit_parser::IndexMap<WorldKey, WorldItem>| {
        items.iter().map(|(key, item)| port(resolve, key, item, source)).collect()
    };
    Ports { imports: side(&world.imports), exports: side(&world.exports) }
}

pub(crate) fn port(resolve: &Arc<Resolve>, key: &WorldKey, item: &WorldItem, source: Source) -> Port {
    let name = match key {
        WorldKey::Name(name) => name.clone(),
        WorldKey::Interface(id) => resolve.id_of(*id).unwrap_or_default(),
    };
    let (kind, signature, item) = match item {
        WorldItem::Interface { id, .. } => (PortKind::Interface, interface(resolve, *id), Item::Interface(*id)),
        WorldItem::Function(f) => (PortKind::Function, vec![signature(resolve, f)], Item::Function(f)),
        WorldItem::Type { id, .. } => {
            (PortKind::Other, definition(resolve, *id).into_iter().collect(), Item::Type(*id))
        }
    };
    Port { name, kind, signature, types: Types::new(resolve, source, item) }
}

/// A function of an interface port, as a port of its own.
pub(crate) fn function(interface: &Port, name: &str) -> Option<Port> {
    let (function, types) = interface.types.function(name)?;
    let (resolve, ..) = interface.types.get()?;
    Some(Port { name: name.to_owned(), kind: PortKind::Function, signature: vec![signature(resolve, function)], types })
}

/// What an interface port holds, under the names that components know it by; nothing where its types are not known.
pub(crate) fn items(interface: &Port) -> Vec<Port> {
    let Some((resolve, Item::Interface(id), _)) = interface.types.get() else { return Vec::new() };
    let Some(found) = resolve.interfaces.get(id) else { return Vec::new() };
    let types = found.types.iter().map(|(name, id)| Port {
        name: name.clone(),
        kind: PortKind::Other,
        signature: definition(resolve, *id).into_iter().collect(),
        types: interface.types.named_type(*id),
    });
    types.chain(found.functions.keys().filter_map(|name| function(interface, name))).collect()
}

fn interface(resolve: &Resolve, id: InterfaceId) -> Vec<String> {
    let Some(interface) = resolve.interfaces.get(id) else { return Vec::new() };
    let types = interface.types.values().filter_map(|id| definition(resolve, *id));
    let functions = interface.functions.values().map(|f| format!("{}: {}", name_of(f), signature(resolve, f)));
    types.chain(functions).collect()
}

/// `log` of a free function, `request.method`, `static fields.from-list`, `constructor fields` of a resource's.
pub(crate) fn name_of(function: &Function) -> String {
    let item = function.item_name();
    let bare = function.name.split(']').next_back().unwrap_or(item);
    match function.kind {
        FunctionKind::Static(_) | FunctionKind::AsyncStatic(_) => format!("static {bare}"),
        FunctionKind::Constructor(_) => format!("constructor {bare}"),
        _ => bare.to_owned(),
    }
}

pub(crate) fn signature(resolve: &Resolve, function: &Function) -> String {
    let mut text = String::from(if function.kind.is_async() { "async func(" } else { "func(" });
    let method = matches!(function.kind, FunctionKind::Method(_) | FunctionKind::AsyncMethod(_));
    let params = function.params.iter().skip(usize::from(method));
    text.push_str(&list(params.map(|param| format!("{}: {}", param.name, type_name(resolve, &param.ty)))));
    text.push(')');
    if let (Some(result), false) = (&function.result, matches!(function.kind, FunctionKind::Constructor(_))) {
        let _ = write!(text, " -> {}", type_name(resolve, result));
    }
    text
}

/// A named type's definition on one line.
fn definition(resolve: &Resolve, id: TypeId) -> Option<String> {
    let def = resolve.types.get(id)?;
    let name = def.name.as_deref()?;
    let text = match &def.kind {
        TypeDefKind::Record(r) => {
            let fields = r.fields.iter().map(|f| format!("{}: {}", f.name, type_name(resolve, &f.ty)));
            format!("record {name} {{ {} }}", list(fields))
        }
        TypeDefKind::Variant(v) => {
            let case = |c: &wit_parser::Case| match &c.ty {
                Some(ty) => format!("{}({})", c.name, type_name(resolve, ty)),
                None => c.name.clone(),
            };
            format!("variant {name} {{ {} }}", list(v.cases.iter().map(case)))
        }
        TypeDefKind::Enum(e) => {
            format!("enum {name} {{ {} }}", list(e.cases.iter().map(|c| c.name.clone())))
        }
        TypeDefKind::Flags(f) => {
            format!("flags {name} {{ {} }}", list(f.flags.iter().map(|f| f.name.clone())))
        }
        TypeDefKind::Resource => format!("resource {name}"),
        TypeDefKind::Type(Type::Id(source)) => match foreign(resolve, def.owner, *source) {
            Some((interface, original)) if original == name => format!("use {interface}.{{{name}}}"),
            Some((interface, original)) => format!("use {interface}.{{{original} as {name}}}"),
            None => format!("type {name} = {}", type_name(resolve, &Type::Id(*source))),
        },
        kind => format!("type {name} = {}", kind_name(resolve, kind)),
    };
    Some(text)
}

/// Interface and name of a type that belongs to another interface than `owner`.
fn foreign(resolve: &Resolve, owner: TypeOwner, id: TypeId) -> Option<(String, &str)> {
    let def = resolve.types.get(id)?;
    match def.owner {
        TypeOwner::Interface(interface) if def.owner != owner => {
            Some((resolve.id_of(interface)?, def.name.as_deref()?))
        }
        _ => None,
    }
}

/// Longest type and longest line that are written out, in bytes: a type without a name that holds another twice, and that
/// one another, is a few bytes in its component and longer than any memory when written out.
const TYPE: usize = 4 << 10;
const LINE: usize = 16 << 10;

/// Whether the text is as long as it may be; then it ends so.
fn is_long(text: &mut String, most: usize) -> bool {
    if text.len() < most {
        return false;
    }
    if !text.ends_with('…') {
        text.push('…');
    }
    true
}

/// With commas between them, as many as a line holds.
fn list(parts: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for part in parts {
        if is_long(&mut text, LINE) {
            break;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&part);
    }
    text
}

pub(crate) fn type_name(resolve: &Resolve, ty: &Type) -> String {
    let mut text = String::new();
    put_type(resolve, ty, &mut text);
    text
}

pub(crate) fn kind_name(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let mut text = String::new();
    put_kind(resolve, kind, &mut text);
    text
}

fn put_type(resolve: &Resolve, ty: &Type, out: &mut String) {
    if is_long(out, TYPE) {
        return;
    }
    let primitive = match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(id) => match resolve.types.get(*id) {
            Some(def) => match &def.name {
                Some(name) => name,
                None => return put_kind(resolve, &def.kind, out),
            },
            None => "unknown",
        },
    };
    out.push_str(primitive);
}

fn put_kind(resolve: &Resolve, kind: &TypeDefKind, out: &mut String) {
    match kind {
        TypeDefKind::Handle(Handle::Own(id)) | TypeDefKind::Type(Type::Id(id)) => {
            put_type(resolve, &Type::Id(*id), out);
        }
        TypeDefKind::Handle(Handle::Borrow(id)) => put_of(resolve, "borrow", &[Some(Type::Id(*id))], out),
        TypeDefKind::Tuple(t) => {
            let all: Vec<_> = t.types.iter().copied().map(Some).collect();
            put_of(resolve, "tuple", &all, out);
        }
        TypeDefKind::Option(ty) => put_of(resolve, "option", &[Some(*ty)], out),
        TypeDefKind::Result(r) => match (r.ok, r.err) {
            (None, None) => out.push_str("result"),
            (Some(ok), None) => put_of(resolve, "result", &[Some(ok)], out),
            (ok, Some(err)) => put_of(resolve, "result", &[ok, Some(err)], out),
        },
        TypeDefKind::List(ty) => put_of(resolve, "list", &[Some(*ty)], out),
        TypeDefKind::FixedLengthList(ty, length) => {
            out.push_str("list<");
            put_type(resolve, ty, out);
            let _ = write!(out, ", {length}>");
        }
        TypeDefKind::Map(key, value) => put_of(resolve, "map", &[Some(*key), Some(*value)], out),
        TypeDefKind::Future(None) => out.push_str("future"),
        TypeDefKind::Future(Some(ty)) => put_of(resolve, "future", &[Some(*ty)], out),
        TypeDefKind::Stream(None) => out.push_str("stream"),
        TypeDefKind::Stream(Some(ty)) => put_of(resolve, "stream", &[Some(*ty)], out),
        TypeDefKind::Type(ty) => put_type(resolve, ty, out),
        named => out.push_str(named.as_str()),
    }
}

/// `name<of, of>`; none is a hole.
fn put_of(resolve: &Resolve, name: &str, of: &[Option<Type>], out: &mut String) {
    out.push_str(name);
    out.push('<');
    for (i, ty) in of.iter().enumerate() {
        if is_long(out, TYPE) {
            break;
        }
        out.push_str(if i == 0 { "" } else { ", " });
        match ty {
            Some(ty) => put_type(resolve, ty, out),
            None => out.push('_'),
        }
    }
    out.push('>');
}

#[cfg(test)]
mod tests {
    use crate::model::signature::*;

    #[test]
    fn a_type_that_holds_another_twice_and_that_one_another_is_not_written_out() {
        let mut resolve = Resolve::default();
        resolve
            .push_str("a.wit", "package a:b; interface c { f: func(a: tuple<u8, u8>) -> option<list<u8>>; }")
            .unwrap();
        let interface = resolve.interfaces.iter().next().unwrap().1.clone();
        let function = interface.functions.values().next().unwrap();
        assert_eq!(signature(&resolve, function), "func(a: tuple<u8, u8>) -> option<list<u8>>");
        // As a decoder leaves it: types without names, one in the other.
        let mut ty = function.params[0].ty;
        for _ in 0..40 {
            let Type::Id(id) = ty else { unreachable!() };
            let mut twice = resolve.types[id].clone();
            twice.kind = TypeDefKind::Tuple(wit_parser::Tuple { types: vec![ty, ty] });
            ty = Type::Id(resolve.types.alloc(twice));
        }
        let text = type_name(&resolve, &ty);
        assert!(text.starts_with("tuple<tuple<") && text.len() < 2 * TYPE, "{} bytes", text.len());
    }
}
