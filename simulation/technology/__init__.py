"""Technology: prices and capability, what owning compute costs, compute in place, how long building takes."""
