//! Addresses as people want to read them: street, number, unit, post box, postcode, city, each in its place.

use super::super::junk;
use super::case::{self, Writing};
use super::{lines, postal, street};

pub use super::super::address::AddressParts;

/// An address taken apart, as it should be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceShown {
    /// Street without number, its type written out: `Kerkstraat`.
    pub street: String,
    /// House number; with its letter, but for the Netherlands, where that is an addition: `12`, `12a`, `12 bis`.
    pub house_number: String,
    /// Addition, box, flat, floor, as written: `A`, `bus 3`, `Apt 4`.
    pub unit: String,
    /// Number of a post box.
    pub po_box: String,
    /// Postcode in its country's layout: `3011 AB`, `SW1E 6DE`, `90-031`.
    pub postcode: String,
    pub city: String,
    pub state: String,
    /// Further lines: building, district, firm, "c/o".
    pub extra: String,
}

/// Takes an address apart; `iso2` is the row's country or empty.
pub fn parse(parts: &AddressParts<'_>, iso2: &str) -> PlaceShown {
    let clean = |raw: &str| if junk::is_junk(raw) { String::new() } else { case::tidy(raw) };
    let mut place = PlaceShown::default();
    let street_line = clean(parts.street_and_number);
    let street = if street_line.is_empty() { clean(parts.street) } else { street_line };
    let number = clean(parts.house_number);
    if street.is_empty() && number.is_empty() {
        let whole = [parts.block, parts.one_line].into_iter().find(|raw| !junk::is_junk(raw)).unwrap_or("");
        let tidy: Vec<String> = whole.lines().map(case::tidy).collect();
        place = lines::split(&tidy.join("\n"), iso2);
    } else {
        take_street(&street, &number, iso2, &mut place);
    }
    take_line_2(&clean(parts.line_2), iso2, &mut place);
    lines::add(&mut place.unit, &clean(parts.unit));
    let po_box = clean(parts.po_box);
    if !po_box.is_empty() {
        place.po_box = lines::po_box(&po_box).unwrap_or(po_box);
    }
    let (code, city, state) = (clean(parts.postcode), clean(parts.city), clean(parts.state));
    if !city.is_empty() {
        // The postcode stands before the city in its column: `3011 AB Rotterdam`.
        let words: Vec<&str> = city.split(' ').collect();
        match postal::find(&words, iso2).filter(|(_, from, to)| code.is_empty() && to - from < words.len()) {
            Some((found, from, to)) => {
                place.postcode = found;
                place.city = words[..from].iter().chain(&words[to..]).copied().collect::<Vec<_>>().join(" ");
            }
            None => place.city = city,
        }
        let (name, own_state) = lines::city_and_state(&place.city, iso2);
        if !name.is_empty() {
            place.city = name;
            if !own_state.is_empty() {
                place.state = own_state;
            }
        }
    }
    if !code.is_empty() {
        place.postcode = postal::shown(&code, iso2);
    }
    if !state.is_empty() {
        place.state = state;
    }
    place.city = cased(&place.city, iso2);
    // Codes of states are capitals.
    if place.state.chars().count() > LONGEST_STATE_CODE {
        place.state = cased(&place.state, iso2);
    }
    place
}

/// Letters of the longest code of a state (`NSW`).
const LONGEST_STATE_CODE: usize = 3;

fn cased(text: &str, iso2: &str) -> String {
    if case::writing(text) == Writing::Mixed { text.to_string() } else { case::phrase(text, iso2) }
}

/// A street column, beside a number column or with the number in it.
fn take_street(street: &str, number: &str, iso2: &str, place: &mut PlaceShown) {
    if let Some(po_box) = lines::po_box(street) {
        place.po_box = po_box;
        (place.house_number, place.unit) = street::number(number, iso2);
        return;
    }
    let line = street::split(street, iso2);
    if number.is_empty() {
        // Parts of an address behind commas: `Kerkstraat 12, 2 hoog`, `Huize Rust, Kerkstraat 12`.
        if street.contains(',')
            && (line.number.is_empty() || lines::is_unit(street.rsplit(',').next().unwrap_or("")))
        {
            let whole = lines::split_street(street, iso2);
            if !whole.house_number.is_empty() || line.number.is_empty() {
                *place = whole;
                return;
            }
        }
        (place.street, place.house_number, place.unit) = (line.street, line.number, line.unit);
        return;
    }
    (place.house_number, place.unit) = street::number(number, iso2);
    // A street keeps its digits unless they are the number (`Plein 1944`).
    if line.number == place.house_number || line.number == number {
        place.street = line.street;
        if place.unit.is_empty() {
            place.unit = line.unit;
        }
    } else {
        place.street = street::name(street, iso2);
    }
}

