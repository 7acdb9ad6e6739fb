"""Study 1.1: how wide should a small convolutional network be?

Question: which of six widths of a two-convolution CIFAR-10 network underfits, fits or overfits?

Origin (ran): conv 5x5 (C1 filters), ReLU, max-pool, conv 5x5 (C2), ReLU, max-pool, dense 10; widths
(3,8), (6,16), (12,32), (24,64), (48,128), (96,256); 15 epochs, one learning rate, training loss
every 2,000 mini-batches beside test loss. (3,8) and (6,16) underfit, (12,32) is best at about 65 %
test accuracy, (24,64) begins to overfit, larger ones overfit strongly. The readable text names no
size of the mini-batches; 4 is our reading.

Correct: the report adds 912 + 9,632 + 8,010 and writes 11,354 parameters; the (12,32) network has
18,554, the (3,8) network 2,846.

Verdict rule, fixed before the full run, on the curves averaged over seeds: let `end` be the mean
over the last tenth of the points and `lowest` the lowest point of the test loss smoothed over three
points. A width

- overfits if end(test) > 1.1 lowest(test): the test loss has turned and gone up by more than 10 %;
- underfits if not, and end(test) - end(training) < 0.1 end(test): the network does hardly better
  on what it was shown than on what it was not, so it is too small, not too free;
- fits otherwise: it has learned its training images better, at no cost on the test images.

A width overfits strongly if its test loss ends at more than 1.5 times its lowest point.

Command: `tfnets run width_sweep --scale full` (two seeds take about an hour and a half on 2
cores, two thirds of it in the widest network).
"""

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods.classifiers.training import Training, train
from tfnets.models.classifiers import two_convolutions
from tfnets.studies.width_sweep import page
from tfnets.studies.width_sweep.numbers import summary
from tfnets.studies.width_sweep.settings import SCALES, Settings, filters

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every width and seed, the widest first, judges each width, writes the page."""
    trials = {
        width: [
            Training(settings, width, seed, (two_convolutions, filters(width)))
            for seed in run.seeds(settings.repeats)
        ]
        for width in sorted(settings.widths, key=filters, reverse=True)
    }
    results = train(run, lab, trials)
    rows = {width: results[width] for width in settings.widths}
    numbers = {width: summary(repeats) for width, repeats in rows.items()}
    run.finish({"widths": numbers}, page.write(run, settings, rows, numbers))
