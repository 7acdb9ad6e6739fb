"""Theory that runs: what a network can see, what it costs, which operators are convolutions."""
