//! The stage as a whole: country and spellings first, then what each row is, names and addresses, then the columns side by side.

use super::chunk::iso_of;
use super::contacts::{Contacts, Extra, Population};
use super::country;
use super::layout::{Plan, TablePlan};
use super::names::{self, Names};
use super::places::{self, Places};
use super::population::Judged;
use super::spelling::Spellings;
use crate::config::NormalizeSettings;
use crate::map::{Dataset, FieldId};
use crate::progress::{Event, Progress, counted};
use crate::table::{Column, ColumnBuilder, Flat, ListColumn, ListColumnBuilder};
use rayon::prelude::*;

/// The stage's name in progress events.
const STAGE: &str = "normalize";

/// Normalizes every record.
pub fn contacts(data: &Dataset, settings: &NormalizeSettings, progress: &dyn Progress) -> Contacts {
    let records = u64::from(data.records());
    progress.event(Event::Started { stage: STAGE, total: Some(records), unit: "records" });
    let default = iso_of(settings.default_country.as_deref().map_or("", country::code));
    let plan = Plan::new(data);
    let spellings = Spellings::learn(data);
    let tables: Vec<TablePlan> =
        (0..data.tables.len()).map(|table| TablePlan::new(data, &plan, table, default, &spellings)).collect();
    let judged: Vec<Vec<Judged>> =
        tables.iter().map(|table| names::judge(table, settings.population)).collect();
    let contacts = fill(data, &plan, &tables, &judged);
    progress.event(Event::Advanced { stage: STAGE, by: records });
    let count = |wanted| contacts.population.iter().filter(|&&population| population == wanted).count();
    let summary = format!(
        "{}: {}, {}, {} other",
        counted(u64::from(contacts.records), "record"),
        counted(count(Population::Person) as u64, "person"),
        match count(Population::Company) {
            1 => "1 company".to_string(),
            count => format!("{count} companies"),
        },
        count(Population::Other)
    );
    progress.event(Event::Finished { stage: STAGE, summary: &summary });
    contacts
}

/// Columns that are filled by themselves, side by side.
type Task<'a> = Box<dyn Fn(&mut ColumnBuilder) + Send + Sync + 'a>;

fn fill(data: &Dataset, plan: &Plan, tables: &[TablePlan<'_>], judged: &[Vec<Judged>]) -> Contacts {
    let (names, places) = rayon::join(
        || -> Vec<Names> {
            tables.iter().zip(judged).map(|(table, judged)| Names::new(table, judged)).collect()
        },
        || -> Vec<Places> { tables.iter().map(Places::new).collect() },
    );
    let (names, places) = (&names, &places);
    let name = |part: names::Part| -> Task {
        Box::new(move |builder| names.iter().for_each(|names| names.push(part, builder)))
    };
    let place = |part: places::Part| -> Task {
        Box::new(move |builder| places.iter().for_each(|places| places.push(part, builder)))
    };
    let each = |push: fn(&TablePlan<'_>, &mut ColumnBuilder)| -> Task {
        Box::new(move |builder| tables.iter().for_each(|table| push(table, builder)))
    };
    // The longest first, so that no thread is left alone with one at the end.
    let mut tasks: Vec<Task> = vec![
        name(names::Part::Words),
        name(names::Part::Given),
        name(names::Part::Family),
        name(names::Part::Particles),
        name(names::Part::Generation),
        Box::new(|builder| names.iter().for_each(|names| names.push_gender(builder))),
        place(places::Part::Street),
        place(places::Part::HouseNumber),
        place(places::Part::Unit),
        place(places::Part::Rest),
        place(places::Part::Postcode),
        place(places::Part::City),
        place(places::Part::State),
        each(|table, builder| table.push_countries(builder)),
        each(|table, builder| table.push_birth_dates(builder)),
        each(|table, builder| table.push_websites(builder)),
    ];
    for (at, field) in plan.identifiers.iter().enumerate() {
        tasks.push(Box::new(move |builder| {
            tables.iter().for_each(|table| table.push_identifiers(field, table.identifiers[at], builder));
        }));
    }
    for (at, field) in plan.extras.iter().enumerate() {
        tasks.push(Box::new(move |builder| {
            tables.iter().for_each(|table| table.push_extras(field, table.extras[at], builder));
        }));
    }
    let column = |task: &Task| {
        let mut builder = ColumnBuilder::new();
        task(&mut builder);
        builder.finish()
    };
    let list = |push: fn(&TablePlan<'_>, &mut ListColumnBuilder)| -> ListColumn {
        let mut builder = ListColumnBuilder::new();
        tables.iter().for_each(|table| push(table, &mut builder));
        builder.finish()
    };
    let companies = || {
        let (mut core, mut form) = (ColumnBuilder::new(), ColumnBuilder::new());
        for (table, judged) in tables.iter().zip(judged) {
            names::push_company(table, judged, [&mut core, &mut form]);
        }
        (core.finish(), form.finish())
    };
    let (((email, phone), (company, legal_form)), (columns, key_hash)) = rayon::join(
        || {
            rayon::join(
                || {
                    rayon::join(
                        || list(|table, builder| table.push_emails(builder)),
                        || list(|table, builder| table.push_phones(builder)),
                    )
                },
                companies,
            )
        },
        || {
            rayon::join(
                || tasks.par_iter().map(column).collect::<Vec<Column>>(),
                || Flat::from(key_hashes(data)),
            )
        },
    );
    let mut columns = columns.into_iter();
    let mut next = || columns.next().unwrap_or_default();
    let [name_words, given, family, particles, generation, gender] = [(); 6].map(|()| next());
    let [street, house_number, unit, address_rest, postcode, city, state] = [(); 7].map(|()| next());
    let [country, birth_date, website] = [(); 3].map(|()| next());
    let mut extra = |fields: &[FieldId]| -> Vec<Extra> {
        fields.iter().map(|field| Extra { field: field.clone(), values: next() }).collect()
    };
    let identifiers = extra(&plan.identifiers);
    let extras = extra(&plan.extras);
    Contacts {
        records: data.records(),
        source: (0..data.tables.len())
            .flat_map(|table| vec![table as u16; data.tables[table].rows as usize])
            .collect(),
        key_hash,
        population: judged.iter().flatten().map(|judged| judged.population).collect(),
        given,
        family,
        particles,
        generation,
        gender,
        name_words,
        company,
        legal_form,
        email,
        phone,
        street,
        house_number,
        unit,
        address_rest,
        postcode,
        city,
        state,
        country,
        birth_date,
        website,
        identifiers,
        extras,
    }
}

/// A hash of source name and record id for every record: FNV-1a with a mixing step, so that it is the same on every
/// platform and in every version, and every bit of the key moves every bit of the hash.
fn key_hashes(data: &Dataset) -> Vec<u64> {
    (0..data.records())
        .into_par_iter()
        .map(|record| key_hash(data.source(record), &data.record_ids[record as usize]))
        .collect()
}

/// The hash of one record's key.
pub fn key_hash(source: &str, record_id: &str) -> u64 {
    // FNV-1a's offset and prime, then the finalizer of MurmurHash3.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in source.bytes().chain([0x1f]).chain(record_id.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}
