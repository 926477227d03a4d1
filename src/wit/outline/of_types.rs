//! Types and functions.

use rowan::NodeOrToken;

use crate::wit::outline::of_items::declared;
use crate::wit::outline::{Function, Name, Type, TypeKind, TypeRef};
use crate::wit::syntax::ast::{child, items, plain};
use crate::wit::syntax::{SyntaxKind as K, SyntaxNode, SyntaxToken, bytes};

pub(super) fn name(token: &SyntaxToken) -> Name {
    Name { text: plain(token).to_owned(), range: bytes(token.text_range()) }
}

/// The type that `node` declares; `None` where it is no type, or has no name.
pub(super) fn type_definition(node: &SyntaxNode) -> Option<Type> {
    let kind = match node.kind() {
        K::TypeAlias => {
            TypeKind::Alias { same: child(node, K::Type).is_some_and(|ty| child(&ty, K::NameRef).is_some()) }
        }
        K::Record => TypeKind::Record,
        K::Variant => TypeKind::Variant,
        K::Enum => TypeKind::Enum,
        K::Flags => TypeKind::Flags,
        K::Resource => TypeKind::Resource,
        _ => return None,
    };
    let members = child(node, K::Members).into_iter().flat_map(|members| members.children());
    let functions: Vec<Function> = items(node).filter_map(|item| function(&item)).collect();
    Some(Type {
        name: declared(node)?,
        kind,
        members: members.filter_map(|member| declared(&member)).collect(),
        // What the functions of a resource name is theirs.
        refs: if kind == TypeKind::Resource { Vec::new() } else { refs(node) },
        functions,
        range: bytes(node.text_range()),
    })
}

/// The function that `node` is.
pub(super) fn function(node: &SyntaxNode) -> Option<Function> {
    let name = match node.kind() {
        K::Constructor => node
            .children_with_tokens()
            .filter_map(NodeOrToken::into_token)
            .find(|t| t.kind() == K::ConstructorKw)
            .map(|t| self::name(&t)),
        K::Function | K::Import | K::Export => declared(node),
        _ => None,
    }?;
    let params = node.descendants().filter(|node| node.kind() == K::Param);
    Some(Function { name, params: params.filter_map(|param| declared(&param)).collect(), refs: refs(node) })
}

/// All types that are named inside.
fn refs(node: &SyntaxNode) -> Vec<TypeRef> {
    let types = node.descendants().filter(|node| node.kind() == K::Type);
    let named = types.filter_map(|ty| {
        let token = child(&ty, K::NameRef)?.first_token()?;
        let around = ty.parent().filter(|args| args.kind() == K::TypeArguments).and_then(|args| args.parent());
        let word = around.and_then(|around| around.first_token());
        let handle = word.is_some_and(|word| matches!(word.kind(), K::OwnKw | K::BorrowKw));
        Some(TypeRef { name: name(&token), handle })
    });
    named.collect()
}
