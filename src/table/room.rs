//! Where finished lists lie: in memory, or in files on the local disk when a run may not use as much.

use super::flat::{Flat, Mapped, Plain};
use memmap2::Mmap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Lists of fewer bytes stay in memory: a file and a map for each would cost more than they save.
const SMALLEST: usize = 64 * 1024;

/// Bytes gathered before a growing list goes to its file.
const WRITE_AT: usize = 4 * 1024 * 1024;

/// Why a list could not be put on disk.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot write what does not fit into --memory beside the run folder, in `{}`: {cause}; make room there, name a folder \
     on another disk with -o, or give more --memory", dir.display()
)]
pub struct SpillError {
    /// The folder.
    pub dir: PathBuf,
    /// What the system said.
    pub cause: io::Error,
}

/// Decides where finished lists lie. By itself it leaves them in memory.
///
/// Files are removed from their folder as soon as they are made, so that nothing is left behind however the process ends; the
/// system keeps them until their lists are dropped. A list that the disk refuses stays in memory, and [`Room::check`]
/// says so: to be asked after each stage.
#[derive(Clone, Debug, Default)]
pub struct Room(Option<Arc<Disk>>);

#[derive(Debug)]
struct Disk {
    dir: PathBuf,
    smallest: usize,
    maps: Mutex<Vec<Weak<Mmap>>>,
    made: AtomicU64,
    bytes: AtomicU64,
    failed: Mutex<Option<io::Error>>,
}

/// The value behind a lock: all that is done under one leaves a whole value.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Room {
    /// Room in files in a folder.
    pub fn on_disk(dir: &Path) -> Self {
        Self::with_smallest(dir, SMALLEST)
    }

    /// The same, for lists from `smallest` bytes on.
    pub fn with_smallest(dir: &Path, smallest: usize) -> Self {
        let dir = if dir.as_os_str().is_empty() { PathBuf::from(".") } else { dir.to_path_buf() };
        Self(Some(Arc::new(Disk {
            dir,
            smallest: smallest.max(1),
            maps: Mutex::default(),
            made: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            failed: Mutex::default(),
        })))
    }

    /// Whether lists go to disk.
    pub fn is_on_disk(&self) -> bool {
        self.0.is_some()
    }

    /// Bytes put on disk so far.
    pub fn spilled_bytes(&self) -> u64 {
        self.0.as_ref().map_or(0, |disk| disk.bytes.load(Ordering::Relaxed))
    }

    /// Puts a finished list where it belongs.
    pub fn keep<T: Plain>(&self, list: &mut Flat<T>) {
        let Some(disk) = &self.0 else { return };
        if let Flat::Memory(values) = list
            && size_of_val(values.as_slice()) >= disk.smallest
        {
            let kept = disk.file().and_then(|mut file| {
                file.write_all(bytes_of(values))?;
                disk.map(&file, size_of_val(values.as_slice()))
            });
            match kept {
                Ok(map) => *list = Flat::File(Mapped::new(map)),
                Err(cause) => disk.fail(cause),
            }
        }
    }

    /// A list that goes where it belongs while it grows.
    pub fn growing<T: Plain>(&self) -> Growing<T> {
        Growing { disk: self.0.clone(), file: None, filed: 0, open: Vec::new() }
    }

    /// Hands the pages of all files back to the system; they are read again when they are looked at.
    pub fn release(&self) {
        let Some(disk) = &self.0 else { return };
        locked(&disk.maps).retain(|map| {
            let Some(map) = map.upgrade() else { return false };
            forget(&map);
            true
        });
    }

    /// What the disk refused, if it did.
    pub fn check(&self) -> Result<(), SpillError> {
        let Some(disk) = &self.0 else { return Ok(()) };
        match locked(&disk.failed).take() {
            None => Ok(()),
            Some(cause) => Err(SpillError { dir: disk.dir.clone(), cause }),
        }
    }
}

/// Drops the pages of a map from this process; the file has them.
fn forget(map: &Mmap) {
    // SAFETY: the map is shared and of a file that is not changed any more, so the same bytes are read again.
    #[cfg(unix)]
    let _ = unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
    #[cfg(not(unix))]
    let _ = map;
}

impl Disk {
    /// A new file without a name.
    fn file(&self) -> io::Result<File> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let path = self.dir.join(format!(".alike-spill-{}-{number}", std::process::id()));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // FILE_FLAG_DELETE_ON_CLOSE
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, 0x0400_0000);
        let file = options.open(&path)?;
        if cfg!(unix) {
            fs::remove_file(&path)?;
        }
        Ok(file)
    }

    /// The first bytes of a file, mapped.
    fn map(&self, file: &File, bytes: usize) -> io::Result<Arc<Mmap>> {
        // SAFETY: the file has no name and this process writes to it no more, so the bytes behind the map never change.
        let map = Arc::new(unsafe { memmap2::MmapOptions::new().len(bytes).map(file) }?);
        locked(&self.maps).push(Arc::downgrade(&map));
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(map)
    }

    fn fail(&self, cause: io::Error) {
        locked(&self.failed).get_or_insert(cause);
    }
}

fn bytes_of<T: Plain>(list: &[T]) -> &[u8] {
    // SAFETY: `Plain` values have no padding.
    unsafe { std::slice::from_raw_parts(list.as_ptr().cast(), size_of_val(list)) }
}

