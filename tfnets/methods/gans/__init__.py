"""GANs: training recipes, judges and their numbers, saved generators."""
