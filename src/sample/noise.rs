use super::lands::Land;
use super::people::{Entity, plain};
use super::random::Random;
use super::record::{Record, firm_name};
use super::table::rows;
use std::collections::HashMap;

/// What goes wrong between a fact and a cell.
pub(super) struct Noise {
    ear: Vec<[&'static str; 2]>,
    eye: Vec<[&'static str; 2]>,
    /// Looked up only, never walked.
    keys: HashMap<char, Vec<char>>,
}

/// How many mistakes a record has, in a thousand: none, one, two, three, four. Of first records, and of the others.
const FIRST: [usize; 5] = [860, 120, 20, 0, 0];
const LATER: [usize; 5] = [300, 330, 220, 105, 45];

/// Mistakes and their shares, in a thousand.
const MISTAKES: [usize; 20] = [
    170, // keyboard
    100, // ear
    60,  // scan
    45,  // given name and surname swapped
    90,  // nickname
    65,  // initial
    30,  // particle lost or moved
    60,  // legal form or trade of the firm
    60,  // house number
    45,  // postcode
    55,  // telephone
    35,  // birth date
    35,  // capitals
    50,  // accents lost
    20,  // cut off
    20,  // given name doubled by the middle name
    15,  // all of the name in the surname
    15,  // another of the firm's telephone numbers
    15,  // a blank too many
    15,  // small letters
];

/// Longest cell of the systems that cut off, letters.
const CUT: usize = 20;

impl Noise {
    /// Reads the data file.
    pub fn new() -> Self {
        let table = include_str!("tables/confusions.csv");
        let of = |how: &'static str| rows::<3>(table, ',').filter(move |row| row[0] == how);
        Self {
            ear: of("ear")
                .flat_map(|row| [[row[1], row[2]], [row[2], row[1]]])
                .chain(of("heard").map(|row| [row[1], row[2]]))
                .collect(),
            eye: of("eye").map(|row| [row[1], row[2]]).collect(),
            keys: of("keys")
                .filter_map(|row| Some((row[1].chars().next()?, row[2].chars().collect())))
                .collect(),
        }
    }

    /// Spoils a record.
    pub fn spoil(
        &self,
        record: &mut Record,
        entity: &Entity<'_>,
        land: &Land,
        is_first: bool,
        random: &mut Random,
    ) {
        for _ in 0..random.share(if is_first { &FIRST } else { &LATER }) {
            self.mistake(record, entity, land, random);
        }
    }

    fn mistake(&self, record: &mut Record, entity: &Entity<'_>, land: &Land, random: &mut Random) {
        let person = !record.is_firm;
        match random.share(&MISTAKES) {
            0 => {
                let cell = any_text(record, random);
                *cell = self.typo(cell, random);
            }
            1 => {
                let cell = any_word(record, random);
                *cell = replaced(cell, &self.ear, random);
            }
            2 => {
                let cell = any_text(record, random);
                *cell = replaced(cell, &self.eye, random);
            }
            3 if person => std::mem::swap(&mut record.given, &mut record.surname),
            4 if person => {
                let short = entity.given.map_or(&[][..], |given| &given.short);
                if !short.is_empty() {
                    record.given = (*random.pick(short)).to_string();
                }
            }
            5 if person => {
                let initial: String = record.given.chars().take(1).collect();
                record.given = match random.below(3) {
                    _ if initial.is_empty() => String::new(),
                    0 => initial,
                    1 => format!("{initial}."),
                    _ => format!("{initial}.{}.", entity.middle.chars().next().unwrap_or('M')),
                };
            }
            6 if person && !record.particle.is_empty() => match random.below(3) {
                0 => record.particle.clear(),
                1 => record.surname = format!("{}, {}", record.surname, std::mem::take(&mut record.particle)),
                _ => {
                    record.surname =
                        format!("{}{}", glued(&std::mem::take(&mut record.particle)), record.surname)
                }
            },
            7 => {
                if let Some(firm) = entity.firm.as_ref().filter(|_| !record.company.is_empty()) {
                    record.company = match random.below(3) {
                        0 => firm.name.split(' ').take(1 + random.below(2)).collect::<Vec<_>>().join(" "),
                        1 => firm.name.replace(" & ", " en ").replace('-', " "),
                        _ => firm_name(&firm.name, random.pick(&land.forms), random),
                    };
                }
            }
            8 => record.house = house(&record.house, random),
            9 => record.postcode = digit_changed(&record.postcode, random),
            10 => {
                let cell = if random.chance(500) { &mut record.phone } else { &mut record.mobile };
                *cell = digit_changed(cell, random);
            }
            11 => record.birth = record.birth.map(|day| birth(day, random)),
            12 => {
                for cell in [&mut record.given, &mut record.surname, &mut record.company, &mut record.city] {
                    *cell = cell.to_uppercase();
                }
                record.street = record.street.to_uppercase();
            }
            13 => {
                let bare = |text: &str| -> String {
                    text.chars()
                        .map(|letter| if letter == ' ' { ' ' } else { plain(letter).unwrap_or(letter) })
                        .collect()
                };
                for cell in [&mut record.given, &mut record.surname, &mut record.company, &mut record.city] {
                    *cell = bare(cell);
                }
                record.street = bare(&record.street);
            }
            14 => {
                let cell = any_text(record, random);
                *cell = cell.chars().take(CUT).collect::<String>().trim_end().to_string();
            }
            15 if person && !entity.middle.is_empty() => {
                record.given = format!("{} {}", record.given, entity.middle)
            }
            16 if person => {
                let name = [&record.given, &record.particle, &record.surname].map(String::as_str);
                record.surname =
                    name.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ");
                record.given.clear();
                record.particle.clear();
            }
            17 if entity.firm.is_some() && record.phone.len() > 3 => {
                // Another extension of the switchboard.
                record.phone.truncate(record.phone.len() - 2);
                record.phone.push_str(&random.digits(2));
            }
            18 => {
                let cell = any_text(record, random);
                *cell = cell.replacen(' ', "  ", 1);
            }
            19 => {
                record.given = record.given.to_lowercase();
                record.surname = record.surname.to_lowercase();
            }
            // A mistake that cannot be made here: nobody made one.
            _ => {}
        }
    }

    /// A slip of the fingers in the middle of a text.
    fn typo(&self, text: &str, random: &mut Random) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        if letters.len() < 3 {
            return text.to_string();
        }
        let at = random.below(letters.len() - 1);
        match random.below(4) {
            0 => letters.swap(at, at + 1),
            1 => {
                letters.remove(at + 1);
            }
            2 => letters.insert(at, letters[at]),
            _ => {
                let small = letters[at + 1].to_ascii_lowercase();
                if let Some(near) = self.keys.get(&small) {
                    letters[at + 1] = *random.pick(near);
                }
            }
        }
        letters.into_iter().collect()
    }
}

/// A cell in which people mistype.
fn any_text<'r>(record: &'r mut Record, random: &mut Random) -> &'r mut String {
    match random.below(if record.is_firm { 60 } else { 100 }) {
        0..14 => &mut record.street,
        14..24 => &mut record.city,
        24..38 => &mut record.email,
        38..60 => &mut record.company,
        60..78 => &mut record.given,
        _ => &mut record.surname,
    }
}

