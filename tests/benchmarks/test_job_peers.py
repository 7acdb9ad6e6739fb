import pytest

from tests.benchmarks.tiny_job import JOBS, difference, task

PAIRS = [(job, peer) for job in JOBS for peer in job.peers if not peer.endswith("compiled")]


@pytest.mark.filterwarnings("ignore")  # the peers' own
@pytest.mark.parametrize(("job", "peer"), PAIRS, ids=lambda x: getattr(x, "name", x))
def test_a_peer_does_the_same_as_ours(job, peer, tmp_path):
    for name in job.modules(peer):
        pytest.importorskip(name)
    if job.sides[peer].library == "torch":
        pytest.importorskip("torch")
    reference = job.references.get(peer, "ours")
    job.prepare(task(job, tmp_path))
    job.check(task(job, tmp_path, reference))
    found = difference(job, tmp_path, peer, reference)
    assert found["passed"] is True, found
    assert job.time(task(job, tmp_path, peer, "time", 1))["ms"] > 0
