//! What a new project's package, crate and world are called: as its folder is. Pure.

use std::path::Path;

use wit_bindgen_core::wit_parser::UnresolvedPackageGroup;

/// Crates that every crate of a template may mean by this name, and names that cargo has another use for.
const TAKEN: &[&str] =
    &["std", "core", "alloc", "test", "proc-macro", "wit-bindgen", "build", "deps", "examples", "incremental"];

const LONGEST: usize = 64;

/// A name in the letters that cargo and WIT both take, made of the folder's; `None` where none can be.
pub(super) fn of_folder(folder: &Path) -> Option<String> {
    let text = folder.file_name()?.to_string_lossy().to_lowercase();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    (name.len() <= LONGEST && !TAKEN.contains(&name.as_str()) && is_rust(&name) && is_wit(&name)).then_some(name)
}

fn is_rust(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(&name.replace('-', "_")).is_ok()
}

fn is_wit(name: &str) -> bool {
    let text = format!("package my:{name};\nworld {name} {{}}\n");
    UnresolvedPackageGroup::parse("world.wit", &text).is_ok()
}

#[cfg(test)]
mod tests {
    use crate::build::project_name::*;

    #[test]
    fn a_folders_name_in_the_letters_of_cargo_and_wit() {
        for (folder, name) in [
            ("/a/shop", Some("shop")),
            ("shop/", Some("shop")),
            ("My Shop_2", Some("my-shop-2")),
            ("ein Projekt ü", Some("ein-projekt")),
            ("日本", None),
            ("/", None),
            ("2nd", None),
            ("a-2", Some("a-2")),
            ("world", None),
            ("fn", None),
            ("core", None),
        ] {
            assert_eq!(of_folder(Path::new(folder)).as_deref(), name, "{folder}");
        }
        assert_eq!(of_folder(Path::new(&"a".repeat(65))), None);
    }
}
