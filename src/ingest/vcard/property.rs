//! One card → its properties: lines put together again, parameters read, values decoded.

use super::super::encoding::Found;
use super::card::{Notes, Told};
use super::split::is_mark;
use crate::config::Charset;
use encoding_rs::{UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// A value is UTF-8 with damage when at least so many times more characters beyond ASCII are sound than are not.
const SOUND_PER_BROKEN: usize = 2;

/// Versions that are written differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 2.1: values may be quoted-printable, only separators are escaped.
    Two,
    /// 3.0: line breaks, commas, semicolons and backslashes are escaped.
    Three,
    /// 4.0: as 3.0, and most properties may stand several times.
    Four,
}

impl Version {
    /// What a card says of itself; 3.0 when it says nothing.
    pub fn of(card: &[u8]) -> Self {
        let mut lines = card.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        let says = lines.find_map(|line| {
            let (name, value) = line.split_at_checked(8)?;
            name.eq_ignore_ascii_case(b"VERSION:").then(|| value.trim_ascii())
        });
        match says.and_then(|version| version.first()) {
            Some(b'2') => Self::Two,
            Some(b'4') => Self::Four,
            _ => Self::Three,
        }
    }
}

/// A property of a card.
#[derive(Clone, Debug, Default)]
pub struct Property {
    /// `item1` of `item1.TEL`; ties properties together.
    pub group: String,
    /// Name in capitals.
    pub name: String,
    /// Values of TYPE in small letters, `pref` not among them.
    pub types: Vec<String>,
    /// Place by preference: 1 the first one, larger ones later, 0 when nothing is said.
    pub pref: u8,
    /// The address as printed (parameter LABEL).
    pub label: String,
    /// `X-APPLE-OMIT-YEAR`: a year that stands for none.
    pub omitted_year: String,
    /// Whether the value is no text but encoded bytes.
    pub is_binary: bool,
    /// The value's parts, each a list of values, unescaped.
    pub parts: Vec<Vec<String>>,
    /// The whole value, unescaped.
    pub text: String,
}

/// The properties of a card, and what had to be passed over or supposed.
///
/// Errors: bytes that are not text in the encoding.
pub fn properties(card: &[u8], version: Version, found: Found) -> Result<(Vec<Property>, Notes), String> {
    let mut properties: Vec<Property> = Vec::new();
    let mut told = Vec::new();
    for logical in logical_lines(card, version, &mut told) {
        let Some(head) = Head::of(&logical) else { continue };
        let is_alternative = head.values("ALTID").next().is_some();
        let mut property = head.property();
        if !property.is_binary {
            let value = head.decode(found, &mut told)?;
            (property.parts, property.text) = parts(&value, version);
        }
        if !is_alternative && is_twice(&property, &properties, version) {
            return Err(format!("two cards run into each other: {} stands twice", property.name));
        }
        properties.push(property);
    }
    Ok((properties, told))
}

/// Whether a property stood before that can stand but once, so that this one is of another card, whose beginning is lost.
fn is_twice(property: &Property, before: &[Property], version: Version) -> bool {
    let may_repeat = match property.name.as_str() {
        "VERSION" | "N" => false,
        // Version 4.0 allows several.
        "FN" => version == Version::Four,
        _ => true,
    };
    let same = |known: &Property| known.name == property.name && known.text == property.text;
    let other = |known: &Property| known.name == property.name && known.text != property.text;
    !may_repeat && before.iter().any(|known| other(known) || (property.name == "VERSION" && same(known)))
}

