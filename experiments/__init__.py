"""Questions put to simulated economies: studies, batches, statistics, figures, the `circuit` command."""
