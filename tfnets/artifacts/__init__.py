"""What a run leaves on disk: the run folder, saved models, restored weights and exports."""
