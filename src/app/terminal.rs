pub fn run(_: super::state::Options, _: bool) -> anyhow::Result<()> {
    Ok(())
}
