use std::fmt;

/// A stable id: a letter and 64 bits of a SHA-256, written as `E-3f9c0a1b2c4d5e6f`.
///
/// 64 bits: among ten million records two share an id with a chance of three in a million; 48 bits would make that
/// one in six.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    bits: u64,
    prefix: u8,
}

impl Id {
    /// The id made of a hash; `prefix` is one ASCII letter.
    pub fn new(prefix: char, hash: &[u8; 32]) -> Self {
        let mut head = [0; 8];
        head.copy_from_slice(&hash[..8]);
        Self { bits: u64::from_be_bytes(head), prefix: prefix as u8 }
    }

    /// The id of these bits, as [`Id::bits`] gave them.
    pub fn of_bits(prefix: char, bits: u64) -> Self {
        Self { bits, prefix: prefix as u8 }
    }

    /// The digits as a number.
    pub fn bits(self) -> u64 {
        self.bits
    }

    /// The same bits behind another letter.
    pub fn with_prefix(self, prefix: char) -> Self {
        Self { prefix: prefix as u8, ..self }
    }

    /// The letter before the digits.
    pub fn prefix(self) -> char {
        self.prefix as char
    }

    /// Reads what [`Id::text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, hex) = text.split_once('-')?;
        let is_ours = prefix.len() == 1
            && prefix.bytes().all(|letter| letter.is_ascii_uppercase())
            && hex.len() == 16
            && hex.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit));
        is_ours
            .then(|| u64::from_str_radix(hex, 16).ok())?
            .map(|bits| Self { bits, prefix: prefix.as_bytes()[0] })
    }

    /// The text in a buffer of its own, without allocating.
    pub fn text(self) -> IdText {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut bytes = [b'-'; 18];
        bytes[0] = self.prefix;
        for (at, byte) in bytes[2..].iter_mut().enumerate() {
            *byte = HEX[(self.bits >> (60 - 4 * at)) as usize & 15];
        }
        IdText(bytes)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().as_str())
    }
}

/// The text of an [`Id`].
pub struct IdText([u8; 18]);

impl IdText {
    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_letter_and_sixteen_hexadecimal_digits() {
        let mut hash = [0u8; 32];
        hash[..8].copy_from_slice(&[0x3f, 0x9c, 0x0a, 0x1b, 0x2c, 0x4d, 0x5e, 0x6f]);
        assert_eq!(Id::new('E', &hash).to_string(), "E-3f9c0a1b2c4d5e6f");
        assert_eq!(Id::new('G', &[0; 32]).to_string(), "G-0000000000000000");
        assert_eq!(Id::parse("E-3f9c0a1b2c4d5e6f"), Some(Id::new('E', &hash)));
        for other in [
            "",
            "E",
            "E-",
            "e-3f9c0a1b2c4d5e6f",
            "E-3F9c0a1b2c4d5e6f",
            "E-3f9c0a1b2c4d5e6f0",
            "é-3f9c0a1b2c4d5e6f",
        ] {
            assert_eq!(Id::parse(other), None, "{other}");
        }
    }
}
