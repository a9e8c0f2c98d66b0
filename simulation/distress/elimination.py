"""Linear systems of networks in which nobody passes on more than he has."""

import numpy as np

from simulation.rule import rule


@rule
def solve_network(matrix: np.ndarray, values: np.ndarray) -> None:
    """Solve matrix x = values for x, which takes the place of values; the matrix is used up.

    For I - C with C >= 0 and columns that sum to less than one: there elimination needs no exchange of rows and is
    stable (Wilkinson 1961). Written out, because NumPy's solver takes six seconds to compile into a rule."""
    size = len(values)
    for pivot in range(size):
        for row in range(pivot + 1, size):
            factor = matrix[row, pivot] / matrix[pivot, pivot]
            if factor != 0.0:
                for column in range(pivot + 1, size):
                    matrix[row, column] -= factor * matrix[pivot, column]
                values[row] -= factor * values[pivot]
    for row in range(size - 1, -1, -1):
        for column in range(row + 1, size):
            values[row] -= matrix[row, column] * values[column]
        values[row] /= matrix[row, row]
