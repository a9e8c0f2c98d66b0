"""What is recorded of the real economy, what of a simulated one it is held against, and how both are read."""
