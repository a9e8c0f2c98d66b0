"""The day on which a quarter's results are out."""

MONTHS_TO_RESULTS = 2  # after a quarter's end; the last of the observed firms reports in the second month


def day_after_results(quarter: str) -> str:
    """The day by which the results of a quarter are out, as 2025-11-30 for 2025Q3."""
    month = 3 * int(quarter[5]) + MONTHS_TO_RESULTS
    year, month = int(quarter[:4]) + (month - 1) // 12, (month - 1) % 12 + 1
    last = 28 if month == 2 else 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30
    return f"{year}-{month:02d}-{last}"
