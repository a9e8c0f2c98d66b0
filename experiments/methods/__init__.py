"""One file per question: each plans, runs, analyses and renders."""
