pub const ADAPTER: &[u8] = b"";
