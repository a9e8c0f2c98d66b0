"""What a batch survives, with figures: `python -m benchmarks.reliability [ITEM ...]`.

Runs are made up by stand-ins where the economy itself does not matter, so that a thousand accidents fit into
minutes. Every accident really happens: processes are killed, bits are flipped, memory is taken.
"""
