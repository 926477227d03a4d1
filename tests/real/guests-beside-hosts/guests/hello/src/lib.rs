struct Hello;

impl wasip2::exports::cli::run::Guest for Hello {
    fn run() -> Result<(), ()> {
        println!("hello from the guests");
        Ok(())
    }
}

wasip2::cli::command::export!(Hello);
