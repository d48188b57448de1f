use super::*;
use proptest::prelude::*;

fn full(raw: &str, country: &str) -> [String; 4] {
    let name = parse(&NameParts { full: raw, country, ..NameParts::default() });
    [name.first, name.middle, name.prefix, name.last]
}

#[test]
fn full_names_are_taken_apart() {
    for (raw, iso, parts) in [
        ("Jan van den Berg", "NL", ["Jan", "", "van den", "Berg"]),
        ("DE VRIES, PIET", "", ["Piet", "", "de", "Vries"]),
        ("Berg, Jan van den", "NL", ["Jan", "", "van den", "Berg"]),
        ("van den Berg, Jan", "NL", ["Jan", "", "van den", "Berg"]),
        ("JAN VAN DEN BERG", "NL", ["Jan", "", "van den", "Berg"]),
        ("jan van den berg", "NL", ["Jan", "", "van den", "Berg"]),
        ("JAN VAN DEN BERGHE", "BE", ["Jan", "", "Van den", "Berghe"]),
        ("RONALD MCDONALD", "US", ["Ronald", "", "", "McDonald"]),
        ("Sean O'Brien", "IE", ["Sean", "", "", "O'Brien"]),
        ("Charles d'Artagnan", "FR", ["Charles", "", "", "d'Artagnan"]),
        ("Ursula von der Leyen", "DE", ["Ursula", "", "von der", "Leyen"]),
        ("Karin Müller-Lüdenscheidt", "DE", ["Karin", "", "", "Müller-Lüdenscheidt"]),
        ("José María García López", "ES", ["José María", "", "", "García López"]),
        ("Ana García López", "ES", ["Ana", "", "", "García López"]),
        ("María del Carmen García López", "ES", ["María del Carmen", "", "", "García López"]),
        ("José Ortega y Gasset", "ES", ["José", "", "", "Ortega y Gasset"]),
        ("John Fitzgerald Kennedy", "US", ["John", "Fitzgerald", "", "Kennedy"]),
        ("J. Robert Oppenheimer", "US", ["J.", "Robert", "", "Oppenheimer"]),
        ("Kowalska Anna", "PL", ["Anna", "", "", "Kowalska"]),
        ("Anna Kowalska", "PL", ["Anna", "", "", "Kowalska"]),
        ("Sr. D. Juan de la Cruz Martínez", "ES", ["Juan", "", "de la", "Cruz Martínez"]),
        ("J.P. van der Meer", "NL", ["J.P.", "", "van der", "Meer"]),
        ("J.P.van der Meer", "NL", ["J.P.", "", "van der", "Meer"]),
        ("Gerard 't Hooft", "NL", ["Gerard", "", "'t", "Hooft"]),
        ("Anna Jansen-de Vries", "NL", ["Anna", "", "", "Jansen-de Vries"]),
        ("ANNA DE VRIES - JANSEN", "NL", ["Anna", "", "de", "Vries-Jansen"]),
        ("Jaap in 't Veld", "NL", ["Jaap", "", "in 't", "Veld"]),
        ("DUPONT Jean", "FR", ["Jean", "", "", "Dupont"]),
        ("Jean DE LA TOUR", "FR", ["Jean", "", "de la", "Tour"]),
        ("van den Berg Jan", "NL", ["Jan", "", "van den", "Berg"]),
        ("DE LA CRUZ JUAN", "", ["Juan", "", "de la", "Cruz"]),
        ("VON DER LEYEN URSULA", "DE", ["Ursula", "", "von der", "Leyen"]),
        ("VAN DER BERG", "NL", ["", "", "van der", "Berg"]),
        ("van der Berg", "NL", ["", "", "van der", "Berg"]),
        ("John D Smith", "US", ["John", "D", "", "Smith"]),
        ("Nagy János", "HU", ["János", "", "", "Nagy"]),
        ("Иванов Иван Иванович", "RU", ["Иван", "Иванович", "", "Иванов"]),
        ("Maria da Silva", "PT", ["Maria", "", "da", "Silva"]),
        ("O'BRIEN SEAN", "IE", ["Sean", "", "", "O'Brien"]),
        ("Nguyễn Văn An", "VN", ["An", "Văn", "", "Nguyễn"]),
        ("Juan Carlos de Borbón y Borbón", "ES", ["Juan Carlos", "", "de", "Borbón y Borbón"]),
        ("Van Morrison", "GB", ["Van", "", "", "Morrison"]),
        ("Smit", "NL", ["", "", "", "Smit"]),
        ("Jan Van Den Berg", "NL", ["Jan", "", "van den", "Berg"]),
        ("Van Damme Jean Claude", "BE", ["Jean", "Claude", "Van", "Damme"]),
        ("Jan & Marie Peeters", "BE", ["Jan & Marie", "", "", "Peeters"]),
        ("JAN EN MARIE VAN DEN BERG", "NL", ["Jan en Marie", "", "van den", "Berg"]),
        ("Jan Peeters & Marie Janssens", "BE", ["Jan & Marie", "", "", "Peeters & Janssens"]),
    ] {
        assert_eq!(full(raw, iso), parts.map(str::to_string), "{raw}");
    }
}

