"""A live page over the economy: a reader moves a slider, and pairs of runs with the same seeds answer."""
