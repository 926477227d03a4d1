//! What a piece of WIT text is: every token and every node of the tree.

/// Declares the kinds once, for the enum and for the table that leads back from a number.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $(= $word:literal)?,)+) => {
        /// A kind of token or node. What a token is written as stands in [`SyntaxKind::text`].
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum SyntaxKind {
            $($(#[$doc])* $name,)+
        }

        const ALL: &[SyntaxKind] = &[$(SyntaxKind::$name,)+];

        impl SyntaxKind {
            /// How a punctuation mark or keyword is written; `None` for what has no one text.
            #[must_use]
            pub const fn text(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => kinds!(@text $($word)?),)+
                }
            }
        }
    };
    (@text) => { None };
    (@text $word:literal) => { Some($word) };
}

kinds! {
    /// Spaces, tabs, line breaks, and the byte order mark that a file may begin with.
    Whitespace,
    /// `// …` up to the end of its line.
    LineComment,
    /// `/* … */`, nested.
    BlockComment,

    /// `=`
    Equals = "=",
    /// `,`
    Comma = ",",
    /// `:`
    Colon = ":",
    /// `.`
    Period = ".",
    /// `;`
    Semicolon = ";",
    /// `(`
    LeftParen = "(",
    /// `)`
    RightParen = ")",
    /// `{`
    LeftBrace = "{",
    /// `}`
    RightBrace = "}",
    /// `<`
    LessThan = "<",
    /// `>`
    GreaterThan = ">",
    /// `->`
    Arrow = "->",
    /// `*`
    Star = "*",
    /// `@`
    At = "@",
    /// `/`
    Slash = "/",
    /// `+`
    Plus = "+",
    /// `-`
    Minus = "-",

    /// A name, well formed or not.
    Ident,
    /// A name written `%name`, which may be a keyword.
    ExplicitIdent,
    /// Decimal digits.
    Integer,
    /// `"…"`
    StringLiteral,
    /// A character that no token begins with, or a comment or string that does not end.
    Unknown,

    /// `use`
    UseKw = "use",
    /// `type`
    TypeKw = "type",
    /// `func`
    FuncKw = "func",
    /// `u8`
    U8Kw = "u8",
    /// `u16`
    U16Kw = "u16",
    /// `u32`
    U32Kw = "u32",
    /// `u64`
    U64Kw = "u64",
    /// `s8`
    S8Kw = "s8",
    /// `s16`
    S16Kw = "s16",
    /// `s32`
    S32Kw = "s32",
    /// `s64`
    S64Kw = "s64",
    /// `f32`
    F32Kw = "f32",
    /// `f64`
    F64Kw = "f64",
    /// `char`
    CharKw = "char",
    /// `bool`
    BoolKw = "bool",
    /// `string`
    StringKw = "string",
    /// `error-context`
    ErrorContextKw = "error-context",
    /// `record`
    RecordKw = "record",
    /// `resource`
    ResourceKw = "resource",
    /// `own`
    OwnKw = "own",
    /// `borrow`
    BorrowKw = "borrow",
    /// `flags`
    FlagsKw = "flags",
    /// `variant`
    VariantKw = "variant",
    /// `enum`
    EnumKw = "enum",
    /// `option`
    OptionKw = "option",
    /// `result`
    ResultKw = "result",
    /// `future`
    FutureKw = "future",
    /// `stream`
    StreamKw = "stream",
    /// `list`
    ListKw = "list",
    /// `map`
    MapKw = "map",
    /// `tuple`
    TupleKw = "tuple",
    /// `_`
    Underscore = "_",
    /// `as`
    AsKw = "as",
    /// `from`
    FromKw = "from",
    /// `static`
    StaticKw = "static",
    /// `interface`
    InterfaceKw = "interface",
    /// `import`
    ImportKw = "import",
    /// `export`
    ExportKw = "export",
    /// `world`
    WorldKw = "world",
    /// `package`
    PackageKw = "package",
    /// `constructor`
    ConstructorKw = "constructor",
    /// `async`
    AsyncKw = "async",
    /// `include`
    IncludeKw = "include",
    /// `with`
    WithKw = "with",

    /// A whole file.
    File,
    /// Tokens that fit nowhere.
    Error,
    /// `package a:b@1.0.0;`, at the head of a file.
    PackageHeader,
    /// `package a:b { … }`
    NestedPackage,
    /// `a:b@1.0.0` of a package.
    PackageName,
    /// `1.0.0-rc.1+build`
    Version,
    /// `use a:b/c as d;` outside of interfaces and worlds.
    TopLevelUse,
    /// `interface a { … }`
    Interface,
    /// `world a { … }`
    World,
    /// `{ … }` around items that each end for themselves: of an interface, world, package or resource.
    Body,
    /// `import …` in a world.
    Import,
    /// `export …` in a world.
    Export,
    /// `interface { … }` in a world.
    InlineInterface,
    /// `include a with { … };`
    Include,
    /// `a as b` in the braces of an `include`.
    IncludeName,
    /// `use a.{ … };`
    Use,
    /// `a as b` in the braces of a `use`.
    UseName,
    /// `a` or `ns:package/a@1.0.0`: where an interface or world is.
    Path,
    /// A name, where it is declared.
    Name,
    /// A name that something is meant by.
    NameRef,
    /// `@since(version = 1.0.0)` and the like.
    Attribute,
    /// `type a = …;`
    TypeAlias,
    /// `record a { … }`
    Record,
    /// `flags a { … }`
    Flags,
    /// `variant a { … }`
    Variant,
    /// `enum a { … }`
    Enum,
    /// `{ …, … }`: what a record, variant, `use` and their like list.
    Members,
    /// `a: u8` in a record.
    Field,
    /// `a` or `a(u8)` in a variant, enum or flags.
    Case,
    /// `resource a;` or `resource a { … }`
    Resource,
    /// `constructor(…);` in a resource.
    Constructor,
    /// `a: func(…) -> …;`
    Function,
    /// `static async func(…) -> …`
    FunctionType,
    /// `(a: u8, …)`
    Params,
    /// `a: u8` in a list of parameters.
    Param,
    /// A type: a name or keyword, and its arguments.
    Type,
    /// `<…>` of a type.
    TypeArguments,
}

