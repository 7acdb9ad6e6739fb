"""Attacks: pictures that a network takes for something else.

`attack(model, images, method, target=...)` changes images within the method's bounds; what counts
is the result as an 8-bit picture. Methods are values: `Origin` (the report's), `PGD` (L-inf or L2,
with or without momentum), `CarliniWagner` (least L2) and `EightBit` (fewest values changed by one
level).
"""

from tfnets.inputs.attacks.attacked import Attacked
from tfnets.inputs.attacks.attacker import Attacker, attack
from tfnets.inputs.attacks.methods import PGD, CarliniWagner, EightBit, Method, Origin

__all__ = ["PGD", "Attacked", "Attacker", "CarliniWagner", "EightBit", "Method", "Origin", "attack"]
