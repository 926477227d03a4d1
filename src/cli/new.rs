//! `studio new`: a project from a template. Making a folder is trusting it.

use super::args::New;
use super::out;
use crate::build::scaffold;
use crate::trust;

pub fn run(args: &New) -> anyhow::Result<u8> {
    let files = scaffold::make(args.template, &args.dir)?;
    let dir = args.dir.canonicalize()?;
    if let Err(error) = trust::trust(&dir) {
        out::error_line(&format!("warning: {error}"));
    }
    if args.json {
        out::json(&serde_json::json!({ "template": args.template.name(), "dir": dir, "files": files }));
        return Ok(0);
    }
    for file in &files {
        out::line(&format!("  {}", file.display()));
    }
    out::line(&format!(
        "made `{}` from `{}`; next: studio {}",
        args.dir.display(),
        args.template.name(),
        args.dir.display()
    ));
    Ok(0)
}
