"""What the running system proves of itself: the lines of its evidence, and figures behind them."""
