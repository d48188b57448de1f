use super::random::{Random, mixed};
use super::table::{rows, several};

/// A given name and the short forms its bearers are called by.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub name: &'static str,
    pub short: Vec<&'static str>,
}

/// Something that is written in several ways; the first is the full one.
pub(super) type Spellings = Vec<&'static str>;

/// A town, or the parts of a village's name and the town it is near.
struct Town {
    name: &'static str,
    postcode: &'static str,
    area: &'static str,
}

/// How a country joins the name and the kind of a street.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joined {
    /// `Kerkstraat`
    Glued,
    /// `Church Street`
    After,
    /// `Rue de l'Église`
    Before,
}

/// What is known of a country.
pub(super) struct Land {
    pub code: &'static str,
    pub share: usize,
    /// In its own language, English, German, Dutch.
    pub names: Vec<&'static str>,
    postcode: &'static str,
    /// Whether the house number stands before the street.
    pub house_before: bool,
    pub calling: &'static str,
    pub trunk: &'static str,
    mobile: Vec<&'static str>,
    digits: [usize; 2],
    /// Digits of a mobile number that are written apart.
    mobile_area: usize,
    vat: &'static str,
    pub mail: &'static str,
    /// Men, women.
    given: [Vec<Given>; 2],
    surnames: [Vec<&'static str>; 3],
    particles: Vec<&'static str>,
    towns: Vec<Town>,
    village: [Vec<&'static str>; 2],
    streets: Vec<&'static str>,
    kinds: Vec<&'static str>,
    joined: Joined,
    pub trades: Vec<&'static str>,
    pub forms: Vec<Spellings>,
    pub providers: Vec<&'static str>,
    pub jobs: Vec<Spellings>,
}

/// Everything that the generator knows of the world.
pub(super) struct World {
    pub lands: Vec<Land>,
    shares: Vec<usize>,
    /// Beginnings and endings of invented firm names.
    coined: [Vec<&'static str>; 2],
}

/// A telephone number without notation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Number {
    /// Area code, or the beginning of a mobile number; no trunk prefix.
    pub area: String,
    pub rest: String,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub street: String,
    pub house: String,
    pub postcode: String,
    pub city: String,
    /// Of landlines there.
    pub area: &'static str,
}

impl World {
    /// Reads the data files.
    pub fn new() -> Self {
        let lands: Vec<Land> =
            rows::<12>(include_str!("tables/countries.csv"), ',').map(|row| Land::new(&row)).collect();
        let firms = |part: &str| -> Vec<&'static str> { values(include_str!("tables/firms.csv"), "*", part) };
        Self {
            shares: lands.iter().map(|land| land.share).collect(),
            coined: [firms("start"), firms("end")],
            lands,
        }
    }

    /// The place of a country in `lands`.
    pub fn land(&self, random: &mut Random) -> usize {
        random.share(&self.shares)
    }

    /// A name that stands in no dictionary.
    pub fn coined(&self, random: &mut Random) -> String {
        format!("{}{}", random.pick(&self.coined[0]), random.pick(&self.coined[1]))
    }
}

/// The values of a part of a country in a file of `country,part,values`.
fn values(file: &'static str, code: &str, part: &str) -> Vec<&'static str> {
    rows::<3>(file, ',')
        .find(|row| row[0] == code && row[1] == part)
        .map_or(Vec::new(), |row| several(row[2]))
}

fn spellings(cells: &[&'static str]) -> Vec<Spellings> {
    cells.iter().map(|cell| cell.split('=').collect()).collect()
}

impl Land {
    fn new(row: &[&'static str; 12]) -> Self {
        let code = row[0];
        let given = |sex: &str| {
            let names = values(include_str!("tables/given_names.csv"), code, sex).into_iter();
            names
                .map(|cell| {
                    let mut parts = cell.split('=');
                    Given { name: parts.next().unwrap_or(cell), short: parts.collect() }
                })
                .collect()
        };
        let surnames = |part: &str| values(include_str!("tables/surnames.csv"), code, part);
        let places = |part: &str| values(include_str!("tables/places.csv"), code, part);
        let firms = |part: &str| values(include_str!("tables/firms.csv"), code, part);
        let town = |cell: &'static str| {
            let mut parts = cell.split('=');
            let mut next = || parts.next().unwrap_or_default();
            let name = next();
            // The state of an American town is left out, as most exports do without.
            let name = if code == "US" { name.rsplit_once(' ').map_or(name, |(town, _)| town) } else { name };
            Town { name, postcode: next(), area: next() }
        };
        let jobs = rows::<2>(include_str!("tables/jobs.csv"), ',').find(|row| row[0] == code);
        let digits: Vec<usize> = several(row[8]).iter().filter_map(|cell| cell.parse().ok()).collect();
        Self {
            code,
            share: row[1].parse().unwrap_or_default(),
            names: several(row[2]),
            postcode: row[3],
            house_before: row[4] == "before",
            calling: row[5],
            trunk: row[6],
            mobile: several(row[7]),
            digits: [digits[0], digits[1]],
            mobile_area: row[11].parse().unwrap_or_default(),
            vat: row[9],
            mail: row[10],
            given: [given("m"), given("f")],
            surnames: [surnames("whole"), surnames("start"), surnames("end")],
            particles: surnames("particle"),
            towns: places("town").into_iter().map(town).collect(),
            village: [places("start"), places("end")],
            streets: places("street"),
            kinds: places("kind"),
            joined: match places("joined")[..] {
                ["before"] => Joined::Before,
                ["after"] => Joined::After,
                _ => Joined::Glued,
            },
            trades: firms("trade"),
            forms: spellings(&firms("form")),
            providers: firms("provider"),
            jobs: jobs.map_or(Vec::new(), |row| spellings(&several(row[1]))),
        }
    }

    /// A given name of a man (0) or a woman (1).
    pub fn given(&self, sex: usize, random: &mut Random) -> &Given {
        random.early(&self.given[sex])
    }

    /// A surname and what stands before it: two of three are the country's frequent ones, the others come from a tail
    /// of thousands, so that new names keep coming as a file grows.
    pub fn surname(&self, sex: usize, random: &mut Random) -> (String, String) {
        let [whole, starts, ends] = &self.surnames;
        if random.chance(640) {
            let name = *random.early(whole);
            let split = if matches!(self.code, "NL") { name.rfind(' ') } else { None };
            return match split {
                Some(at) => (name[..at].to_string(), self.gendered(&name[at + 1..], sex)),
                None => (String::new(), self.gendered(name, sex)),
            };
        }
        let name = match random.chance(250) {
            true => format!("{}{}{}", random.pick(starts), random.pick(&self.middles()), random.pick(ends)),
            false => format!("{}{}", random.pick(starts), random.pick(ends)),
        };
        let particle = if !self.particles.is_empty() && random.chance(250) {
            *random.early(&self.particles)
        } else {
            ""
        };
        (particle.to_string(), self.gendered(&name, sex))
    }

    /// Whether many people have a surname, written with what stands before it.
    pub fn is_frequent(&self, surname: &str) -> bool {
        self.surnames[0].contains(&surname)
    }

    /// What may stand between the two parts of a rare surname.
    fn middles(&self) -> [&'static str; 8] {
        match self.code {
            "NL" | "BE" => ["en", "er", "s", "el", "en", "in", "ing", "ke"],
            "DE" => ["en", "er", "el", "s", "ing", "in", "ig", "els"],
            _ => ["a", "e", "er", "en", "i", "o", "el", "ar"],
        }
    }

    /// Polish surnames have forms for men and women.
    fn gendered(&self, name: &str, sex: usize) -> String {
        let ski = ["ski", "cki", "dzki"].iter().any(|end| name.ends_with(end));
        match name.strip_suffix('i') {
            Some(stem) if self.code == "PL" && sex == 1 && ski => format!("{stem}a"),
            _ => name.to_string(),
        }
    }

    /// An address. Towns have as many streets as they have people, and a street keeps its postcode, so that both grow
    /// with the file and repeat as they do.
    pub fn address(&self, random: &mut Random) -> Address {
        let at = random.early_below(self.towns.len());
        let town = &self.towns[at];
        let village = random.chance(420);
        let (city, streets) = match village {
            true => (format!("{}{}", random.pick(&self.village[0]), random.pick(&self.village[1])), 120),
            // The largest town has thousands of streets, the smallest hundreds.
            false => (town.name.to_string(), 6_000 / (at + 3)),
        };
        let number = random.below(streets.min(self.streets.len() * self.kinds.len()));
        let street = self.street(number, &city);
        let district = hash(town.postcode);
        let mut place = Random::of(mixed(hash(&city) ^ district), hash(&street));
        // A village has one postcode where postcodes are of places; elsewhere each street has its own.
        let of_streets = matches!(self.code, "NL" | "GB");
        let postcode = match village && !of_streets {
            true => Random::of(hash(&city), district).filled(self.postcode),
            false if of_streets => place.filled(self.postcode),
            // Some districts a town.
            false => Random::of(hash(&city), place.below(2 + streets / 120) as u64).filled(self.postcode),
        };
        let house = 1 + random.early_below(180);
        let addition = match random.below(100) {
            0..6 => char::from(b'a' + random.below(4) as u8).to_string(),
            6..8 if self.code == "NL" => format!("-{}", 1 + random.below(4)),
            6..8 if self.code == "BE" => format!(" bus {}", 1 + random.below(12)),
            _ => String::new(),
        };
        Address {
            street,
            house: format!("{house}{addition}"),
            postcode: format!("{}{postcode}", town.postcode),
            city,
            area: town.area,
        }
    }

    /// Street `number` of a town.
    fn street(&self, number: usize, city: &str) -> String {
        let all = self.streets.len() * self.kinds.len();
        // Each town has its own order of streets, but the first names of the list are in every town.
        let number =
            if number < self.streets.len() { number } else { (number + hash(city) as usize % all) % all };
        let name = self.streets[number % self.streets.len()];
        let kind = self.kinds[(number / self.streets.len() + number) % self.kinds.len()];
        match self.joined {
            Joined::Glued => format!("{name}{kind}"),
            Joined::After => format!("{name} {kind}"),
            Joined::Before => format!("{kind} {name}"),
        }
    }

    /// A landline number in an area.
    pub fn landline(&self, area: &str, random: &mut Random) -> Number {
        let rest = format!("{}{}", 2 + random.below(7), random.digits(self.digits[0] - area.len() - 1));
        Number { area: area.to_string(), rest }
    }

    /// A mobile number; where these look like landlines, one in an area.
    pub fn mobile(&self, area: &str, random: &mut Random) -> Number {
        if self.mobile.is_empty() {
            return self.landline(area, random);
        }
        let start = *random.pick(&self.mobile);
        let mut area = format!("{start}{}", random.digits(self.digits[1] - start.len()));
        let rest = area.split_off(self.mobile_area);
        Number { area, rest }
    }

    /// A VAT number.
    pub fn vat(&self, random: &mut Random) -> String {
        random.filled(self.vat)
    }
}

/// FNV-1a, for numbers that belong to a name.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_country_is_complete() {
        for land in &World::new().lands {
            let lists = [
                land.names.len(),
                land.given[0].len(),
                land.given[1].len(),
                land.surnames[0].len(),
                land.surnames[1].len(),
                land.surnames[2].len(),
                land.towns.len(),
                land.village[0].len(),
                land.village[1].len(),
                land.streets.len(),
                land.kinds.len(),
                land.trades.len(),
                land.forms.len(),
                land.providers.len(),
                land.jobs.len(),
            ];
            assert!(lists.iter().all(|&n| n > 2), "{}: {lists:?}", land.code);
            assert!(land.towns.iter().all(|town| !town.area.is_empty()), "{}", land.code);
        }
    }

    #[test]
    fn names_and_streets_keep_coming_and_repeat() {
        let world = World::new();
        let land = &world.lands[0];
        let mut random = Random::of(5, 5);
        let mut distinct = |n: usize| {
            let names: HashSet<_> = (0..n).map(|_| land.surname(0, &mut random)).collect();
            let streets: HashSet<_> = (0..n)
                .map(|_| land.address(&mut random))
                .map(|address| (address.street, address.city))
                .collect();
            (names.len(), streets.len())
        };
        let (few, many) = (distinct(1_000), distinct(20_000));
        assert!(few.0 < 600 && many.0 > 2 * few.0, "{few:?} {many:?}");
        assert!(few.1 > 500 && many.1 > 5 * few.1, "{few:?} {many:?}");
    }

    #[test]
    fn a_street_keeps_its_postcode() {
        let world = World::new();
        let mut random = Random::of(6, 6);
        let mut looked_at = 0;
        for land in &world.lands {
            let areas: HashSet<_> = land.towns.iter().map(|town| town.area).collect();
            // Where two towns share an area code, two villages of one name cannot be told apart below.
            if areas.len() < land.towns.len() {
                continue;
            }
            looked_at += 1;
            let mut known = std::collections::HashMap::new();
            for _ in 0..3_000 {
                let address = land.address(&mut random);
                // A village is told from one of the same name near another town by its area.
                let place = (address.city.clone(), address.area, address.street.clone());
                let postcode = known.entry(place).or_insert_with(|| address.postcode.clone());
                assert_eq!(*postcode, address.postcode, "{}: {address:?}", land.code);
            }
        }
        assert!(looked_at > 1);
    }
}
