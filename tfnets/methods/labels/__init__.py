"""Classifiers from few labels and many unlabelled images.

`learn(images, labels)` does it in one call; the modules hold the steps. Stands on `datasets`,
`models` and `training`.
"""
