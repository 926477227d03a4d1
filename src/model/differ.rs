//! An import's types and an export's → every difference between them, as deep as the types go. What fits is judged here
//! and nowhere else.
//!
//! The rule is the component model's: an export serves an import if it has every function and type that the import
//! names, each equal; what it has beyond that does not matter. A resource is what it is by its owner, not by its name.

use std::collections::{HashMap, HashSet};

use wit_parser::{Function, Handle, InterfaceId, Resolve, Span, Type, TypeDef, TypeDefKind, TypeId, TypeOwner};

use crate::model::difference::{Difference, DifferenceKind as Kind};
use crate::model::port::{InterfaceName, Port, names_fit};
use crate::model::signature::{kind_name, name_of, signature, type_name};
use crate::model::types::{Item, Source, reachable};

/// Types may name one another; nothing a person writes is deeper than this.
const DEEPEST: usize = 64;

/// Names of an order that are worth reading.
const MOST_LISTED: usize = 48;

/// Differences that are looked for: a type that holds another twice, and that one another, has more than there is time.
const MOST_FOUND: usize = 256;

/// A difference, and where it is written on both sides.
pub(crate) struct Found {
    pub difference: Difference,
    pub import_at: Option<Span>,
    pub export_at: Option<Span>,
}

/// Every difference between an import and an export, their versions aside; `None` where the types of one are not known.
pub(crate) fn differences(import: &Port, export: &Port) -> Option<Vec<Found>> {
    let (a, wanted, source) = import.types.get()?;
    let (b, found, _) = export.types.get()?;
    let mut differ = Differ { a, b, source, own: None, seen: HashSet::new(), equal: HashSet::new(), found: Vec::new() };
    match (wanted, found) {
        (Item::Interface(x), Item::Interface(y)) => {
            differ.own = Some((x, y));
            differ.interfaces(x, y);
        }
        (Item::Function(x), Item::Function(y)) => differ.functions("", x, y),
        (Item::Interface(_), Item::Function(y)) => {
            differ.report("", Kind::Item, Some("interface".into()), Some(signature(b, y)));
        }
        (Item::Function(x), Item::Interface(_)) => {
            differ.report("", Kind::Item, Some(signature(a, x)), Some("interface".into()));
        }
        // Types are not wired.
        (Item::Type(_), _) | (_, Item::Type(_)) => {}
    }
    Some(differ.found)
}

/// Where two names are of one interface in different versions: that, and whether the export's serves.
pub(crate) fn version(import: &str, export: &str) -> Option<Difference> {
    let (i, e) = (InterfaceName::parse(import)?, InterfaceName::parse(export)?);
    if !i.same_interface(&e) || i.version == e.version {
        return None;
    }
    let text = |v: &Option<semver::Version>| Some(v.as_ref().map_or("none".into(), ToString::to_string));
    let difference = Difference::new("", Kind::Version, text(&i.version), text(&e.version));
    Some(Difference { harmless: names_fit(import, export), ..difference })
}

struct Differ<'a> {
    a: &'a Resolve,
    b: &'a Resolve,
    /// Where the import was read.
    source: Source,
    /// The two interfaces that are compared: each one's own types correspond.
    own: Option<(InterfaceId, InterfaceId)>,
    /// Named types that were compared: each has its place.
    seen: HashSet<(TypeId, TypeId)>,
    /// Types that were found equal, the unnamed ones too.
    equal: HashSet<(TypeId, TypeId)>,
    found: Vec<Found>,
}

type Text = Option<String>;

/// Names of two lists, each with its place.
type Named<'n> = Vec<(&'n str, Span)>;

/// Kinds for what is missing, what is extra, and another order.
type Kinds = (Kind, Kind, Kind);

const CASES: Kinds = (Kind::MissingCase, Kind::ExtraCase, Kind::CaseOrder);

/// Where two types stand that are compared.
#[derive(Clone, Copy)]
struct At<'p> {
    path: &'p str,
    spans: (Span, Span),
    /// How many types are around them.
    depth: usize,
}

