//! What a port is made of, as wit-parser read it: what fits are judged by.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use wit_parser::{Function, Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

/// The types of a port, where they are known; cheap to copy, for all ports of a world share one [`Resolve`].
#[derive(Clone, Default)]
pub struct Types(Option<Arc<Typed>>);

struct Typed {
    resolve: Arc<Resolve>,
    item: TypedItem,
    source: Source,
}

/// Where types were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// From WIT: a build leaves out what no function needs.
    Declared,
    /// From a component: all of it is there.
    Built,
}

enum TypedItem {
    Interface(InterfaceId),
    Function(Box<Function>),
    Type(TypeId),
}

/// What [`Types`] hold, to be looked at.
#[derive(Clone, Copy)]
pub(crate) enum Item<'a> {
    Interface(InterfaceId),
    Function(&'a Function),
    Type(TypeId),
}

impl Types {
    pub(crate) fn new(resolve: &Arc<Resolve>, source: Source, item: Item<'_>) -> Self {
        let item = match item {
            Item::Interface(id) => TypedItem::Interface(id),
            Item::Function(function) => TypedItem::Function(Box::new(function.clone())),
            Item::Type(id) => TypedItem::Type(id),
        };
        Self(Some(Arc::new(Typed { resolve: Arc::clone(resolve), item, source })))
    }

