//! The shapes of records nobody understood: their words, with all that varies masked. The most
//! frequent ones tell which wording is worth adding next.

use hashbrown::HashMap;

/// Distinct shapes counted; further ones are not, so that noise cannot fill memory.
const SHAPES_MAX: usize = 1024;
/// Words of a shape; the rest of the message is left out.
const WORDS_MAX: usize = 14;

/// Counts shapes.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    counts: HashMap<String, u64, foldhash::fast::FixedState>,
    scratch: String,
}

impl Shapes {
    /// Counts the shape of a message of this program.
    pub(crate) fn count(&mut self, program: &str, message: &str) {
        self.scratch.clear();
        shape(program, message, &mut self.scratch);
        if let Some(count) = self.counts.get_mut(self.scratch.as_str()) {
            *count += 1;
        } else if self.counts.len() < SHAPES_MAX {
            self.counts.insert(self.scratch.clone(), 1);
        }
    }

    /// The most frequent shapes, at most `most` of them, with their counts.
    pub(crate) fn most_frequent(&self, most: usize) -> Vec<(String, u64)> {
        let mut shapes: Vec<_> = self.counts.iter().map(|(s, n)| (s.clone(), *n)).collect();
        shapes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        shapes.truncate(most);
        shapes
    }
}

fn shape(program: &str, message: &str, out: &mut String) {
    if !program.is_empty() {
        out.push_str(program);
        out.push_str(": ");
    }
    let words = message.split_ascii_whitespace().take(WORDS_MAX);
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let varies = word.len() > 24 || word.bytes().any(|b| b.is_ascii_digit() || !b.is_ascii());
        out.push_str(if varies { "*" } else { word });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_differ_in_numbers_have_one_shape() {
        let mut shapes = Shapes::default();
        for n in 0..5 {
            shapes.count("cron", &format!("job {n} took {n}ms at /x"));
        }
        shapes.count("cron", "reload");
        assert_eq!(shapes.most_frequent(1), [("cron: job * took * at /x".to_owned(), 5)]);
    }
}
