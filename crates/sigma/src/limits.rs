//! Every limit of the crate, in one place: rule text is input like any other.

/// Longest rule file. The largest SigmaHQ rule is 40 kB.
pub(crate) const DOCUMENT_BYTES: usize = 1 << 20;
/// Most YAML nodes in a file, aliases expanded: stops alias bombs.
pub(crate) const YAML_NODES: usize = 200_000;
/// Deepest YAML nesting; Sigma itself needs six.
pub(crate) const YAML_DEPTH: usize = 32;
/// Deepest nesting of parentheses and `not` in a condition.
pub(crate) const CONDITION_DEPTH: usize = 32;
/// Most words in a condition.
pub(crate) const CONDITION_TOKENS: usize = 2_000;
/// Most values that the placeholders of one value may expand to.
pub(crate) const EXPANDED_VALUES: usize = 10_000;
/// Longest text that a pipeline may make of a value.
pub(crate) const VALUE_BYTES: usize = 64 << 10;
/// Compiled size of one regular expression; the largest of SigmaHQ takes between 1 and 10 MB.
pub(crate) const REGEX_BYTES: usize = 10 << 20;
/// Most rules one correlation refers to.
pub(crate) const CORRELATED_RULES: usize = 64;
/// Largest threshold of a correlation: a key keeps up to this many times or values.
pub(crate) const THRESHOLD: u64 = 100_000;
/// Distinct values counted beyond the threshold while a hit is open; later ones are not told apart.
pub(crate) const CONTINUED_VALUES: usize = 256;
/// Parts of a statistic's window that are kept for a key. Beyond them, sums and averages are kept as
/// those of neighbours, which blurs the window's beginning by a five-hundredth of it; percentiles are
/// those of the newest numbers.
pub(crate) const STATISTIC_PARTS: usize = 1024;
/// Longest timespan: 400 days, so that times in nanoseconds never overflow.
pub(crate) const TIMESPAN_SECONDS: u64 = 400 * 86_400;
/// Deepest nesting of lists in a record's value.
pub(crate) const LIST_DEPTH: usize = 8;