/// A cell that is spelled as it sounds.
fn any_word<'r>(record: &'r mut Record, random: &mut Random) -> &'r mut String {
    match random.below(if record.is_firm { 50 } else { 100 }) {
        0..16 => &mut record.street,
        16..26 => &mut record.city,
        26..50 => &mut record.company,
        50..68 => &mut record.given,
        _ => &mut record.surname,
    }
}

/// One of the confusions that are possible in a text, at the first place where it is.
fn replaced(text: &str, confusions: &[[&'static str; 2]], random: &mut Random) -> String {
    let possible: Vec<&[&str; 2]> = confusions.iter().filter(|[from, _]| text.contains(from)).collect();
    match possible.is_empty() {
        true => text.to_string(),
        false => {
            let [from, to] = random.pick(&possible);
            text.replacen(from, to, 1)
        }
    }
}

fn glued(particle: &str) -> String {
    particle.chars().filter(|letter| *letter != ' ' && *letter != '\'').collect()
}

fn house(house: &str, random: &mut Random) -> String {
    let digits: String = house.chars().take_while(char::is_ascii_digit).collect();
    match random.below(3) {
        0 => digits,
        1 => digits.parse::<u32>().map_or(digits, |number| (number + 2).to_string()),
        _ => digits.chars().rev().collect::<String>().trim_start_matches('0').to_string(),
    }
}

fn digit_changed(text: &str, random: &mut Random) -> String {
    let digits: Vec<usize> =
        text.char_indices().filter(|(_, letter)| letter.is_ascii_digit()).map(|(at, _)| at).collect();
    if digits.len() < 4 {
        return text.to_string();
    }
    // The last digits, so that the country stays what it is.
    let at = digits[digits.len() - 1 - random.below(3)];
    let mut changed = text.to_string();
    changed.replace_range(at..at + 1, &random.digits(1));
    changed
}

fn birth((year, month, day): (u16, u8, u8), random: &mut Random) -> (u16, u8, u8) {
    match random.below(5) {
        0 if day <= 12 => (year, day, month),
        0 | 1 => (year, month, 1 + random.below(28) as u8),
        2 => (year + 1 - 2 * random.below(2) as u16, month, day),
        3 => (year - year % 100 + year % 10 * 10 + year / 10 % 10, month, day),
        _ => (year, 1, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confusions_go_where_they_can() {
        let mut random = Random::of(1, 1);
        assert_eq!(replaced("Meijer", &[["ij", "y"]], &mut random), "Meyer");
        assert_eq!(replaced("Meyer", &[["ij", "y"]], &mut random), "Meyer");
        assert_eq!(Noise::new().ear.iter().filter(|pair| pair[0] == "o").count(), 1);
    }

    #[test]
    fn a_typo_changes_at_most_two_letters() {
        let noise = Noise::new();
        let mut random = Random::of(1, 2);
        for _ in 0..2_000 {
            let typo = noise.typo("Wiśniewska", &mut random);
            assert!(strsim::osa_distance("Wiśniewska", &typo) <= 1, "{typo}");
        }
        assert_eq!(noise.typo("Jo", &mut random), "Jo");
    }

    #[test]
    fn days_stay_days() {
        let mut random = Random::of(1, 3);
        for _ in 0..2_000 {
            let (year, month, day) = birth((1961, 11, 28), &mut random);
            assert!((1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=28).contains(&day));
        }
    }
}
