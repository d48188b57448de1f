use super::*;
use crate::config::profiles;

fn meaning(heading: &str) -> Option<Meaning> {
    hints(&[heading], None).remove(0).map(|hint| hint.meaning)
}

#[test]
fn every_entry_of_the_table_names_a_field() {
    for [heading, field, language] in rows(include_str!("tables/headers.csv")) {
        assert!(parse_meaning(field).is_some(), "{heading}: {field}");
        assert!(LANGUAGES.contains(&language), "{heading}: {language}");
    }
}

#[test]
fn spelling_does_not_matter() {
    for heading in
        ["E-mail", "e_mail", "EMAIL", "Email Address", "E-mail 2 Address", "emailaddress1", "Work e-mail"]
    {
        assert_eq!(meaning(heading), Some(Meaning::Field(Field::Email)), "{heading}");
    }
    assert_eq!(meaning("Ländercode"), Some(Meaning::Field(Field::CountryCode)));
    assert_eq!(meaning("BillingPostalCode"), Some(Meaning::Field(Field::Postcode)));
    assert_eq!(meaning("Straße geschäftlich"), Some(Meaning::Street));
    assert_eq!(meaning("Assistant's Phone"), Some(Meaning::Field(Field::Ignore)));
    assert_eq!(meaning("Shelf colour"), None);
    assert_eq!(meaning("N° TVA"), Some(Meaning::Field(Field::VatNumber)));
    assert_eq!(meaning("Date of birth (dd/mm/yyyy)"), Some(Meaning::Field(Field::BirthDate)));
    assert_eq!(meaning("Emergency contact phone"), Some(Meaning::Field(Field::Ignore)));
    assert_eq!(meaning("Default Address Company"), Some(Meaning::Field(Field::Company)));
}

#[test]
fn parts_of_a_heading_say_what_it_is_about() {
    for (heading, field) in [
        ("Corporate website", Field::Website),
        ("AddressMailCity", Field::City),
        ("PLZ/Ort", Field::City),
        ("Tel. kom.", Field::Mobile),
        ("cust_eml_addr", Field::Email),
        ("Ciudad de trabajo", Field::City),
        ("Nom (contact) (facturation)", Field::LastName),
        ("Emergency contact / phone", Field::Ignore),
    ] {
        let found = meaning(heading);
        let family = field == Field::LastName && found == Some(Meaning::Family);
        assert!(family || found == Some(Meaning::Field(field)), "{heading}: {found:?}");
    }
    assert_eq!(meaning("Is a company customer"), None);
    assert_eq!(meaning(&"(phone) ".repeat(20_000)), None);
}

#[test]
fn the_language_of_the_other_headings_decides() {
    // `Staat` is a state in Dutch and a country in German.
    let dutch = hints(&["Voornaam", "Achternaam", "Woonplaats", "Staat"], None);
    let german = hints(&["Vorname", "Nachname", "Wohnort", "Staat"], None);
    let field = |hints: &[Option<Hint>]| hints[3].as_ref().map(|hint| hint.meaning.clone());
    assert_eq!(field(&dutch), Some(Meaning::Field(Field::State)));
    assert_eq!(field(&german), Some(Meaning::Field(Field::Country)));
}

#[test]
fn a_profile_is_found_and_gives_headings_its_own_meaning() {
    let headings = ["company", "contactid", "telephone1", "emailaddress1", "fullname", "createdon"];
    let profile = recognise(&headings, profiles());
    assert_eq!(profile.map(|profile| profile.name.as_str()), Some("dataverse"));
    let field = |profile| hints(&headings, profile)[0].as_ref().map(|hint| hint.meaning.clone());
    assert_eq!(field(profile), Some(Meaning::Field(Field::CompanyPhone)));
    assert_eq!(field(None), Some(Meaning::Field(Field::Company)));
    assert_eq!(recognise(&["Name", "Email", "Phone", "City"], profiles()), None);
}

#[test]
fn a_number_in_a_heading_of_a_profile_stands_for_any() {
    let columns = [("Mail #".to_string(), "email".to_string())].into();
    let profile = Profile { columns, ..Profile::default() };
    let hint = hints(&["MAIL 17"], Some(&profile)).remove(0).expect("known");
    assert_eq!((hint.meaning, hint.number), (Meaning::Field(Field::Email), Some(17)));
}

#[test]
fn headings_are_split_into_words() {
    assert_eq!(words("MailingPostalCode"), ["mailing", "postal", "code"]);
    assert_eq!(words("VATNumber"), ["vat", "number"]);
    assert_eq!(words("Address 1: ZIP/Postal Code"), ["address", "1", "zip", "postal", "code"]);
    assert_eq!(words("  Größe (cm) "), ["grosse", "cm"]);
    assert!(words("???").is_empty());
}
