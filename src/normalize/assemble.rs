//! The stage as a whole: country and spellings first, then chunks of rows in parallel, then their columns joined.

use super::chunk::{iso_of, join_columns, join_lists};
use super::contacts::{Contacts, Extra, Population};
use super::country;
use super::fill::{COLUMNS, Chunk, Col};
use super::layout::{Plan, TablePlan};
use super::spelling::Spellings;
use crate::config::NormalizeSettings;
use crate::map::{Dataset, FieldId};
use crate::progress::{Event, Progress, counted};
use crate::table::{Column, ListColumn};
use rayon::prelude::*;
use std::ops::Range;

/// Rows that one thread takes at a time: enough to profit from remembered values, few enough to keep all threads busy.
const CHUNK_ROWS: u32 = 16_384;

/// The stage's name in progress events.
const STAGE: &str = "normalize";

/// Normalizes every record.
pub fn contacts(data: &Dataset, settings: &NormalizeSettings, progress: &dyn Progress) -> Contacts {
    progress.event(Event::Started { stage: STAGE, total: Some(u64::from(data.records())), unit: "records" });
    let default = iso_of(settings.default_country.as_deref().map_or("", country::code));
    let plan = Plan::new(data);
    let spellings = Spellings::learn(data);
    let tables: Vec<TablePlan> =
        (0..data.tables.len()).map(|table| TablePlan::new(data, &plan, table, default, &spellings)).collect();
    let pieces: Vec<(usize, Range<u32>)> = (0..data.tables.len())
        .flat_map(|table| {
            let rows = data.tables[table].rows;
            (0..rows.div_ceil(CHUNK_ROWS))
                .map(move |at| (table, at * CHUNK_ROWS..((at + 1) * CHUNK_ROWS).min(rows)))
        })
        .collect();
    let mut chunks: Vec<Chunk> = pieces
        .into_par_iter()
        .map(|(table, rows)| {
            let by = u64::from(rows.end - rows.start);
            let chunk = tables[table].normalize(rows, &plan, settings.population);
            progress.event(Event::Advanced { stage: STAGE, by });
            chunk
        })
        .collect();
    let contacts = join(data, &plan, &mut chunks);
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

fn join(data: &Dataset, plan: &Plan, chunks: &mut [Chunk]) -> Contacts {
    let rows: Vec<u32> = chunks.iter().map(|chunk| chunk.rows).collect();
    let width = COLUMNS + plan.identifiers.len() + plan.extras.len();
    let by_column: Vec<Vec<Column>> = (0..width)
        .map(|at| chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.columns[at])).collect())
        .collect();
    let emails: Vec<ListColumn> = chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.email)).collect();
    let phones: Vec<ListColumn> = chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.phone)).collect();
    let ((mut columns, (email, phone)), key_hash) = rayon::join(
        || {
            rayon::join(
                || {
                    by_column
                        .into_par_iter()
                        .map(|parts| join_columns(&parts, &rows))
                        .collect::<Vec<Column>>()
                },
                || rayon::join(|| join_lists(&emails, &rows), || join_lists(&phones, &rows)),
            )
        },
        || key_hashes(data).into(),
    );
    let mut tail = columns.split_off(COLUMNS).into_iter();
    let mut extra = |fields: &[FieldId]| -> Vec<Extra> {
        fields
            .iter()
            .zip(tail.by_ref())
            .map(|(field, values)| Extra { field: field.clone(), values })
            .collect()
    };
    let identifiers = extra(&plan.identifiers);
    let extras = extra(&plan.extras);
    let mut take = |at: Col| std::mem::take(&mut columns[at as usize]);
    Contacts {
        records: data.records(),
        source: (0..data.tables.len())
            .flat_map(|table| vec![table as u16; data.tables[table].rows as usize])
            .collect(),
        key_hash,
        population: chunks.iter_mut().flat_map(|chunk| std::mem::take(&mut chunk.population)).collect(),
        given: take(Col::Given),
        family: take(Col::Family),
        particles: take(Col::Particles),
        generation: take(Col::Generation),
        gender: take(Col::Gender),
        name_words: take(Col::NameWords),
        company: take(Col::Company),
        legal_form: take(Col::LegalForm),
        email,
        phone,
        street: take(Col::Street),
        house_number: take(Col::HouseNumber),
        unit: take(Col::Unit),
        address_rest: take(Col::AddressRest),
        postcode: take(Col::Postcode),
        city: take(Col::City),
        state: take(Col::State),
        country: take(Col::Country),
        birth_date: take(Col::BirthDate),
        website: take(Col::Website),
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
