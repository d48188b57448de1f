//! Making contacts: a synthetic export of several systems with the truth beside it, for trying and for measuring.
//!
//! Input: how many rows, a seed, a folder. Output: one table a source in `exports/`, `truth.csv` (source, record_id, entity_id; what
//! `alike evaluate --truth` reads), `clean.csv` (entity_id and its true values) and `sample.json`, the sums.
//!
//! The generator knows nothing of how records are compared: its word lists (`tables/`) and its mistakes are its own.
//! *Groups* (a household, a firm and its people, namesakes) are made each by a generator of its own, seeded by the
//! group's number, and give *entities*, which give *records*.
//!
//! Invariants
//! * The same rows, seed and format give the same bytes on every machine, for any number of threads.
//! * Every row is in the truth once, and every entity of the truth is in `clean.csv` once.
//! * Memory does not grow with the rows: a round of blocks is made, written and forgotten.
//! * The folder appears whole or not at all.

mod table;
mod random;
mod lands;
mod people;
mod record;
mod noise;
mod sources;

use crate::config::Format;
use crate::progress::{Event, Progress};
use crate::write::{PLAIN_CSV, Piece, Rows, StreamFolder, WriteError};
use lands::World;
use noise::Noise;
use people::Entity;
use random::Random;
use rayon::prelude::*;
use record::{CLEAN, Record};
use serde::Serialize;
use sources::Source;
use std::path::PathBuf;

/// Groups made as one piece of work, whose records are shuffled together: some eight thousand rows, so that the records of
/// an entity do not stand side by side, and a piece is a few megabytes.
const GROUPS_PER_BLOCK: u64 = 2_048;
/// Blocks a thread makes before they are written.
const BLOCKS_PER_THREAD: usize = 2;

/// Where the sources' tables are, so that `alike run DIR/exports` reads them and not the truth.
pub const EXPORTS: &str = "exports";

/// What is to be made.
#[derive(Clone, Debug)]
pub struct Options {
    /// Rows of all sources together.
    pub rows: u64,
    /// Another seed gives other contacts.
    pub seed: u64,
    /// The folder to make.
    pub out: PathBuf,
    /// Format of the sources' tables; truth and clean values are CSV.
    pub format: Format,
}

/// What was made: the content of `sample.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sampled {
    /// Says what the folder is.
    pub made_by: String,
    /// As asked.
    pub rows: u64,
    /// As asked.
    pub seed: u64,
    /// Persons and firms that have a row.
    pub entities: u64,
    /// Pairs of rows that are of one entity.
    pub true_pairs: u64,
    /// Rows of each source.
    pub sources: Vec<(String, u64)>,
    /// Entities with one row, two, three and so on; the last counts those with twelve.
    pub entities_by_rows: [u64; 12],
    /// For whoever finds the folder.
    pub note: String,
}

/// Some groups: their entities, and records in no order.
struct Block<'w> {
    number: u64,
    entities: Vec<Entity<'w>>,
    records: Vec<Record>,
}

/// Numbers that the next block begins with.
#[derive(Clone)]
struct Start {
    entity: u64,
    /// A record number per source.
    records: Vec<u64>,
}

/// The generator with all it knows.
struct Maker {
    world: World,
    noise: Noise,
    sources: Vec<Source>,
    seed: u64,
    format: Format,
}

