"""What the runs of a study say: shares, effects, risk, regret, survival, with their intervals."""
