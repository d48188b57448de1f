//! Connected components by union–find.

use crate::score::{Links, MICRO};

/// The components of two or more records that links of at least this probability, or `bound` pairs, connect; members
/// ascending.
pub fn of(records: u32, links: &Links, at_least: f64, bound: &[(u32, u32)]) -> Vec<Vec<u32>> {
    let floor = ((at_least / (1.0 - at_least)).log2() * MICRO).round() as i64;
    let mut parent: Vec<u32> = (0..records).collect();
    for link in 0..links.len() {
        if links.weight[link] >= floor {
            join(&mut parent, links.a[link], links.b[link]);
        }
    }
    bound.iter().for_each(|&(a, b)| join(&mut parent, a, b));
    let mut size = vec![0u32; records as usize];
    (0..records).for_each(|record| size[find(&mut parent, record) as usize] += 1);
    let mut place = vec![u32::MAX; records as usize];
    let mut components: Vec<Vec<u32>> = Vec::new();
    for record in 0..records {
        let root = find(&mut parent, record) as usize;
        if size[root] > 1 {
            if place[root] == u32::MAX {
                place[root] = components.len() as u32;
                components.push(Vec::with_capacity(size[root] as usize));
            }
            components[place[root] as usize].push(record);
        }
    }
    components
}

/// The root of a record: the smallest record it is joined with so far.
fn find(parent: &mut [u32], mut record: u32) -> u32 {
    while parent[record as usize] != record {
        let grandparent = parent[parent[record as usize] as usize];
        parent[record as usize] = grandparent;
        record = grandparent;
    }
    record
}

fn join(parent: &mut [u32], a: u32, b: u32) {
    let (a, b) = (find(parent, a), find(parent, b));
    parent[a.max(b) as usize] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_join_records_through_others() {
        let links = Links {
            a: vec![0, 2, 4],
            b: vec![2, 5, 6],
            weight: vec![1_000_000, 2_000_000, -1_000_000],
            pattern: vec![0; 3],
            rule: vec![0; 3],
            compared: 3,
        };
        assert_eq!(of(7, &links, 0.5, &[]), vec![vec![0, 2, 5]]);
        assert_eq!(of(7, &links, 0.5, &[(1, 6), (5, 6)]), vec![vec![0, 1, 2, 5, 6]]);
    }
}
