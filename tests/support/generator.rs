//! Contacts made from a seed, row by row: the same seed gives the same bytes, and memory does not grow with rows.
//!
//! Persons and companies of five countries. About a quarter of the rows are damaged copies of a row shortly before;
//! others share only a household, an employer or a name with one. Nothing here is anybody's real contact.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;

/// The generator SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list, the first ones much more often than the last ones, as names are.
    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = self.below(from.len()).min(self.below(from.len()));
        from[at]
    }
}

/// What is particular to a country. Postcodes and telephone numbers are patterns: `9` is any digit, `A` any letter.
struct Country {
    name: &'static str,
    postcode: &'static str,
    phone: &'static str,
    mobile: &'static str,
    house_first: bool,
    given: &'static [&'static str],
    beginnings: &'static [&'static str],
    endings: &'static [&'static str],
    streets: &'static [&'static str],
    cities: &'static [&'static str],
    forms: &'static [&'static str],
}

const COUNTRIES: [Country; 5] = [
    Country {
        name: "Nederland",
        postcode: "9999 AA",
        phone: "010 555 9999",
        mobile: "06 5559 9999",
        house_first: false,
        given: &[
            "Jan", "Anna", "Pieter", "Maria", "Kees", "Sanne", "Daan", "Femke", "Henk", "Lotte", "Ruud",
            "Els", "Bram", "Marijke", "Joost", "Wietske",
        ],
        beginnings: &[
            "Broek", "Veld", "Hoek", "Dijk", "Berg", "Water", "Wal", "Kamp", "Haag", "Linden", "Molen",
            "Ooster", "Wester", "Zand", "Rood", "Brand", "Hof", "Steen", "Vries", "Nieuwen",
        ],
        endings: &[
            "stra", "man", "ma", "huis", "meijer", "kamp", "sen", "hof", "veld", "aar", "ink", "horst",
        ],
        streets: &[
            "Kerkstraat",
            "Dorpsstraat",
            "Molenweg",
            "Stationsplein",
            "Parklaan",
            "Lindenlaan",
            "Havenkade",
        ],
        cities: &["Amsterdam", "Rotterdam", "Utrecht", "Zwolle", "Breda", "Assen", "Delft", "Venlo"],
        forms: &["B.V.", "BV", "V.O.F."],
    },
    Country {
        name: "Deutschland",
        postcode: "99999",
        phone: "030 23125 999",
        mobile: "0171 39200 99",
        house_first: false,
        given: &[
            "Thomas",
            "Sabine",
            "Jürgen",
            "Katharina",
            "Günter",
            "Anke",
            "Oliver",
            "Heike",
            "Sven",
            "Birgit",
            "Lukas",
            "Käthe",
            "Tobias",
            "Hannelore",
            "Uwe",
            "Mareike",
        ],
        beginnings: &[
            "Müll", "Schmid", "Weber", "Kohl", "Fisch", "Bau", "Grün", "Schwarz", "Stein", "Hell", "Ahl",
            "Dorn", "Wolf", "Sommer", "Winter", "Brand", "Kirch", "Rosen", "Eich", "Linden",
        ],
        endings: &[
            "er", "mann", "berg", "hoff", "bach", "wig", "feld", "meyer", "lein", "ert", "heim", "busch",
        ],
        streets: &[
            "Hauptstraße",
            "Bahnhofstraße",
            "Gartenweg",
            "Schulstr.",
            "Mühlenweg",
            "Ringallee",
            "Am Markt",
        ],
        cities: &["Berlin", "Hamburg", "München", "Köln", "Hannover", "Dresden", "Kassel", "Bremen"],
        forms: &["GmbH", "GmbH & Co. KG", "AG"],
    },
    Country {
        name: "United Kingdom",
        postcode: "AA9 9AA",
        phone: "020 7946 0999",
        mobile: "07700 900999",
        house_first: true,
        given: &[
            "William",
            "Joanna",
            "George",
            "Emily",
            "Declan",
            "Priya",
            "Robert",
            "Margaret",
            "Thomas",
            "Elizabeth",
            "Ravi",
            "Fiona",
            "Harry",
            "Siobhan",
            "Owen",
            "Beatrix",
        ],
        beginnings: &[
            "Ash", "Pem", "Hart", "Dun", "White", "Black", "Green", "Thorn", "Oak", "Stan", "Brad", "Hal",
            "Wood", "Nor", "Suth", "Mer", "Cross", "King", "Whit", "Lang",
        ],
        endings: &[
            "ley", "ton", "field", "more", "worth", "bury", "ford", "well", "down", "ham", "son", "gate",
        ],
        streets: &[
            "High Street",
            "Station Road",
            "Church Lane",
            "Bridge St",
            "Mill Road",
            "Park Avenue",
            "The Green",
        ],
        cities: &["London", "Leeds", "Bristol", "Nottingham", "Cardiff", "Glasgow", "Exeter", "York"],
        forms: &["Ltd", "Limited", "PLC"],
    },
    Country {
        name: "España",
        postcode: "99999",
        phone: "910 555 999",
        mobile: "600 555 999",
        house_first: false,
        given: &[
            "María José",
            "Antonio",
            "Carmen",
            "Javier",
            "Lucía",
            "Manuel",
            "Pilar",
            "Íñigo",
            "Ana",
            "José Luis",
            "Elena",
            "Pablo",
            "Rocío",
            "Diego",
            "Nuria",
            "Begoña",
        ],
        beginnings: &[
            "Gar", "Lop", "Mart", "Fern", "Gonz", "Rodr", "Sanch", "Per", "Gom", "Alv", "Rom", "Nav", "Cast",
            "Ort", "Mor", "Delg", "Cab", "Vel", "Guer", "Ib",
        ],
        endings: &["ez", "ínez", "ándo", "álvo", "ero", "arro", "illo", "ado", "asco", "áñez", "ano", "osa"],
        streets: &[
            "Calle Mayor",
            "Avenida del Puerto",
            "Plaza Nueva",
            "C/ Real",
            "Calle Luna",
            "Paseo del Prado",
        ],
        cities: &["Madrid", "Sevilla", "Valencia", "Bilbao", "Granada", "Cádiz", "León", "Burgos"],
        forms: &["S.L.", "S.A.", "SL"],
    },
    Country {
        name: "United States",
        postcode: "99999",
        phone: "(212) 555-0199",
        mobile: "(646) 555-0199",
        house_first: true,
        given: &[
            "James", "Mary", "Robert", "Patricia", "Michael", "Jennifer", "Bill", "Linda", "David", "Susan",
            "Joe", "Karen", "Latoya", "Miguel", "Ashley", "Tyrone",
        ],
        beginnings: &[
            "John", "Will", "Ander", "Jack", "Robin", "Hamil", "Wash", "Harri", "Carl", "Peter", "Law",
            "Richard", "Simp", "Thomp", "Wat", "Daw", "Jeffer", "Mor", "Pat", "Hender",
        ],
        endings: &[
            "son", "ton", "iams", "ington", "rence", "ris", "terson", "man", "field", "ley", "rick", "kins",
        ],
        streets: &[
            "Main Street",
            "Oak Avenue",
            "2nd St",
            "Maple Drive",
            "Washington Blvd",
            "Elm St",
            "Sunset Road",
        ],
        cities: &["New York", "Chicago", "Houston", "Phoenix", "Denver", "Boston", "Portland", "Tulsa"],
        forms: &["Inc.", "LLC", "Corp."],
    },
];

