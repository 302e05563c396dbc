//! The middle of a sample.

/// The median: half of the values are below it, half above. Of an even number the mean of the two in the
/// middle; `None` of none. Puts the values in order.
#[must_use]
pub fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get((values.len() - 1) / 2)?;
    Some(lower + (upper - lower) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_values_are_below_as_above() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0, 9.0, 1.0]), Some(3.0));
        assert_eq!(median(&mut [4.0, 1.0, 9.0, 3.0]), Some(3.5));
    }
}
