import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import entropy as scipy_entropy
from sklearn.datasets import make_moons

from tests.training.tiny import kernel
from tfnets.datasets.batches import batches
from tfnets.errors import InputError
from tfnets.training import guidances
from tfnets.training.augmentations import instance_noise
from tfnets.training.semi_supervised import SemiSupervised

RNG = np.random.default_rng(0)
KINDS = np.arange(120) % 3
IMAGES = (np.eye(3)[KINDS] * 2 + RNG.normal(0, 0.4, (120, 3))).astype(np.float32)
FIRST = np.arange(6)
SEED = tf.constant([0, 1], tf.int64)


def network():
    image = keras.Input((3,))
    hidden = keras.layers.Dense(8, "tanh", kernel_initializer=kernel(1))(image)
    return keras.Model(image, keras.layers.Dense(3, kernel_initializer=kernel(2))(hidden))


def still(images, seed, step):
    return images


def nothing(net, batch, seed):
    return tf.constant(0.0)


def trainer(guidance, seed=0, average=None, rate=0.02):
    made = SemiSupervised(network(), (IMAGES[FIRST], KINDS[FIRST]), instance_noise(0.1), seed=seed)
    made.compile(optimizer=keras.optimizers.Adam(rate), guidance=guidance, average=average)
    return made


def fit(made, epochs=10, arrays=(IMAGES,)):
    data = batches(arrays, batch_size=40, seed=0)
    made.fit(data, epochs=epochs, steps_per_epoch=3, shuffle=False, verbose=0)
    return made


def cross_entropy(logits, labels):
    shares = tf.nn.softmax(logits).numpy()
    return -np.log(shares[np.arange(len(labels)), labels])


