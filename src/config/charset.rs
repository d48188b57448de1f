//! Encodings by name: those of the web, and the code pages of DOS (`tables/code_pages.csv`).

use encoding_rs::{Encoding, MACINTOSH, UTF_8};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Bytes from this one on are no ASCII.
const HIGH: usize = 0x80;
/// What people call the encoding of old Macintosh files, besides its labels of the web.
const MAC_LABELS: [&str; 3] = ["mac roman", "macroman", "mac-roman"];

/// An encoding that text can be read with.
#[derive(Clone, Copy, Debug)]
pub enum Charset {
    /// One of the web.
    Web(&'static Encoding),
    /// One of DOS.
    Dos(&'static CodePage),
}

/// The characters of the bytes from 80 on.
#[derive(Debug)]
pub struct CodePage {
    name: &'static str,
    labels: Vec<&'static str>,
    high: Vec<char>,
}

static CODE_PAGES: LazyLock<Vec<CodePage>> = LazyLock::new(|| {
    let lines = include_str!("tables/code_pages.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    let page = |line: &'static str| {
        let [name, labels, characters] = <[&str; 3]>::try_from(line.split(';').collect::<Vec<_>>()).ok()?;
        let high = characters.split(' ').map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        Some(CodePage {
            name,
            labels: labels.split('|').collect(),
            high: high.collect::<Option<Vec<char>>>()?,
        })
    };
    lines.filter_map(page).collect()
});

impl Charset {
    /// The encoding of a label, whatever its case: `windows-1252`, `latin1`, `cp850`, `macintosh`.
    pub fn of_label(label: &str) -> Option<Self> {
        let label = label.trim().to_ascii_lowercase();
        if MAC_LABELS.contains(&label.as_str()) {
            return Some(Self::Web(MACINTOSH));
        }
        let named = |page: &&CodePage| page.labels.contains(&label.as_str());
        let dos = || CODE_PAGES.iter().find(named).map(Self::Dos);
        Encoding::for_label(label.as_bytes()).map(Self::Web).or_else(dos)
    }

    /// Its name, which is a label, too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Web(encoding) => encoding.name(),
            Self::Dos(page) => page.name,
        }
    }

    /// Whether it is UTF-8.
    pub fn is_utf8(self) -> bool {
        matches!(self, Self::Web(encoding) if encoding == UTF_8)
    }

    /// Whether every byte is a character.
    pub fn is_single_byte(self) -> bool {
        match self {
            Self::Web(encoding) => encoding.is_single_byte(),
            Self::Dos(_) => true,
        }
    }

    /// Whether bytes below 80 are ASCII, so that lines can be found in the bytes.
    pub fn is_ascii_compatible(self) -> bool {
        match self {
            Self::Web(encoding) => encoding.is_ascii_compatible(),
            Self::Dos(_) => true,
        }
    }

    /// The text in UTF-8; nothing when there are bytes that the encoding does not know.
    pub fn decode_whole(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Web(encoding) => encoding.decode_without_bom_handling_and_without_replacement(bytes),
            Self::Dos(_) => Some(self.decode(bytes).0),
        }
    }

    /// The text in UTF-8, and whether bytes that the encoding does not know were replaced by U+FFFD. Byte order marks are
    /// characters here.
    pub fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        let page = match self {
            Self::Web(encoding) => return encoding.decode_without_bom_handling(bytes),
            Self::Dos(page) => page,
        };
        let char = |&byte: &u8| match usize::from(byte).checked_sub(HIGH) {
            Some(at) => page.high.get(at).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
            None => char::from(byte),
        };
        (Cow::Owned(bytes.iter().map(char).collect()), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_pages_are_whole() {
        assert_eq!(CODE_PAGES.len(), 4);
        assert!(CODE_PAGES.iter().all(|page| page.high.len() == HIGH));
        for page in CODE_PAGES.iter() {
            assert_eq!(Charset::of_label(page.name).map(Charset::name), Some(page.name));
        }
    }

    #[test]
    fn labels_of_old_systems_are_known() {
        let decode = |label: &str, bytes: &'static [u8]| {
            Charset::of_label(label).map(|charset| charset.decode(bytes).0.into_owned())
        };
        assert_eq!(decode("cp850", b"J\x81rgen Wei\xE1").as_deref(), Some("Jürgen Weiß"));
        assert_eq!(decode("CP852", b"\x9D\xA2d\xAB").as_deref(), Some("Łódź"));
        assert_eq!(decode("Mac Roman", b"J\x9Frgen").as_deref(), Some("Jürgen"));
        assert_eq!(decode("latin1", b"J\xFCrgen").as_deref(), Some("Jürgen"));
        assert_eq!(decode("klingon", b""), None);
    }
}
