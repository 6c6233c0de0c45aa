"""What each line of a code object binds, read from its bytecode. Runs in the target.

Bytecode, not source, because it is always there and always true: `exec`-ed code and decorated functions have it too.
"""

import dis

_STORES = {"STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF"}
_LOADS = {"LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW"}
_SKIP = {"NOP", "CACHE", "EXTENDED_ARG", "RESUME", "PRECALL", "COPY", "SWAP", "PUSH_NULL", "TO_BOOL"}
_INDIRECT = {"exec", "globals", "setattr", "vars", "locals", "eval"}
# Instructions that a subscript expression between the container and the store is made of.
_PLAIN_INDEX = {"LOAD_CONST", "BUILD_SLICE", "BUILD_TUPLE", "BINARY_SUBSCR", "BINARY_SLICE", "LOAD_SMALL_INT"}


class LineFacts:
    """What one line stores: names, (object, attribute) pairs, containers it stores into, objects it calls methods of."""

    __slots__ = ("names", "attributes", "touched", "indirect")

    def __init__(self):
        self.names = []
        self.attributes = []
        self.touched = []
        self.indirect = False


def line_facts(code):
    """Map each line of `code` (its nested code objects not included) to its LineFacts; lines that store nothing are absent."""
    facts = {}
    line = code.co_firstlineno
    recent = []
    for step in dis.get_instructions(code):
        started = _line_of(step)
        if started is not None and started != line:
            line = started
            recent = []
        op = step.opname
        if op in _SKIP:
            continue
        _note(facts, line, op, step.argval, recent)
        recent.append((op, step.argval))
        if len(recent) > 40:
            del recent[:20]
    return facts


def _line_of(step):
    """The line an instruction starts, across the field's change of meaning in 3.13."""
    if hasattr(step, "line_number"):
        return step.line_number
    return step.starts_line


def _note(facts, line, op, value, recent):
    if op in _STORES:
        _add(_of(facts, line).names, value)
    elif op in ("STORE_FAST_STORE_FAST", "STORE_FAST_LOAD_FAST"):
        for name in value if op == "STORE_FAST_STORE_FAST" else value[:1]:
            _add(_of(facts, line).names, name)
    elif op == "STORE_ATTR":
        owner = _owner(recent)
        if owner:
            _add(_of(facts, line).attributes, (owner, value))
    elif op in ("STORE_SUBSCR", "STORE_SLICE"):
        owner = _container(recent)
        if owner:
            _add(_of(facts, line).touched, owner)
    elif op == "POP_TOP":
        owner = _receiver(recent)
        if owner:
            _add(_of(facts, line).touched, owner)
    elif op in ("LOAD_GLOBAL", "LOAD_NAME") and value in _INDIRECT:
        _of(facts, line).indirect = True


def _of(facts, line):
    found = facts.get(line)
    if found is None:
        found = facts[line] = LineFacts()
    return found


def _add(items, item):
    if item not in items:
        items.append(item)


def _names(value):
    """The names of a load; 3.13 loads two at once."""
    return list(value) if isinstance(value, tuple) else [value]


def _is_load(op):
    return op in _LOADS or op.startswith("LOAD_FAST")


def _owner(recent):
    """The dotted name whose attribute is stored: `self` or `self.state` for `self.state.step = ...`."""
    path = []
    for op, value in reversed(recent):
        if op == "LOAD_ATTR":
            path.append(value)
        elif _is_load(op):
            return ".".join([_names(value)[-1]] + path[::-1])
        else:
            return None
        if len(path) > 2:
            return None
    return None


def _container(recent):
    """The dotted name of the container that a subscript store changes, when its index is a plain expression."""
    loads = 0
    path = []
    for op, value in reversed(recent):
        if op == "LOAD_ATTR":
            path.append(value)
        elif _is_load(op):
            names = _names(value)
            if len(names) > 1:
                return names[-2] if not path else None
            loads += 1
            if loads >= 2 or path:
                return ".".join([names[0]] + path[::-1])
        elif op in _PLAIN_INDEX or op.startswith("BINARY_"):
            if op == "LOAD_CONST":
                loads += 1
            path = []
        else:
            return None
    return None


def _receiver(recent):
    """The dotted name a call-only statement starts from: `p.data` of `p.data.add_(...)`, `xs` of `xs.append(...)`."""
    found = None
    path = []
    for index, (op, value) in enumerate(recent):
        if _is_load(op):
            following = [name for name, _ in recent[index + 1 : index + 4]]
            if following and following[0] in ("LOAD_METHOD", "LOAD_ATTR"):
                found = _names(value)[-1]
                path = []
                break
    if found is None or not any(op.startswith("CALL") for op, _ in recent):
        return None
    for op, value in recent[index + 1 :]:
        if op == "LOAD_ATTR" and len(path) < 2:
            path.append(value)
            continue
        break
    # The last attribute of a call is the method itself where the interpreter has no LOAD_METHOD of its own.
    after = recent[index + 1 + len(path)][0] if index + 1 + len(path) < len(recent) else ""
    if after != "LOAD_METHOD" and path:
        path.pop()
    return ".".join([found] + path)