fn bytes_of_mut<T: Plain>(list: &mut [T]) -> &mut [u8] {
    // SAFETY: as above, and every bit pattern is a value.
    unsafe { std::slice::from_raw_parts_mut(list.as_mut_ptr().cast(), size_of_val(list)) }
}

/// A list that is appended to, of which only the end is in memory when it belongs on disk.
#[derive(Debug)]
pub struct Growing<T: Plain> {
    disk: Option<Arc<Disk>>,
    file: Option<File>,
    /// Values in the file.
    filed: usize,
    open: Vec<T>,
}

impl<T: Plain> Growing<T> {
    /// Appends values.
    pub fn extend_from_slice(&mut self, values: &[T]) {
        self.open.extend_from_slice(values);
        if size_of_val(self.open.as_slice()) >= WRITE_AT {
            self.hand_over();
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.filed + self.open.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn hand_over(&mut self) {
        let Some(disk) = &self.disk else { return };
        let written = (|| {
            if self.file.is_none() {
                self.file = Some(disk.file()?);
            }
            let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
            file.write_all(bytes_of(&self.open))
        })();
        match written {
            Ok(()) => {
                self.filed += self.open.len();
                self.open.clear();
            }
            Err(cause) => {
                disk.fail(cause);
                self.read_back();
            }
        }
    }

    /// Goes on in memory after the disk refused.
    fn read_back(&mut self) {
        self.disk = None;
        let Some(mut file) = self.file.take() else { return };
        let mut all = vec![T::default(); self.filed];
        let read = file.rewind().and_then(|()| file.read_exact(bytes_of_mut(&mut all)));
        // When even reading fails the list is wrong, and the run ends at `Room::check` all the same.
        drop(read);
        all.append(&mut self.open);
        (self.open, self.filed) = (all, 0);
    }

    /// The finished list.
    pub fn finish(mut self) -> Flat<T> {
        let Some(disk) = self.disk.clone() else {
            self.open.shrink_to_fit();
            return Flat::Memory(self.open);
        };
        if self.file.is_none() && size_of_val(self.open.as_slice()) < disk.smallest || self.is_empty() {
            self.open.shrink_to_fit();
            return Flat::Memory(self.open);
        }
        self.hand_over();
        let (filed, Some(file)) = (self.filed, &self.file) else { return Flat::Memory(self.open) };
        match disk.map(file, filed * size_of::<T>()) {
            Ok(map) => Flat::File(Mapped::new(map)),
            Err(cause) => {
                disk.fail(cause);
                self.read_back();
                Flat::Memory(self.open)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> (tempfile::TempDir, Room) {
        let dir = tempfile::tempdir().unwrap();
        let room = Room::with_smallest(dir.path(), 1);
        (dir, room)
    }

    #[test]
    fn a_list_in_a_file_is_the_same_list() {
        let (dir, room) = room();
        let numbers: Vec<u32> = (0..100_000).collect();
        let mut list = Flat::from(numbers.clone());
        room.keep(&mut list);
        assert!(matches!(list, Flat::File(_)));
        assert_eq!(list, Flat::from(numbers.clone()));
        room.release();
        assert_eq!(&*list, numbers.as_slice());
        assert_eq!((list.heap_bytes(), room.spilled_bytes()), (0, 400_000));
        list.to_mut().push(7);
        assert_eq!((list.len(), list[100_000]), (100_001, 7));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "the files have no names");
        room.check().unwrap();
    }

    #[test]
    fn a_growing_list_goes_to_its_file_in_parts() {
        let (_dir, room) = room();
        let numbers: Vec<u64> = (0..2_000_000).map(|n| n * n).collect();
        for room in [room, Room::default()] {
            let mut list = room.growing();
            numbers.chunks(777_777).for_each(|part| list.extend_from_slice(part));
            assert_eq!(list.len(), numbers.len());
            let list = list.finish();
            assert_eq!(matches!(list, Flat::File(_)), room.is_on_disk());
            assert_eq!(&*list, numbers.as_slice());
            assert!(room.growing::<u8>().finish().is_empty());
        }
    }

    #[test]
    fn small_lists_stay_in_memory() {
        let dir = tempfile::tempdir().unwrap();
        let room = Room::on_disk(dir.path());
        let mut list = Flat::from(vec![1u16, 2]);
        room.keep(&mut list);
        assert!(matches!(list, Flat::Memory(_)));
    }

    #[test]
    fn a_refusing_disk_leaves_lists_in_memory_and_is_told() {
        let (dir, room) = room();
        let mut begun = room.growing::<u64>();
        begun.extend_from_slice(&vec![3; WRITE_AT / 8]);
        drop(dir);
        let mut list = Flat::from(vec![5u32; 10]);
        room.keep(&mut list);
        assert_eq!(&*list, [5; 10]);
        begun.extend_from_slice(&[4]);
        let begun = begun.finish();
        assert_eq!((begun.len(), begun[0], begun[WRITE_AT / 8]), (WRITE_AT / 8 + 1, 3, 4));
        let message = room.check().unwrap_err().to_string();
        assert!(message.contains("--memory"), "{message}");
    }
}
