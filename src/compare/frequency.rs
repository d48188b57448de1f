//! How common a value is: exact agreement on a rare name says more than on a common one.

use crate::table::Column;

/// Upper bounds of the share of records that hold a value, for *very rare*, *rare*, *uncommon* and *usual*; above is
/// *common*.
///
/// One decade each: within a decade the evidence of agreement differs by at most 3.3 bits, and the model learns each
/// bin's weight from the data. The last matters in files of a hundred thousand records and more.
const BOUNDS: [f64; 4] = [5e-6, 5e-5, 5e-4, 5e-3];

/// How many bins there are.
pub const BINS: usize = BOUNDS.len() + 1;

/// The frequency bin of every distinct value of a column: 0 common … 4 very rare.
pub struct Bins {
    bin_of: Vec<u8>,
    shares: Vec<f64>,
}

impl Bins {
    /// No frequencies: every value falls in bin 0.
    pub fn none() -> Self {
        Self { bin_of: Vec::new(), shares: vec![1.0] }
    }

    /// Bins by how many of the members that have a value hold each one.
    pub fn new(column: &Column, members: &[u32]) -> Self {
        let mut counts = vec![0u32; column.distinct()];
        members.iter().for_each(|&record| counts[column.code(record) as usize] += 1);
        counts[0] = 0;
        let filled = counts.iter().map(|&count| u64::from(count)).sum::<u64>().max(1) as f64;
        // Summed as integers: the order of values is that of rows, and must not show in the last digit of a sum.
        let mut held = [0u64; BINS];
        let bin_of = counts
            .iter()
            .map(|&count| {
                let share = f64::from(count) / filled;
                let bin = BOUNDS.iter().rev().position(|&bound| share > bound).unwrap_or(BOUNDS.len());
                held[bin] += u64::from(count);
                bin as u8
            })
            .collect();
        Self { bin_of, shares: held.iter().map(|&held| held as f64 / filled).collect() }
    }

    /// The bin of a value.
    #[inline]
    pub fn of(&self, code: u32) -> u8 {
        if self.bin_of.is_empty() { 0 } else { self.bin_of[code as usize] }
    }

    /// The share of filled records in each bin.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_do_not_depend_on_row_order() {
        let mut values: Vec<String> = (0..3_000).map(|n| format!("n{}", n * n % 977)).collect();
        let members: Vec<u32> = (0..3_000).collect();
        let shares = |values: &[String]| {
            Bins::new(&Column::from_values(values.iter().map(String::as_str)), &members).shares().to_vec()
        };
        let straight = shares(&values);
        values.reverse();
        assert_eq!(straight, shares(&values));
        values.sort();
        assert_eq!(straight, shares(&values));
    }

    #[test]
    fn common_and_rare_values_fall_apart() {
        let values: Vec<String> =
            (0..10_000).map(|n| if n < 100 { "smith".to_string() } else { format!("n{n}") }).collect();
        let column = Column::from_values(values.iter().map(String::as_str));
        let members: Vec<u32> = (0..10_000).collect();
        let bins = Bins::new(&column, &members);
        assert_eq!(bins.of(column.code(0)), 0);
        assert_eq!(bins.of(column.code(500)), 2);
        assert!((bins.shares()[0] - 0.01).abs() < 1e-9);
        assert!((bins.shares().iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
