"""The attacks as values: what is changed in a picture, how far, and in how many steps."""

from dataclasses import dataclass

from tfnets.errors import InputError

NORMS = ("linf", "l2")


@dataclass(frozen=True)
class Origin:
    """The report's attack (study 2.3): plain gradient descent on one loss, the same for all steps.

    The loss is -weight * p(target) + ||image - original||^2 with pixels from 0 to 255, as the
    report had them; the square is ours, the report has the plain norm. In pixels from 0 to 1 its
    gradient step is

        x <- x + rate * (weight / 255^2 * dp/dx - 2 (x - original)),

    after which x is clipped to [0, 1]. Untargeted, p(target) is 1 - p(source).

    Attributes:
        weight: Factor of the probability.
        learning_rate: Step length in the report's units (it used 0.33 on its other images).
        steps: Gradient steps.

    Raises:
        InputError: A value is not positive.
    """

    weight: float = 500_000.0
    learning_rate: float = 0.33
    steps: int = 1_000

    def __post_init__(self) -> None:
        _require_positive(self, "weight", "learning_rate", "steps")


@dataclass(frozen=True)
class PGD:
    """Projected gradient steps inside a ball (Madry et al. 2018), with momentum if wanted.

    Each step goes `step_size` along the sign (`linf`) or the direction (`l2`) of the gradient of
    the target's log-odds, which is the direction of the cross-entropy's, and back into the ball
    and [0, 1]. With momentum m (Dong et al. 2018), the direction is that of
    v <- m v + gradient / ||gradient||_1. One step of full length is FGSM (Goodfellow et al. 2015).

    Attributes:
        norm: `linf` or `l2`.
        epsilon: Radius of the ball, in pixel units from 0 to 1; `l2` is over all values.
        steps: Gradient steps.
        step_size: Length of a step, in the same norm and unit.
        momentum: m; 0 is plain PGD.
        random_start: Whether to begin at a uniformly random point of the ball.
        probability: An image is left alone once p(target) reaches this (untargeted:
            1 - p(source)); 1 takes all steps.

    Raises:
        InputError: An unknown norm, or a value out of its range.
    """

    norm: str = "linf"
    epsilon: float = 8 / 255
    steps: int = 40
    step_size: float = 1 / 255
    momentum: float = 0.0
    random_start: bool = False
    probability: float = 1.0

    def __post_init__(self) -> None:
        if self.norm not in NORMS:
            raise InputError(f"PGD does not know the norm {self.norm!r}; give linf or l2.")
        _require_positive(self, "epsilon", "steps", "step_size")
        _require_probability(self)
        if not self.momentum >= 0:
            raise InputError(f"PGD's momentum is {self.momentum}; give a number of at least 0.")


@dataclass(frozen=True)
class CarliniWagner:
    """The smallest change in L2 that fools (Carlini & Wagner 2017).

    Adam minimises ||x - original||^2 + c * max(kappa - margin, 0) over w, x = (tanh(w) + 1) / 2,
    where the margin is the target's logit minus the largest other one. c is searched for each image
    by itself: times 10 until one succeeds, then by bisection. The nearest success is returned.

    Attributes:
        kappa: Margin of logits from which on an image counts as fooling.
        steps: Adam's steps for each c.
        searches: Values of c.
        learning_rate: Adam's, in w.
        c: The first c.
        rounding: Whether the network sees x rounded to 8 bits (the gradient passes through), so
            that successes are successes of pictures that can be saved. False is the paper's.

    Raises:
        InputError: A value is out of its range.
    """

    kappa: float = 0.0
    steps: int = 200
    searches: int = 9
    learning_rate: float = 0.01
    c: float = 1e-2
    rounding: bool = True

    def __post_init__(self) -> None:
        _require_positive(self, "steps", "searches", "learning_rate", "c")
        if not self.kappa >= 0:
            raise InputError(f"CarliniWagner's kappa is {self.kappa}; give a number of at least 0.")


@dataclass(frozen=True)
class EightBit:
    """As few values of an 8-bit picture as possible, each changed by `levels`, until it fools.

    Every step looks at a picture that can be saved, and averages its gradient with those before it.
    The next picture changes the k values where that average is largest, along its sign: the point
    of {||d||_inf <= levels, ||d||_1 <= levels * k} where the average's linear model is largest
    (dual averaging, Nesterov 2009). k starts with all values, falls while the picture fools and
    rises while it does not. Returned is the picture with the fewest changes among those that reach
    `probability`, else the one that came nearest.

    All changes are of one size, so fewest values is also least L2.

    Attributes:
        levels: Steps of 1/255 by which a value is changed; 1 is the least an 8-bit picture allows.
        probability: p(target) that is asked for (untargeted: 1 - p(source)).
        steps: Gradient steps.
        decay: The t-th gradient enters the average with weight t ** -decay, from 0.5 to 1.
        pixels: Whether to choose whole pixels, all channels at once: fewer pixels, more values.

    Raises:
        InputError: A value is out of its range.
    """

    levels: int = 1
    probability: float = 0.98
    steps: int = 100
    decay: float = 0.7
    pixels: bool = False

    def __post_init__(self) -> None:
        _require_positive(self, "levels", "steps")
        _require_probability(self)
        if self.probability == 1:
            raise InputError("No logits give a probability of 1; give EightBit one below 1.")
        if not 0.5 <= self.decay <= 1:
            raise InputError(f"EightBit's decay is {self.decay}; give a number from 0.5 to 1.")


Method = Origin | PGD | CarliniWagner | EightBit


def _require_positive(method: object, *names: str) -> None:
    for name in names:
        value = getattr(method, name)
        if not 0 < value < float("inf"):
            raise InputError(f"{type(method).__name__}'s {name} is {value}; give a number above 0.")


def _require_probability(method: "PGD | EightBit") -> None:
    if not 0 < method.probability <= 1:
        raise InputError(
            f"{type(method).__name__}'s probability is {method.probability}; give a number above 0 "
            "and at most 1."
        )
