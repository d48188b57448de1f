//! Threads and memory of a run, one number each for the whole process.
//!
//! Results never depend on them, only speed does. How much work a task takes is decided where the work is.

use crate::error::Error;
use crate::table::Room;
use std::fs;
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How many threads a run uses when it is not told: what the machine or its container allows.
pub fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// Sets the number of threads of the process, once, for our own work and for polars alike.
///
/// Must be called from `main` before any other thread exists and before polars is used: it sets an environment
/// variable, which polars reads when its pool is first needed.
pub fn set_threads(threads: Option<usize>) -> Result<(), Error> {
    let threads = threads.unwrap_or_else(default_threads);
    // SAFETY: called while the process has one thread (see above), so that nobody reads the environment meanwhile.
    unsafe { std::env::set_var("POLARS_MAX_THREADS", threads.to_string()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|at| format!("alike-{at}"))
        .build_global()
        .map_err(|cause| Error::Threads { threads, cause })
}

/// Bytes of one MiB.
const MIB: u64 = 1 << 20;

/// What a run needs whatever it reads, in bytes: the program and its tables.
const BASE: u64 = 64 * MIB;

/// Records whose output is formed at a time, at most, and the bytes of each.
const RECORDS_IN_OUTPUT: u64 = 1 << 17;
const OUTPUT_PER_RECORD: u64 = 1 << 10;

/// The least that can be asked for: less would not hold the program.
const LEAST: u64 = 64 * MIB;

/// Percent of the machine's memory that a run may use when it is not told: the rest is for files being written and for others.
const SHARE_PERCENT: u64 = 80;

/// Percent of the budget from which pages of files are handed back: what is read until the next look must fit, too.
const RELEASE_PERCENT: u64 = 85;

/// How often the memory in use is looked at. A core reads about 40 MiB of file pages meanwhile, and on a
/// busy machine the look may come late.
const LOOK_EVERY: Duration = Duration::from_millis(15);

/// Looks after which freed memory is given back again, when handing back file pages was not enough: it takes a while.
const TRIM_EVERY: u32 = 60;

/// How much memory a run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Bytes.
    pub limit: u64,
    /// Whether somebody asked for it: then a run that cannot keep to it is refused, else it is tried.
    pub asked: bool,
    /// Whether everything goes to disk that may, however little there is of it; for tests.
    pub everything: bool,
}

/// What a run is expected to need at most, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// With everything in memory.
    pub whole: u64,
    /// With finished columns and keys on disk.
    pub least: u64,
}

/// Reads a size: `8GiB`, `500 MB`, `2g`, or bytes. Units with an `i`, or of one letter, are powers of 1024.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size of memory; write one like 8GiB, 500MiB or 4GB");
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..end].parse().map_err(|_| wrong())?;
    let unit = match text[end..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kib" => 1024.0,
        "m" | "mib" => 1024.0 * 1024.0,
        "g" | "gib" => 1024.0 * 1024.0 * 1024.0,
        "t" | "tib" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        _ => return Err(wrong()),
    };
    // More than any machine has is as good as no limit; a float turns into the largest number then.
    let bytes = (number * unit) as u64;
    if bytes < LEAST {
        return Err(format!(
            "{} is less than this program needs by itself; give at least {}",
            size(bytes),
            size(LEAST)
        ));
    }
    Ok(bytes)
}

/// A size for people: `1.5 GiB`, `300 MiB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        b if b >= 1024 * MIB => format!("{:.1} GiB", b as f64 / (1024 * MIB) as f64),
        b if b >= MIB => format!("{} MiB", b / MIB),
        b => format!("{b} bytes"),
    }
}

impl Memory {
    /// What somebody asked for.
    pub fn asked(limit: u64) -> Self {
        Self { limit, asked: true, everything: false }
    }

    /// A share of what the machine or its container allows; none where that cannot be found out.
    pub fn of_machine() -> Option<Self> {
        let limit = machine()? / 100 * SHARE_PERCENT;
        Some(Self { limit, asked: false, everything: false })
    }

    /// Everything on disk, without a limit; for tests.
    pub fn everything_on_disk() -> Self {
        Self { limit: u64::MAX, asked: false, everything: true }
    }

    /// Where finished columns and keys lie so that a run keeps to its budget; files go to `dir`.
    pub fn room(&self, need: Need, dir: &Path) -> Room {
        match (self.everything, need.whole > self.limit) {
            (true, _) => Room::with_smallest(dir, 1),
            (false, true) => Room::on_disk(dir),
            (false, false) => Room::default(),
        }
    }

    /// Refuses what cannot be done with as much as was asked for.
    pub fn check(&self, need: Need) -> Result<(), Error> {
        if !self.asked || need.least <= self.limit {
            return Ok(());
        }
        Err(Error::Usage(format!(
            "--memory {} is too little for these files: about {} are needed with everything on disk that may go there \
             ({} without); give as much, or split the files",
            size(self.limit),
            size(need.least),
            size(need.whole),
        )))
    }
}

impl Need {
    /// What is needed at least for files of so many bytes of text, before anything of them is known: values that repeat
    /// themselves are held once, so most files need more.
    pub fn of_files(bytes: u64) -> Self {
        Self { whole: BASE + bytes * 3, least: BASE + bytes / 2 }
    }

