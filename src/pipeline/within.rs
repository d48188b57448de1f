//! A run within the memory it may use: what it needs, what goes to disk, and what is refused before the long work.

use super::RunOptions;
use crate::budget::{self, Memory, Need, Watch};
use crate::error::Error;
use crate::ingest::Input;
use crate::map::Dataset;
use crate::progress::{Event, Progress};
use crate::table::Room;
use std::fs;
use std::path::Path;

/// Refuses files that are far too large for the memory that was asked for, by their size.
pub fn before_reading(options: &RunOptions) -> Result<(), Error> {
    match &options.memory {
        Some(memory) => memory.check(Need::of_files(text_bytes(&options.inputs))),
        None => Ok(()),
    }
}

/// Where columns and keys lie so that the run keeps to its memory, and what watches that it does. Files go to `dir`.
pub fn room(
    options: &RunOptions,
    data: &Dataset,
    dir: &Path,
    progress: &dyn Progress,
) -> Result<(Room, Option<Watch>), Error> {
    let Some(memory) = &options.memory else { return Ok((Room::default(), None)) };
    let need = Need::of_records(data.records(), data.heap_bytes());
    memory.check(need)?;
    let room = memory.room(need, dir);
    tell(memory, need, &room, progress);
    let watch = room.is_on_disk().then(|| Watch::start(&room, memory));
    Ok((room, watch))
}

/// Says what the disk refused of what a stage kept, and gives back the memory that the stage used.
pub fn settle(room: &Room) -> Result<(), Error> {
    if room.is_on_disk() {
        budget::trim();
    }
    Ok(room.check()?)
}

/// Bytes of those inputs that are text as it is; what others unpack to is not known before.
fn text_bytes(inputs: &[Input]) -> u64 {
    /// Endings of files of text.
    const TEXTS: [&str; 4] = ["csv", "tsv", "tab", "txt"];
    let is_text = |input: &&Input| {
        let ending = input.path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        ending.is_some_and(|ending| TEXTS.contains(&ending.as_str()))
    };
    // What cannot be read is told when it is to be read.
    inputs.iter().filter(is_text).map(|input| fs::metadata(&input.path).map_or(0, |facts| facts.len())).sum()
}

/// Says how much memory the run is going to need, when somebody asked or it is more than there is.
fn tell(memory: &Memory, need: Need, room: &Room, progress: &dyn Progress) {
    let (whole, limit) = (budget::size(need.whole), budget::size(memory.limit));
    if room.is_on_disk() {
        progress.event(Event::Note(&format!(
            "memory: about {whole} needed, {limit} allowed: columns and keys go to files beside the run folder, \
             which are gone at the end"
        )));
    } else if memory.asked {
        progress.event(Event::Note(&format!("memory: about {whole} needed, {limit} allowed")));
    }
    if !memory.asked && need.least > memory.limit {
        let least = budget::size(need.least);
        progress.event(Event::Warning(&format!(
            "this machine may have too little memory for these files: about {least} are needed at least"
        )));
    }
}
