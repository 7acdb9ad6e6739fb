"""How networks are trained: adversarial losses as values, trainers for `fit`, callbacks."""
