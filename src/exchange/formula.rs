//! Formulas: what a spreadsheet would run is written so that it does not, and read back as it was.

/// With these a cell begins that a spreadsheet may take for a formula.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a text begins like a formula, apostrophes in front of it apart.
fn like_one(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// The text as it is written: one more apostrophe in front of what begins like a formula.
pub fn neutral(text: &str) -> String {
    match like_one(text) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// The text that was written: the inverse of `neutral`. Any other text is itself.
pub fn undone(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if like_one(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_cell_is_a_formula_and_every_one_is_read_back() {
        for text in ["=1+1", "+1", "-1", "-", "@a", "\ta", "\ra", "\na", "＝1", "＋1", "－1", "＠a", "'=1", "''=1", "'"]
        {
            assert!(!neutral(text).starts_with(FORMULA));
            assert_eq!(undone(&neutral(text)), text);
        }
        assert_eq!(neutral("'=1"), "''=1");
        assert_eq!(undone("'=1"), "=1");
        for harmless in ["", "a=b", "'quoted'", "'", "2023-06"] {
            assert_eq!((neutral(harmless).as_str(), undone(harmless)), (harmless, harmless));
        }
    }

    proptest! {
        #[test]
        fn undoing_is_exact(text in "['=+@\t\r\n ＝a-]{0,6}") {
            let written = neutral(&text);
            prop_assert!(!written.starts_with(FORMULA));
            prop_assert_eq!(undone(&written), text);
        }
    }
}