/// Lines with what was folded put together again. Cards in the card are left out, and told.
fn logical_lines<'a>(card: &'a [u8], version: Version, told: &mut Notes) -> Vec<Cow<'a, [u8]>> {
    let mut lines: Vec<Cow<'a, [u8]>> = Vec::new();
    let mut physical =
        card.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).peekable();
    physical.next();
    let (mut depth, mut is_binary) = (0, false);
    while let Some(line) = physical.next() {
        if is_mark(line, "BEGIN:VCARD") {
            depth += 1;
            if depth == 1 {
                told.push((Told::Agent, "AGENT".to_string()));
            }
            continue;
        }
        if is_mark(line, "END:VCARD") {
            depth -= i32::from(depth > 0);
            continue;
        }
        if depth > 0 || line.trim_ascii().is_empty() {
            continue;
        }
        let is_folded = line.first().is_some_and(|first| matches!(first, b' ' | b'\t'));
        if is_folded && let Some(last) = lines.last_mut() {
            // In version 2.1 the blank is part of the text.
            last.to_mut().extend_from_slice(if version == Version::Two { line } else { &line[1..] });
            continue;
        }
        let head = Head::of(line);
        if head.is_none()
            && let Some(last) = lines.last_mut()
        {
            // Bytes may stand at the beginning of a line; anything else is text with a line break in it.
            if !is_binary {
                told.push((Told::StrayLine, String::from_utf8_lossy(line).trim().to_string()));
                last.to_mut().push(b'\n');
            }
            last.to_mut().extend_from_slice(line);
            continue;
        }
        is_binary = head.as_ref().is_some_and(Head::is_binary);
        let is_printable = head.is_some_and(|head| head.is_quoted_printable());
        let mut whole = Cow::Borrowed(line);
        while is_printable && whole.ends_with(b"=") {
            // A mark is never the rest of a value: a `=` too many must not swallow the card's end.
            match physical.next_if(|next| !is_mark(next, "END:VCARD") && !is_mark(next, "BEGIN:VCARD")) {
                Some(next) => {
                    whole.to_mut().pop();
                    whole.to_mut().extend_from_slice(next);
                }
                None => break,
            }
        }
        lines.push(whole);
    }
    lines
}

/// A line up to its value.
struct Head<'a> {
    group: String,
    name: String,
    /// Name in capitals (empty for the bare values of version 2.1), and value.
    params: Vec<(String, String)>,
    value: &'a [u8],
}

impl<'a> Head<'a> {
    /// Reads `group.NAME;PARAM=value;…:` at the beginning of a line, if it stands there.
    fn of(line: &'a [u8]) -> Option<Self> {
        let mut quoted = false;
        let colon = line.iter().position(|&byte| {
            quoted ^= byte == b'"';
            byte == b':' && !quoted
        });
        // A quote that is not closed is part of the text.
        let colon = colon.or_else(|| line.iter().position(|&byte| byte == b':'))?;
        let head = String::from_utf8_lossy(&line[..colon]);
        let mut fields = split_outside_quotes(&head, ';').into_iter();
        let full = fields.next()?.trim();
        let (group, name) = full.rsplit_once('.').unwrap_or(("", full));
        let is_name =
            |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if name.is_empty() || !is_name(name) {
            return None;
        }
        let params = fields.map(|field| match field.split_once('=') {
            Some((name, value)) => (name.trim().to_ascii_uppercase(), value.trim().to_string()),
            None => (String::new(), field.trim().to_string()),
        });
        Some(Self {
            group: group.to_ascii_lowercase(),
            name: name.to_ascii_uppercase(),
            params: params.collect(),
            value: &line[colon + 1..],
        })
    }

    /// Values of a parameter. `bare` ones are those of version 2.1 without a name.
    fn values<'h>(&'h self, wanted: &'h str) -> impl Iterator<Item = &'h str> {
        let named = self.params.iter().filter(move |(name, _)| name == wanted);
        named.map(|(_, value)| value.trim_matches('"'))
    }

    fn encoding_is(&self, names: &[&str]) -> bool {
        self.values("ENCODING")
            .chain(self.values(""))
            .any(|value| names.iter().any(|name| value.eq_ignore_ascii_case(name)))
    }

    fn is_quoted_printable(&self) -> bool {
        self.encoding_is(&["QUOTED-PRINTABLE"])
    }