impl<'a> Differ<'a> {
    fn report(&mut self, path: &str, kind: Kind, import: Text, export: Text) -> &mut Found {
        let harmless = matches!(kind, Kind::ExtraFunction | Kind::ExtraType);
        let difference = Difference { harmless, ..Difference::new(path, kind, import, export) };
        let last = self.found.len();
        self.found.push(Found { difference, import_at: None, export_at: None });
        &mut self.found[last]
    }

    fn report_at(&mut self, path: &str, kind: Kind, texts: (Text, Text), spans: (Span, Span)) {
        let found = self.report(path, kind, texts.0, texts.1);
        (found.import_at, found.export_at) = (Some(spans.0), Some(spans.1));
    }

    fn interfaces(&mut self, x: InterfaceId, y: InterfaceId) {
        let (Some(wanted), Some(found)) = (self.a.interfaces.get(x), self.b.interfaces.get(y)) else {
            return;
        };
        let used = reachable(self.a, wanted.functions.values());
        for (name, id) in &wanted.types {
            let before = self.found.len();
            let span = self.a.types.get(*id).map_or(wanted.span, |t| t.span);
            match found.types.get(name) {
                Some(other) => self.types(name, Type::Id(*id), Type::Id(*other), (span, found.span), 0),
                None => self.report_at(name, Kind::MissingType, (Some(name.clone()), None), (span, found.span)),
            }
            // A build leaves out the types of an import that no function of it needs.
            if self.source == Source::Declared && !used.contains(id) {
                self.found.iter_mut().skip(before).for_each(|found| found.difference.harmless = true);
            }
        }
        for (name, id) in found.types.iter().filter(|(name, _)| !wanted.types.contains_key(*name)) {
            let span = self.b.types.get(*id).map_or(found.span, |t| t.span);
            self.report_at(name, Kind::ExtraType, (None, Some(name.clone())), (wanted.span, span));
        }
        for (name, function) in &wanted.functions {
            let path = name_of(function);
            let line = |r: &Resolve, f: &Function| Some(format!("{}: {}", name_of(f), signature(r, f)));
            if let Some(other) = found.functions.get(name) {
                self.functions(&path, function, other);
            } else {
                let texts = (line(self.a, function), None);
                self.report_at(&path, Kind::MissingFunction, texts, (function.span, found.span));
            }
        }
        for (_, function) in found.functions.iter().filter(|(name, _)| !wanted.functions.contains_key(*name)) {
            let path = name_of(function);
            let texts = (None, Some(format!("{path}: {}", signature(self.b, function))));
            self.report_at(&path, Kind::ExtraFunction, texts, (wanted.span, function.span));
        }
    }

    fn functions(&mut self, path: &str, x: &Function, y: &Function) {
        let spans = (x.span, y.span);
        let (import, export) = (self.a, self.b);
        let whole = || (Some(signature(import, x)), Some(signature(export, y)));
        if x.kind.is_async() != y.kind.is_async() {
            self.report_at(path, Kind::Async, whole(), spans);
        }
        let inner = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        if x.params.len() == y.params.len() {
            for (p, q) in x.params.iter().zip(&y.params) {
                if p.name != q.name {
                    let names = (Some(p.name.clone()), Some(q.name.clone()));
                    self.report_at(&inner(&p.name), Kind::ParameterName, names, (p.span, q.span));
                }
                self.types(&inner(&p.name), p.ty, q.ty, (p.span, q.span), 0);
            }
        } else {
            self.report_at(path, Kind::ParameterCount, whole(), spans);
            let theirs: HashMap<&str, _> = y.params.iter().map(|q| (q.name.as_str(), q)).collect();
            for p in &x.params {
                if let Some(q) = theirs.get(p.name.as_str()) {
                    self.types(&inner(&p.name), p.ty, q.ty, (p.span, q.span), 0);
                }
            }
        }
        match (x.result, y.result) {
            (Some(p), Some(q)) => self.types(&inner("result"), p, q, spans, 0),
            (None, None) => {}
            _ => self.report_at(path, Kind::Result, whole(), spans),
        }
    }

