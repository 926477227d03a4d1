//! `studio new`: a project from a template. What it writes is trusted; what applies to it from elsewhere is not.

use crate::build::scaffold;
use crate::cli::args::New;
use crate::cli::out;
use crate::tui::overlay::new;

pub(super) fn run(args: &New) -> anyhow::Result<u8> {
    let files = scaffold::make(args.template, &args.dir)?;
    let dir = args.dir.canonicalize()?;
    let untrusted = new::trust_made(&dir).err();
    if let Some(reason) = &untrusted {
        out::error_line(&format!("warning: {reason}"));
        out::error_line("  help: opening it shows what would run, and asks");
    }
    if args.json {
        out::json(&serde_json::json!({
            "template": args.template.name(), "dir": dir, "files": files, "trusted": untrusted.is_none(),
        }));
        return Ok(0);
    }
    for file in &files {
        out::line(&format!("  {}", file.display()));
    }
    out::line(&format!(
        "created `{}` from `{}`; next: studio {}",
        args.dir.display(),
        args.template.name(),
        args.dir.display()
    ));
    Ok(0)
}
