//! Which encoding a file's text is in, and bringing it to UTF-8.

use super::{IngestError, accents};
use crate::config::Charset;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252};
use std::borrow::Cow;
use std::io::{self, Read};

/// Bytes looked at to tell UTF-16 without a byte order mark, and binary files.
const HEAD_BYTES: usize = 4 * 1024;
/// Bytes of non-ASCII lines given to the detector: it reads about 13 MB/s, and more than this changes no guess.
const DETECT_BYTES: usize = 256 * 1024;
/// Bytes from about the first non-ASCII one on in which sound and broken characters are counted.
const BALANCE_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes read at a time until there is an accent.
const CHUNK_BYTES: u64 = 1024 * 1024;
/// A file is UTF-8 with damage, not a legacy encoding, when at least this many times more non-ASCII
/// characters are sound UTF-8 than are not: text in a legacy encoding is practically never valid UTF-8 by chance.
const SOUND_PER_BROKEN: usize = 4;
/// Broken stretches below which Central European text is not told from Western one.
const FEW: usize = 32;

/// Encodings that the detector does not know or takes for others, tried in this order when what it finds makes no words.
const ALSO: [&str; 6] = ["cp850", "macintosh", "cp852", "cp437", "windows-1252", "windows-1250"];

/// What a file's text is written in.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The encoding.
    pub charset: Charset,
    /// Bytes of the byte order mark at the beginning.
    pub mark: usize,
    /// Whether nothing but the text itself says so.
    pub guessed: bool,
    /// What the lines of a UTF-8 file that are not UTF-8 are in, as far as its beginning shows.
    pub stray: Option<Charset>,
}

impl Found {
    /// An encoding that is known.
    pub fn known(charset: Charset, mark: usize) -> Self {
        Self { charset, mark, guessed: false, stray: None }
    }

    /// The encoding's name as people know it.
    pub fn label(&self) -> String {
        match self.is_utf8() && self.mark > 0 {
            true => "UTF-8 with BOM".to_string(),
            false => self.charset.name().to_string(),
        }
    }

    /// Whether the bytes can be read as they are (row by row, each checked).
    pub fn is_utf8(&self) -> bool {
        self.charset.is_utf8()
    }

    /// What a person should know of the encoding: when it is no more than a guess.
    pub fn note(&self) -> Option<String> {
        (self.guessed && !self.is_utf8()).then(|| {
            format!(
                "its encoding is taken for {} by the letters in it; if accents look wrong, set `encoding` of its source in the settings",
                self.label()
            )
        })
    }

    /// The text in UTF-8, and whether bytes that the encoding does not know were replaced by U+FFFD.
    pub fn decode<'a>(&self, bytes: &'a [u8]) -> (Cow<'a, str>, bool) {
        self.charset.decode(&bytes[self.mark.min(bytes.len())..])
    }
}

/// Finds a text's encoding: by byte order mark, by `setting`, else strict UTF-8, else by guess.
///
/// `head` is its beginning; `text` reads it from the start, up to where accents begin.
pub fn find(head: &[u8], setting: Option<&str>, path: &str, text: impl Read) -> Result<Found, IngestError> {
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        return Ok(Found::known(Charset::Web(encoding), mark));
    }
    let charset = match setting {
        Some(label) => Charset::of_label(label).ok_or_else(|| IngestError::UnknownEncoding {
            path: path.to_string(),
            label: label.to_string(),
        })?,
        None => match utf16_without_mark(head) {
            Some(encoding) => Charset::Web(encoding),
            None => {
                let failed = |cause| IngestError::Io { path: path.to_string(), cause };
                return Ok(detect(&first_accents(text).map_err(failed)?));
            }
        },
    };
    Ok(Found { guessed: setting.is_none(), ..Found::known(charset, 0) })
}

/// UTF-16 shows as a NUL in every other byte of mostly Latin text.
pub(super) fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let nuls = |parity: usize| head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, half) = (nuls(0), nuls(1), head.len() / 2);
    match half >= 4 {
        true if odd * 10 >= half * 7 && even * 20 <= half => Some(UTF_16LE),
        true if even * 10 >= half * 7 && odd * 20 <= half => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding of a stretch of text with accents.
fn detect(bytes: &[u8]) -> Found {
    let (sound, broken) = utf8_balance(bytes);
    // In a mixed file few characters are no evidence for a code page that is rarer than that of Western Europe.
    let is_little = sound > 0 && broken < FEW;
    let page = || match legacy(bytes) {
        guess if is_little && guess == WINDOWS_1250 => Charset::Web(WINDOWS_1252),
        guess if is_little => Charset::Web(guess),
        guess => better(Charset::Web(guess), &legacy_lines(bytes).flatten().copied().collect::<Vec<_>>()),
    };
    let (charset, stray) = match broken {
        0 => (Charset::Web(UTF_8), None),
        _ if sound >= broken * SOUND_PER_BROKEN => (Charset::Web(UTF_8), Some(page())),
        _ => (page(), None),
    };
    Found { charset, mark: 0, guessed: true, stray }
}

/// As many of the lines that are not UTF-8 as a guess needs.
fn legacy_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_legacy = |line: &&[u8]| !line.is_ascii() && std::str::from_utf8(line).is_err();
    let mut fed = 0;
    bytes
        .split_inclusive(|&byte| byte == b'\n')
        .filter(is_legacy)
        .map(|line| &line[..line.len().min(DETECT_BYTES)])
        .take_while(move |line| {
            let is_enough = fed >= DETECT_BYTES;
            fed += line.len();
            !is_enough
        })
}

