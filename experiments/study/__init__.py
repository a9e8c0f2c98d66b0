"""What is asked: scenarios, policies, seeds, sampled parameters, and the plan of runs that follows from them."""
