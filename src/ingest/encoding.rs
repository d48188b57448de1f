//! Which encoding a file's text is in, and bringing it to UTF-8.

use super::IngestError;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Bytes looked at to tell UTF-16 without a byte order mark, and binary files.
const HEAD_BYTES: usize = 4 * 1024;
/// Bytes of non-ASCII lines given to the detector: it reads about 13 MB/s, and more than this changes no guess.
const DETECT_BYTES: usize = 256 * 1024;
/// A file is UTF-8 with damage, not a legacy encoding, when at least this many times more non-ASCII
/// characters are sound UTF-8 than are not: text in a legacy encoding is practically never valid UTF-8 by chance.
const SOUND_PER_BROKEN: usize = 4;

/// A file's text.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// UTF-8, without byte order mark; where `lossy` is false it may hold damaged bytes, found row by row.
    pub text: Cow<'a, [u8]>,
    /// Label of the encoding as people know it.
    pub label: String,
    /// Whether bytes that the encoding does not know were replaced by U+FFFD.
    pub lossy: bool,
}

/// Brings a file's bytes to UTF-8: by byte order mark, by `setting`, else strict UTF-8, else by guess.
pub fn decode<'a>(bytes: &'a [u8], setting: Option<&str>, path: &str) -> Result<Decoded<'a>, IngestError> {
    let encoding = match (Encoding::for_bom(bytes), setting) {
        (Some((encoding, _)), _) => encoding,
        (None, Some(label)) => Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
            IngestError::UnknownEncoding { path: path.to_string(), label: label.to_string() }
        })?,
        (None, None) => utf16_without_mark(bytes).unwrap_or_else(|| detect(bytes)),
    };
    if encoding == UTF_8 {
        let marked = bytes.starts_with(b"\xEF\xBB\xBF");
        let text = if marked { &bytes[3..] } else { bytes };
        let label = if marked { "UTF-8 with BOM" } else { "UTF-8" };
        return Ok(Decoded { text: Cow::Borrowed(text), label: label.to_string(), lossy: false });
    }
    let (text, encoding, lossy) = encoding.decode(bytes);
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    Ok(Decoded { text, label: encoding.name().to_string(), lossy })
}

/// UTF-16 shows as a NUL in every other byte of mostly Latin text.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let nuls = |parity: usize| head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, half) = (nuls(0), nuls(1), head.len() / 2);
    match half >= 4 {
        true if odd * 10 >= half * 7 && even * 20 <= half => Some(UTF_16LE),
        true if even * 10 >= half * 7 && odd * 20 <= half => Some(UTF_16BE),
        _ => None,
    }
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let (sound, broken) = utf8_balance(bytes);
    if broken == 0 || sound >= broken * SOUND_PER_BROKEN {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut fed = 0;
    for line in bytes.split_inclusive(|&byte| byte == b'\n').filter(|line| !line.is_ascii()) {
        let line = &line[..line.len().min(DETECT_BYTES)];
        detector.feed(line, false);
        fed += line.len();
        if fed >= DETECT_BYTES {
            break;
        }
    }
    detector.feed(&[], true);
    detector.guess(None, Utf8Detection::Deny)
}

/// How many non-ASCII characters are sound UTF-8, and how many stretches of bytes are not.
fn utf8_balance(bytes: &[u8]) -> (usize, usize) {
    if std::str::from_utf8(bytes).is_ok() {
        return (0, 0);
    }
    let (mut sound, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|char| !char.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    (sound, broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], setting: Option<&str>) -> (String, String) {
        let decoded = decode(bytes, setting, "f.csv").expect("decodes");
        (String::from_utf8_lossy(&decoded.text).into_owned(), decoded.label)
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    }

    #[test]
    fn byte_order_marks_are_dropped() {
        assert_eq!(read("\u{feff}naam;Zoë".as_bytes(), None), ("naam;Zoë".into(), "UTF-8 with BOM".into()));
        let le = [b"\xFF\xFE".to_vec(), utf16("naam\tZoë\n", false)].concat();
        assert_eq!(read(&le, None), ("naam\tZoë\n".into(), "UTF-16LE".into()));
        let be = [b"\xFE\xFF".to_vec(), utf16("naam\tZoë\n", true)].concat();
        assert_eq!(read(&be, None), ("naam\tZoë\n".into(), "UTF-16BE".into()));
    }

    #[test]
    fn utf16_is_known_without_a_mark() {
        assert_eq!(read(&utf16("name,city\nZoë,Delft\n", false), None).1, "UTF-16LE");
        assert_eq!(read(&utf16("name,city\nZoë,Delft\n", true), None).1, "UTF-16BE");
    }

    #[test]
    fn windows_1252_is_guessed_and_can_be_set() {
        let bytes = b"Vorname;Ort\nJ\xFCrgen;M\xFCnchen\nBj\xF6rn;K\xF6ln\n";
        let (text, label) = read(bytes, None);
        assert_eq!(label, "windows-1252");
        assert!(text.contains("Jürgen;München"));
        assert_eq!(read(bytes, Some("latin1")).1, "windows-1252");
        assert!(matches!(decode(bytes, Some("klingon"), "f.csv"), Err(IngestError::UnknownEncoding { .. })));
    }

    #[test]
    fn a_few_bad_bytes_do_not_make_utf8_a_legacy_encoding() {
        let mut bytes = "naam\nZoë\nAnaïs\nRené\nJürgen\nGroß\n".as_bytes().to_vec();
        bytes.extend(b"Fran\xE7ois\n");
        assert_eq!(read(&bytes, None).1, "UTF-8");
    }
}
