"""Whether a compiled program orders every read of a variable against every write to it."""

from collections import defaultdict

from tensorflow.python.eager import context

WRITES = {
    "AssignVariableOp": 1, "AssignAddVariableOp": 1, "AssignSubVariableOp": 1,
    "ResourceApplyAdam": 3, "ResourceApplyGradientDescent": 1, "ResourceApplyKerasMomentum": 2,
    "ResourceScatterNdUpdate": 1,
}  # fmt: skip
"""Operation -> how many of its first inputs are variables that it writes."""
READS = {"ReadVariableOp", "ResourceGather"}
HANDED_ON = {"Enter", "Switch", "Identity"}
"""Operations that give a variable's handle on."""


def graphs(program):
    """Runs a program; returns the node lists of what was compiled: as traced, and as it ran."""
    context.context().enable_graph_collection()
    try:
        program()
        found = context.context().export_run_metadata().function_graphs
    finally:
        context.context().disable_graph_collection()
    return tuple(
        [nodes for graph in kind for nodes in (graph.node, *_bodies(graph))]
        for kind in (
            [each.pre_optimization_graph for each in found],
            [each.post_optimization_graph for each in found],
        )
    )


def _bodies(graph):
    return [function.node_def for function in graph.library.function]


def unordered(nodes):
    """Returns the pairs (write, read or write) of one variable that no path orders."""
    by_name = {node.name: node for node in nodes}
    after = defaultdict(list)
    for node in nodes:
        for name in map(_source, node.input):
            # A loop's next turn waits for all of this one; inside a turn there is no way back.
            if name in by_name and by_name[name].op != "NextIteration":
                after[name].append(node.name)
    writes, uses = defaultdict(set), defaultdict(set)
    for node in nodes:
        assert not node.op.startswith("Resource") or node.op in WRITES or node.op in READS, node.op
        for handle in node.input[: WRITES.get(node.op, int(node.op in READS))]:
            variable = _variable(handle, by_name)
            uses[variable].add(node.name)
            if node.op in WRITES:
                writes[variable].add(node.name)
    follows = {name: _reached(name, after) for names in uses.values() for name in names}
    return [
        (write, other)
        for variable, names in writes.items()
        for write in names
        for other in uses[variable] - {write}
        if other not in follows[write] and write not in follows[other]
    ]


def _source(name):
    return name.lstrip("^").split(":")[0]


def _variable(handle, by_name):
    name = _source(handle)
    while name in by_name and by_name[name].op in HANDED_ON:
        name = _source(by_name[name].input[0])
    return name


def _reached(name, after):
    seen, open_ = set(), [name]
    while open_:
        new = [n for n in after[open_.pop()] if n not in seen]
        seen.update(new)
        open_ += new
    return seen