#[test]
fn titles_suffixes_and_nicknames_are_apart() {
    for (raw, shown) in [
        ("Dhr. Jan de Boer", ["Dhr.", "", "Jan", "Boer", "", ""]),
        ("Prof. Dr. Karin Schmidt", ["", "Prof. Dr.", "Karin", "Schmidt", "", ""]),
        ("Dr.Jan Smit", ["", "Dr.", "Jan", "Smit", "", ""]),
        ("MR JOHN SMITH JR.", ["Mr", "", "John", "Smith", "Jr.", ""]),
        ("John Smith, PhD", ["", "", "John", "Smith", "PhD", ""]),
        ("Smith, John, Jr.", ["", "", "John", "Smith", "Jr.", ""]),
        ("Smith Jr., John", ["", "", "John", "Smith", "Jr.", ""]),
        ("HENRY SMITH III", ["", "", "Henry", "Smith", "III", ""]),
        ("William \"Bill\" Gates", ["", "", "William", "Gates", "", "Bill"]),
        ("William 'Bill' Gates", ["", "", "William", "Gates", "", "Bill"]),
        ("Robert (Bob) Dylan", ["", "", "Robert", "Dylan", "", "Bob"]),
        ("Dhr. en Mevr. Jansen", ["Dhr. en Mevr.", "", "", "Jansen", "", ""]),
        ("Sig.ra Maria Rossi", ["Sig.ra", "", "Maria", "Rossi", "", ""]),
        ("Prof. dr. ir. J. Smit", ["", "Prof. dr. ir.", "J.", "Smit", "", ""]),
        ("John Smith, MD, PhD", ["", "", "John", "Smith", "MD;PhD", ""]),
    ] {
        let name = parse(&NameParts { full: raw, ..NameParts::default() });
        let parts = [name.salutation, name.title, name.first, name.last, name.suffix, name.nickname];
        assert_eq!(parts, shown.map(str::to_string), "{raw}");
    }
    let name = parse(&NameParts { full: "M. Jean Dupont", country: "FR", ..NameParts::default() });
    assert_eq!((name.salutation.as_str(), name.first.as_str()), ("M.", "Jean"));
    let name =
        parse(&NameParts { salutation: "Herr Dr.", given: "Hans", family: "Meier", ..NameParts::default() });
    assert_eq!((name.salutation.as_str(), name.title.as_str()), ("Herr", "Dr."));
    let name = parse(&NameParts { full: "山田 太郎", country: "JP", ..NameParts::default() });
    assert_eq!((name.last.as_str(), name.full().as_str()), ("山田", "山田 太郎"));
    let name = parse(&NameParts { full: "Anna Schmidt geb. Müller", ..NameParts::default() });
    assert_eq!((name.last.as_str(), name.maiden.as_str()), ("Schmidt", "Müller"));
}

