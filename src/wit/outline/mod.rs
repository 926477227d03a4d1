//! What a file declares and what it names, as plain data: all that checking a package asks of its files. A file that did
//! not change keeps its outline.

mod of_items;
mod of_types;

use std::collections::HashMap;
use std::ops::Range;

pub use of_items::outline;
pub(crate) use of_items::path_of;

/// A name and where it stands.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Name {
    /// Without `%`.
    pub text: String,
    /// With `%`, in bytes.
    pub range: Range<usize>,
}

/// A file.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Outline {
    /// What belongs to the package of the file itself.
    pub main: Package,
    /// `package … { … }` inside it, each with what it holds.
    pub nested: Vec<Package>,
}

/// What one file says of one package.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Package {
    /// `None` where the file does not say.
    pub name: Option<PackageRef>,
    /// In the order of the text, as all lists here.
    pub uses: Vec<TopLevelUse>,
    /// `interface … { … }`
    pub interfaces: Vec<Interface>,
    /// `world … { … }`
    pub worlds: Vec<World>,
}

/// A package by its name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PackageRef {
    /// `ns:name`
    pub name: String,
    /// As written, without `@`.
    pub version: Option<Name>,
    /// Of all but the version.
    pub range: Range<usize>,
}

/// An interface or world by its name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PathRef {
    /// `None` where it is of the same package, or a name that the file gives it.
    pub package: Option<PackageRef>,
    /// As declared or named.
    pub name: Name,
    /// Of all of it.
    pub range: Range<usize>,
}

/// `use path as name;`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopLevelUse {
    /// Where it is.
    pub path: PathRef,
    /// As declared or named.
    pub name: Option<Name>,
    /// Of the whole item.
    pub range: Range<usize>,
}

/// `use path.{ … };`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// Where it is.
    pub path: PathRef,
    /// What stands in the braces.
    pub names: Vec<Renamed>,
    /// Of the whole item.
    pub range: Range<usize>,
}

/// `name as other`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Renamed {
    /// As declared or named.
    pub name: Name,
    /// What stands behind `as`.
    pub other: Option<Name>,
    /// Of all of it.
    pub range: Range<usize>,
}

impl Renamed {
    /// What it is called where it is used.
    #[must_use]
    pub fn local(&self) -> &Name {
        self.other.as_ref().unwrap_or(&self.name)
    }
}

/// Where a type is among those of an interface or world.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Named {
    /// Declared there: which of its types.
    Type(usize),
    /// Brought in: which `use`, and which of its names.
    Used(usize, usize),
}

/// The types of an interface or world by the names that they have there. Of two of one name it is the first, and what
/// is declared before what is brought in.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Names(HashMap<String, Named>);

impl Names {
    fn new(uses: &[Use], types: &[Type]) -> Self {
        let mut names = HashMap::new();
        let used = uses.iter().enumerate().flat_map(|(at, item)| {
            item.names.iter().enumerate().map(move |(name, renamed)| (renamed.local(), Named::Used(at, name)))
        });
        let declared = types.iter().enumerate().map(|(at, ty)| (&ty.name, Named::Type(at)));
        for (name, named) in declared.chain(used) {
            names.entry(name.text.clone()).or_insert(named);
        }
        Self(names)
    }

    /// What is called so.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Named> {
        self.0.get(name).copied()
    }
}

/// An interface, be it one of a package or one that stands in a world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interface {
    /// As declared or named.
    pub name: Name,
    /// `use path.{ … };`
    pub uses: Vec<Use>,
    /// All kinds of types, resources too.
    pub types: Vec<Type>,
    /// Free functions; those of resources stand with their types.
    pub functions: Vec<Function>,
    /// Its types by name.
    pub names: Names,
    /// Of the whole item.
    pub range: Range<usize>,
}

/// A world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct World {
    /// As declared or named.
    pub name: Name,
    /// `use path.{ … };`
    pub uses: Vec<Use>,
    /// All kinds of types, resources too.
    pub types: Vec<Type>,
    /// `import …`
    pub imports: Vec<Extern>,
    /// `export …`
    pub exports: Vec<Extern>,
    /// `include …`
    pub includes: Vec<Include>,
    /// Its types by name.
    pub names: Names,
    /// Of the whole item.
    pub range: Range<usize>,
}

/// `include path with { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Include {
    /// Where it is.
    pub path: PathRef,
    /// What stands in the braces.
    pub names: Vec<Renamed>,
}

/// What a world imports or exports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Extern {
    /// As declared or named.
    pub name: Option<Name>,
    /// An interface or a function.
    pub what: ExternKind,
    /// Of the whole item.
    pub range: Range<usize>,
}

/// What is imported or exported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExternKind {
    /// Of an interface.
    Path(PathRef),
    /// `name: func(…)`
    Function(Function),
    /// `name: interface { … }`
    Interface(Interface),
    /// Broken.
    Nothing,
}

/// A type that is declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Type {
    /// As declared or named.
    pub name: Name,
    /// By which keyword.
    pub kind: TypeKind,
    /// Fields, cases or flags.
    pub members: Vec<Name>,
    /// The types that it names.
    pub refs: Vec<TypeRef>,
    /// Of a resource.
    pub functions: Vec<Function>,
    /// Of the whole item.
    pub range: Range<usize>,
}

/// How a type is declared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TypeKind {
    /// `type`
    Alias {
        /// Whether it is another name of the one type it names.
        same: bool,
    },
    /// `record`
    Record,
    /// `variant`
    Variant,
    /// `enum`
    Enum,
    /// `flags`
    Flags,
    /// `resource`
    Resource,
}

/// A type by its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeRef {
    /// As declared or named.
    pub name: Name,
    /// Whether it stands in `own<…>` or `borrow<…>`.
    pub handle: bool,
}

/// A function or constructor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// `constructor` of a constructor.
    pub name: Name,
    /// Their names.
    pub params: Vec<Name>,
    /// The types that it names.
    pub refs: Vec<TypeRef>,
}