impl SyntaxKind {
    /// The kind of this number, as rowan keeps it.
    pub(super) fn from_number(number: u16) -> Self {
        ALL.get(usize::from(number)).copied().unwrap_or(Self::Error)
    }

    /// The keyword that is written so.
    pub(super) fn keyword(text: &str) -> Option<Self> {
        ALL.iter().copied().find(|kind| kind.is_keyword() && kind.text() == Some(text))
    }

    /// Whether it is a word of the language, which a name must escape as `%word`.
    #[must_use]
    pub fn is_keyword(self) -> bool {
        (Self::UseKw..=Self::WithKw).contains(&self)
    }

    /// Whether it says nothing: space and comments.
    #[must_use]
    pub fn is_trivia(self) -> bool {
        self <= Self::BlockComment
    }

    /// Whether it is a comment.
    #[must_use]
    pub fn is_comment(self) -> bool {
        matches!(self, Self::LineComment | Self::BlockComment)
    }

    /// Whether a type is written by this word alone, as in `u8`.
    #[must_use]
    pub fn is_primitive(self) -> bool {
        (Self::U8Kw..=Self::ErrorContextKw).contains(&self)
    }

    /// How it is called in a message: as it is written, in backticks, else in words.
    #[must_use]
    pub fn described(self) -> String {
        match (self, self.text()) {
            (_, Some(text)) => format!("`{text}`"),
            (Self::Ident | Self::ExplicitIdent, _) => "a name".into(),
            (Self::Integer, _) => "a number".into(),
            (Self::StringLiteral, _) => "a string".into(),
            _ => "this".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::wit::syntax::kind::*;

    #[test]
    fn a_number_leads_back_to_its_kind() {
        for (number, kind) in ALL.iter().enumerate() {
            assert_eq!(*kind as u16 as usize, number);
            assert_eq!(SyntaxKind::from_number(*kind as u16), *kind);
        }
        assert_eq!(SyntaxKind::from_number(u16::MAX), SyntaxKind::Error);
    }

    #[test]
    fn words_are_keywords_and_marks_are_not() {
        assert_eq!(SyntaxKind::keyword("error-context"), Some(SyntaxKind::ErrorContextKw));
        assert_eq!(SyntaxKind::keyword("_"), Some(SyntaxKind::Underscore));
        assert_eq!(SyntaxKind::keyword("->"), None);
        assert_eq!(SyntaxKind::keyword("version"), None);
    }
}
