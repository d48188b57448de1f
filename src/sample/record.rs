use super::lands::{Address, Land, Number, Spellings, World};
use super::noise::Noise;
use super::people::{Entity, slug};
use super::random::Random;
use super::sources::{Source, Style};

/// Shares, in a thousand, of entities with one record, two, three and so on. The last one stands for seven to twelve.
pub(super) const CLUSTER_SIZES: [usize; 7] = [540, 250, 115, 50, 22, 11, 12];

/// What a source says of an entity, before it is laid out in the source's columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// Place of the entity in its block.
    pub entity: u32,
    /// Place of the source.
    pub source: u8,
    pub land: u8,
    pub is_firm: bool,
    pub sex: u8,
    pub given: String,
    pub middle: String,
    pub particle: String,
    pub surname: String,
    pub company: String,
    pub job: String,
    pub street: String,
    pub house: String,
    pub postcode: String,
    pub city: String,
    pub has_country: bool,
    pub phone: String,
    pub mobile: String,
    pub email: String,
    pub website: String,
    pub vat: String,
    pub birth: Option<(u16, u8, u8)>,
    pub modified: (u16, u8, u8),
}

/// How many records an entity has.
pub(super) fn count(random: &mut Random) -> usize {
    match random.share(&CLUSTER_SIZES) {
        6 => 7 + random.early_below(6),
        at => at + 1,
    }
}

