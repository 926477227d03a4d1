//! Sizes as a person says them.

/// `412 bytes`, `31 KiB`, `1.5 GiB`: in the largest unit that is reached, each 1024 of the one before, rounded to a tenth.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u32); 6] = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("PiB", 50), ("EiB", 60)];
    if bytes < 1_024 {
        return format!("{bytes} {}", if bytes == 1 { "byte" } else { "bytes" });
    }
    let mut said = String::new();
    for (unit, shift) in UNITS {
        let tenths = (u128::from(bytes) * 10 + (1 << (shift - 1))) >> shift;
        said = match (tenths / 10, tenths % 10) {
            (whole, 0) => format!("{whole} {unit}"),
            (whole, tenth) => format!("{whole}.{tenth} {unit}"),
        };
        if tenths < 10_240 {
            break;
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use crate::model::size::size;

    #[test]
    fn in_the_largest_unit_rounded_to_a_tenth() {
        for (bytes, said) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1_023, "1023 bytes"),
            (1 << 10, "1 KiB"),
            (31_700, "31 KiB"),
            (64 << 10, "64 KiB"),
            ((1 << 20) - 1, "1 MiB"),
            (1_500_000, "1.4 MiB"),
            (3 << 29, "1.5 GiB"),
            (20 << 30, "20 GiB"),
            (u64::MAX, "16 EiB"),
        ] {
            assert_eq!(size(bytes), said);
        }
    }
}
