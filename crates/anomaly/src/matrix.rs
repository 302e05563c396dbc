//! Rows of numbers, all of one width. It is storage with a checked shape, not linear algebra.

use crate::DataError;

/// Most columns of a matrix and of a model: what a stored model may make us allocate for a row.
pub const MAX_COLUMNS: usize = 65_536;

/// A row-major matrix of `f64` with at least one column. Values may be anything, NaN included:
/// whoever reads them says what is allowed.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// A matrix of `columns` columns from its values, row after row.
    ///
    /// # Errors
    /// [`DataError::Columns`] for none or more than [`MAX_COLUMNS`], [`DataError::Ragged`] when the
    /// values are not whole rows.
    pub fn new(columns: usize, values: Vec<f64>) -> Result<Self, DataError> {
        if !(1..=MAX_COLUMNS).contains(&columns) {
            return Err(DataError::Columns(columns));
        }
        if !values.len().is_multiple_of(columns) {
            return Err(DataError::Ragged { values: values.len(), columns });
        }
        Ok(Self { columns, values })
    }

    /// The number of columns, at least 1.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Every row, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.columns)
    }

    /// The value at a row and column this matrix has.
    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_not_whole_rows_are_refused() {
        assert_eq!(Matrix::new(0, vec![]), Err(DataError::Columns(0)));
        assert_eq!(Matrix::new(2, vec![1.0; 3]), Err(DataError::Ragged { values: 3, columns: 2 }));
    }

    #[test]
    fn rows_come_back_in_order() {
        let matrix = Matrix::new(2, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!(matrix.iter().collect::<Vec<_>>(), [[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!((matrix.rows(), matrix.columns(), matrix.at(1, 0)), (2, 2, 3.0));
    }
}
