//! The Merkle tree over the journal (RFC 6962, section 2.1), grown one leaf at a time. Only its
//! right edge is kept: the roots of the perfect subtrees, largest first.

use aws_lc_rs::digest::{Context, SHA256};

/// A node of the tree: SHA-256.
pub type Hash = [u8; 32];

/// `SHA-256(0x00 || line)`, the hash of a leaf.
pub fn leaf(line: &[u8]) -> Hash {
    digest(&[&[0], line])
}

fn node(left: &Hash, right: &Hash) -> Hash {
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

    /// Appends a leaf: merges as many perfect subtrees as the old size has trailing one bits.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The tree's root; of the empty tree, the hash of nothing.
    #[cfg_attr(not(test), expect(dead_code, reason = "the checkpoints to come read it"))]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return digest(&[]);
        };
        peaks.fold(*last, |right, left| node(left, &right))
    }
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
    fn the_empty_tree_and_the_empty_leaf_are_those_of_the_rfc_test_vectors() {
        let hex = |h: Hash| h.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(hex(Edge::default().root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(leaf(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }
}
