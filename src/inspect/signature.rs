//! A world as ports: names, kinds and one WIT-like line for every type and function.
//!
//! WIT text and built components both come here as a `Resolve`, so that a port reads the same before and after its
//! component's first build; `model::misfit` compares these lines.

use std::fmt::Write;

use wit_parser::{Function, FunctionKind, Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner};
use wit_parser::{WorldId, WorldItem, WorldKey};

use crate::model::port::{Port, PortKind, Ports};

/// Both sides of a world.
pub(super) fn ports(resolve: &Resolve, world: WorldId) -> Ports {
    let Some(world) = resolve.worlds.get(world) else { return Ports::default() };
    let side = |items: &wit_parser::IndexMap<WorldKey, WorldItem>| {
        items.iter().map(|(key, item)| port(resolve, key, item)).collect()
    };
    Ports { imports: side(&world.imports), exports: side(&world.exports) }
}

pub(super) fn port(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> Port {
    let name = match key {
        WorldKey::Name(name) => name.clone(),
        WorldKey::Interface(id) => resolve.id_of(*id).unwrap_or_default(),
    };
    let (kind, signature) = match item {
        WorldItem::Interface { id, .. } => (PortKind::Interface, interface(resolve, *id)),
        WorldItem::Function(f) => (PortKind::Function, vec![signature(resolve, f)]),
        WorldItem::Type { id, .. } => (PortKind::Other, definition(resolve, *id).into_iter().collect()),
    };
    Port { name, kind, signature }
}

fn interface(resolve: &Resolve, id: InterfaceId) -> Vec<String> {
    let Some(interface) = resolve.interfaces.get(id) else { return Vec::new() };
    let types = interface.types.values().filter_map(|id| definition(resolve, *id));
    let functions = interface.functions.values().map(|f| format!("{}: {}", name_of(f), signature(resolve, f)));
    types.chain(functions).collect()
}

/// `log` of a free function, `request.method`, `static fields.from-list`, `constructor fields` of a resource's.
pub(super) fn name_of(function: &Function) -> String {
    let item = function.item_name();
    let bare = function.name.split(']').next_back().unwrap_or(item);
    match function.kind {
        FunctionKind::Static(_) | FunctionKind::AsyncStatic(_) => format!("static {bare}"),
        FunctionKind::Constructor(_) => format!("constructor {bare}"),
        _ => bare.to_owned(),
    }
}

pub(super) fn signature(resolve: &Resolve, function: &Function) -> String {
    let mut text = String::from(if function.kind.is_async() { "async func(" } else { "func(" });
    let method = matches!(function.kind, FunctionKind::Method(_) | FunctionKind::AsyncMethod(_));
    for (i, param) in function.params.iter().skip(usize::from(method)).enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}{}: {}", param.name, type_name(resolve, &param.ty));
    }
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
    let list = |parts: Vec<String>| parts.join(", ");
    let text = match &def.kind {
        TypeDefKind::Record(r) => {
            let fields = r.fields.iter().map(|f| format!("{}: {}", f.name, type_name(resolve, &f.ty))).collect();
            format!("record {name} {{ {} }}", list(fields))
        }
        TypeDefKind::Variant(v) => {
            let case = |c: &wit_parser::Case| match &c.ty {
                Some(ty) => format!("{}({})", c.name, type_name(resolve, ty)),
                None => c.name.clone(),
            };
            format!("variant {name} {{ {} }}", list(v.cases.iter().map(case).collect()))
        }
        TypeDefKind::Enum(e) => {
            format!("enum {name} {{ {} }}", list(e.cases.iter().map(|c| c.name.clone()).collect()))
        }
        TypeDefKind::Flags(f) => {
            format!("flags {name} {{ {} }}", list(f.flags.iter().map(|f| f.name.clone()).collect()))
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

pub(super) fn type_name(resolve: &Resolve, ty: &Type) -> String {
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
        Type::Id(id) => {
            return match resolve.types.get(*id) {
                Some(def) => def.name.clone().unwrap_or_else(|| kind_name(resolve, &def.kind)),
                None => "unknown".into(),
            };
        }
    };
    primitive.into()
}

pub(super) fn kind_name(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let name = |ty: &Type| type_name(resolve, ty);
    let or_hole = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "_".into(), name);
    match kind {
        TypeDefKind::Handle(Handle::Own(id)) | TypeDefKind::Type(Type::Id(id)) => name(&Type::Id(*id)),
        TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", name(&Type::Id(*id))),
        TypeDefKind::Tuple(t) => format!("tuple<{}>", t.types.iter().map(name).collect::<Vec<_>>().join(", ")),
        TypeDefKind::Option(ty) => format!("option<{}>", name(ty)),
        TypeDefKind::Result(r) => match (&r.ok, &r.err) {
            (None, None) => "result".into(),
            (Some(ok), None) => format!("result<{}>", name(ok)),
            (ok, Some(err)) => format!("result<{}, {}>", or_hole(ok), name(err)),
        },
        TypeDefKind::List(ty) => format!("list<{}>", name(ty)),
        TypeDefKind::FixedLengthList(ty, length) => format!("list<{}, {length}>", name(ty)),
        TypeDefKind::Map(key, value) => format!("map<{}, {}>", name(key), name(value)),
        TypeDefKind::Future(None) => "future".into(),
        TypeDefKind::Future(Some(ty)) => format!("future<{}>", name(ty)),
        TypeDefKind::Stream(None) => "stream".into(),
        TypeDefKind::Stream(Some(ty)) => format!("stream<{}>", name(ty)),
        TypeDefKind::Type(ty) => name(ty),
        named => named.as_str().into(),
    }
}
