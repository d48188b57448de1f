//! Lists of numbers that lie in memory or in a file.

use memmap2::Mmap;
use std::ops::Deref;
use std::sync::Arc;

/// Values without padding, for which every bit pattern is a value: their bytes may go to a file and come back.
pub trait Plain: sealed::Sealed + Copy + Default + Send + Sync + 'static {}

mod sealed {
    pub trait Sealed {}
}

macro_rules! plain {
    ($($number:ty),*) => {
        $(impl sealed::Sealed for $number {}
        impl Plain for $number {})*
    };
}
plain!(u8, u16, u32, u64, i64);

/// A list that is read like a slice, wherever it lies; see [`super::Room`].
#[derive(Clone, Debug)]
pub enum Flat<T: Plain> {
    /// In memory.
    Memory(Vec<T>),
    /// In a file that nobody else knows.
    File(Mapped<T>),
}

/// A list in a file.
#[derive(Clone, Debug)]
pub struct Mapped<T> {
    start: *const T,
    len: usize,
    /// Keeps the file's pages where `start` points.
    _map: Arc<Mmap>,
}

// SAFETY: what `start` points to is never written while the map lives, and `T` holds numbers only.
unsafe impl<T: Plain> Send for Mapped<T> {}
// SAFETY: as above.
unsafe impl<T: Plain> Sync for Mapped<T> {}

impl<T: Plain> Mapped<T> {
    /// The list whose bytes fill the map.
    pub(super) fn new(map: Arc<Mmap>) -> Self {
        // Pages begin at multiples of 4096 bytes, so a number of up to 8 bytes is aligned.
        Self { start: map.as_ptr().cast(), len: map.len() / size_of::<T>(), _map: map }
    }
}

impl<T: Plain> Deref for Flat<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Self::Memory(list) => list,
            // SAFETY: the map holds `len` values, is aligned, stays in place and unchanged while `self` lives.
            Self::File(list) => unsafe { std::slice::from_raw_parts(list.start, list.len) },
        }
    }
}

impl<T: Plain> Flat<T> {
    /// The list in memory, to be changed; what lies in a file is read back.
    pub fn to_mut(&mut self) -> &mut Vec<T> {
        if let Self::File(_) = self {
            *self = Self::Memory(self.to_vec());
        }
        match self {
            Self::Memory(list) => list,
            Self::File(_) => unreachable!("read back above"),
        }
    }

    /// Bytes held in memory whatever the system does; none of a list in a file.
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Memory(list) => list.capacity() * size_of::<T>(),
            Self::File(_) => 0,
        }
    }
}

impl<T: Plain> Default for Flat<T> {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

impl<T: Plain> From<Vec<T>> for Flat<T> {
    fn from(list: Vec<T>) -> Self {
        Self::Memory(list)
    }
}

impl<T: Plain + PartialEq> PartialEq for Flat<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Plain + Eq> Eq for Flat<T> {}
