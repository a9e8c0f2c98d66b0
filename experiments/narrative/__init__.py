"""What happened in a run or a study, in plain words, and which failure followed from which."""
