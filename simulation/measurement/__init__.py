"""What is read of a quarter when it is over: series, circular revenue, who matters most."""
