"""Commands of `circuit`, one module each; `experiments.cli` registers them."""
