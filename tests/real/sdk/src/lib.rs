fn greet() -> String {
    "hello from the SDK".to_owned()
}

spin_sdk::entry!(greet);
