//! What an editor's configuration must say to start the server.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use crate::files;
use crate::files::{Folder, Kind, Links};

/// Editors whose configuration is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Editor {
    Helix,
    Neovim,
    Vscode,
    Zed,
}

const HELIX: &str = r#"# ~/.config/helix/languages.toml, or .helix/languages.toml of a project
[language-server.studio]
command = "studio"
args = ["lsp"]

[[language]]
name = "wit"
scope = "source.wit"
file-types = ["wit"]
comment-token = "//"
language-servers = ["studio"]
indent = { tab-width = 2, unit = "  " }
"#;

const NEOVIM: &str = r#"-- ~/.config/nvim/init.lua (neovim 0.11 or later)
vim.filetype.add({ extension = { wit = "wit" } })
vim.lsp.config("studio", {
  cmd = { "studio", "lsp" },
  filetypes = { "wit" },
  root_markers = { "studio.toml", "Cargo.toml", ".git" },
})
vim.lsp.enable("studio")
"#;

const VSCODE: &str = r#"// settings.json, with the extension "Generic LSP Client (v2)" (zsol.vscode-glspc) and one that knows .wit files
{
  "files.associations": { "*.wit": "wit" },
  "glspc.server.command": "studio",
  "glspc.server.commandArguments": ["lsp"],
  "glspc.server.languageId": ["wit"]
}
"#;

const ZED: &str = r#"// settings.json; the extension "WIT" brings the language, this its server
{
  "lsp": { "wit": { "binary": { "path": "studio", "arguments": ["lsp"] } } }
}
"#;

/// The configuration of an editor, to be pasted.
pub(crate) fn setup(editor: Editor) -> &'static str {
    match editor {
        Editor::Helix => HELIX,
        Editor::Neovim => NEOVIM,
        Editor::Vscode => VSCODE,
        Editor::Zed => ZED,
    }
}

/// Puts the server into `.helix/languages.toml` of a folder; what stands there stays. Gives the file's path.
///
/// # Errors
/// Where the file is no TOML, or cannot be written.
pub(crate) fn write_helix(folder: &Path) -> anyhow::Result<PathBuf> {
    let path = PathBuf::from(".helix/languages.toml");
    let shown = || format!("`{}`", path.display());
    let text = match files::text(&folder.join(&path), Kind::Settings) {
        Ok(text) => text,
        Err(error) if error.is_missing() => String::new(),
        Err(error) => return Err(error).with_context(shown),
    };
    let text = with_server(&text).with_context(shown)?;
    Folder::open(folder)?.write(&path, text.as_bytes(), Links::Inside).with_context(shown)?;
    Ok(path)
}

fn with_server(text: &str) -> anyhow::Result<String> {
    let mut document: DocumentMut = text.parse()?;
    let ours: DocumentMut = HELIX.parse()?;
    let servers = document.entry("language-server").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let servers = servers.as_table_like_mut().context("`language-server` is not a table")?;
    if !servers.contains_key("studio") {
        let server = ours.get("language-server").and_then(|all| all.get("studio")).cloned().unwrap_or_default();
        servers.insert("studio", server);
    }
    let languages = document.entry("language").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let languages = languages.as_array_of_tables_mut().context("`language` is not an array of tables")?;
    let wit = languages.iter_mut().find(|language| language.get("name").and_then(Item::as_str) == Some("wit"));
    match wit {
        None => {
            let all = ours.get("language").and_then(Item::as_array_of_tables);
            if let Some(wit) = all.and_then(|all| all.get(0)) {
                languages.push(wit.clone());
            }
        }
        Some(wit) => {
            let servers = wit.entry("language-servers").or_insert_with(|| value(Array::new()));
            let servers = servers.as_array_mut().context("`language-servers` of `wit` is not an array")?;
            if !servers.iter().any(|server| server.as_str() == Some("studio")) {
                servers.push("studio");
            }
        }
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use crate::lsp::setup::*;

    #[test]
    fn what_stands_in_helix_configuration_stays() {
        let fresh = with_server("").unwrap();
        assert!(
            fresh.contains("[language-server.studio]") && fresh.contains("language-servers = [\"studio\"]"),
            "{fresh}"
        );
        assert_eq!(with_server(&fresh).unwrap(), fresh, "written twice");
        let own = "# mine\n[[language]]\nname = \"rust\"\n\n[[language]]\nname = \"wit\"\nlanguage-servers = [\"other\"] # good\n";
        let written = with_server(own).unwrap();
        assert!(
            written.contains("# mine\n") && written.contains("# good") && written.contains("[\"other\", \"studio\"]"),
            "{written}"
        );
        assert!(with_server("language = 1").is_err());
        assert!(with_server("= no").is_err());
    }
}
