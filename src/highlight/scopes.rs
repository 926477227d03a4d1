//! From scopes, as editors' grammars name them, to what we tell apart.

use syntect::parsing::{Scope, ScopeStack};

use crate::model::code::Tint;

/// The innermost scope that begins like one of these decides; of several, the first.
const SCOPES: &[(&str, Tint)] = &[
    ("comment", Tint::Comment),
    ("punctuation.definition.comment", Tint::Comment),
    ("punctuation.definition.string", Tint::Text),
    ("constant.character.escape", Tint::Number),
    ("string", Tint::Text),
    ("constant", Tint::Number),
    ("keyword.operator", Tint::Operator),
    ("keyword", Tint::Keyword),
    ("storage.type.function", Tint::Keyword),
    ("storage", Tint::Keyword),
    ("variable.language", Tint::Keyword),
    ("entity.name.function", Tint::Function),
    ("support.function", Tint::Function),
    ("entity.name.macro", Tint::Macro),
    ("support.macro", Tint::Macro),
    ("variable.annotation", Tint::Attribute),
    ("meta.annotation", Tint::Attribute),
    ("entity.name.section", Tint::Heading),
    ("markup.heading", Tint::Heading),
    ("markup.raw", Tint::Text),
    ("entity.name.tag", Tint::Keyword),
    ("entity.name.namespace", Tint::Type),
    ("entity.name", Tint::Type),
    ("support.type", Tint::Type),
    ("support.class", Tint::Type),
    ("variable.parameter", Tint::Name),
    ("variable.other.member", Tint::Name),
];

#[derive(Debug)]
pub(super) struct Table(Vec<(Scope, Tint)>);

impl Default for Table {
    fn default() -> Self {
        Self(SCOPES.iter().filter_map(|(name, tint)| Some((Scope::new(name).ok()?, *tint))).collect())
    }
}

impl Table {
    pub(super) fn tint(&self, scopes: &ScopeStack) -> Tint {
        let of = |scope: &Scope| self.0.iter().find(|(known, _)| known.is_prefix_of(*scope)).map(|(_, tint)| *tint);
        scopes.as_slice().iter().rev().find_map(of).unwrap_or_default()
    }
}