/// Makes the sample.
///
/// Errors: the folder is in use, or cannot be written.
pub fn contacts(options: &Options, progress: &dyn Progress) -> Result<Sampled, WriteError> {
    const STAGE: &str = "sample";
    let folder = StreamFolder::take(&options.out)?;
    let maker = Maker {
        world: World::new(),
        noise: Noise::new(),
        sources: sources::sources(),
        seed: options.seed,
        format: options.format,
    };
    progress.event(Event::Started { stage: STAGE, total: Some(options.rows), unit: "rows" });
    folder.folder(EXPORTS)?;
    let mut tables = Vec::with_capacity(maker.sources.len() + 2);
    for source in &maker.sources {
        let stem = format!("{EXPORTS}/{}", source.name);
        tables.push(folder.table(&stem, &source.headings(), options.format, source.csv)?);
    }
    tables.push(folder.table("truth", &["source", "record_id", "entity_id"], Format::Csv, PLAIN_CSV)?);
    tables.push(folder.table("clean", &CLEAN, Format::Csv, PLAIN_CSV)?);

    let mut made = Sampled {
        made_by: "alike sample".into(),
        rows: options.rows,
        seed: options.seed,
        note: "Put together at random; whoever has one of these names, numbers or addresses is a stranger. Do not write or call."
            .into(),
        ..Sampled::default()
    };
    let mut start = Start { entity: 1, records: vec![1; maker.sources.len()] };
    let (mut next, mut left) = (0, options.rows);
    while left > 0 {
        let round = next..next + (rayon::current_num_threads() * BLOCKS_PER_THREAD) as u64;
        next = round.end;
        let blocks: Vec<Block<'_>> = round.into_par_iter().map(|number| maker.block(number)).collect();
        let mut work = Vec::with_capacity(blocks.len());
        for mut block in blocks {
            block.cut(left);
            left -= block.records.len() as u64;
            let begins = start.clone();
            start.entity += block.entities.len() as u64;
            block.records.iter().for_each(|record| start.records[usize::from(record.source)] += 1);
            made.count(&block);
            work.push((block, begins));
        }
        let pieces: Vec<(u64, Vec<Piece>)> = work
            .into_par_iter()
            .map(|(block, begins)| (block.records.len() as u64, maker.pieces(block, &begins)))
            .collect();
        for (rows, pieces) in pieces {
            for (table, piece) in tables.iter_mut().zip(&pieces) {
                table.push(piece)?;
            }
            progress.event(Event::Advanced { stage: STAGE, by: rows });
        }
    }
    for table in tables {
        table.finish()?;
    }
    let numbers = maker.sources.iter().zip(&start.records);
    made.sources = numbers.map(|(source, next)| (source.name.to_string(), next - 1)).collect();
    let json = serde_json::to_string_pretty(&made)
        .map_err(|cause| WriteError::Io { path: options.out.join("sample.json"), cause: cause.into() })?;
    folder.file("sample.json", &(json + "\n"))?;
    folder.publish()?;
    let summary = format!("{} entities", made.entities);
    progress.event(Event::Finished { stage: STAGE, summary: &summary });
    Ok(made)
}

impl Maker {
    fn block(&self, number: u64) -> Block<'_> {
        let mut block = Block { number, entities: Vec::new(), records: Vec::new() };
        for group in number * GROUPS_PER_BLOCK..(number + 1) * GROUPS_PER_BLOCK {
            let mut random = Random::of(self.seed, group);
            for entity in people::group(&self.world, &mut random) {
                let at = block.entities.len();
                for nth in 0..record::count(&mut random) {
                    let of = (at, &entity);
                    let made =
                        record::record(&self.world, &self.sources, &self.noise, of, nth == 0, &mut random);
                    block.records.push(made);
                }
                block.entities.push(entity);
            }
        }
        block
    }

    /// The rows of a block for each table: sources, truth, clean values.
    fn pieces(&self, mut block: Block<'_>, start: &Start) -> Vec<Piece> {
        let mut random = Random::of(!self.seed, block.number);
        random.shuffle(&mut block.records);
        let mut next = start.records.clone();
        let mut rows: Vec<Rows> = self.sources.iter().map(|_| Rows::default()).collect();
        let (mut truth, mut clean) = (Rows::default(), Rows::default());
        let entity_id = |at: usize| format!("E{:09}", start.entity + at as u64);
        for record in &block.records {
            let at = usize::from(record.source);
            let source = &self.sources[at];
            let id = source.id(next[at]);
            next[at] += 1;
            source.lay_out(record, &id, &self.world, &mut rows[at], &mut random);
            truth.cell(source.name);
            truth.cell(&id);
            truth.cell(&entity_id(record.entity as usize));
            truth.end_row();
        }
        for (at, entity) in block.entities.iter().enumerate() {
            clean.cell(&entity_id(at));
            record::clean(entity, &self.world.lands[entity.land], &mut |cell| clean.cell(cell));
            clean.end_row();
        }
        let sources = rows.into_iter().zip(&self.sources);
        sources
            .map(|(rows, source)| Piece::new(rows, self.format, source.csv))
            .chain([truth, clean].map(|rows| Piece::new(rows, Format::Csv, PLAIN_CSV)))
            .collect()
    }
}

impl Block<'_> {
    /// Leaves out the records past the first `rows`, and the entities that have none then.
    fn cut(&mut self, rows: u64) {
        if self.records.len() as u64 > rows {
            self.records.truncate(rows as usize);
        }
        let last = self.records.last().map_or(0, |record| record.entity as usize + 1);
        self.entities.truncate(last);
    }
}

impl Sampled {
    fn count(&mut self, block: &Block<'_>) {
        self.entities += block.entities.len() as u64;
        let mut of = vec![0_u64; block.entities.len()];
        block.records.iter().for_each(|record| of[record.entity as usize] += 1);
        for rows in of {
            self.true_pairs += rows * rows.saturating_sub(1) / 2;
            let last = self.entities_by_rows.len();
            self.entities_by_rows[(rows.max(1) as usize).min(last) - 1] += 1;
        }
    }
}

#[cfg(test)]
mod tests;
