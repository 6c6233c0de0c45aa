"""What each line of a code object binds, read from its bytecode. Runs in the target.

Bytecode, not source, because it is always there and always true: `exec`-ed code and decorated functions have it too.
"""

import dis

_STORES = {"STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF"}
_LOADS = {"LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW"}
_SKIP = {"NOP", "CACHE", "EXTENDED_ARG", "RESUME", "PRECALL", "COPY", "SWAP", "PUSH_NULL", "TO_BOOL"}
_INDIRECT = {"exec", "globals", "setattr", "vars", "locals", "eval"}
# Instructions that take values off the stack and put none there; all others leave one result in place of what they take.
_TAKERS = ("STORE_", "POP_", "DELETE_", "RETURN_", "JUMP_", "RAISE_", "SETUP_")
_STILL = {"NOP", "CACHE", "EXTENDED_ARG", "RESUME", "TO_BOOL", "KW_NAMES"}
_ROTATIONS = {"ROT_TWO": 2, "ROT_THREE": 3, "ROT_FOUR": 4}


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
    stack = []
    for step in dis.get_instructions(code):
        started = _line_of(step)
        if started is not None and started != line:
            line = started
            recent = []
        op = step.opname
        if op not in _SKIP:
            _note(facts, line, op, step.argval, recent, stack)
            recent.append((op, step.argval))
            if len(recent) > 40:
                del recent[:20]
        _follow(stack, step)
    return facts


def _line_of(step):
    """The line an instruction starts, across the field's change of meaning in 3.13."""
    if hasattr(step, "line_number"):
        return step.line_number
    return step.starts_line


def _note(facts, line, op, value, recent, stack):
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
        depth = 2 if op == "STORE_SUBSCR" else 3
        owner = stack[-depth] if len(stack) >= depth else None
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


def _follow(stack, step):
    """Keep `stack` as the interpreter's would be after an instruction: the dotted name that each value came from, or None.

    A part of a container goes by the container's name: `self.params["w"]` is told as `self.params`.
    """
    op, value = step.opname, step.argval
    if op in _STILL:
        return
    if op in ("COPY", "DUP_TOP", "DUP_TOP_TWO"):
        count = 2 if op == "DUP_TOP_TWO" else 1
        depth = step.arg if op == "COPY" else count
        start = len(stack) - depth
        stack.extend(stack[start : start + count] if start >= 0 else [None] * count)
    elif op == "SWAP" or op in _ROTATIONS:
        depth = _ROTATIONS.get(op, step.arg)
        if len(stack) >= depth:
            if op == "SWAP":
                stack[-1], stack[-depth] = stack[-depth], stack[-1]
            else:
                stack.insert(-depth + 1, stack.pop())
    elif op == "STORE_FAST_LOAD_FAST":
        _replace(stack, 1, value[1:])
    elif _is_load(op):
        effect = _effect(step)
        _replace(stack, 0, [None] * (effect - len(_names(value))) + _names(value))
    elif op in ("LOAD_ATTR", "LOAD_METHOD"):
        holder = stack[-1] if stack else None
        _replace(stack, 1, [holder + "." + value if holder else None] + [None] * _effect(step))
    elif op in ("BINARY_SUBSCR", "BINARY_SLICE") or (op == "BINARY_OP" and step.argrepr == "[]"):
        _replace(stack, 2 if op == "BINARY_SLICE" else 1, [])
    elif op == "JUMP_FORWARD":
        _replace(stack, 1, [])  # the other arm of a conditional expression leaves its value in the same place
    else:
        effect = _effect(step)
        if op.startswith(_TAKERS):
            _replace(stack, -effect, [])
        else:
            _replace(stack, max(0, 1 - effect), [None] * max(1, effect))
    del stack[:-60]


def _replace(stack, taken, given):
    """Take values off the stack, as far as they are there, and put others on it."""
    if taken > 0:
        del stack[-taken:]
    stack.extend(given)


def _effect(step):
    """By how much an instruction that does not jump changes the height of the stack."""
    try:
        return dis.stack_effect(step.opcode, step.arg if step.opcode >= dis.HAVE_ARGUMENT else None, jump=False)
    except ValueError:  # an instruction of the interpreter's own that has no fixed effect
        return 0


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
