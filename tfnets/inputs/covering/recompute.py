"""The scores of many images that differ from a known one in a small box each (study 2.4).

Only what sees the box is computed anew, stage by stage (`tfnets.inputs.covering.stages`). The
result is that of the whole network, up to rounding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import tensorflow as tf
from numpy.typing import NDArray

from tfnets.inputs.covering.calls import Calls, run
from tfnets.inputs.covering.locality import Indices
from tfnets.inputs.covering.stages import Boxes, Plane, Stage


class Recomputer:
    """Logits of images that differ from one image in one box each; one compiled program."""

    def __init__(self, network: Calls, boxes: Boxes, *, stages: Sequence[Stage]) -> None:
        """Takes the network, the changed pixels of each image, and the stages from `plan`.

        No stage runs the whole network for each box.
        """
        self._network, self._boxes, self._stages = network, boxes, tuple(stages)
        cut = self._stages[-1].target if self._stages else network.image
        done = {id(call) for stage in self._stages for call in stage.calls}
        self._cuts = [*(stage.source for stage in self._stages), cut]
        self._rest = [call for call in network.calls if id(call) not in done]
        self._programs: dict[int, Callable[..., tf.Tensor]] = {}

    def known(self, image: NDArray) -> tuple[list[tf.Tensor], tf.Tensor]:
        """Runs the image (height, width, channels) itself.

        Returns:
            What it has at each cut, and its logits (classes,).
        """
        values = run(self._network.calls, {self._network.image: tf.constant(image[None])})
        return [values[cut][0] for cut in self._cuts], values[self._network.logits][0]

    def logits(self, known: list[tf.Tensor], other: NDArray, indices: Indices) -> tf.Tensor:
        """Returns the logits (batch, classes) of the image with boxes taken from another image.

        Args:
            known: What `known` has returned for the image.
            other: The image that fills the boxes, shape (height, width, channels).
            indices: Which boxes, shape (batch,); each another image. Each length has a program of
                its own, compiled once.
        """
        given = (known, tf.constant(other[None]), tf.constant(indices, tf.int32))
        if len(indices) not in self._programs:
            program = tf.function(self._logits, autograph=False, jit_compile=False)
            self._programs[len(indices)] = program.get_concrete_function(*given)
        return self._programs[len(indices)](*given)

    def _logits(self, known: list[tf.Tensor], other: tf.Tensor, indices: tf.Tensor) -> tf.Tensor:
        def of_these(values: Indices) -> tf.Tensor:
            return tf.gather(tf.constant(values, tf.int32), indices)

        count = indices.shape[0]
        zeros = tf.zeros((count, 2), tf.int32)
        block = _Block(other, tf.zeros(count, tf.int32), zeros)
        changed = (of_these(self._boxes.first), of_these(self._boxes.stop))
        for stage, tensor in zip(self._stages, known, strict=False):
            crops = _pasted(tensor, block, changed, of_these(stage.starts), stage.crop)
            values = run(stage.calls, {stage.source: crops})[stage.target]
            block = _Block(values, tf.range(count), of_these(stage.places))
            changed = (of_these(stage.changed.first), of_these(stage.changed.stop))
        whole = _pasted(known[-1], block, changed, zeros, tuple(known[-1].shape[:2]))
        return run(self._rest, {self._cuts[-1]: whole})[self._network.logits]


@dataclass(frozen=True, eq=False)
class _Block:
    """New values: arrays (n, h, w, c), which of them each image takes, and where it lies."""

    values: tf.Tensor
    owners: tf.Tensor
    places: tf.Tensor


def _pasted(
    tensor: tf.Tensor, block: _Block, changed: Sequence[tf.Tensor], starts: tf.Tensor, size: Plane
) -> tf.Tensor:
    """Crops (batch, *size, c) of a tensor (h, w, c) in which the changed units come from a block.

    It is one gathering of units from a table of all units of the tensor and of the block.
    """
    height, width, channels = tensor.shape
    _, rows_of_block, columns_of_block, _ = block.values.shape
    rows = starts[:, :1] + tf.range(size[0])
    columns = starts[:, 1:] + tf.range(size[1])
    down, right = _within(rows, changed, 0), _within(columns, changed, 1)
    inside = tf.logical_and(down[:, :, None], right[:, None, :])
    old = rows[:, :, None] * width + columns[:, None, :]
    block_rows = block.owners[:, None] * rows_of_block + rows - block.places[:, :1]
    block_columns = columns - block.places[:, 1:]
    new = height * width + block_rows[:, :, None] * columns_of_block + block_columns[:, None, :]
    table = tf.concat([tf.reshape(part, (-1, channels)) for part in (tensor, block.values)], axis=0)
    return tf.gather(table, tf.where(inside, new, old))


def _within(indices: tf.Tensor, changed: Sequence[tf.Tensor], axis: int) -> tf.Tensor:
    first, stop = (ends[:, axis : axis + 1] for ends in changed)
    return tf.logical_and(indices >= first, indices < stop)
