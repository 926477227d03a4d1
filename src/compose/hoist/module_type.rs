//! The type of a core module, as an import of it has to state it.

use std::collections::BTreeSet;

use wasm_encoder::{
    AbstractHeapType, EntityType, GlobalType, HeapType, MemoryType, ModuleType, RefType, TableType, TagKind, TagType,
    ValType,
};
use wasmparser::types::{EntityType as Parsed, TypesRef};
use wasmparser::{Parser, ValidPayload, Validator, WasmFeatures};

/// `None` for a module that is broken, or whose type cannot be stated: concrete heap types (wasmtime cannot import a
/// module that has them), exact functions, one name imported twice.
pub(super) fn module_type(module: &[u8]) -> Option<ModuleType> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    for payload in Parser::new(0).parse_all(module) {
        // Bodies are left to whoever compiles the module.
        if let ValidPayload::End(types) = validator.payload(&payload.ok()?).ok()? {
            return write(types.as_ref());
        }
    }
    None
}

fn write(types: TypesRef<'_>) -> Option<ModuleType> {
    let mut module = ModuleType::new();
    let mut names = BTreeSet::new();
    for (space, name, ty) in types.core_imports()? {
        if !names.insert((space, name)) {
            return None;
        }
        let ty = entity(&mut module, types, ty)?;
        module.import(space, name, ty);
    }
    for (name, ty) in types.core_exports()? {
        let ty = entity(&mut module, types, ty)?;
        module.export(name, ty);
    }
    Some(module)
}

fn entity(module: &mut ModuleType, types: TypesRef<'_>, ty: Parsed) -> Option<EntityType> {
    Some(match ty {
        Parsed::Func(id) => EntityType::Function(function(module, types, id)?),
        Parsed::Tag(id) => {
            EntityType::Tag(TagType { kind: TagKind::Exception, func_type_idx: function(module, types, id)? })
        }
        Parsed::Table(t) => EntityType::Table(TableType {
            element_type: reference(t.element_type)?,
            table64: t.table64,
            minimum: t.initial,
            maximum: t.maximum,
            shared: t.shared,
        }),
        Parsed::Memory(m) => EntityType::Memory(MemoryType {
            minimum: m.initial,
            maximum: m.maximum,
            memory64: m.memory64,
            shared: m.shared,
            page_size_log2: m.page_size_log2,
        }),
        Parsed::Global(g) => {
            EntityType::Global(GlobalType { val_type: value(g.content_type)?, mutable: g.mutable, shared: g.shared })
        }
        Parsed::FuncExact(_) => return None,
    })
}

fn function(module: &mut ModuleType, types: TypesRef<'_>, id: wasmparser::types::CoreTypeId) -> Option<u32> {
    let sub = types.get(id)?;
    let wasmparser::CompositeInnerType::Func(ty) = &sub.composite_type.inner else { return None };
    let params = ty.params().iter().map(|t| value(*t)).collect::<Option<Vec<_>>>()?;
    let results = ty.results().iter().map(|t| value(*t)).collect::<Option<Vec<_>>>()?;
    let index = module.type_count();
    module.ty().function(params, results);
    Some(index)
}

fn value(ty: wasmparser::ValType) -> Option<ValType> {
    Some(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(r) => ValType::Ref(reference(r)?),
    })
}

fn reference(ty: wasmparser::RefType) -> Option<RefType> {
    let wasmparser::HeapType::Abstract { shared, ty: heap } = ty.heap_type() else { return None };
    let heap = match heap {
        wasmparser::AbstractHeapType::Func => AbstractHeapType::Func,
        wasmparser::AbstractHeapType::Extern => AbstractHeapType::Extern,
        wasmparser::AbstractHeapType::Any => AbstractHeapType::Any,
        wasmparser::AbstractHeapType::None => AbstractHeapType::None,
        wasmparser::AbstractHeapType::NoExtern => AbstractHeapType::NoExtern,
        wasmparser::AbstractHeapType::NoFunc => AbstractHeapType::NoFunc,
        wasmparser::AbstractHeapType::Eq => AbstractHeapType::Eq,
        wasmparser::AbstractHeapType::Struct => AbstractHeapType::Struct,
        wasmparser::AbstractHeapType::Array => AbstractHeapType::Array,
        wasmparser::AbstractHeapType::I31 => AbstractHeapType::I31,
        wasmparser::AbstractHeapType::Exn => AbstractHeapType::Exn,
        wasmparser::AbstractHeapType::NoExn => AbstractHeapType::NoExn,
        wasmparser::AbstractHeapType::Cont => AbstractHeapType::Cont,
        wasmparser::AbstractHeapType::NoCont => AbstractHeapType::NoCont,
    };
    Some(RefType { nullable: ty.is_nullable(), heap_type: HeapType::Abstract { shared, ty: heap } })
}
