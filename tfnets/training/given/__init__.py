"""What a person hands to a trainer, read as Keras users expect or refused in one sentence."""
