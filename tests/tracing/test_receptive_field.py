"""Size, stride, offset and boxes against published numbers, closed forms and by hand."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from keras import layers

from tests.theory import samples
from tests.theory.samples import agree, chain
from tfnets.errors import InputError
from tfnets.tracing.receptive_field import field, fields, unit_box, unit_pixels
from tfnets.tracing.regions import EMPTY, Box

FEW = settings(max_examples=25, deadline=None, derandomize=True)


class TestFields:
    """Published numbers (Araujo et al. 2019, table 1): size, stride, padding before the image."""

    def test_vgg16(self):
        model = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
        found = field(model, "block5_pool")
        assert (found.height, found.width) == (212, 212)
        assert found.stride == (32, 32)
        assert found.offset == (-90, -90)

    def test_mobilenet(self):
        model = keras.applications.MobileNet(
            weights=None, include_top=False, input_shape=(224, 224, 3)
        )
        found = field(model, "conv_pw_13_relu")
        assert (found.height, found.stride, found.offset) == (315, (32, 32), (-126, -126))

    @FEW
    @given(samples.stacks(samples.CONVOLUTIONS))
    def test_closed_form_of_convolutions_and_poolings(self, recipe):
        """Size 1 + sum (k - 1) d * strides so far; stride the product; offset the paddings."""
        model = samples.stack(recipe)
        size, stride, offset = np.ones(2, int), np.ones(2, int), np.zeros(2, int)
        for layer in model.layers[1:-1]:
            kernel = np.array(getattr(layer, "kernel_size", None) or layer.pool_size)
            dilation = np.array(getattr(layer, "dilation_rate", (1, 1)))
            step = np.array(layer.strides)
            span = (kernel - 1) * dilation
            if layer.padding == "same":
                out, into = (np.array(t.shape[1:3]) for t in (layer.output, layer.input))
                offset -= np.maximum((out - 1) * step + span + 1 - into, 0) // 2 * stride
            size, stride = size + span * stride, stride * step
        found = field(model, "end")
        assert (found.height, found.width) == tuple(size)
        assert found.stride == tuple(stride)
        assert found.offset == tuple(offset)
        box = unit_box(model, "end", (0, 0), clipped=False)
        assert (box.top, box.left, box.height, box.width) == (*offset, *size)

    @FEW
    @given(samples.stacks(samples.CONVOLUTIONS | samples.OTHERS, size=6))
    def test_fields_move_by_their_stride_and_none_is_larger(self, recipe):
        model = samples.stack(recipe)
        found = field(model, "end") if fields(model)["end"] else None
        boxes = [
            unit_box(model, "end", (row, 0), clipped=False)
            for row in range(min(model.output_shape[1], 7))
        ]
        if found is None or EMPTY in boxes:
            return
        for row, box in enumerate(boxes):
            assert box.height <= found.height
            assert abs(box.top - boxes[0].top - row * found.stride[0]) < found.height + 1

    def test_upsampling_halves_the_stride_and_undoes_a_pooling(self):
        model = chain((8, 8, 1), layers.MaxPooling2D(2), layers.UpSampling2D((2, 4), name="up"))
        assert field(model, "up").stride == (1, 0.5)
        assert field(model, "up").height == 2
        assert [unit_box(model, "up", (row, 0)).top for row in range(4)] == [0, 0, 2, 2]

    def test_fields_that_alternate_although_they_move_evenly(self):
        """Pairs of equal units, two at a time: every second window lies across two pairs."""
        model = chain(
            (8, 8, 1), layers.MaxPooling2D(2), layers.UpSampling2D(2),
            layers.Conv2D(1, (2, 1), name="conv"),
        )  # fmt: skip
        heights = [unit_box(model, "conv", (row, 0)).height for row in range(4)]
        assert heights == [2, 4, 2, 4]
        found = field(model, "conv")
        assert (found.height, found.width, found.stride) == (4, 2, (1, 1))

    def test_largest_field_of_a_transposed_convolution(self):
        """Every second unit reads two inputs, those between them one."""
        model = chain((5, 5, 1), layers.Conv2DTranspose(1, 3, strides=2, name="deconv"))
        heights = [unit_box(model, "deconv", (row, 3), clipped=False).height for row in range(6)]
        assert heights == [2, 1, 2, 1, 2, 1]
        assert field(model, "deconv").height == 2
        assert field(model, "deconv").stride == (0.5, 0.5)

    def test_a_transposed_convolution_with_gaps_has_units_that_read_nothing(self):
        model = chain((3, 3, 1), layers.Conv2DTranspose(1, 1, strides=3, name="deconv"))
        assert unit_box(model, "deconv", (3, 3)) == Box(1, 1, 2, 2)
        assert unit_box(model, "deconv", (3, 4)) == EMPTY
        assert field(model, "deconv").height == 1

    def test_dense_layers_and_global_pooling_see_the_image(self):
        model = chain(
            (9, 7, 3), layers.Conv2D(2, 3, padding="same"), layers.Flatten(name="flatten"),
            layers.Dense(4, name="dense"),
        )  # fmt: skip
        for layer in ("flatten", "dense"):
            found = field(model, layer)
            assert (found.height, found.width, found.offset) == (9, 7, (0, 0))
            assert found.stride == (0, 0)

    def test_padding_crops_the_box_but_not_the_field(self):
        model = chain((10, 10, 1), layers.Conv2D(1, 5, padding="same", name="conv"))
        assert unit_box(model, "conv", (0, 9)) == Box(0, 7, 3, 10)
        assert unit_box(model, "conv", (0, 9), clipped=False) == Box(-2, 7, 3, 12)
        assert field(model, "conv").height == 5

    def test_same_padding_is_lopsided_and_depends_on_the_size(self):
        model = chain((None, None, 1), layers.Conv2D(1, 3, strides=2, padding="same", name="conv"))
        even, odd = (field(model, "conv", input_shape=(n, n, 1)).offset for n in (8, 9))
        assert (even, odd) == ((0, 0), (-1, -1))

    def test_dilation_leaves_holes_in_the_pixels_not_in_the_box(self):
        model = chain((7, 7, 1), layers.Conv2D(1, 3, dilation_rate=3, name="conv"))
        assert unit_box(model, "conv", (0, 0)) == Box(0, 0, 7, 7)
        assert unit_pixels(model, "conv", (0, 0)).sum() == 9


class TestBranches:
    def test_box_is_the_hull_of_the_branches(self):
        model = samples.branched()
        wide = unit_box(model, "wide", (4, 4))
        mix = unit_box(model, "mix", (4, 4))
        product = unit_box(model, "product", (4, 4))
        assert product.top == min(wide.top, mix.top)
        assert product.right == max(wide.right, mix.right)
        assert (product.height, product.width) == (max(wide.height, mix.height), mix.width)

    def test_a_cross_of_two_branches_is_not_a_square(self):
        image = keras.Input((9, 9, 1))
        tall = layers.Conv2D(1, (5, 1), padding="same")(image)
        broad = layers.Conv2D(1, (1, 5), padding="same")(image)
        model = keras.Model(image, layers.Add(name="cross")([tall, broad]))
        assert unit_box(model, "cross", (4, 4)) == Box(2, 2, 7, 7)
        assert unit_pixels(model, "cross", (4, 4)).sum() == 9

    def test_different_strides_have_boxes_but_no_field(self):
        image = keras.Input((8, 8, 1))
        halved = layers.Conv2D(1, 2, strides=2, name="halved")(image)
        cut = layers.Cropping2D(2, name="cut")(image)
        model = keras.Model(image, layers.Add(name="sum")([halved, cut]))
        assert unit_box(model, "sum", (0, 0)) == Box(0, 0, 3, 3)
        assert unit_box(model, "sum", (3, 3)) == Box(5, 5, 8, 8)
        assert fields(model)["sum"] is None
        with pytest.raises(InputError, match="different stride"):
            field(model, "sum")

    def test_a_gate_from_the_whole_plane_sees_the_image(self):
        found = field(samples.squeezed(), "gated")
        assert (found.height, found.width) == (12, 10)
        assert (found.stride, found.offset) == ((0, 0), (0, 0))

    def test_a_gate_from_a_part_of_the_plane_leaves_no_common_field(self):
        image = keras.Input((9, 9, 2))
        part = layers.GlobalAveragePooling2D(keepdims=True)(layers.Cropping2D(3)(image))
        model = keras.Model(image, layers.Multiply(name="gated")([image, part]))
        assert unit_box(model, "gated", (0, 0)) == Box(0, 0, 6, 6)
        assert unit_box(model, "gated", (4, 8)) == Box(3, 3, 6, 9)
        assert fields(model)["gated"] is None

    def test_shared_layers_have_one_name_per_call(self):
        model = samples.shared()
        assert list(fields(model)) == ["conv", "conv:2", "in/pool", "in:2/pool", "conv:3", "end"]
        heights = [found.height for found in fields(model).values()]
        assert heights == [3, 5, 7, 9, 11, 11]
        assert field(model, "in:2").height == 9
        with pytest.raises(InputError, match="several times; name one: conv, conv:2, conv:3"):
            field(model, model.get_layer("conv"))

    def test_a_label_input_does_not_count_and_a_label_branch_sees_nothing(self):
        image, label = keras.Input((8, 8, 1), name="image"), keras.Input((10,), name="label")
        plane = layers.Reshape((8, 8, 1), name="plane")(layers.Dense(64, name="dense")(label))
        x = layers.Concatenate(name="both")([image, plane])
        model = keras.Model([image, label], layers.Conv2D(1, 3, name="conv")(x))
        assert field(model, "conv").height == 3
        assert field(model, "plane").height == 0
        agree(model, "conv", (2, 2))
        agree(model, "plane", (2, 2))