fn take_line_2(line_2: &str, iso2: &str, place: &mut PlaceShown) {
    if line_2.is_empty() {
        return;
    }
    if let Some(po_box) = lines::po_box(line_2).filter(|_| place.po_box.is_empty()) {
        place.po_box = po_box;
    } else if lines::is_unit(line_2) {
        lines::add(&mut place.unit, line_2);
    } else if place.street.is_empty()
        && place.po_box.is_empty()
        && line_2.bytes().any(|byte| byte.is_ascii_digit())
    {
        take_street(line_2, "", iso2, place);
    } else {
        place.extra =
            if place.extra.is_empty() { line_2.to_string() } else { format!("{}, {line_2}", place.extra) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(raw: &str, iso2: &str) -> [String; 8] {
        let place = parse(&AddressParts { one_line: raw, ..AddressParts::default() }, iso2);
        [
            place.street,
            place.house_number,
            place.unit,
            place.po_box,
            place.postcode,
            place.city,
            place.state,
            place.extra,
        ]
    }

    #[test]
    fn whole_addresses_are_taken_apart() {
        for (raw, iso, parts) in [
            ("Kerkstraat 12a, 3011 AB Rotterdam, Nederland", "NL", "Kerkstraat|12|a||3011 AB|Rotterdam||"),
            ("Kerkstraat 12 3011AB Rotterdam", "NL", "Kerkstraat|12|||3011 AB|Rotterdam||"),
            ("Postbus 123, 3000 AB Rotterdam", "NL", "|||123|3000 AB|Rotterdam||"),
            ("Chaussée de Liège 187, 4480 Engis", "BE", "Chaussée de Liège|187|||4480|Engis||"),
            ("Leuvensesteenweg 12 bus 3, B-1000 Brussel", "BE", "Leuvensesteenweg|12|bus 3||1000|Brussel||"),
            ("Hauptstraße 5\n10115 Berlin\nDeutschland", "DE", "Hauptstraße|5|||10115|Berlin||"),
            (
                "17 Rue du Médecin-Colonel Calbairac, 31000 Toulouse Cedex 4",
                "FR",
                "Rue du Médecin-Colonel Calbairac|17|||31000|Toulouse||",
            ),
            ("221B Baker Street, London, NW1 6XE", "GB", "Baker Street|221B|||NW1 6XE|London||"),
            ("Flat 2, 14 High Street, London NW1 6XE", "GB", "High Street|14|Flat 2||NW1 6XE|London||"),
            (
                "University of Westminster\n115 New Cavendish Street\nLondon\nW1T 5DU",
                "GB",
                "New Cavendish Street|115|||W1T 5DU|London||University of Westminster",
            ),
            ("12 High Street London NW1 6XE", "GB", "High Street|12|||NW1 6XE|London||"),
            ("301 Hamilton Avenue, Palo Alto, CA 94303", "US", "Hamilton Avenue|301|||94303|Palo Alto|CA|"),
            (
                "123 Main St Apt 4, Springfield, Illinois 62701, USA",
                "US",
                "Main Street|123|Apt 4||62701|Springfield|Illinois|",
            ),
            (
                "Avinguda del Bogatell, 17, 08005 Barcelona",
                "ES",
                "Avinguda del Bogatell|17|||08005|Barcelona||",
            ),
            ("C/ Mayor 4, 2º B, 28013 Madrid (Madrid)", "ES", "Calle Mayor|4|2º B||28013|Madrid|Madrid|"),
            ("ul. Długa 3/5, 00-238 Warszawa", "PL", "Długa|3|5||00-238|Warszawa||"),
            ("Via Pisacane 13, 76121 Barletta BT", "IT", "Via Pisacane|13|||76121|Barletta|BT|"),
            ("1016 Budapest, Dezső utca 11.", "HU", "Dezső utca|11|||1016|Budapest||"),
            ("Ģertrūdes iela 81, Riga, LV-1009", "LV", "Ģertrūdes iela|81|||LV-1009|Riga||"),
            (
                "Rua Silveira Martins, 68, Rio de Janeiro - RJ, 22221-000",
                "BR",
                "Rua Silveira Martins|68|||22221-000|Rio de Janeiro|RJ|",
            ),
            ("223 William Street, Melbourne VIC 3000", "AU", "William Street|223|||3000|Melbourne|VIC|"),
            ("12 bis, rue de la Paix, 75002 PARIS", "FR", "rue de la Paix|12 bis|||75002|Paris||"),
            (
                "Flat 3, 27 Church Road, Hove, East Sussex, BN3 2FA",
                "GB",
                "Church Road|27|Flat 3||BN3 2FA|Hove|East Sussex|",
            ),
            (
                "1600 Pennsylvania Ave NW, Washington, DC 20500",
                "US",
                "Pennsylvania Avenue NW|1600|||20500|Washington|DC|",
            ),
            ("Vesterbrogade 12, 3. tv, 1620 København V", "DK", "Vesterbrogade|12|3. tv||1620|København V||"),
            ("Unit 4/12 George Street, Sydney NSW 2000", "AU", "George Street|12|Unit 4||2000|Sydney|NSW|"),
            ("C/ Gran Vía nº 12, 48001 Bilbao (Vizcaya)", "", "Calle Gran Vía|12|||48001|Bilbao|Vizcaya|"),
            ("2016 Luxembourg", "LU", "||||2016|Luxembourg||"),
            ("Kerkstraat 12", "NL", "Kerkstraat|12||||||"),
            (
                "1200-1055 West Hastings St, Vancouver BC V6E 2E9, Canada",
                "CA",
                "West Hastings Street|1055|1200||V6E 2E9|Vancouver|BC|",
            ),
            ("123 Main Street Springfield IL 62704", "US", "Main Street|123|||62704|Springfield|IL|"),
            ("1 Infinite Loop Cupertino CA 95014 USA", "US", "Infinite Loop|1|||95014|Cupertino|CA|"),
            (
                "252 Calle San Francisco, San Juan, PR 00901",
                "PR",
                "Calle San Francisco|252|||00901|San Juan|PR|",
            ),
            (
                "Level 5, 120 Collins Street, Melbourne Vic 3000",
                "AU",
                "Collins Street|120|Level 5||3000|Melbourne|Vic|",
            ),
            (
                "Av. Paulista, 1578 - Bela Vista, São Paulo - SP, 01310-200",
                "BR",
                "Avenida Paulista|1578|||01310-200|São Paulo|SP|Bela Vista",
            ),
            (
                "Rua Augusta 2690 - Jardins - São Paulo/SP - CEP 01412-100",
                "BR",
                "Rua Augusta|2690|||01412-100|São Paulo|SP|Jardins",
            ),
            (
                "Calle Hidalgo 45 Int. 3, Centro, 44100 Guadalajara, Jalisco, México",
                "MX",
                "Calle Hidalgo|45|Int. 3||44100|Guadalajara|Jalisco|Centro",
            ),
            (
                "45 Linking Road, Bandra West, Mumbai - 400050, Maharashtra, India",
                "IN",
                "Linking Road|45|||400050|Mumbai|Maharashtra|Bandra West",
            ),
            (
                "No. 23, Anna Salai, Chennai 600 002, Tamil Nadu",
                "IN",
                "Anna Salai|23|||600002|Chennai|Tamil Nadu|",
            ),
            (
                "23 Church St, Stellenbosch, Western Cape, 7600, South Africa",
                "ZA",
                "Church Street|23|||7600|Stellenbosch|Western Cape|",
            ),
            (
                "Carrera 7 # 71-21, Bogotá, Cundinamarca 110231",
                "CO",
                "Carrera 7|71-21|||110231|Bogotá|Cundinamarca|",
            ),
            ("Calle 100 No. 19-61 Of. 501, Bogotá", "CO", "Calle 100|19-61|Of. 501|||Bogotá||"),
            (
                "10 Anson Road, #12-34 International Plaza, Singapore 079903",
                "SG",
                "Anson Road|10|#12-34||079903|Singapore||International Plaza",
            ),
            (
                "Atatürk Caddesi No:12 D:5, 34710 Kadıköy/İstanbul",
                "TR",
                "Atatürk Caddesi|12|D: 5||34710|Kadıköy|İstanbul|",
            ),
            (
                "Office 1203, Business Bay Tower, Sheikh Zayed Road, Dubai, UAE",
                "AE",
                "Sheikh Zayed Road||Office 1203|||Dubai||Business Bay Tower",
            ),
            (
                "123 Rizal Avenue, Brgy. San Jose, Makati City, 1200 Metro Manila",
                "PH",
                "Rizal Avenue|123|||1200|Makati City|Metro Manila|Brgy. San Jose",
            ),
            (
                "No. 1 Chang'an Avenue, Dongcheng District, Beijing 100006, China",
                "CN",
                "Chang'an Avenue|1|||100006|Beijing||Dongcheng District",
            ),
            ("〒100-0005 東京都千代田区丸の内1-2-3", "JP", "丸の内|1-2-3|||100-0005|千代田区|東京都|"),
            ("Ambassade de Russie, Rue 415, Bamako, Mali", "ML", "Rue 415|||||Bamako||Ambassade de Russie"),
            (
                "State Bank of Mauritius, 1, Queen Elizabeth II Avenue, Caudan Waterfront, Port Louis, Mauritius",
                "MU",
                "Queen Elizabeth II Avenue|1||||Port Louis||State Bank of Mauritius, Caudan Waterfront",
            ),
            (
                "Ministerio de Salud, Calle Arce 827, San Salvador, Departamento de San Salvador, El Salvador",
                "SV",
                "Calle Arce|827||||San Salvador|Departamento de San Salvador|Ministerio de Salud",
            ),
            (
                "Sultan Center, 79 St, 32018 جليب الشيوخ, الكويت",
                "KW",
                "79 St||||32018|جليب الشيوخ||Sultan Center",
            ),
        ] {
            assert_eq!(whole(raw, iso).join("|"), parts, "{raw}");
        }
    }

    #[test]
    fn columns_are_put_together() {
        let place = parse(
            &AddressParts {
                street: "KERKSTR.",
                house_number: "12 A",
                postcode: "3011ab",
                city: "DEN HAAG",
                state: "ZH",
                ..AddressParts::default()
            },
            "NL",
        );
        assert_eq!(
            [
                &*place.street,
                &*place.house_number,
                &*place.unit,
                &*place.postcode,
                &*place.city,
                &*place.state
            ],
            ["Kerkstraat", "12", "A", "3011 AB", "Den Haag", "ZH"]
        );
        let place =
            parse(&AddressParts { street: "Plein 1944", house_number: "7", ..AddressParts::default() }, "NL");
        assert_eq!([&*place.street, &*place.house_number], ["Plein 1944", "7"]);
        let place = parse(
            &AddressParts {
                street_and_number: "Kerkstraat 12",
                line_2: "bus 3",
                city: "1000 Brussel",
                ..AddressParts::default()
            },
            "BE",
        );
        assert_eq!([&*place.unit, &*place.postcode, &*place.city], ["bus 3", "1000", "Brussel"]);
    }

    proptest! {
        #[test]
        fn any_address_is_survived_and_no_digit_lost(raw in "[A-Za-z0-9 ./,-]{0,48}|.{0,24}", iso in prop::sample::select(vec!["NL", "US", "GB", "PL", "FR", "HU", ""])) {
            let place = parse(&AddressParts { one_line: &raw, ..AddressParts::default() }, iso);
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
            let all = [place.street, place.house_number, place.unit, place.po_box, place.postcode, place.city, place.state, place.extra];
            if !junk::is_junk(&raw) {
                prop_assert!(digits(&raw) <= all.iter().map(|part| digits(part)).sum::<usize>() + usize::from(raw.to_lowercase().contains("cedex")) * 2);
            }
        }
    }
}
