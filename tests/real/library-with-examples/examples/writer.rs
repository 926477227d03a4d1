fn main() {
    wasip2::cli::stdout::get_stdout().blocking_write_and_flush(b"written\n").unwrap();
}
