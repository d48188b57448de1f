//! Walks over Thrift structs in the compact protocol (thrift.apache.org, `thrift-compact-protocol.md`) without keeping them.
//!
//! The reader behind takes a field for what the format says it is, whatever the file says it is: so a field of another type
//! than the format's ends the walk, or the two would not see the same file.

use std::collections::HashMap;

/// Structs in structs; the format has five.
const DEEPEST: usize = 24;

/// Whole numbers of a struct by field (and 0); those of structs in it by both fields.
pub type Numbers = HashMap<(i16, i16), i64>;

/// What a field holds.
#[derive(Clone, Copy)]
pub enum Kind {
    Bool,
    Byte,
    /// A whole number of any width.
    Number,
    /// Text or bytes.
    Text,
    List(&'static Kind),
    Struct(Fields),
}

impl Kind {
    /// Whether this is the type that a file tells.
    pub fn is(self, told: u8) -> bool {
        match self {
            Kind::Bool => matches!(told, 1 | 2),
            Kind::Byte => told == 3,
            Kind::Number => matches!(told, 4..=6),
            Kind::Text => told == 8,
            Kind::List(_) => told == 9,
            Kind::Struct(_) => told == 12,
        }
    }
}

/// The fields of a struct; others are walked over, whatever they hold.
pub type Fields = &'static [(i16, Kind)];

/// Walks over values; nothing where the bytes end before, or say what cannot be.
pub struct Walker<'a> {
    pub bytes: &'a [u8],
}

impl<'a> Walker<'a> {
    /// The next bytes.
    pub fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(usize::try_from(count).ok()?)?;
        self.bytes = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn pass(&mut self, count: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    /// A number without a sign.
    pub fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A number whose sign is its last bit.
    pub fn number(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The next field of a struct and the type that is told; 0 and 0 at its end.
    pub fn field(&mut self, last: i16) -> Option<(i16, u8)> {
        let head = self.byte()?;
        if head == 0 {
            return Some((0, 0));
        }
        let field = match head >> 4 {
            0 => i16::try_from(self.number()?).ok()?,
            step => last.checked_add(i16::from(step))?,
        };
        Some((field, head & 0x0F))
    }

    /// A list's length and the type of its elements.
    pub fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let length = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        // Every element takes a byte at least.
        (length <= self.bytes.len() as u64).then_some((length, head & 0x0F))
    }

    /// Walks over a struct and keeps its numbers and those of structs in it.
    pub fn numbers(&mut self, fields: Fields) -> Option<Numbers> {
        let mut found = Numbers::new();
        self.structure(fields, 0, None, Some(&mut found))?;
        Some(found)
    }

    /// Walks over a struct; `outer` is the field it stands in.
    fn structure(
        &mut self,
        fields: Fields,
        depth: usize,
        outer: Option<i16>,
        mut found: Option<&mut Numbers>,
    ) -> Option<()> {
        let mut field = 0;
        loop {
            let told;
            (field, told) = self.field(field)?;
            if told == 0 {
                return Some(());
            }
            let known = fields.iter().find(|(number, _)| *number == field).map(|(_, kind)| *kind);
            if known.is_some_and(|kind| !kind.is(told)) {
                return None;
            }
            match (told, known) {
                // True and false: the value is in the type.
                (1 | 2, _) => {}
                (4..=6, _) => {
                    let number = self.number()?;
                    if let Some(found) = found.as_deref_mut() {
                        found.insert(outer.map_or((field, 0), |outer| (outer, field)), number);
                    }
                }
                (12, Some(Kind::Struct(inner))) => {
                    let found = found.as_deref_mut().filter(|_| outer.is_none());
                    self.structure(inner, depth + 1, Some(field), found)?;
                }
                (_, Some(kind)) => self.known(kind, depth)?,
                (_, None) => self.value(told, depth)?,
            }
        }
    }

    /// Walks over a value of the kind that the format has there.
    pub fn known(&mut self, kind: Kind, depth: usize) -> Option<()> {
        match kind {
            Kind::Bool | Kind::Byte => self.pass(1),
            Kind::Number => self.varint().map(drop),
            Kind::Text => {
                let length = self.varint()?;
                self.pass(length)
            }
            Kind::List(inner) => {
                let (length, told) = self.list()?;
                // The type of an empty list's elements is nothing that is read.
                if length > 0 && !inner.is(told) {
                    return None;
                }
                (0..length).try_for_each(|_| self.known(*inner, depth + 1))
            }
            Kind::Struct(fields) => self.structure(fields, depth + 1, Some(0), None),
        }
    }

    /// Walks over a value of the type that the file tells.
    pub fn value(&mut self, told: u8, depth: usize) -> Option<()> {
        match told {
            1..=3 => self.pass(1),
            4..=6 => self.varint().map(drop),
            7 => self.pass(8),
            8 => {
                let length = self.varint()?;
                self.pass(length)
            }
            9 | 10 if depth < DEEPEST => {
                let (length, told) = self.list()?;
                (0..length).try_for_each(|_| self.value(told, depth + 1))
            }
            12 if depth < DEEPEST => self.structure(&[], depth + 1, Some(0), None),
            // Parquet has no maps, and the reader no way over one.
            _ => None,
        }
    }
}
