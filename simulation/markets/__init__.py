"""One file per market: where agents meet, prices form and payments are made."""
