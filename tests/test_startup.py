"""What a worker process begins with; in processes of their own, because TensorFlow starts once."""

import gc
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework.func_graph import FuncGraph

from tfnets import startup

WORKER = """
import os
from tfnets.startup import start_worker
start_worker(os.getppid(), {threads})
import logging
import signal
import tensorflow as tf
os.kill(os.getpid(), signal.SIGINT)  # Ctrl-C is for the command to answer
print(tf.config.threading.get_intra_op_parallelism_threads())
print(tf.config.threading.get_inter_op_parallelism_threads())
print(logging.getLogger("tensorflow").level == logging.ERROR)
print(float(tf.reduce_sum(tf.ones(3))))
print(os.environ["TF_FORCE_GPU_ALLOW_GROWTH"])
"""


ORPHAN = """
import time
from tfnets.startup import start_worker
start_worker({owner})
time.sleep(30)
print("lives")
"""


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, env=os.environ | environment, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("threads", [1, 3])
def test_a_worker_has_its_share_of_threads_and_prints_nothing_of_its_own(threads):
    ended = python(WORKER.format(threads=threads))
    assert ended.returncode == 0
    assert ended.stdout.split() == [str(threads), "1", "True", "3.0", "true"]
    assert ended.stderr == ""


def test_a_worker_whose_owner_is_gone_ends():
    ended = python(ORPHAN.format(owner=2**30))
    assert (ended.returncode, ended.stdout) == (1, "")


def graphs():
    gc.collect()
    return sum(isinstance(known, FuncGraph) for known in gc.get_objects())


def fitted():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse", jit_compile=False)
    model.fit(np.ones((4, 2)), np.ones(4), verbose=0)


def test_programs_are_freed_and_what_was_there_before_still_has_its_gradient():
    doubled = tf.custom_gradient(lambda x: (2 * x, lambda upstream: 7 * upstream))
    early, x = tf.function(doubled).get_concrete_function(tf.TensorSpec(())), tf.constant(3.0)
    before = graphs()
    with startup.freed():
        fitted()
    assert graphs() == before
    fitted()
    assert graphs() > before  # Keras as it comes; once it frees them itself, `freed` may go.
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = early(x)
    assert float(tape.gradient(y, x)) == 7


BROKEN = """
import sys
from tfnets.startup import import_tensorflow
try:
    import_tensorflow()
except ImportError as error:
    print("raised", error)
print("heard", file=sys.stderr)
"""


def test_an_import_that_fails_still_raises_and_the_terminal_comes_back(tmp_path):
    package = tmp_path / "tensorflow"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import os\nos.write(2, b'chatter')\nraise ImportError('no such thing')\n"
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    ended = python(BROKEN, PYTHONPATH=path)
    assert ended.stdout == "raised no such thing\n"
    assert ended.stderr == "heard\n"


COMMAND = """
from tfnets.startup import import_tensorflow, quiet, threads
quiet()
import_tensorflow()
import numpy, scipy.linalg, sklearn.cluster, tensorflow as tf
from threadpoolctl import threadpool_info
chosen = tf.config.threading
print(chosen.get_intra_op_parallelism_threads(), chosen.get_inter_op_parallelism_threads())
print(threads())
print(*sorted({pool["num_threads"] for pool in threadpool_info()}), len(threadpool_info()) > 0)
print(tf.config.optimizer.get_experimental_options()["dependency_optimization"])
"""


def test_a_command_has_one_thread_everywhere():
    ended = python(COMMAND, OMP_NUM_THREADS="7", OPENBLAS_NUM_THREADS="7")
    assert ended.stdout.splitlines() == ["1 1", "1", "1 True", "False"], ended.stderr
    assert ended.stderr == ""