const TRADES: [&str; 8] =
    ["Logistics", "Foods", "Media", "Consulting", "Metals", "Gardens", "Software", "Energy"];

/// Headings of the file, in order.
pub const HEADINGS: [&str; 14] = [
    "Id",
    "Type",
    "First Name",
    "Last Name",
    "Company",
    "Email",
    "Phone",
    "Mobile",
    "Street",
    "Postcode",
    "City",
    "Country",
    "Birth Date",
    "Last Modified",
];

/// A row before it is written.
#[derive(Clone, Default)]
struct Row {
    country: usize,
    is_company: bool,
    given: String,
    family: String,
    company: String,
    email: String,
    phone: String,
    mobile: String,
    street: String,
    house: String,
    postcode: String,
    city: String,
    birth: String,
}

/// How many rows back a copy or a relative may stand.
const REACH: usize = 2_000;

/// Writes `rows` contacts to a CSV file.
pub fn contacts(path: &Path, rows: usize, seed: u64) -> Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "{}", HEADINGS.join(","))?;
    let mut random = Random(seed);
    let mut recent: VecDeque<Row> = VecDeque::with_capacity(REACH);
    for at in 0..rows {
        let dice = random.below(100);
        let row = if recent.is_empty() || dice >= 40 {
            invent(&mut random)
        } else {
            let other = &recent[random.below(recent.len())];
            match dice {
                0..25 => damage(other.clone(), &mut random),
                25..33 => relative(other, &mut random),
                _ => colleague(other, &mut random),
            }
        };
        write_row(&mut out, at, &row, &mut random)?;
        if recent.len() == REACH {
            recent.pop_front();
        }
        recent.push_back(row);
    }
    out.flush()
}

