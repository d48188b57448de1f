//! The secret of a place.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, ErrorKind};
use std::path::Path;

/// The file of the secret, in the folder of the decisions or, without one, in the run folder.
pub const MASK_KEY: &str = "mask.key";

/// The secret of a folder; made, for its owner only, when there is none yet.
///
/// Errors: the disk refuses, or the file is no secret of ours.
pub fn secret(folder: &Path) -> io::Result<[u8; 32]> {
    let path = folder.join(MASK_KEY);
    match std::fs::read_to_string(&path) {
        Ok(text) => read(text.trim()).ok_or_else(|| {
            io::Error::new(
                ErrorKind::InvalidData,
                "it is no secret of alike; move it away, and a new one is made",
            )
        }),
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            std::fs::create_dir_all(folder)?;
            let (key, text) = made();
            crate::write::private_file(&path, &text).map_err(io::Error::other)?;
            Ok(key)
        }
        Err(cause) => Err(cause),
    }
}

/// A secret that nobody had before, and as a file holds it.
pub fn made() -> ([u8; 32], String) {
    let key = random();
    (key, key.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn read(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    for (at, byte) in key.iter_mut().enumerate().filter(|_| is_hex) {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    is_hex.then_some(key)
}

/// What nobody can guess. The standard library seeds each hasher with 128 bits that the system gives, which is more than
/// can be tried.
fn random() -> [u8; 32] {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    let state = RandomState::new();
    for number in 0..8u64 {
        let mut hasher = state.build_hasher();
        hasher.write_u64(number);
        hash.update(hasher.finish().to_le_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_stays_and_every_folder_has_its_own() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = secret(one.path()).unwrap();
        assert_eq!(secret(one.path()).unwrap(), key);
        assert_ne!(secret(other.path()).unwrap(), key);
        std::fs::write(one.path().join(MASK_KEY), "é").unwrap();
        assert!(secret(one.path()).is_err());
    }
}
