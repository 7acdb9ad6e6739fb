"""How experiments are run: settings, trials that resume, training, findings."""
