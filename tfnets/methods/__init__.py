"""What several studies and jobs do; each usable without a study."""
