//! What others would try first: common passwords, keyboard walks, dates, repetitions and the words
//! that go with an account. No rule says which characters a password must be made of.

use crate::types::fold;

/// Words of this service and of its field, in Vietnamese as one types them without marks.
const OWN: [&str; 14] = [
    "tuquan", "tu quan", "matkhau", "mat khau", "congan", "cong an", "vietnam", "viet nam", "quantri", "quan tri",
    "anninh", "trattu", "xinchao", "motnguoi",
];
/// What must be left of a password once the words of its account are taken out.
const LEFT: usize = 8;
/// Whether a password falls to this many guesses (zxcvbn's score 3 begins here).
const FEW_GUESSES: u64 = 100_000_000;

/// Whether `password` is among the first that someone would try who knows `words` of its owner.
pub fn guessable(password: &str, words: &[String]) -> bool {
    let folded = fold(password);
    let words: Vec<String> = words.iter().map(|word| fold(word)).filter(|word| word.chars().count() >= 3).collect();
    let known: Vec<&str> = words.iter().map(String::as_str).chain(OWN).collect();
    let left = known.iter().fold(folded.clone(), |left, word| left.replace(word, ""));
    if left.chars().count() < LEFT {
        return true;
    }
    [password, folded.as_str()].iter().any(|text| zxcvbn::zxcvbn(text, &known).guesses() < FEW_GUESSES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_are_guessable_in_any_case() {
        let common = [
            "password1234",
            "PASSWORD1234",
            "P@ssw0rd1234",
            "123456789012",
            "qwertyuiop12",
            "qwertyuiop[]",
            "iloveyou1234",
            "administrator",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "matkhau123456",
            "Mật khẩu 1234",
            "tuquan123456",
            "unbelievable",
            "19751975197519",
        ];
        for password in common {
            assert!(guessable(password, &[]), "{password}");
        }
    }

    #[test]
    fn the_words_of_an_account_do_not_make_a_password() {
        let words = ["nguyenvana".to_owned(), "Nguyễn Văn A".to_owned()];
        for password in ["nguyenvana2024", "Nguyễn Văn A 1", "NGUYENVANA.123", "TuQuan-nguyenvana"] {
            assert!(guessable(password, &words), "{password}");
        }
    }

    #[test]
    fn a_phrase_of_one_kind_of_letter_will_do() {
        for password in ["con mèo đi qua chín cây cầu", "thuyen giay troi ve pho cu", "vk3rz-9qpwe-77mna-b2xtd"] {
            assert!(!guessable(password, &["canbo.hoian".to_owned()]), "{password}");
        }
    }
}
