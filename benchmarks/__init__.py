"""Speed of Circuit against its peers and against the machine's own limit.

`python -m benchmarks` prints one table. Every ratio compares two times measured in the same run on the same
machine, taken in turns, so that a slow or busy machine slows both sides. Peers follow other rules, so a ratio
says what an agent and a quarter cost, not that the models are alike.
"""
