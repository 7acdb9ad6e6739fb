"""Keras's SGD and Adam with one fused operation per weight instead of a dozen.

A small network's training step is bound by the overhead of its operations, and Keras's update is a
third of them. TensorFlow's fused kernels compute the same formulas; the state variables, settings
and schedules are Keras's own.
"""

import keras
import tensorflow as tf

LossScale = keras.optimizers.LossScaleOptimizer


def halves(network: keras.Model) -> bool:
    """Whether a network computes in float16, whose gradients need a scaled loss."""
    layers = network._flatten_layers()
    return any(layer.compute_dtype == "float16" for layer in layers)


def scaling(
    optimizer: keras.optimizers.Optimizer,
    *networks: keras.Model,
    known: keras.optimizers.Optimizer | None = None,
) -> keras.optimizers.Optimizer:
    """Wraps an optimiser of float16 networks in a `LossScaleOptimizer`, as Keras's `compile` does.

    `known` is the one of an earlier `compile`, which stays where it already wraps this optimiser.
    """
    if not any(map(halves, networks)) or scale_of(optimizer) is not None:
        return optimizer
    if isinstance(known, LossScale) and known.inner_optimizer is optimizer:
        return known
    return LossScale(optimizer)


def scale_of(optimizer: keras.optimizers.Optimizer) -> tf.Tensor | None:
    """What the optimiser wants its loss to be multiplied by; None for nothing."""
    if isinstance(optimizer, LossScale) or optimizer.loss_scale_factor is not None:
        return tf.convert_to_tensor(optimizer.scale_loss(tf.ones(())))
    return None


class SGD(keras.optimizers.SGD):
    """`keras.optimizers.SGD`, fused.

    With momentum mu: m <- mu m - rate g, then w <- w + m (Sutskever et al. 2013); with Nesterov's
    variant w <- w + mu m - rate g.
    """

    def update_step(
        self, gradient: tf.Tensor, variable: tf.Variable, learning_rate: tf.Tensor
    ) -> None:
        """Updates one weight; sparse gradients and several replicas take Keras's own way."""
        if not _can_fuse(self, gradient):
            super().update_step(gradient, variable, learning_rate)
            return
        rate = tf.cast(learning_rate, variable.dtype)
        gradient = tf.cast(gradient, variable.dtype)
        if not self.momentum:
            handle = _handle(variable)
            tf.raw_ops.ResourceApplyGradientDescent(var=handle, alpha=rate, delta=gradient)
            return
        momentum = self.momentums[self._get_variable_index(variable)]
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=_handle(variable),
            accum=_handle(momentum),
            lr=rate,
            grad=gradient,
            momentum=tf.constant(self.momentum, variable.dtype),
            use_nesterov=self.nesterov,
        )


class Adam(keras.optimizers.Adam):
    """`keras.optimizers.Adam`, fused (Kingma & Ba 2015, the form before section 2.1)."""

    def update_step(
        self, gradient: tf.Tensor, variable: tf.Variable, learning_rate: tf.Tensor
    ) -> None:
        """Updates one weight; AMSGrad, sparse gradients and replicas take Keras's own way."""
        if self.amsgrad or not _can_fuse(self, gradient):
            super().update_step(gradient, variable, learning_rate)
            return
        kind = variable.dtype
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations + 1, kind)
        beta_1, beta_2 = tf.constant(self.beta_1, kind), tf.constant(self.beta_2, kind)
        tf.raw_ops.ResourceApplyAdam(
            var=_handle(variable),
            m=_handle(self._momentums[index]),
            v=_handle(self._velocities[index]),
            beta1_power=tf.pow(beta_1, step),
            beta2_power=tf.pow(beta_2, step),
            lr=tf.cast(learning_rate, kind),
            beta1=beta_1,
            beta2=beta_2,
            epsilon=tf.constant(self.epsilon, kind),
            grad=tf.cast(gradient, kind),
        )


def _can_fuse(optimizer: keras.optimizers.Optimizer, gradient: tf.Tensor) -> bool:
    """Whether the gradient is dense and there is one copy of each weight."""
    one_copy = optimizer._distribution_strategy.num_replicas_in_sync == 1
    return one_copy and not isinstance(gradient, tf.IndexedSlices)


def _handle(variable: tf.Variable | keras.Variable) -> tf.Tensor:
    return (variable.value if isinstance(variable, keras.Variable) else variable).handle
