"""What agents owe one another: dues, debts and what stands behind them, contracts, deals, suppliers' money."""