    /// What is needed for records whose cells take `raw` bytes.
    pub fn of_records(records: u32, raw: usize) -> Self {
        let (records, raw) = (u64::from(records), raw as u64);
        let base = BASE + records.min(RECORDS_IN_OUTPUT) * OUTPUT_PER_RECORD;
        // Cells and what is made of them; keys, and what groups of records take.
        let whole = base + raw * WHOLE_PER_RAW_PERCENT / 100 + records * WHOLE_PER_RECORD;
        // The most that is held at once beside files: while reading, the cells; while matching, keys of some rules and codes.
        let least = base + (raw * LEAST_PER_RAW_PERCENT / 100).max(records * LEAST_PER_RECORD);
        Self { whole, least }
    }
}

/// Bytes that a run holds in all for 100 bytes of cells, and for each record beside; measured on contacts of 19 columns
/// (see docs/performance.md).
const WHOLE_PER_RAW_PERCENT: u64 = 230;
const WHOLE_PER_RECORD: u64 = 400;
/// The same of what is held in memory when columns and keys lie on disk: the larger of the two.
const LEAST_PER_RAW_PERCENT: u64 = 130;
const LEAST_PER_RECORD: u64 = 350;

/// Bytes of memory of the machine, or of the container when that has less.
fn machine() -> Option<u64> {
    let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let total = line_of("/proc/meminfo", "MemTotal:")?;
    let container = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    Some(container.into_iter().filter_map(number).fold(total, u64::min))
}

/// The most bytes of memory that this process had at once so far; none where the system does not say.
pub fn peak() -> Option<u64> {
    line_of("/proc/self/status", "VmHWM:")
}

/// A line `Name:  123 kB` of a file of the system, in bytes.
fn line_of(path: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Gives freed memory back to the system. The allocator keeps it otherwise, in pieces between what is in use.
pub fn trim() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn malloc_trim(pad: usize) -> i32;
        }
        // SAFETY: a function of the C library that may be called at any time, from any thread.
        unsafe { malloc_trim(0) };
    }
}

/// Watches the memory in use and hands file pages back before the budget is reached, until it is dropped.
pub struct Watch {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Watches for a room on disk. Where the system does not say how much is in use, or no thread can be had, the system's own
    /// judgement has to do: it may take file pages at any time.
    pub fn start(room: &Room, memory: &Memory) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (room, ended) = (room.clone(), over.clone());
        let most = memory.limit / 100 * RELEASE_PERCENT;
        let over_it = move || line_of("/proc/self/status", "VmRSS:").is_some_and(|used| used > most);
        let look = move || {
            let mut since_trim = TRIM_EVERY;
            while !ended.load(Ordering::Relaxed) {
                if over_it() {
                    room.release();
                    if since_trim >= TRIM_EVERY && over_it() {
                        trim();
                        since_trim = 0;
                    }
                }
                since_trim = since_trim.saturating_add(1);
                thread::park_timeout(LOOK_EVERY);
            }
        };
        let thread = thread::Builder::new().name("alike-memory".to_string()).spawn(look).ok();
        Self { over, thread }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It does not panic; if it did, there is nothing left to watch.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("8GiB"), Ok(8 << 30));
        assert_eq!(parse_size(" 1.5 g "), Ok(3 << 29));
        assert_eq!(parse_size("500MB"), Ok(500_000_000));
        assert_eq!(parse_size("268435456"), Ok(1 << 28));
        assert_eq!(parse_size("99999999999999TiB"), Ok(u64::MAX));
        for wrong in ["", "GiB", "8 gigs", "-1GiB", "1e9", "8GiB!", "1.2.3G", "٣GiB", "nan", "½ GiB"] {
            assert!(parse_size(wrong).unwrap_err().contains("8GiB"), "{wrong}");
        }
        assert!(parse_size("8").unwrap_err().contains("at least 64 MiB"));
        assert_eq!(size(3 << 29), "1.5 GiB");
    }

    #[test]
    fn what_does_not_fit_goes_to_disk_and_what_never_fits_is_refused() {
        let need = Need { whole: 10 << 30, least: 4 << 30 };
        let dir = Path::new(".");
        assert!(!Memory::asked(10 << 30).room(need, dir).is_on_disk());
        assert!(Memory::asked(8 << 30).room(need, dir).is_on_disk());
        Memory::asked(4 << 30).check(need).unwrap();
        let refused = Memory::asked(2 << 30).check(need).unwrap_err();
        assert_eq!(refused.exit_code(), 2);
        assert!(refused.to_string().contains("about 4.0 GiB"), "{refused}");
        Memory { asked: false, ..Memory::asked(2 << 30) }.check(need).unwrap();
    }

    #[test]
    fn more_records_need_more() {
        let (small, large) = (Need::of_records(1_000, 300_000), Need::of_records(1_000_000, 300_000_000));
        assert!(small.whole < large.whole && small.least < large.least && large.least < large.whole);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_system_tells_what_is_used() {
        assert!(peak().unwrap() > 1 << 20);
        assert!(Memory::of_machine().unwrap().limit > LEAST);
    }
}