#[test]
fn a_wrong_split_is_rejoined() {
    for (given, middle, family, parts) in [
        ("Jan van", "den", "Berg", ["", "Jan", "van den", "Berg"]),
        ("Marie-Claire", "De", "Smet", ["", "Marie-Claire", "De", "Smet"]),
        ("Dr.", "Ann", "Peeters", ["Dr.", "Ann", "", "Peeters"]),
        ("Berg,", "", "Jan", ["", "Jan", "", "Berg"]),
        ("Jan", "", "van den Berg", ["", "Jan", "van den", "Berg"]),
        ("Jan Pieter", "", "de Vries", ["", "Jan Pieter", "de", "Vries"]),
        ("van den Berg", "", "Jan", ["", "Jan", "van den", "Berg"]),
        ("JAN", "", "DE VRIES", ["", "Jan", "de", "Vries"]),
    ] {
        let name = parse(&NameParts { given, middle, family, ..NameParts::default() });
        assert_eq!(
            [name.title, name.first, name.prefix, name.last],
            parts.map(str::to_string),
            "{given}|{middle}|{family}"
        );
    }
}

proptest! {
    #[test]
    fn a_shown_name_stays_and_none_is_lost(
        given in "[A-Za-z.' -]{0,10}|.{0,6}", family in "[A-Za-z,.' -]{0,14}|.{0,6}", full in "[A-Za-z,.\"' -]{0,20}|.{0,8}",
        iso in prop::sample::select(vec!["NL", "BE", "ES", "HU", "US", ""]),
    ) {
        for parts in [NameParts { given: &given, family: &family, country: iso, ..NameParts::default() }, NameParts { full: &full, country: iso, ..NameParts::default() }] {
            let once = parse(&parts);
            let some = [parts.given, parts.family, parts.full].iter().any(|raw| !junk::is_junk(raw) && raw.chars().any(char::is_alphanumeric));
            let all = [&once.salutation, &once.title, &once.first, &once.middle, &once.prefix, &once.last, &once.suffix, &once.nickname, &once.maiden];
            if some {
                prop_assert!(all.iter().any(|part| !part.is_empty()), "{parts:?}");
            }
        }
    }

    #[test]
    fn names_are_idempotent(given in "[A-Z][a-z]{2,7}( [A-Z][a-z]{2,6})?|[A-Z]{3,8}", prefix in "(van den|de|von der|)", family in "[A-Z][a-z]{3,8}(-[A-Z][a-z]{3,6})?|[A-Z]{4,9}") {
        // A word that is a filler by itself is a name behind a prefix only.
        prop_assume!(!junk::is_junk(&family));
        let family = format!("{prefix} {family}");
        let parts = NameParts { given: &given, family: &family, ..NameParts::default() };
        let once = parse(&parts);
        let again = parse(&NameParts { given: &once.first, middle: &once.middle, prefix: &once.prefix, family: &once.last, suffix: &once.suffix, ..NameParts::default() });
        prop_assert_eq!([again.first, again.middle, again.prefix, again.last], [once.first, once.middle, once.prefix, once.last]);
    }
}

#[test]
fn two_people_stay_two_when_shown_again() {
    for raw in [
        "Jan & Marie Peeters",
        "Jan Peeters & Marie Janssens",
        "Dhr. Jan en Mevr. Marie van den Berg",
        "Jan & Marie",
    ] {
        let once = parse(&NameParts { full: raw, country: "BE", ..NameParts::default() });
        let parts = NameParts {
            salutation: &once.salutation,
            given: &once.first,
            middle: &once.middle,
            prefix: &once.prefix,
            family: &once.last,
            country: "BE",
            ..NameParts::default()
        };
        let again = parse(&parts);
        assert_eq!(
            (&again.first, &again.last, again.full()),
            (&once.first, &once.last, once.full()),
            "{raw}"
        );
        let whole = parse(&NameParts { full: &once.full(), country: "BE", ..NameParts::default() });
        assert_eq!(whole.full(), once.full(), "{raw}");
    }
}
