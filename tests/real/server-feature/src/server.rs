struct Server;

impl wasip2::exports::cli::run::Guest for Server {
    fn run() -> Result<(), ()> {
        println!("{}", crate::page::shown(3));
        Ok(())
    }
}

wasip2::cli::command::export!(Server);