    fn is_binary(&self) -> bool {
        let is_data = self.value.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"data:"));
        is_data
            || self.encoding_is(&["BASE64"])
            || self.values("ENCODING").any(|value| value.eq_ignore_ascii_case("B"))
    }

    fn property(&self) -> Property {
        let mut property = Property {
            group: self.group.clone(),
            name: self.name.clone(),
            is_binary: self.is_binary(),
            ..Default::default()
        };
        for value in self.values("TYPE").chain(self.values("")).flat_map(|value| value.split(',')) {
            let value = value.trim().trim_matches('"').to_ascii_lowercase();
            match value.as_str() {
                "pref" => property.pref = 1,
                "" | "quoted-printable" | "base64" | "8bit" | "7bit" | "internet" | "voice" => {}
                _ if property.types.contains(&value) => {}
                _ => property.types.push(value),
            }
        }
        if let Some(pref) = self.values("PREF").find_map(|value| value.parse().ok()) {
            property.pref = pref;
        }
        property.label =
            self.values("LABEL").next().map(|label| unescape(&label.replace("^n", "\n"))).unwrap_or_default();
        property.omitted_year = self.values("X-APPLE-OMIT-YEAR").next().unwrap_or_default().to_string();
        property
    }

    /// The value as text, still escaped.
    fn decode(&self, found: Found, told: &mut Notes) -> Result<String, String> {
        let bad =
            |charset: Charset| format!("{} holds bytes that are not valid {}", self.name, charset.name());
        let named = self.values("CHARSET").find_map(Charset::of_label);
        if !self.is_quoted_printable() {
            let charset = named.unwrap_or(found.charset);
            let text = charset.decode_whole(self.value);
            // A wrong charset is no reason to lose the card when the file's own encoding fits.
            let text = text.or_else(|| found.charset.decode_whole(self.value));
            return text.map(Cow::into_owned).ok_or_else(|| bad(charset));
        }
        let bytes = quoted_printable(self.value);
        if let Some(text) = named.unwrap_or(Charset::Web(UTF_8)).decode_whole(&bytes) {
            return Ok(text.into_owned());
        }
        // Telephones cut long values by bytes.
        let repaired = String::from_utf8_lossy(&bytes);
        let broken = repaired.matches('\u{fffd}').count();
        let sound = repaired.chars().filter(|char| !char.is_ascii() && *char != '\u{fffd}').count();
        if named.is_none_or(Charset::is_utf8) && sound >= broken * SOUND_PER_BROKEN {
            told.push((Told::BrokenCharacter, self.name.clone()));
            return Ok(repaired.replace('\u{fffd}', ""));
        }
        let supposed = if found.is_utf8() { Charset::Web(WINDOWS_1252) } else { found.charset };
        let text = supposed.decode_whole(&bytes).ok_or_else(|| bad(supposed))?;
        told.push((Told::SupposedEncoding, format!("{} → \"{text}\"", self.name)));
        Ok(text.into_owned())
    }
}

fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|char| {
        quoted ^= char == '"';
        char == separator && !quoted
    })
    .collect()
}

/// `=C3=A9` → the bytes; what is no code stays.
fn quoted_printable(value: &[u8]) -> Vec<u8> {
    let digit =
        |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16)).map(|digit| digit as u8);
    let mut bytes = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        match (value[at], digit(value.get(at + 1)), digit(value.get(at + 2))) {
            (b'=', Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                at += 2;
            }
            (byte, _, _) => bytes.push(byte),
        }
        at += 1;
    }
    // A soft break at the very end of a value.
    if value.ends_with(b"=") {
        bytes.pop();
    }
    bytes
}

/// A value's parts, and the whole of it, unescaped.
fn parts(value: &str, version: Version) -> (Vec<Vec<String>>, String) {
    let plain: fn(&str) -> String = if version == Version::Two { unescape_separators } else { unescape };
    let value = value.replace("\r\n", "\n").replace('\r', "\n");
    let parts = split_unescaped(&value, ';').into_iter().map(|part| match version {
        Version::Two => vec![plain(part).trim().to_string()],
        Version::Three | Version::Four => {
            split_unescaped(part, ',').into_iter().map(|text| plain(text).trim().to_string()).collect()
        }
    });
    (parts.collect(), plain(&value).trim().to_string())
}

fn split_unescaped(text: &str, separator: char) -> Vec<&str> {
    let mut escaped = false;
    text.split(|char| {
        let splits = char == separator && !escaped;
        escaped = char == '\\' && !escaped;
        splits
    })
    .collect()
}

/// Version 3.0 and 4.0: `\n` is a line break, any other character after a backslash is itself.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other @ (',' | ';' | ':' | '\\' | '"')) => out.push(other),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            _ => out.push(char),
        }
    }
    out
}

/// Version 2.1: only separators are escaped.
fn unescape_separators(text: &str) -> String {
    text.replace("\\;", ";").replace("\\,", ",").replace("\\:", ":")
}
