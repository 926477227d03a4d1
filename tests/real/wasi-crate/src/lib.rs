struct Teller;

impl wasip2::exports::cli::run::Guest for Teller {
    fn run() -> Result<(), ()> {
        println!("told");
        Ok(())
    }
}

wasip2::cli::command::export!(Teller);
