//! The Merkle tree over the journal (RFC 6962, section 2.1), grown one leaf at a time. Only its
//! right edge is kept: the roots of the perfect subtrees, largest first.

use aws_lc_rs::digest::{Context, SHA256};

/// A node of the tree: SHA-256.
pub type Hash = [u8; 32];

/// `SHA-256(0x00 || line)`, the hash of a leaf.
pub fn leaf(line: &[u8]) -> Hash {
    digest(&[&[0], line])
}

/// The hash of an inner node.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    digest(&[&[1], left, right])
}

fn digest(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// A tree of `size` leaves by its right edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    peaks: Vec<Hash>,
}

impl Edge {
    /// The edge out of its stored form; `None` when the bytes are not one of a tree of that size.
    pub fn read(size: u64, bytes: &[u8]) -> Option<Self> {
        let (peaks, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && peaks.len() == size.count_ones() as usize;
        fits.then(|| Self { size, peaks: peaks.to_vec() })
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf: merges as many perfect subtrees as the old size has trailing one bits. Gives the
    /// tiles that became whole.
    pub fn push(&mut self, leaf: Hash) -> Vec<Tile> {
        let mut hash = leaf;
        let mut whole = Vec::new();
        for below in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
            let level = below + 1;
            if level.is_multiple_of(TILE) {
                whole.push(Tile { level: level as i32, position: (self.size >> level) as i64, hash });
            }
        }
        self.peaks.push(hash);
        self.size += 1;
        whole
    }

    /// The first leaf of those that another edge of the same size was not made of.
    pub fn parts_at(&self, other: &Self) -> Option<u64> {
        let mut begin = 0;
        for (peak, others) in self.peaks.iter().zip(&other.peaks) {
            if peak != others {
                return Some(begin);
            }
            begin += 1 << (self.size - begin).ilog2();
        }
        None
    }

    /// The tree's root; of the empty tree, the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return digest(&[]);
        };
        peaks.fold(*last, |right, left| node(left, &right))
    }
}

/// Levels between those whose nodes are kept.
pub const TILE: u32 = 8;

/// The root of a perfect subtree of `2^level` leaves, the `position`th of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    pub level: i32,
    pub position: i64,
    pub hash: Hash,
}

/// Leaves from `begin` up to and without `end`, of which a proof gives the root.
pub type Span = (u64, u64);

/// The largest power of two below `size`, which is at least 2.
const fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

/// What proves that leaf `index` is in the tree of the first `size` leaves (RFC 6962, section 2.1.1);
/// `index` is below `size`.
pub fn inclusion(index: u64, size: u64) -> Vec<Span> {
    let (mut begin, mut end) = (0, size);
    let mut path = Vec::new();
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        if index < middle {
            path.push((middle, end));
            end = middle;
        } else {
            path.push((begin, middle));
            begin = middle;
        }
    }
    path.reverse();
    path
}

/// What proves that the tree of `first` leaves begins that of `second` (RFC 6962, section 2.1.2);
/// `0 < first <= second`.
pub fn consistency(first: u64, second: u64) -> Vec<Span> {
    let (mut begin, mut end) = (0, second);
    let mut path = Vec::new();
    // As long as the old tree is not a whole subtree here, go down to where it ends.
    while first != end {
        let middle = begin + split(end - begin);
        if first <= middle {
            path.push((middle, end));
            end = middle;
        } else {
            path.push((begin, middle));
            begin = middle;
        }
    }
    if begin != 0 {
        path.push((begin, end));
    }
    path.reverse();
    path
}