/// One record of an entity. The first one is mostly clean; the others show it at other times and in other hands.
pub(super) fn record(
    world: &World,
    sources: &[Source],
    noise: &Noise,
    (at, entity): (usize, &Entity<'_>),
    is_first: bool,
    random: &mut Random,
) -> Record {
    let shares: Vec<usize> = sources
        .iter()
        .map(|source| if entity.at_work { source.firm_share } else { source.person_share })
        .collect();
    let source = random.share(&shares);
    let mut record = at_some_time(entity, is_first, random);
    record.entity = at as u32;
    record.source = source as u8;
    notation(&mut record, &world.lands[entity.land], entity, &sources[source], is_first, random);
    gaps(&mut record, is_first, random);
    noise.spoil(&mut record, entity, &world.lands[entity.land], is_first, random);
    record
}

/// The facts as they were when the record was made: a person may have had another name, house, mailbox or telephone.
fn at_some_time(entity: &Entity<'_>, is_first: bool, random: &mut Random) -> Record {
    let mut then = |per_mille: usize| !is_first && random.chance(per_mille);
    let (before_move, before_wedding) = (then(320), then(420));
    // A firm without a name is nobody.
    let (old_mail, no_employer) = (then(160), then(60) && !entity.is_firm);
    let address = entity.moved.as_ref().filter(|_| before_move).unwrap_or(&entity.address);
    let mut record = Record {
        land: entity.land as u8,
        is_firm: entity.is_firm,
        sex: entity.sex as u8,
        given: entity.given.map_or(String::new(), |given| given.name.to_string()),
        particle: entity.particle.clone(),
        surname: entity.surname.clone(),
        email: if old_mail { entity.old_email.clone() } else { entity.email.clone() },
        birth: entity.birth,
        has_country: true,
        modified: (2016 + random.below(10) as u16, 1 + random.below(12) as u8, 1 + random.below(28) as u8),
        ..Record::default()
    };
    put(&mut record, address);
    if random.chance(450) {
        record.middle.clone_from(&entity.middle);
    }
    if let Some(born) = entity.born.as_ref().filter(|_| before_wedding) {
        if random.chance(350) {
            // Both names, as is done in the Netherlands and elsewhere.
            record.surname = format!("{}-{born}", record.surname);
        } else {
            (record.particle, record.surname) = (String::new(), born.clone());
        }
    }
    if !entity.generation.is_empty() && random.chance(550) {
        record.surname = format!("{} {}", record.surname, entity.generation);
    }
    if let Some(firm) = entity.firm.as_ref().filter(|_| !no_employer) {
        record.company = format!("{} {}", firm.name, firm.form[0]);
        if let Some(job) = entity.job {
            record.job = (if is_first { job[0] } else { *random.pick(job) }).to_string();
        }
        record.website = match random.below(10) {
            0..4 => String::new(),
            4..7 => format!("www.{}", firm.domain),
            7..9 => format!("https://www.{}", firm.domain),
            _ => firm.domain.clone(),
        };
        if entity.is_firm || random.chance(120) {
            record.vat.clone_from(&firm.vat);
        }
    }
    record
}

fn put(record: &mut Record, address: &Address) {
    record.street.clone_from(&address.street);
    record.house.clone_from(&address.house);
    record.postcode.clone_from(&address.postcode);
    record.city.clone_from(&address.city);
}

/// How the source, or the person at it, writes what it knows.
fn notation(
    record: &mut Record,
    land: &Land,
    entity: &Entity<'_>,
    source: &Source,
    is_first: bool,
    random: &mut Random,
) {
    let style = |random: &mut Random| match random.chance(if is_first { 120 } else { 260 }) {
        true => *random.pick(&Style::ALL),
        false => source.style,
    };
    let by = style(random);
    record.phone = written(&entity.phone, land, by, random);
    let number = match &entity.old_mobile {
        Some(old) if !is_first && random.chance(250) => Some(old),
        _ => entity.mobile.as_ref(),
    };
    let by = style(random);
    record.mobile = number.map_or(String::new(), |number| written(number, land, by, random));
    if let Some(firm) = entity.firm.as_ref().filter(|_| !record.company.is_empty() && !is_first) {
        record.company = firm_name(&firm.name, firm.form, random);
    }
    match land.code {
        // Dutch postcodes are written with and without the blank.
        "NL" if random.chance(300) => record.postcode.retain(|letter| letter != ' '),
        // A file that holds them as numbers has lost the zero before them.
        "DE" | "FR" | "US" | "ES" if source.drops_zeros() => {
            record.postcode = record.postcode.trim_start_matches('0').to_string();
        }
        _ => {}
    }
    if source.drops_zeros() && random.chance(250) {
        let trimmed = record.phone.trim_start_matches('0');
        record.phone = trimmed.to_string();
    }
}

/// A firm's name with its legal form written as it comes to mind, or left out.
pub(super) fn firm_name(name: &str, form: &Spellings, random: &mut Random) -> String {
    match random.below(100) {
        0..45 => format!("{name} {}", form[0]),
        45..75 => format!("{name} {}", random.pick(form)),
        75..94 => name.to_string(),
        _ => format!("{name}, {}", random.pick(form)),
    }
}

/// A telephone number on paper.
pub(super) fn written(number: &Number, land: &Land, style: Style, random: &mut Random) -> String {
    let Number { area, rest } = number;
    let (calling, trunk) = (land.calling, land.trunk);
    let grouped = || {
        let (head, tail) = rest.split_at(rest.len() / 2);
        format!("{head} {tail}")
    };
    match style {
        Style::International => format!("+{calling} {area} {rest}"),
        Style::National if calling == "1" => format!("({area}) {}-{}", &rest[..3], &rest[3..]),
        Style::National => format!("{trunk}{area}-{rest}"),
        Style::Spaced => match random.chance(500) {
            true => format!("+{calling} {area} {}", grouped()),
            false => format!("{trunk}{area} {}", grouped()),
        },
        Style::Stroke => format!("{trunk}{area}/{rest}"),
        Style::Bare => match random.chance(150) {
            true => format!("00{calling}{area}{rest}"),
            false => format!("{trunk}{area}{rest}"),
        },
    }
}

/// What nobody filled in. Something always stays by which the entity can be told.
fn gaps(record: &mut Record, is_first: bool, random: &mut Random) {
    let whole = record.clone();
    let rate = if is_first { 110 } else { 210 };
    let mut gone = |rate: usize| random.chance(rate);
    for field in [
        &mut record.phone,
        &mut record.mobile,
        &mut record.email,
        &mut record.job,
        &mut record.vat,
        &mut record.middle,
    ] {
        if gone(rate) {
            field.clear();
        }
    }
    if gone(rate * 2) {
        record.birth = None;
    }
    if gone(rate / 2) {
        record.street.clear();
        record.house.clear();
        if gone(600) {
            record.postcode.clear();
        }
        if gone(300) {
            record.city.clear();
        }
    } else if gone(rate / 3) {
        record.postcode.clear();
    }
    if !record.is_firm && gone(rate / 2) {
        record.company.clear();
    }
    record.has_country = !gone(rate);
    let facts = [
        !record.phone.is_empty(),
        !record.mobile.is_empty(),
        !record.email.is_empty(),
        !record.street.is_empty(),
        record.birth.is_some(),
    ];
    if facts.iter().filter(|&&fact| fact).count() < 2 {
        (record.email, record.phone) = (whole.email, whole.phone);
        (record.street, record.house) = (whole.street, whole.house);
        (record.postcode, record.city) = (whole.postcode, whole.city);
    }
}

/// The entity as it is in truth: cells of `clean.csv`, without the id.
pub(super) fn clean(entity: &Entity<'_>, land: &Land, push: &mut dyn FnMut(&str)) {
    let international = |number: &Number| format!("+{}{}{}", land.calling, number.area, number.rest);
    push(if entity.is_firm { "company" } else { "person" });
    push(entity.given.map_or("", |given| given.name));
    push(&entity.middle);
    push(&entity.particle);
    push(&entity.surname);
    push(entity.generation);
    push(&entity.firm.as_ref().map_or(String::new(), |firm| format!("{} {}", firm.name, firm.form[0])));
    push(entity.job.map_or("", |job| job[0]));
    push(&entity.email);
    push(&international(&entity.phone));
    push(&entity.mobile.as_ref().map_or(String::new(), international));
    push(&entity.address.street);
    push(&entity.address.house);
    push(&entity.address.postcode);
    push(&entity.address.city);
    push(land.code);
    push(&entity.birth.map_or(String::new(), |(year, month, day)| format!("{year:04}-{month:02}-{day:02}")));
    push(entity.firm.as_ref().filter(|_| entity.is_firm).map_or("", |firm| &firm.vat));
    push(&entity.firm.as_ref().map_or(String::new(), |firm| format!("www.{}", firm.domain)));
}

/// The columns of `clean.csv`, by the neutral names of fields.
pub(super) const CLEAN: [&str; 20] = [
    "entity_id",
    "type",
    "first_name",
    "middle_name",
    "surname_prefix",
    "last_name",
    "suffix",
    "company",
    "job_title",
    "email",
    "phone",
    "mobile",
    "street",
    "house_number",
    "postcode",
    "city",
    "country_code",
    "birth_date",
    "vat_number",
    "website",
];

/// A name as systems make keys for searching: capitals and digits.
pub(super) fn search_name(text: &str) -> String {
    slug(text).to_uppercase()
}