    pub(crate) fn is_known(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn get(&self) -> Option<(&Resolve, Item<'_>, Source)> {
        let typed = self.0.as_deref()?;
        let item = match &typed.item {
            TypedItem::Interface(id) => Item::Interface(*id),
            TypedItem::Function(function) => Item::Function(function),
            TypedItem::Type(id) => Item::Type(*id),
        };
        Some((&typed.resolve, item, typed.source))
    }

    /// A function inside an interface.
    pub(crate) fn function(&self, name: &str) -> Option<(&Function, Self)> {
        let typed = self.0.as_deref()?;
        let TypedItem::Interface(id) = typed.item else { return None };
        let function = typed.resolve.interfaces.get(id)?.functions.get(name)?;
        Some((function, Self::new(&typed.resolve, typed.source, Item::Function(function))))
    }

    /// A type that stands beside these.
    pub(crate) fn named_type(&self, id: TypeId) -> Self {
        let new = |typed: &Arc<Typed>| Self::new(&typed.resolve, typed.source, Item::Type(id));
        self.0.as_ref().map(new).unwrap_or_default()
    }

    /// Whether there is nothing in it that somebody must provide: neither a function nor a resource. As Wasmtime's
    /// linker, which asks for nothing where an imported instance holds types alone.
    pub(crate) fn is_types_only(&self) -> bool {
        match self.get() {
            Some((resolve, Item::Interface(id), _)) => resolve.interfaces.get(id).is_some_and(|interface| {
                let resource = |id: &TypeId| resolve.types.get(*id).is_some_and(|t| t.kind == TypeDefKind::Resource);
                interface.functions.is_empty() && !interface.types.values().any(resource)
            }),
            Some((resolve, Item::Type(id), _)) => {
                resolve.types.get(id).is_some_and(|t| t.kind != TypeDefKind::Resource)
            }
            Some((_, Item::Function(_), _)) | None => false,
        }
    }

    /// The resources that it takes from other interfaces: what each is called here, and whose it is.
    pub(crate) fn foreign_resources(&self) -> Vec<(String, String)> {
        let Some((resolve, Item::Interface(own), _)) = self.get() else { return Vec::new() };
        let Some(interface) = resolve.interfaces.get(own) else { return Vec::new() };
        let foreign = |(name, id): (&String, &TypeId)| {
            let root = resolve.types.get(root(resolve, *id))?;
            let (TypeDefKind::Resource, TypeOwner::Interface(owner)) = (&root.kind, root.owner) else { return None };
            (owner != own).then(|| Some((name.clone(), resolve.id_of(owner)?)))?
        };
        interface.types.iter().filter_map(foreign).collect()
    }

    /// What the resources of an interface are called, its own and those that it takes from others.
    pub(crate) fn resources(&self) -> impl Iterator<Item = &str> {
        let found = match self.get() {
            Some((resolve, Item::Interface(id), _)) => resolve.interfaces.get(id).map(|i| (resolve, i)),
            _ => None,
        };
        found.into_iter().flat_map(|(resolve, interface)| {
            let is_resource =
                move |id: TypeId| resolve.types.get(root(resolve, id)).is_some_and(|t| t.kind == TypeDefKind::Resource);
            interface.types.iter().filter(move |(_, id)| is_resource(**id)).map(|(name, _)| name.as_str())
        })
    }

    /// Whether a function of it is `async`, or takes or gives a future or a stream.
    pub(crate) fn is_async(&self) -> bool {
        let Some((resolve, ..)) = self.get() else { return false };
        let functions: Vec<&Function> = self.functions().collect();
        let later = |id: &TypeId| {
            let kind = resolve.types.get(*id).map(|t| &t.kind);
            matches!(kind, Some(TypeDefKind::Future(_) | TypeDefKind::Stream(_)))
        };
        functions.iter().any(|f| f.kind.is_async()) || reachable(resolve, functions.into_iter()).iter().any(later)
    }

    /// Whether it declares flags.
    pub(crate) fn has_flags(&self) -> bool {
        let Some((resolve, item, _)) = self.get() else { return false };
        let is_flags = |id: &TypeId| matches!(resolve.types.get(*id).map(|t| &t.kind), Some(TypeDefKind::Flags(_)));
        match item {
            Item::Interface(id) => resolve.interfaces.get(id).is_some_and(|i| i.types.values().any(is_flags)),
            Item::Type(id) => is_flags(&id),
            Item::Function(_) => false,
        }
    }

    fn functions(&self) -> impl Iterator<Item = &Function> {
        let (interface, function) = match self.get() {
            Some((resolve, Item::Interface(id), _)) => (resolve.interfaces.get(id), None),
            Some((_, Item::Function(function), _)) => (None, Some(function)),
            _ => (None, None),
        };
        interface.into_iter().flat_map(|i| i.functions.values()).chain(function)
    }
}

/// What a named type stands for in the end.
fn root(resolve: &Resolve, id: TypeId) -> TypeId {
    let mut id = id;
    while let Some(TypeDefKind::Type(Type::Id(next))) = resolve.types.get(id).map(|t| &t.kind) {
        id = *next;
    }
    id
}

/// The types that functions need, in whatever number of steps.
pub(crate) fn reachable<'f>(resolve: &Resolve, functions: impl Iterator<Item = &'f Function>) -> BTreeSet<TypeId> {
    let mut waiting: Vec<Type> = functions.flat_map(|f| f.params.iter().map(|p| p.ty).chain(f.result)).collect();
    let mut used = BTreeSet::new();
    while let Some(next) = waiting.pop() {
        let Type::Id(id) = next else { continue };
        let Some(def) = resolve.types.get(id).filter(|_| used.insert(id)) else { continue };
        match &def.kind {
            TypeDefKind::Record(r) => waiting.extend(r.fields.iter().map(|f| f.ty)),
            TypeDefKind::Variant(v) => waiting.extend(v.cases.iter().filter_map(|c| c.ty)),
            TypeDefKind::Tuple(t) => waiting.extend(&t.types),
            TypeDefKind::Option(ty)
            | TypeDefKind::List(ty)
            | TypeDefKind::FixedLengthList(ty, _)
            | TypeDefKind::Type(ty) => waiting.push(*ty),
            TypeDefKind::Map(key, value) => waiting.extend([*key, *value]),
            TypeDefKind::Result(r) => waiting.extend(r.ok.into_iter().chain(r.err)),
            TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => waiting.extend(*ty),
            TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => waiting.push(Type::Id(*id)),
            TypeDefKind::Resource | TypeDefKind::Flags(_) | TypeDefKind::Enum(_) | TypeDefKind::Unknown => {}
        }
    }
    used
}

impl fmt::Debug for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_known() { "known" } else { "unknown" })
    }
}

/// Ports are told apart by how they read: two that were read of one text are equal, whoever read it.
impl PartialEq for Types {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Types {}