    /// `spans` are where the types are used; a named type's own place is better.
    fn types(&mut self, path: &str, x: Type, y: Type, spans: (Span, Span), depth: usize) {
        let (x, y) = (root(self.a, x), root(self.b, y));
        let (Type::Id(i), Type::Id(j)) = (x, y) else {
            if x != y {
                self.differ(path, Kind::Type, x, y, spans);
            }
            return;
        };
        let (Some(wanted), Some(found)) = (self.a.types.get(i), self.b.types.get(j)) else { return };
        let named = wanted.name.is_some() && found.name.is_some();
        if depth > DEEPEST
            || self.found.len() > MOST_FOUND
            || self.equal.contains(&(i, j))
            || named && !self.seen.insert((i, j))
        {
            return;
        }
        let before = self.found.len();
        self.definitions(path, (i, wanted), (j, found), spans, depth);
        if self.found.len() == before {
            self.equal.insert((i, j));
        }
    }

    #[allow(clippy::many_single_char_names)] // the two sides, pair by pair
    fn definitions(
        &mut self,
        path: &str,
        (i, wanted): (TypeId, &'a TypeDef),
        (j, found): (TypeId, &'a TypeDef),
        spans: (Span, Span),
        depth: usize,
    ) {
        let (x, y) = (Type::Id(i), Type::Id(j));
        // A type of the same name on both sides is a place of its own.
        let shared = wanted.name.as_deref().filter(|name| found.name.as_deref() == Some(*name));
        let path = shared.unwrap_or(path);
        let spans = if shared.is_some() { (wanted.span, found.span) } else { spans };
        let at = At { path, spans, depth };
        match (&wanted.kind, &found.kind) {
            (TypeDefKind::Record(r), TypeDefKind::Record(s)) => self.records(at, r, s),
            (TypeDefKind::Variant(v), TypeDefKind::Variant(w)) => self.variants(at, v, w),
            (TypeDefKind::Enum(e), TypeDefKind::Enum(f)) => {
                let names = |e: &'a wit_parser::Enum| e.cases.iter().map(|c| (c.name.as_str(), c.span)).collect();
                self.names(path, CASES, &names(e), &names(f), spans);
            }
            (TypeDefKind::Flags(e), TypeDefKind::Flags(f)) => {
                let kinds = (Kind::MissingFlag, Kind::ExtraFlag, Kind::FlagOrder);
                let names = |e: &'a wit_parser::Flags| e.flags.iter().map(|c| (c.name.as_str(), c.span)).collect();
                self.names(path, kinds, &names(e), &names(f), spans);
            }
            (TypeDefKind::Tuple(t), TypeDefKind::Tuple(u)) => {
                for (n, (p, q)) in t.types.iter().zip(&u.types).enumerate() {
                    self.inner(at, &format!(".{n}"), *p, *q);
                }
                if t.types.len() != u.types.len() {
                    self.differ(path, Kind::Length, x, y, spans);
                }
            }
            (TypeDefKind::Option(p), TypeDefKind::Option(q)) => self.inner(at, ".some", *p, *q),
            (TypeDefKind::List(p), TypeDefKind::List(q)) => self.inner(at, "[]", *p, *q),
            (TypeDefKind::FixedLengthList(p, n), TypeDefKind::FixedLengthList(q, m)) => {
                self.inner(at, "[]", *p, *q);
                if n != m {
                    self.differ(path, Kind::Length, x, y, spans);
                }
            }
            (TypeDefKind::Map(k, v), TypeDefKind::Map(l, w)) => {
                self.inner(at, ".key", *k, *l);
                self.inner(at, ".value", *v, *w);
            }
            (TypeDefKind::Result(r), TypeDefKind::Result(s)) => {
                for (name, p, q) in [(".ok", r.ok, s.ok), (".err", r.err, s.err)] {
                    if !self.both(at, name, p, q) {
                        self.differ(&format!("{path}{name}"), Kind::Type, x, y, spans);
                    }
                }
            }
            (TypeDefKind::Future(p), TypeDefKind::Future(q)) | (TypeDefKind::Stream(p), TypeDefKind::Stream(q)) => {
                if !self.both(at, ".item", *p, *q) {
                    self.differ(path, Kind::Type, x, y, spans);
                }
            }
            (TypeDefKind::Handle(h), TypeDefKind::Handle(k)) => match (h, k) {
                (Handle::Own(p), Handle::Own(q)) | (Handle::Borrow(p), Handle::Borrow(q)) => {
                    self.inner(at, "", Type::Id(*p), Type::Id(*q));
                }
                _ => self.differ(path, Kind::Handle, x, y, spans),
            },
            (TypeDefKind::Resource, TypeDefKind::Resource) => self.resources(path, i, j, spans),
            _ => self.differ(path, Kind::Type, x, y, spans),
        }
    }

    /// A part of two types, under its name.
    fn inner(&mut self, at: At<'_>, name: &str, p: Type, q: Type) {
        self.types(&format!("{}{name}", at.path), p, q, at.spans, at.depth + 1);
    }

    /// A part that a type may do without; false where one of the two does.
    fn both(&mut self, at: At<'_>, name: &str, p: Option<Type>, q: Option<Type>) -> bool {
        if let (Some(p), Some(q)) = (p, q) {
            self.inner(at, name, p, q);
        }
        p.is_some() == q.is_some()
    }

    fn records(&mut self, at: At<'_>, r: &wit_parser::Record, s: &wit_parser::Record) {
        let theirs: HashMap<&str, _> = s.fields.iter().map(|q| (q.name.as_str(), q)).collect();
        for p in &r.fields {
            if let Some(q) = theirs.get(p.name.as_str()) {
                self.inner(At { spans: (p.span, q.span), ..at }, &format!(".{}", p.name), p.ty, q.ty);
            }
        }
        let kinds = (Kind::MissingField, Kind::ExtraField, Kind::FieldOrder);
        let (wanted, found) = (r.fields.iter(), s.fields.iter());
        let (wanted, found) = (wanted.map(|f| (&*f.name, f.span)), found.map(|f| (&*f.name, f.span)));
        self.names(at.path, kinds, &wanted.collect(), &found.collect(), at.spans);
    }

    fn variants(&mut self, at: At<'_>, v: &wit_parser::Variant, w: &wit_parser::Variant) {
        let mut payloads = Vec::new();
        let theirs: HashMap<&str, _> = w.cases.iter().map(|q| (q.name.as_str(), q)).collect();
        for p in &v.cases {
            let Some(q) = theirs.get(p.name.as_str()) else { continue };
            if !self.both(At { spans: (p.span, q.span), ..at }, &format!(".{}", p.name), p.ty, q.ty) {
                payloads.push((p, q));
            }
        }
        for (p, q) in payloads {
            let text = |r: &Resolve, c: &wit_parser::Case| {
                Some(c.ty.map_or_else(|| c.name.clone(), |ty| format!("{}({})", c.name, type_name(r, &ty))))
            };
            let texts = (text(self.a, p), text(self.b, q));
            self.report_at(&format!("{}.{}", at.path, p.name), Kind::CasePayload, texts, (p.span, q.span));
        }
        let (wanted, found) = (v.cases.iter(), w.cases.iter());
        let (wanted, found) = (wanted.map(|c| (&*c.name, c.span)), found.map(|c| (&*c.name, c.span)));
        self.names(at.path, CASES, &wanted.collect(), &found.collect(), at.spans);
    }

    fn differ(&mut self, path: &str, kind: Kind, x: Type, y: Type, spans: (Span, Span)) {
        let texts = (Some(spelt(self.a, x)), Some(spelt(self.b, y)));
        self.report_at(path, kind, texts, spans);
    }

    /// Fields, cases or flags by name.
    fn names(&mut self, path: &str, kinds: Kinds, wanted: &Named<'_>, found: &Named<'_>, spans: (Span, Span)) {
        let (missing, extra, order) = kinds;
        let set = |list: &Named<'_>| list.iter().map(|(name, _)| (*name).to_owned()).collect::<HashSet<String>>();
        let (ours, theirs) = (set(wanted), set(found));
        let mut same = true;
        for (name, span) in wanted.iter().filter(|(name, _)| !theirs.contains(*name)) {
            same = false;
            self.report_at(&format!("{path}.{name}"), missing, (Some((*name).into()), None), (*span, spans.1));
        }
        for (name, span) in found.iter().filter(|(name, _)| !ours.contains(*name)) {
            same = false;
            self.report_at(&format!("{path}.{name}"), extra, (None, Some((*name).into())), (spans.0, *span));
        }
        let differ = wanted.iter().zip(found).position(|((a, _), (b, _))| a != b);
        if let Some(first) = differ.filter(|_| same) {
            self.report_at(path, order, (Some(listed(wanted, first)), Some(listed(found, first))), spans);
        }
    }

    /// Resources are what they are by their owner, not by their name.
    fn resources(&mut self, path: &str, i: TypeId, j: TypeId, spans: (Span, Span)) {
        let owner = |world: &Resolve, id: TypeId| match world.types.get(id).map(|t| t.owner) {
            Some(TypeOwner::Interface(interface)) => Some(interface),
            _ => None,
        };
        let (p, q) = (owner(self.a, i), owner(self.b, j));
        let own = (self.own.map(|o| o.0), self.own.map(|o| o.1));
        let (p_own, q_own) = (p.is_some() && p == own.0, q.is_some() && q == own.1);
        let name = |world: &Resolve, id: Option<InterfaceId>| id.and_then(|id| world.id_of(id));
        let (p_name, q_name) = (name(self.a, p), name(self.b, q));
        let same = match (&p_name, &q_name) {
            (Some(p), Some(q)) => names_fit(p, q) || names_fit(q, p),
            _ => p_name == q_name,
        };
        if (p_own && q_own) || (!p_own && !q_own && same) {
            return;
        }
        let spelt = |world: &Resolve, id: TypeId, own: bool, owner: Text| {
            let name = world.types.get(id).and_then(|t| t.name.clone()).unwrap_or_default();
            Some(match owner.filter(|_| !own) {
                Some(owner) => format!("use {owner}.{{{name}}}"),
                None => format!("resource {name}"),
            })
        };
        let texts = (spelt(self.a, i, p_own, p_name), spelt(self.b, j, q_own, q_name));
        self.report_at(path, Kind::ResourceIdentity, texts, spans);
    }
}

/// Names in their order; of very many, those around the first that differs.
fn listed(names: &Named<'_>, first: usize) -> String {
    let from = if names.len() > MOST_LISTED { first.saturating_sub(1) } else { 0 };
    let shown: Vec<_> = names.iter().skip(from).take(MOST_LISTED).map(|(name, _)| *name).collect();
    let (before, after) = (if from > 0 { "…, " } else { "" }, names.len() > from + shown.len());
    format!("{before}{}{}", shown.join(", "), if after { ", …" } else { "" })
}

/// What an alias stands for in the end.
fn root(resolve: &Resolve, ty: Type) -> Type {
    let mut ty = ty;
    for _ in 0..DEEPEST {
        match ty {
            Type::Id(id) => match resolve.types.get(id).map(|t| &t.kind) {
                Some(TypeDefKind::Type(next)) => ty = *next,
                _ => return ty,
            },
            _ => return ty,
        }
    }
    ty
}

/// A type's name; what kind of thing it is where the name alone says nothing.
fn spelt(resolve: &Resolve, ty: Type) -> String {
    let Type::Id(id) = ty else { return type_name(resolve, &ty) };
    match resolve.types.get(id) {
        Some(def) => match (&def.name, &def.kind) {
            (
                Some(name),
                kind @ (TypeDefKind::Record(_)
                | TypeDefKind::Variant(_)
                | TypeDefKind::Enum(_)
                | TypeDefKind::Flags(_)
                | TypeDefKind::Resource),
            ) => format!("{} {name}", kind.as_str()),
            (_, kind) => kind_name(resolve, kind),
        },
        None => "unknown".into(),
    }
}
