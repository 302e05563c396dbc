//! The encoding modifiers: base64, base64offset and the UTF-16 family.

use data_encoding::BASE64;

/// The three forms that `bytes` takes inside base64 text, by its offset modulo three; only the
/// characters that do not depend on the neighbours.
pub(crate) fn base64_offsets(bytes: &[u8]) -> [String; 3] {
    [0usize, 1, 2].map(|offset| {
        let padded: Vec<u8> = std::iter::repeat_n(0, offset).chain(bytes.iter().copied()).collect();
        let skipped = [0, 2, 3][offset];
        let dropped = [0, 3, 2][padded.len() % 3];
        let encoded = BASE64.encode(&padded);
        let kept = encoded.len().saturating_sub(skipped + dropped);
        encoded.chars().skip(skipped).take(kept).collect()
    })
}

/// UTF-16, little end first.
pub(crate) fn utf16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// UTF-16, big end first.
pub(crate) fn utf16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// UTF-16 little end first, after a byte order mark.
pub(crate) fn utf16(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(utf16le(text));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_offset_form_is_found_in_the_encoding_at_that_offset() {
        for length in 3..12 {
            let value = "http://foobar".get(..length).unwrap();
            let forms = base64_offsets(value.as_bytes());
            for (before, form) in forms.iter().enumerate() {
                for after in 0..3 {
                    let text = format!("{}{value}{}", "x".repeat(before), "y".repeat(after));
                    let encoded = BASE64.encode(text.as_bytes());
                    assert!(encoded.contains(form), "{value} {before} {after}");
                }
            }
        }
    }

    #[test]
    fn utf16_forms_differ_in_order_and_mark() {
        assert_eq!(utf16le("cm"), [b'c', 0, b'm', 0]);
        assert_eq!(utf16be("cm"), [0, b'c', 0, b'm']);
        assert_eq!(utf16("c"), [0xff, 0xfe, b'c', 0]);
    }
}
