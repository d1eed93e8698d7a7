//! Least squares for a few parameters.

/// The parameters `x` that minimise `Σ ((y − x·columns) / y)²`. Relative deviations are used,
/// because the spread of running times is proportional to their length.
///
/// Each row is a measured `y`, which must not be 0, and one column for each parameter. `None`
/// if the rows do not determine the parameters.
pub(super) fn relative_fit<const N: usize>(rows: &[(f64, [f64; N])]) -> Option<[f64; N]> {
    // The normal equations AᵀA x = Aᵀ1, with every row divided by its y.
    let mut matrix = [[0.0; N]; N];
    let mut right = [0.0; N];
    for (y, columns) in rows {
        let row = columns.map(|column| column / y);
        for i in 0..N {
            right[i] += row[i];
            for j in 0..N {
                matrix[i][j] += row[i] * row[j];
            }
        }
    }
    solve(matrix, right)
}

/// Solves a symmetric linear system by Gaussian elimination with the largest pivot of each
/// column. The matrix is first scaled so that its diagonal contains ones. So the units of the
/// parameters do not affect the check whether the matrix is singular.
fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> Option<[f64; N]> {
    const SINGULAR: f64 = 1e-12;
    let scale: [f64; N] = std::array::from_fn(|i| matrix[i][i].sqrt());
    if !scale.iter().all(|scale| scale.is_finite() && *scale > 0.0) {
        return None;
    }
    for i in 0..N {
        right[i] /= scale[i];
        for j in 0..N {
            matrix[i][j] /= scale[i] * scale[j];
        }
    }
    for column in 0..N {
        let size = |row: &usize| matrix[*row][column].abs();
        let pivot = (column..N).max_by(|a, b| size(a).total_cmp(&size(b)))?;
        if size(&pivot) < SINGULAR {
            return None;
        }
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for row in column + 1..N {
            let factor = matrix[row][column] / matrix[column][column];
            let above = matrix[column];
            for (entry, above) in matrix[row].iter_mut().zip(above).skip(column) {
                *entry -= factor * above;
            }
            right[row] -= factor * right[column];
        }
    }
    let mut solution = [0.0; N];
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|j| matrix[row][j] * solution[j]).sum();
        solution[row] = (right[row] - known) / matrix[row][row];
    }
    for (value, scale) in solution.iter_mut().zip(scale) {
        *value /= scale;
    }
    (solution.iter().all(|value| value.is_finite())).then_some(solution)
}
