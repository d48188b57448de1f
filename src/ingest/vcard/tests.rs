use super::*;
use proptest::prelude::*;

fn found() -> Found {
    Found::known(Charset::Web(UTF_8), 0)
}

fn read_bytes(bytes: &[u8]) -> Parsed {
    parse(&Request { bytes, found: found(), path: "a.vcf", source: "a" }).expect("reads")
}

/// The cells of a record, empty ones left out.
fn cells(parsed: &Parsed, row: u32) -> Vec<(String, String)> {
    let columns = parsed.gathered.headings.iter().zip(&parsed.gathered.columns);
    let cells = columns.map(|(name, column)| (name.clone(), column.get(row).to_string()));
    cells.filter(|(_, value)| !value.is_empty()).collect()
}

/// One card with these lines: its cells as `name=value`.
fn card(lines: &str) -> Vec<String> {
    let parsed = read_bytes(format!("BEGIN:VCARD\r\n{lines}\r\nEND:VCARD\r\n").as_bytes());
    assert!(parsed.quarantine.is_empty(), "{:?}", parsed.quarantine);
    cells(&parsed, 0).into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn rules(parsed: &Parsed) -> Vec<(&str, u64)> {
    parsed.findings.iter().map(|finding| (finding.rule.as_str(), finding.count)).collect()
}

#[test]
fn the_three_ways_to_say_what_a_telephone_is_are_one() {
    for lines in [
        "VERSION:2.1\nTEL;HOME;VOICE:2\nTEL;CELL:4\nTEL;WORK;FAX:3\nTEL;PREF;WORK;VOICE:1",
        "VERSION:3.0\nTEL;TYPE=HOME,VOICE:2\nTEL;TYPE=cell:4\nTEL;type=WORK;type=FAX:3\nTEL;type=WORK;type=pref:1",
        "VERSION:4.0\nTEL;TYPE=home:2\nTEL;VALUE=uri;TYPE=\"cell,voice\":tel:4\nTEL;TYPE=\"work,fax\":3\nTEL;PREF=1;TYPE=work:1",
    ] {
        let expected = [
            "phone=1",
            "phone_label=work",
            "fax=3",
            "fax_label=work",
            "mobile=4",
            "phone_2=2",
            "phone_2_label=home",
        ];
        assert_eq!(card(lines), expected, "{lines}");
    }
}

#[test]
fn escapes_are_those_of_the_version() {
    assert_eq!(card("VERSION:3.0\nNOTE:a\\, b\\; c\\\\d\\ne"), ["notes=a, b; c\\d\ne"]);
    assert_eq!(card("VERSION:2.1\nNOTE:C:\\new, b\\; c"), ["notes=C:\\new, b; c"]);
    assert_eq!(
        card(
            "VERSION:3.0\nN:Dal\\;Berg;Els;Maria,Anna;Dr.,Prof.;MSc\nORG:A\\, B\\; C;Sales;North\nCATEGORIES:a,b\\,c"
        ),
        [
            "last_name=Dal;Berg",
            "first_name=Els",
            "middle_name=Maria Anna",
            "prefix=Dr. Prof.",
            "suffix=MSc",
            "company=A, B; C",
            "department=Sales, North",
            "labels=a;b,c"
        ]
    );
}

#[test]
fn folded_and_quoted_printable_lines_are_put_together() {
    assert_eq!(card("VERSION:3.0\nNOTE:one\n  two\r\n\tthree"), ["notes=one twothree"]);
    let text =
        "VERSION:2.1\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Zo=C3=AB =\r\n=3D line=0D=0Atwo\nFN:Zo";
    assert_eq!(card(text), ["notes=Zoë = line\ntwo", "full_name=Zo"]);
    assert_eq!(card("VERSION:2.1\nFN;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Zo=EB"), ["full_name=Zoë"]);
    // A break too many must not swallow the end.
    assert_eq!(card("VERSION:2.1\nNOTE;ENCODING=QUOTED-PRINTABLE:a="), ["notes=a"]);
}

#[test]
fn pictures_are_left_out_and_told() {
    let text = "BEGIN:VCARD\nVERSION:2.1\nPHOTO;ENCODING=BASE64;TYPE=JPEG:\n AAAA\n BBBB\n\nFN:Els\nLOGO;BASE64:CCCC\nDDDD\nEND:VCARD\n\
        BEGIN:VCARD\nVERSION:4.0\nPHOTO:data:image/png;base64,AAAA\nLOGO:https://a.example/l.png\nFN:Jan\nEND:VCARD\n";
    let parsed = read_bytes(text.as_bytes());
    assert_eq!(rules(&parsed), [("binary_left_out", 3)]);
    assert_eq!(parsed.findings[0].examples, ["line 1: PHOTO", "line 1: LOGO", "line 11: PHOTO"]);
    assert_eq!(cells(&parsed, 0), [("full_name".to_string(), "Els".to_string())]);
    assert_eq!(cells(&parsed, 1).len(), 2);
}

#[test]
fn labels_of_groups_name_what_they_stand_beside() {
    let text = "VERSION:3.0\nitem1.TEL:1\nitem1.X-ABLabel:_$!<AssistantPhone>!$_\nitem2.X-ABDATE:2001-02-03\nitem2.X-ABLabel:Wedding day\nX-Own;TYPE=work:x";
    assert_eq!(
        card(text),
        ["x_own_work=x", "phone=1", "phone_label=AssistantPhone", "x_abdate_wedding_day=2001-02-03"]
    );
}

#[test]
fn addresses_are_kept_apart_under_one_number() {
    let text = "VERSION:3.0\nADR;TYPE=home:;;Kerkstraat 1;Gent;;9000;\nADR;TYPE=work:PB 1;2nd floor;Dorpsstraat 12;Delft;ZH;2611 AB;NL\nLABEL;TYPE=work:Dorpsstraat 12\\nDelft";
    let cells = card(text);
    for cell in [
        "street_and_number=Dorpsstraat 12",
        "po_box=PB 1",
        "address_label=work",
        "street_and_number_2=Kerkstraat 1",
        "postcode_2=9000",
        "address_2_label=home",
        "printed_address=Dorpsstraat 12\nDelft",
    ] {
        assert!(cells.iter().any(|found| found == cell), "{cell}: {cells:?}");
    }
    assert_eq!(
        card("VERSION:3.0\nADR:;Laan 1\\n2611 AB Delft;;;;;"),
        ["address_block=Laan 1\n2611 AB Delft"]
    );
}

#[test]
fn the_identifier_is_the_id_when_every_card_has_one() {
    let one = "BEGIN:VCARD\nVERSION:3.0\nUID:u1\nFN:Els\nEND:VCARD\n";
    let none = "BEGIN:VCARD\nVERSION:3.0\nFN:Jan\nEND:VCARD\n";
    assert_eq!(read_bytes(one.as_bytes()).gathered.headings, ["id", "full_name"]);
    assert_eq!(read_bytes(format!("{one}{none}").as_bytes()).gathered.headings, ["uid", "full_name"]);
}

#[test]
fn a_year_that_stands_for_none_is_left_out() {
    assert_eq!(card("VERSION:3.0\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-03-22"), ["birth_date=--03-22"]);
}

#[test]
fn what_is_no_card_is_quarantined_with_line_reason_and_text() {
    let text = "stray\n\nBEGIN:VCARD\nVERSION:3.0\nFN:Jan\nBEGIN:VCARD\nVERSION:3.0\nFN:Els\nEND:VCARD\nFN:Piet\nEND:VCARD\n\
        BEGIN:VCARD\nVERSION:3.0\nFN:A\nN:A\nN:B\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nEND:VCARD\nBEGIN:VCARD\nFN:Kees\n";
    let parsed = read_bytes(text.as_bytes());
    assert_eq!(parsed.gathered.lines, [6]);
    let seen: Vec<(u32, &str)> =
        parsed.quarantine.iter().map(|row| (row.line, row.reason.as_str())).collect();
    let expected =
        [(1, "no BEGIN"), (3, "no END"), (10, "no BEGIN"), (12, "run into"), (18, "empty"), (21, "no END")];
    assert_eq!(seen.len(), expected.len(), "{seen:?}");
    for ((line, reason), (at, word)) in seen.iter().zip(expected) {
        assert!(*line == at && reason.contains(word), "line {line}: {reason}");
    }
    assert_eq!(parsed.quarantine[1].raw, "BEGIN:VCARD\nVERSION:3.0\nFN:Jan");
}

#[test]
fn a_card_in_a_card_is_told() {
    let text = "BEGIN:VCARD\nVERSION:2.1\nFN:Els\nAGENT:\nBEGIN:VCARD\nVERSION:2.1\nFN:Jan\nEND:VCARD\nTEL:1\nEND:VCARD\n";
    let parsed = read_bytes(text.as_bytes());
    assert_eq!(rules(&parsed), [("agent_left_out", 1)]);
    assert_eq!(parsed.gathered.headings, ["full_name", "phone"]);
}

#[test]
fn a_thousand_values_of_one_property_share_the_last_column() {
    let lines: Vec<String> =
        (0..1000).map(|n| format!("TEL:{n}\nMEMBER:m{n}\nORG:o{n};u\nADR:;;s{n};;;;\nFN:n{n}")).collect();
    let cells = card(&format!("VERSION:4.0\n{}", lines.join("\n")));
    assert!(cells.len() < 100, "{}", cells.len());
    assert!(
        ["999", "m999", "o999", "s999", "n999"]
            .iter()
            .all(|value| cells.iter().any(|cell| cell.contains(value)))
    );
}

#[test]
fn values_in_encodings_of_their_own_are_decoded() {
    let mut text = b"BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=ISO-8859-1:Zo\xEB\nNOTE:".to_vec();
    text.extend("Zoë\nEND:VCARD\n".as_bytes());
    assert_eq!(cells(&read_bytes(&text), 0)[0].1, "Zoë");
    let parsed = read_bytes(b"BEGIN:VCARD\nVERSION:3.0\nFN:Zo\xEB\nEND:VCARD\n");
    assert!(parsed.quarantine[0].reason.contains("not valid UTF-8"), "{:?}", parsed.quarantine);
    let parsed = read_bytes(b"BEGIN:VCARD\nVERSION:2.1\nFN;ENCODING=QUOTED-PRINTABLE:Zo=EB\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=C3=AB=C3=AB=C3\nEND:VCARD\n");
    assert_eq!(rules(&parsed), [("broken_character", 1), ("encoding_supposed", 1)]);
    assert_eq!(cells(&parsed, 0)[0].1, "Zoë");
}

#[test]
fn old_line_ends_and_marks_of_joined_files_are_no_hindrance() {
    let text = "BEGIN:VCARD\rVERSION:3.0\rFN:Els\rEND:VCARD\r";
    assert_eq!(read_bytes(text.as_bytes()).gathered.lines, [1]);
    let text = "begin:vcard\nFN:A\nend:vcard\n\u{feff}BEGIN: VCARD \nFN:B\nEND:VCARDBEGIN:VCARD\nFN:C\nEND:VCARD\n\u{1a}";
    let parsed = read_bytes(text.as_bytes());
    assert_eq!((&parsed.gathered.lines[..], parsed.quarantine.len()), (&[1, 4, 6][..], 0));
}

/// The cards of real programs in `tests/vcards` (see the licence there), one after the other.
const REAL: [&[u8]; 8] = [
    include_bytes!("../../../tests/vcards/John_Doe_ANDROID.vcf"),
    include_bytes!("../../../tests/vcards/John_Doe_GMAIL.vcf"),
    include_bytes!("../../../tests/vcards/John_Doe_IPHONE.vcf"),
    include_bytes!("../../../tests/vcards/John_Doe_MS_OUTLOOK.vcf"),
    include_bytes!("../../../tests/vcards/fullcontact.vcf"),
    include_bytes!("../../../tests/vcards/gmail-list.vcf"),
    include_bytes!("../../../tests/vcards/outlook-2003.vcf"),
    include_bytes!("../../../tests/vcards/rfc2426-example.vcf"),
];
/// How many cards these are.
const REAL_CARDS: usize = 16;

#[test]
fn cards_of_real_programs_are_read_whole() {
    let parsed = read_bytes(&REAL.concat());
    assert_eq!((parsed.gathered.lines.len(), parsed.quarantine.len()), (REAL_CARDS, 0));
    assert_eq!(rules(&parsed), [("binary_left_out", 4), ("broken_character", 1)]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(prop_oneof![
        3 => Just(b"BEGIN:VCARD\nVERSION:2.1\n".to_vec()),
        3 => Just(b"\nEND:VCARD\n".to_vec()),
        6 => proptest::sample::select(vec!["TEL;", "N:", "a.ADR:", "ENCODING=QUOTED-PRINTABLE:", "=", "=\r\n", "\n ", ";", ",", "\\", "\"", ":", "é", "data:", "AGENT:\n"])
            .prop_map(|text| text.as_bytes().to_vec()),
        3 => proptest::collection::vec(any::<u8>(), 0..6)], 0..40)) {
        let bytes = bytes.concat();
        let _ = read_bytes(&bytes);
    }

    #[test]
    fn mangled_cards_are_records_or_in_quarantine(
        at in 0..REAL.concat().len(), count in 1usize..30, byte in proptest::option::of(any::<u8>()))
    {
        let mut bytes = REAL.concat();
        let end = (at + count).min(bytes.len());
        match byte {
            Some(byte) => bytes[at] = byte,
            None => drop(bytes.drain(at..end)),
        }
        let parsed = read_bytes(&bytes);
        let told = parsed.gathered.lines.len() + parsed.quarantine.len();
        // What begins and what ends: a cut of both marks between two cards makes them one, in quarantine.
        let lower = bytes.to_ascii_lowercase();
        // A mark beside other text is none: `CATEGOBEGIN:VCARD`, `END:VCARDIN:VCARD`.
        let marks = |mark: &[u8]| {
            lower.split(|&byte| byte == b'\n').filter(|line| line.trim_ascii() == mark).count()
        };
        let (begun, ended) = (marks(b"begin:vcard"), marks(b"end:vcard"));
        prop_assert!(told >= begun.max(ended), "{told} of {begun} begun, {ended} ended");
        // Two cards that became one are not taken for a record.
        prop_assert!(told >= REAL_CARDS || (told == REAL_CARDS - 1 && !parsed.quarantine.is_empty()), "{told}");
    }
}
