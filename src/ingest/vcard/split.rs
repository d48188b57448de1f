//! A file of cards → one stretch of bytes a card.

/// A card, or something that should be one.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// The line at which it begins, 1-based.
    pub line: u32,
    /// Its bytes, marks included.
    pub raw: &'a [u8],
    /// Why it is no card.
    pub fault: Option<&'static str>,
}

const NO_END: &str = "the card has no END:VCARD";
const NO_BEGIN: &str = "no BEGIN:VCARD stands before this text";

/// Cuts a file into cards. Blank text between cards is passed over, other text is a piece with a fault.
///
/// A card in a card (the agent of version 2.1) is part of the outer one.
pub fn pieces(bytes: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut start_line) = (0, 1);
    let (mut depth, mut at, mut before_nested) = (0, 0, false);
    let lines = (1..).zip(bytes.split_inclusive(|&byte| byte == b'\n'));
    for (number, line) in lines.flat_map(|(number, line)| marks_apart(line).map(move |line| (number, line))) {
        let end = at + line.len();
        if is_mark(line, "BEGIN:VCARD") {
            if depth > 0 && before_nested {
                depth += 1;
            } else {
                cut(
                    &mut pieces,
                    start_line,
                    &bytes[start..at],
                    Some(if depth > 0 { NO_END } else { NO_BEGIN }),
                );
                (start, start_line, depth) = (at, number, 1);
            }
        } else if is_mark(line, "END:VCARD") {
            if depth > 1 {
                depth -= 1;
            } else {
                cut(&mut pieces, start_line, &bytes[start..end], (depth == 0).then_some(NO_BEGIN));
                (start, start_line, depth) = (end, number + u32::from(line.ends_with(b"\n")), 0);
            }
        }
        if !line.trim_ascii().is_empty() {
            before_nested = is_agent(line);
        }
        at = end;
    }
    cut(&mut pieces, start_line, &bytes[start..], Some(if depth > 0 { NO_END } else { NO_BEGIN }));
    pieces
}

/// A line, cut in two when it is `END:VCARDBEGIN:VCARD`: files were joined of which one had no line end at its end.
fn marks_apart(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mark = b"END:VCARD";
    let joined = line.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))
        && is_mark(&line[mark.len()..], "BEGIN:VCARD");
    let (first, second) = line.split_at(if joined { mark.len() } else { line.len() });
    [first, second].into_iter().filter(|part| !part.is_empty())
}

fn cut<'a>(pieces: &mut Vec<Piece<'a>>, line: u32, raw: &'a [u8], fault: Option<&'static str>) {
    // Ctrl-Z ended files once.
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x1A;
    let blank = raw.iter().take_while(|byte| is_blank(byte)).count();
    let skipped = raw[..blank].iter().filter(|&&byte| byte == b'\n').count() as u32;
    let raw = raw[blank..].trim_ascii_end();
    if !raw.is_empty() {
        pieces.push(Piece { line: line + skipped, raw, fault });
    }
}

/// Whether a line is such a mark, in small letters or large ones. Files that were joined may have a byte order mark there.
pub fn is_mark(line: &[u8], mark: &str) -> bool {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let mut found = line.split(|&byte| byte == b':').map(<[u8]>::trim_ascii);
    let mut wanted = mark.split(':');
    let is_same = |found: Option<&[u8]>, wanted: Option<&str>| match (found, wanted) {
        (Some(found), Some(wanted)) => found.eq_ignore_ascii_case(wanted.as_bytes()),
        (found, wanted) => found.is_none() && wanted.is_none(),
    };
    (0..3).all(|_| is_same(found.next(), wanted.next()))
}

/// Whether a property begins whose value is a card.
fn is_agent(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.ends_with(b":") && line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"AGENT"))
}
