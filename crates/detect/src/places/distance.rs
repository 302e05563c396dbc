//! How far apart countries are, where they come closest: nobody who goes from one to the other goes less.

use std::sync::LazyLock;

use super::Country;

/// Each country in order of their codes, and its distances from those before it.
static TABLE: LazyLock<Vec<(Country, Vec<u8>)>> =
    LazyLock::new(|| include_str!("distances.txt").lines().filter_map(row).collect());

/// The unit of the table.
const UNIT_KM: u32 = 100;

fn row(line: &str) -> Option<(Country, Vec<u8>)> {
    let mut columns = line.split(' ');
    let country = columns.next().and_then(Country::new)?;
    Some((country, columns.filter_map(|column| column.parse().ok()).collect()))
}

/// The least distance between two countries in kilometres, rounded down to hundreds; `None` for codes
/// that are on no map.
pub(super) fn between(one: Country, other: Country) -> Option<u32> {
    let row = |country| TABLE.binary_search_by_key(&country, |(known, _)| *known).ok();
    let (one, other) = (row(one)?, row(other)?);
    if one == other {
        return Some(0);
    }
    let (_, distances) = TABLE.get(one.max(other))?;
    Some(u32::from(*distances.get(one.min(other))?) * UNIT_KM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_is_told_apart_from_all_before_it() {
        assert!(TABLE.is_sorted_by_key(|(country, _)| *country));
        assert!((0..).zip(&*TABLE).all(|(row, (_, distances))| distances.len() == row));
        assert_eq!(TABLE.len(), 236);
    }

    #[test]
    fn neighbours_touch_and_oceans_are_wide() {
        let km = |one, other| between(Country::new(one)?, Country::new(other)?);
        assert_eq!(km("DE", "DE"), Some(0));
        assert_eq!((km("DE", "FR"), km("FR", "DE")), (Some(0), Some(0)));
        // From the ferry between Dover and Calais, 33 km, and the strait of Gibraltar, 14 km.
        assert_eq!((km("GB", "FR"), km("ES", "MA")), (Some(0), Some(0)));
        // Iceland is some 1,450 km from Denmark, but 400 km from the Faroe Islands.
        assert_eq!(km("IS", "FO"), Some(400));
        assert!(km("DE", "JP").is_some_and(|km| (7_000..9_000).contains(&km)));
        assert_eq!(km("DE", "XX"), None);
    }
}