/// What the lines that are not UTF-8 are in, of the encodings of the web.
pub fn legacy(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    legacy_lines(bytes).for_each(|line| {
        detector.feed(line, false);
    });
    detector.feed(&[], true);
    detector.guess(None, Utf8Detection::Deny)
}

/// A guess, or the encoding that clearly makes more words of the bytes.
fn better(guess: Charset, bytes: &[u8]) -> Charset {
    let looks = |charset: Charset| accents::look(&charset.decode(bytes).0);
    let guessed = looks(guess);
    if !guessed.are_odd() {
        return guess;
    }
    let others = ALSO.iter().filter_map(|label| Charset::of_label(label)).map(|other| (looks(other), other));
    let clean = others.filter(|(looks, _)| looks.are_clean() && looks.good > guessed.good);
    // `rev`, because of equals `max_by_key` takes the last.
    let best = clean.collect::<Vec<_>>().into_iter().rev().max_by_key(|(looks, _)| looks.good);
    best.map_or(guess, |(_, other)| other)
}

/// The stretch of a text around and after its first non-ASCII byte, which tells its encoding; empty when all is ASCII.
fn first_accents(mut text: impl Read) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::new();
    loop {
        chunk.clear();
        if text.by_ref().take(CHUNK_BYTES).read_to_end(&mut chunk)? == 0 {
            return Ok(chunk);
        }
        if !chunk.is_ascii() {
            break;
        }
    }
    if text.take(BALANCE_BYTES).read_to_end(&mut chunk)? > 0 {
        // Up to a line end, so that no character is cut in two.
        let end = chunk.iter().rposition(|&byte| byte == b'\n').unwrap_or(chunk.len());
        chunk.truncate(end);
    }
    Ok(chunk)
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
        let found = find(bytes, setting, "f.csv", bytes).expect("decodes");
        (found.decode(bytes).0.into_owned(), found.label())
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
        assert!(matches!(
            find(bytes, Some("klingon"), "f.csv", &bytes[..]),
            Err(IngestError::UnknownEncoding { .. })
        ));
    }

    #[test]
    fn old_encodings_are_known_by_the_words_they_make() {
        let dos = b"Name;Ort;Strasse\nJ\x81rgen M\x81ller;K\x94ln;K\x94nigsstra\xE1e 1\nBj\x94rn Wei\xE1;D\x81sseldorf;x\n";
        let (text, label) = read(dos, None);
        assert!(label == "IBM850" && text.contains("Jürgen Müller;Köln;Königsstraße"), "{label} {text}");
        let mac = b"Name;Ort;Strasse\rJ\x9Frgen M\x9Fller;K\x9Aln;K\x9Anigsstra\xA7e 1\rBj\x9Arn Wei\xA7;D\x9Fsseldorf;x\r";
        let (text, label) = read(mac, None);
        assert!(label == "macintosh" && text.contains("Jürgen Müller;Köln;Königsstraße"), "{label} {text}");
        let polish = "Nazwisko;Miasto\nŚwięch;Łódź\nŻak;Gdańsk\nWójcik;Kraków\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1250.encode(polish);
        assert_eq!(read(&bytes, None).0, polish);
        let polish = b"Nazwisko;Miasto\n\x97wi\xA9ch;\x9D\xA2d\xAB\n\xBDak;Gda\xE4sk\nW\xA2jcik;Krak\xA2w\n";
        assert_eq!(read(polish, None).1, "IBM852");
        let french = "Prénom;Ville\nAnaïs;Orléans\nFrançois;Besançon\nÉLODIE;L’Haÿ\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(french);
        assert_eq!(read(&bytes, None), (french.to_string(), "windows-1252".to_string()));
    }

    #[test]
    fn what_is_guessed_is_told() {
        let note = |setting| find(b"J\xFCrgen", setting, "f.csv", &b"J\xFCrgen"[..]).expect("decodes").note();
        assert!(note(None).is_some_and(|note| note.contains("windows-1252")));
        assert_eq!(note(Some("latin1")), None);
        assert!(find(b"Jan", None, "f.csv", &b"Jan"[..]).expect("decodes").note().is_none());
    }

    #[test]
    fn a_few_bad_bytes_do_not_make_utf8_a_legacy_encoding() {
        let mut bytes = "naam\nZoë\nAnaïs\nRené\nJürgen\nGroß\n".as_bytes().to_vec();
        bytes.extend(b"Fran\xE7ois\n");
        assert_eq!(read(&bytes, None).1, "UTF-8");
    }
}
