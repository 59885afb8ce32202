//! Regions: sets of finest cells, one set of values along each coordinate.

/// Values along one coordinate, by number.
pub type Mask = u128;

/// What every coordinate leaves: a cell belongs to a region if each of its values does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(pub Vec<Mask>);

impl Region {
    /// Everything, along so many coordinates.
    pub fn whole(sizes: &[usize]) -> Self {
        Self(sizes.iter().map(|size| all(*size)).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.contains(&0)
    }

    pub fn within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(mine, other)| mine & !other == 0)
    }

    /// The one coordinate along which another region takes less, where they are alike else.
    pub fn narrowed(&self, other: &Self) -> Option<usize> {
        let mut differ = (0..self.0.len()).filter(|at| self.0[*at] != other.0[*at]);
        match (differ.next(), differ.next()) {
            (Some(at), None) if other.within(self) => Some(at),
            _ => None,
        }
    }
}

/// So many values.
pub fn all(size: usize) -> Mask {
    assert!(size < 128, "{size} values along one coordinate");
    (1 << size) - 1
}