class TestTrainer:
    def test_without_guidance_it_is_cross_entropy_on_the_labelled_images(self):
        made = SemiSupervised(network(), (IMAGES[:1], KINDS[:1]), still, seed=0, shown=4)
        made.compile(optimizer=keras.optimizers.SGD(0.5), guidance=nothing)
        expected = network()
        with tf.GradientTape() as tape:
            logits = expected(IMAGES[:1])
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(KINDS[:1], logits)[0]
        for weight, slope in zip(
            expected.trainable_variables,
            tape.gradient(loss, expected.trainable_variables),
            strict=True,
        ):
            weight.assign(weight - 0.5 * slope)
        found = made.fit(batches((IMAGES,), batch_size=40, seed=0), steps_per_epoch=1,
                         shuffle=False, verbose=0).history  # fmt: skip
        assert found["labelled_loss"][0] == pytest.approx(float(loss), rel=1e-5)
        for weight, wanted in zip(made.network.weights, expected.weights, strict=True):
            np.testing.assert_allclose(weight, wanted, atol=1e-6)

    def test_the_same_seed_gives_the_same_weights_and_another_does_not(self):
        guidance = guidances.confident(instance_noise(0.2), 0.6)
        first, same, other = (
            fit(trainer(guidance, seed), 2).network.get_weights()[0] for seed in (0, 0, 1)
        )
        np.testing.assert_array_equal(first, same)
        assert np.abs(first - other).max() > 1e-5

    def test_the_classifier_is_the_average_if_there_is_one(self):
        made = fit(trainer(nothing, average=0.9))
        assert made.classifier is not made.network
        assert np.abs(made.classifier.get_weights()[0] - made.network.get_weights()[0]).max() > 0
        assert fit(trainer(nothing), 1).classifier.name.startswith("functional")

    @pytest.mark.parametrize("labels", [[], [0, 1]])
    def test_labels_that_are_not_one_per_image_are_refused(self, labels):
        with pytest.raises(InputError, match="as many labels as images"):
            SemiSupervised(network(), (IMAGES[: len(labels) // 2], np.array(labels)), still, seed=0)


class TestGuidances:
    def test_targets_weigh_the_cross_entropy(self):
        net, weights = network(), np.array([0.0, 1.0, 3.0], np.float32)
        shares = np.array([[1, 0, 0], [0, 1, 0], [0.5, 0, 0.5]], np.float32)
        batch = tuple(map(tf.constant, (IMAGES[:3], shares, weights)))
        logs = np.log(tf.nn.softmax(net(IMAGES[:3])).numpy())
        expected = -(weights * (shares * logs).sum(axis=1)).mean()
        assert float(guidances.targets(still)(net, batch, SEED)) == pytest.approx(
            expected, rel=1e-5
        )

    def test_confident_learns_only_from_what_is_sure(self):
        net = network()
        net.layers[-1].kernel.assign(net.layers[-1].kernel * 8)
        logits = net(IMAGES)
        shares = tf.nn.softmax(logits).numpy()
        sure = shares.max(axis=1) >= 0.9
        assert 0 < sure.sum() < len(sure)
        expected = (sure * cross_entropy(logits, shares.argmax(axis=1))).sum() / len(sure)
        found = guidances.confident(still, 0.9)(net, (tf.constant(IMAGES),), SEED)
        assert float(found) == pytest.approx(expected, rel=1e-4)

    def test_confident_shows_the_deformed_image_only_to_the_learning_network(self):
        net = network()

        def hidden(images, seed, step):
            return tf.zeros_like(images)

        answers = net(IMAGES).numpy().argmax(axis=1)
        expected = cross_entropy(net(np.zeros_like(IMAGES)), answers).mean()
        found = guidances.confident(hidden, 1e-6)(net, (tf.constant(IMAGES),), SEED)
        assert float(found) == pytest.approx(expected, rel=1e-5)

    def test_the_virtual_adversarial_change_is_worse_than_random_ones(self):
        net, batch = network(), (tf.constant(IMAGES),)
        worst = float(guidances.virtual_adversarial(0.5, finite=0.01)(net, batch, SEED))
        base = tf.nn.softmax(net(IMAGES)).numpy()
        for seed in range(10):
            change = np.random.default_rng(seed).normal(size=IMAGES.shape)
            change *= 0.5 / np.linalg.norm(change, axis=1, keepdims=True)
            other = tf.nn.softmax(net((IMAGES + change).astype(np.float32))).numpy()
            assert worst > (base * np.log(base / other)).sum(axis=1).mean()

    def test_the_virtual_adversarial_direction_is_the_most_curved_one(self):
        """A linear classifier of two classes changes along the difference of its weights."""
        image = keras.Input((3,))
        net = keras.Model(image, keras.layers.Dense(2)(image))
        net.layers[-1].set_weights([np.array([[1, 0], [0, 1], [1, 1]], np.float32), np.zeros(2)])
        radius, shown = 0.3, IMAGES[:4]
        direction = np.array([1, -1, 0]) / np.sqrt(2)
        base = tf.nn.softmax(net(shown)).numpy()
        ways = [tf.nn.softmax(net((shown + s * radius * direction).astype(np.float32))).numpy()
                for s in (1, -1)]  # fmt: skip
        divergences = np.array([(base * np.log(base / w)).sum(axis=1) for w in ways])
        found = float(
            guidances.virtual_adversarial(radius, finite=0.01)(net, (tf.constant(shown),), SEED)
        )
        assert (
            divergences.min(axis=0).mean() * 0.98 <= found <= divergences.max(axis=0).mean() * 1.02
        )

    @pytest.mark.parametrize(("sureness", "balance"), [(0.7, 0.0), (0.0, 1.3), (0.2, 2.0)])
    def test_mutual_information_is_that_of_scipy(self, sureness, balance):
        net, prior = network(), np.array([0.5, 0.3, 0.2])
        shares = tf.nn.softmax(net(IMAGES)).numpy()
        each, all_together = (
            scipy_entropy(shares, axis=1).mean(),
            scipy_entropy(shares.mean(axis=0), prior),
        )
        guidance = guidances.mutual_information(prior, sureness, balance)
        found = float(guidance(net, (tf.constant(IMAGES),), SEED))
        assert found == pytest.approx(sureness * each + balance * all_together, rel=1e-4)

    def test_changed_images_do_not_move_running_statistics(self):
        image = keras.Input((3,))
        x = keras.layers.BatchNormalization()(image)
        net = keras.Model(image, keras.layers.Dense(3, kernel_initializer=kernel(2))(x))
        before = net.get_weights()
        guidances.virtual_adversarial(0.5)(net, (tf.constant(IMAGES),), SEED)
        for one, other in zip(before, net.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)

    def test_a_sum_gives_each_a_seed_of_its_own(self):
        seeds = []

        def note(net, batch, seed):
            seeds.append(tuple(seed.numpy()))
            return tf.constant(2.0)

        assert float(guidances.summed(note, note, note)(network(), (), SEED)) == 6
        assert len(set(seeds)) == 3

    @pytest.mark.parametrize(
        "guidance",
        [
            guidances.confident(instance_noise(0.3), 0.7),
            guidances.summed(
                guidances.virtual_adversarial(0.5),
                guidances.mutual_information(np.full(3, 1 / 3), 0.5, 0.0),
            ),
        ],
        ids=["confident", "virtual_adversarial"],
    )
    def test_unlabelled_points_bend_the_border_between_two_moons(self, guidance):
        """Four labels of each cannot; the points between them can."""
        points, kinds = make_moons(300, noise=0.06, random_state=0)
        points = np.column_stack([points, np.zeros(300)]).astype(np.float32)
        few = np.concatenate([np.flatnonzero(kinds == kind)[:4] for kind in (0, 1)])

        def learned(guidance):
            made = SemiSupervised(
                network(), (points[few], kinds[few]), instance_noise(0.05), seed=0
            )
            made.compile(optimizer=keras.optimizers.Adam(0.03), guidance=guidance)
            data = batches((points,), batch_size=100, seed=0)
            made.fit(data, steps_per_epoch=600, shuffle=False, verbose=0)
            return float(np.mean(made.classifier(points).numpy().argmax(axis=1) == kinds))

        assert learned(nothing) < 0.9
        assert learned(guidance) > 0.94

    @pytest.mark.parametrize(
        ("make", "sentence"),
        [
            (lambda: guidances.confident(still, 1.0), "between 0 and 1"),
            (lambda: guidances.virtual_adversarial(0.0), "above 0"),
        ],
        ids=["threshold", "radius"],
    )
    def test_bad_values_are_one_sentence(self, make, sentence):
        with pytest.raises(InputError, match=sentence):
            make()