/// The perfect subtrees that leaves `begin..end` of a proof fall into, left to right, as (level, position).
pub fn perfect((mut begin, end): Span) -> Vec<(u32, u64)> {
    let mut parts = Vec::new();
    while begin < end {
        let level = (63 - (end - begin).leading_zeros()).min(begin.trailing_zeros());
        parts.push((level, begin >> level));
        begin += 1 << level;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 6962, read literally.
    fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => digest(&[]),
            [one] => *one,
            many => {
                let split = many.len().next_power_of_two() / 2;
                node(&root_by_definition(&many[..split]), &root_by_definition(&many[split..]))
            }
        }
    }

    #[test]
    fn the_edge_has_the_root_that_the_rfc_defines() {
        let leaves: Vec<Hash> = (0u32..100).map(|n| leaf(&n.to_be_bytes())).collect();
        let mut edge = Edge::default();
        for n in 0..leaves.len() {
            assert_eq!(edge.root(), root_by_definition(&leaves[..n]), "{n} leaves");
            edge.push(leaves[n]);
            assert_eq!(Edge::read(edge.size(), &edge.bytes()).as_ref(), Some(&edge));
        }
        assert_eq!(Edge::read(3, &[0; 32]), None);
    }

    #[test]
    fn an_edge_parts_from_another_where_the_first_leaf_differs() {
        let edge = |changed: Option<u32>| {
            let mut edge = Edge::default();
            for n in 0..13_u32 {
                edge.push(leaf(&(if changed == Some(n) { 99 } else { n }).to_be_bytes()));
            }
            edge
        };
        // 13 leaves stand under peaks of 8, 4 and 1.
        for (changed, place) in [(0, 0), (7, 0), (8, 8), (11, 8), (12, 12)] {
            assert_eq!(edge(None).parts_at(&edge(Some(changed))), Some(place), "{changed}");
        }
        assert_eq!(edge(None).parts_at(&edge(None)), None);
    }

    #[test]
    fn the_empty_tree_and_the_empty_leaf_are_those_of_the_rfc_test_vectors() {
        let hex = |h: Hash| h.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(hex(Edge::default().root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(leaf(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    fn root_of(leaves: &[Hash], span: Span) -> Hash {
        root_by_definition(&leaves[span.0 as usize..span.1 as usize])
    }

    /// PATH(m, D[n]) of RFC 6962, read literally.
    fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() <= 1 {
            return Vec::new();
        }
        let k = leaves.len().next_power_of_two() / 2;
        let (left, right) = leaves.split_at(k);
        match m < k {
            true => [path(m, left), vec![root_by_definition(right)]].concat(),
            false => [path(m - k, right), vec![root_by_definition(left)]].concat(),
        }
    }

    /// SUBPROOF(m, D[n], b) of RFC 6962, read literally.
    fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if m == leaves.len() {
            return if whole { Vec::new() } else { vec![root_by_definition(leaves)] };
        }
        let k = leaves.len().next_power_of_two() / 2;
        let (left, right) = leaves.split_at(k);
        match m <= k {
            true => [subproof(m, left, whole), vec![root_by_definition(right)]].concat(),
            false => [subproof(m - k, right, false), vec![root_by_definition(left)]].concat(),
        }
    }

    #[test]
    fn proofs_are_those_that_the_rfc_defines() {
        let leaves: Vec<Hash> = (0u32..70).map(|n| leaf(&n.to_be_bytes())).collect();
        let roots = |spans: Vec<Span>| spans.into_iter().map(|span| root_of(&leaves, span)).collect::<Vec<_>>();
        for size in 1..leaves.len() {
            for index in 0..size {
                let proof = roots(inclusion(index as u64, size as u64));
                assert_eq!(proof, path(index, &leaves[..size]), "{index} in {size}");
            }
            for first in 1..=size {
                let proof = roots(consistency(first as u64, size as u64));
                assert_eq!(proof, subproof(first, &leaves[..size], true), "{first} of {size}");
            }
        }
    }

    #[test]
    fn a_span_falls_into_perfect_subtrees() {
        for begin in 0..40 {
            for end in begin..70 {
                let mut at = begin;
                for (level, position) in perfect((begin, end)) {
                    assert_eq!(position << level, at);
                    at += 1 << level;
                }
                assert_eq!(at, end);
            }
        }
    }

    #[test]
    fn tiles_are_the_roots_of_their_leaves() {
        let leaves: Vec<Hash> = (0u32..600).map(|n| leaf(&n.to_be_bytes())).collect();
        let mut edge = Edge::default();
        let tiles: Vec<Tile> = leaves.iter().flat_map(|leaf| edge.push(*leaf)).collect();
        let expected = |position: usize| root_by_definition(&leaves[position * 256..(position + 1) * 256]);
        assert_eq!(tiles.len(), 2);
        for (n, tile) in tiles.iter().enumerate() {
            assert_eq!(tile, &Tile { level: 8, position: n as i64, hash: expected(n) });
        }
    }
}