fn invent(random: &mut Random) -> Row {
    let country = random.below(COUNTRIES.len());
    let land = &COUNTRIES[country];
    let is_company = random.chance(15);
    let mut row = Row { country, is_company, ..Row::default() };
    row.family = surname(land, random);
    if is_company || random.chance(30) {
        row.company =
            format!("{} {} {}", row.family, TRADES[random.below(TRADES.len())], random.pick(land.forms));
    }
    if !is_company {
        name(&mut row, random);
    } else {
        row.email = format!("info@{}.example", mail_part(&row.company));
        row.family.clear();
    }
    row.phone = if random.chance(60) { pattern(land.phone, random) } else { String::new() };
    row.street = random.pick(land.streets).to_string();
    row.house = (1 + random.below(180)).to_string();
    row.postcode = pattern(land.postcode, random);
    row.city = random.pick(land.cities).to_string();
    row
}

/// Given name, private mail address, mobile number and date of birth of a person.
fn name(row: &mut Row, random: &mut Random) {
    let land = &COUNTRIES[row.country];
    row.given = random.pick(land.given).to_string();
    row.email = String::new();
    if random.chance(75) {
        let year = random.below(100);
        row.email = format!("{}.{}{year}@post.example", mail_part(&row.given), mail_part(&row.family));
    }
    row.mobile = if random.chance(55) { pattern(land.mobile, random) } else { String::new() };
    row.birth = String::new();
    if random.chance(60) {
        let (year, month, day) = (1935 + random.below(72), 1 + random.below(12), 1 + random.below(28));
        row.birth = format!("{year}-{month:02}-{day:02}");
    }
}

fn surname(land: &Country, random: &mut Random) -> String {
    let mut name = format!("{}{}", random.pick(land.beginnings), random.pick(land.endings));
    if random.chance(20) {
        name = format!("{name}-{}{}", random.pick(land.beginnings), random.pick(land.endings));
    }
    name
}

/// One person or firm, written down again.
fn damage(mut row: Row, random: &mut Random) -> Row {
    for _ in 0..1 + random.below(3) {
        match random.below(9) {
            0 => row.email.clear(),
            1 => row.phone.clear(),
            2 => row.birth.clear(),
            3 => row.given = slip(&row.given, random),
            4 => row.family = slip(&row.family, random),
            5 => row.given = row.given.chars().take(1).chain(['.']).collect(),
            6 => row.street = slip(&row.street, random),
            7 => row.company = row.company.to_uppercase(),
            _ => row.mobile = pattern(COUNTRIES[row.country].mobile, random),
        }
    }
    row
}

/// Somebody else of the same household.
fn relative(other: &Row, random: &mut Random) -> Row {
    let mut row = Row { company: String::new(), is_company: false, ..other.clone() };
    if row.family.is_empty() {
        row.family = surname(&COUNTRIES[row.country], random);
    }
    name(&mut row, random);
    row
}

/// Somebody else of the same firm, or a namesake where there is no firm.
fn colleague(other: &Row, random: &mut Random) -> Row {
    let mut row = Row { is_company: false, ..other.clone() };
    if row.company.is_empty() {
        let land = &COUNTRIES[row.country];
        row.postcode = pattern(land.postcode, random);
        row.street = random.pick(land.streets).to_string();
        row.phone.clear();
    } else {
        row.family = surname(&COUNTRIES[row.country], random);
    }
    let given = row.given.clone();
    name(&mut row, random);
    if row.company.is_empty() && !given.is_empty() {
        row.given = given;
    }
    row
}

/// A slip of the keyboard: two letters swapped, or one left out.
fn slip(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() > 3 {
        let at = 1 + random.below(letters.len() - 2);
        if random.chance(50) {
            letters.swap(at, at + 1);
        } else {
            letters.remove(at);
        }
    }
    letters.into_iter().collect()
}

fn pattern(of: &str, random: &mut Random) -> String {
    of.chars()
        .map(|place| match place {
            '9' => char::from(b'0' + random.below(10) as u8),
            'A' => char::from(b'A' + random.below(26) as u8),
            other => other,
        })
        .collect()
}

/// The ASCII letters of a name in lower case, as they stand in mail addresses.
fn mail_part(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn write_row(out: &mut impl Write, at: usize, row: &Row, random: &mut Random) -> Result<()> {
    let land = &COUNTRIES[row.country];
    let street = match land.house_first {
        true => format!("{} {}", row.house, row.street),
        false => format!("{} {}", row.street, row.house),
    };
    let kind = if row.is_company { "Company" } else { "Person" };
    let (year, month, day) = (2018 + random.below(8), 1 + random.below(12), 1 + random.below(28));
    writeln!(
        out,
        "C{at:08},{kind},{},{},{},{},{},{},{street},{},{},{},{},{year}-{month:02}-{day:02}",
        row.given,
        row.family,
        row.company,
        row.email,
        row.phone,
        row.mobile,
        row.postcode,
        row.city,
        land.name,
        row.birth,
    )
}
