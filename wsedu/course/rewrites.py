"""What else a learner may have meant: small changes of a function's own code.

How to think about it: code is a tree of statements and expressions. A rule looks at one place of
it and proposes what may stand there instead: ``<`` for ``<=``, ``x`` for ``f(x)``. Nothing is made
up: the new pieces come from the code itself, from the families of words below, and from constants
that are given. Each change brings the sentence that says what is wrong with the old piece, if the
new one is right. The sentence does not tell the new piece: to find it is the exercise.
"""

from __future__ import annotations

import ast
import copy
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os.path import commonprefix
from typing import Any, TypeAlias

from ..words import _

Node: TypeAlias = Any  # of ``ast``: which fields it has depends on its class
Rule: TypeAlias = Iterator[tuple[Any, ...]]  # the fields of a Change after its place

# What is put into changed code; no learner uses these names.
COUNT, CALL, SMALL = "_repair_count", "_repair_call", "_repair_small"

FAMILIES = [
    family.split()
    for family in (
        "big little",
        "sha1 sha256 md5 sha512",
        "digest hexdigest",
        "lower upper",
        "encode decode",
        "b64encode urlsafe_b64encode encodebytes b64decode b32encode",
        "ascii utf-8 latin-1 utf-16",
        "strict ignore replace surrogateescape",
        "removeprefix removesuffix",
        "startswith endswith",
        "split rsplit splitlines partition rpartition",
        "append extend",
        "min max",
        "any all",
        "keys values items",
        "bytes str repr int float round tuple list",
        "ValueError EOFError TimeoutError TypeError KeyError",
    )
]


def _pairs(*pairs: str) -> dict[type, list[type]]:
    """For each operator those that may stand in its place."""
    table = defaultdict[type, list[type]](list)
    for one, other in ((getattr(ast, name) for name in pair.split()) for pair in pairs):
        table[one].append(other)
        table[other].append(one)
    return table


NEAR = _pairs("Lt LtE", "Gt GtE")
TURNED = _pairs("Lt Gt", "Lt GtE", "LtE Gt", "LtE GtE", "Eq NotEq", "In NotIn", "Is IsNot")
OTHER = _pairs("Eq In", "Eq LtE", "Eq GtE", "NotEq Lt", "NotEq Gt", "Eq Is", "NotEq IsNot")
OPERATORS = _pairs(
    *("Add Sub", "Add BitOr", "Mult FloorDiv", "Mult Div", "FloorDiv Div", "FloorDiv Mod"),
    *("Mod BitAnd", "BitAnd BitOr", "BitAnd BitXor", "BitOr BitXor", "LShift RShift"),
)


class Ours(ast.Call):
    """A call that we have put into the code; what it is given is the learner's."""


@dataclass(frozen=True)
class Place:
    """Where a node hangs: it is ``owner[key]`` of a list, or the field ``key`` of a node."""

    node: Node
    owner: Any
    key: Any
    parent: Node

    def put(self, node: Node) -> None:
        """Let this node hang there."""
        if isinstance(self.owner, list):
            self.owner[self.key] = node
        else:
            setattr(self.owner, self.key, node)

    def is_test(self) -> bool:
        """Whether the code only asks if the node is true."""
        if isinstance(self.parent, ast.comprehension):
            return isinstance(self.owner, list)
        return self.key == "test" or isinstance(
            getattr(self.parent, "op", None), (ast.boolop, ast.Not)
        )


@dataclass(frozen=True)
class Change:
    """A new node for a place, and what is wrong with the old one.

    kind:     in a word: "comparison", "left-out"
    sentence: with {line} and {old}, perhaps with {what}
    old:      the piece that the sentence shows: the old node, or one around it
    what:     a part of that piece, as a node or a word
    """

    place: Place
    new: Node
    kind: str
    sentence: str
    old: Node
    what: Node = ""

    def make(self) -> None:
        """Change the code."""
        for new in self.new if isinstance(self.new, list) else [self.new]:
            if not hasattr(new, "lineno"):
                ast.copy_location(new, self.old)
            ast.fix_missing_locations(new)
        self.place.put(self.new)

    def undo(self) -> None:
        """Change it back."""
        self.place.put(self.place.node)


def changes(function: Node, constants: Iterable[Any]) -> list[Change]:
    """The changes of a function, in the order of RULES; of each rule, the largest piece first."""
    found, given = list(_places(function, function)), list(constants)
    names = {
        node.arg if isinstance(node, ast.arg) else node.id: None
        for node in ast.walk(function)
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    }
    proposed = [
        (place, change)
        for rule in RULES
        for place in found
        for change in rule(place.node, place, given)
    ]
    proposed += [
        (place, change) for place in found for change in _names(place.node, place, list(names))
    ]
    return [Change(place, *change) for place, change in proposed]


def _places(node: Node, parent: Node) -> Iterator[Place]:
    """Every place below a node, but for imports, annotations, docstrings, and what is ours."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        listed = isinstance(value, list)
        if listed and name in ("body", "orelse", "finalbody"):
            yield Place(value, node, name, parent)  # the block as a whole
        for key, child in enumerate(value) if listed else [(name, value)]:
            if not isinstance(child, ast.AST) or isinstance(child, (ast.Import, ast.ImportFrom)):
                continue
            if isinstance(child, ast.Expr) and isinstance(child.value, (ast.Constant, Ours)):
                continue
            if not isinstance(child, Ours):
                yield Place(child, value if listed else node, key, parent)
            yield from _places(child, parent if isinstance(child, Ours) else child)


def _like(node: Node, **fields: Any) -> Node:
    """A copy of the node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _put(items: list[Node], number: int, *new: Node) -> list[Node]:
    """The items with other ones, or none, in the place of one."""
    return [*items[:number], *new, *items[number + 1 :]]


# The rules. Each gives what a node may be replaced by.


def _left_out(node: Node, place: Place, constants: list[Any]) -> Rule:
    """A statement that is too much, or the condition before it."""
    if isinstance(node, ast.stmt):
        yield ast.Pass(), "left-out", _("Line {line}: `{old}` is too much here."), node
    if isinstance(node, ast.Try):
        said = _("Line {line}: what happens in this `try` must not be caught.")
        new = ast.If(ast.Constant(True), [*node.body, *node.orelse, *node.finalbody], [])
        yield new, "left-out", said, node
    outer = place.parent
    if (
        isinstance(outer, (ast.If, ast.IfExp))
        and place.key == "test"
        or isinstance(outer, ast.comprehension)
        and place.is_test()
    ):
        said = _("Line {line}: the condition `{old}` is too much here.")
        yield ast.Constant(True), "left-out", said, node
        if getattr(outer, "orelse", None):
            yield ast.Constant(False), "left-out", said, node


def _comparisons(node: Node, place: Place, constants: list[Any]) -> Rule:
    """A border that belongs to the other side; the wrong way round; another comparison."""
    if not isinstance(node, ast.Compare):
        return
    for number, op in enumerate(node.ops):
        loose = isinstance(op, (ast.LtE, ast.GtE))
        near = (
            _("Line {line}: `{old}` is true for one value too many.")
            if loose
            else _("Line {line}: `{old}` is false for one value too many.")
        )
        for table, said in (
            (NEAR, near),
            (TURNED, _("Line {line}: `{old}` compares the wrong way round.")),
            (OTHER, _("Line {line}: `{old}` makes the wrong comparison.")),
        ):
            for other in table.get(type(op), ()):
                new = _like(node, ops=_put(node.ops, number, other()))
                yield new, "comparison", said, node
    side = node.comparators[0]
    if isinstance(side, ast.Constant) and side.value is None and len(node.ops) == 1:
        said = _("Line {line}: `{old}` looks at None alone, not at 0 or something empty.")
        asked = isinstance(node.ops[0], (ast.Is, ast.Eq))
        yield ast.UnaryOp(ast.Not(), node.left) if asked else node.left, "comparison", said, node


def _tests(node: Node, place: Place, constants: list[Any]) -> Rule:
    """A condition that is joined wrongly, is the opposite, or takes 0 for None."""
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        said = _("Line {line}: `{old}` joins its conditions with the wrong word.")
        yield _like(node, op=other), "condition", said, node
    opposite = _("Line {line}: `{old}` says the opposite of what is needed.")
    negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    if negated:
        yield node.operand, "condition", opposite, node
    elif place.is_test() and not isinstance(node, ast.Compare) or isinstance(node, ast.BoolOp):
        yield ast.UnaryOp(ast.Not(), node), "condition", opposite, node
    plain = node.operand if negated else node
    if isinstance(plain, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)) and (
        negated or place.is_test()
    ):
        said = _("Line {line}: `{old}` takes 0, or something empty, for None.")
        is_none = ast.Is() if negated else ast.IsNot()
        yield ast.Compare(plain, [is_none], [ast.Constant(None)]), "condition", said, node


def _parts(node: Node, place: Place, constants: list[Any]) -> Rule:
    """A part of an expression that is too much."""
    said = _("Line {line}: `{what}` is too much in `{old}`.")
    if isinstance(node, ast.BinOp):
        yield node.left, "left-out", said, node, node.right
        yield node.right, "left-out", said, node, node.left
    if isinstance(node, ast.IfExp):
        yield node.body, "left-out", said, node, node.orelse
        yield node.orelse, "left-out", said, node, node.body
    if isinstance(node, ast.Call):
        called = _("Line {line}: the call of `{what}` is too much in `{old}`.")
        if isinstance(node.func, ast.Attribute):
            yield node.func.value, "call", called, node, node.func.attr
        for arg in node.args:
            yield arg, "call", called, node, node.func
    if isinstance(node, ast.Subscript):
        whole = _("Line {line}: `{old}` is only a part of `{what}`.")
        yield node.value, "left-out", whole, node, node.value
    for field in (_listed(node), "keywords"):
        parts = getattr(node, field, []) if field else []
        for number, part in enumerate(parts):
            left = _put(parts, number)
            new = _like(node, **{field: left})
            if isinstance(node, ast.BoolOp) and len(left) == 1:
                new = left[0]
            if isinstance(node, ast.JoinedStr):
                part = repr(part.value) if isinstance(part, ast.Constant) else part.value
            if getattr(part, "value", None) in ("big", "little"):
                continue  # without it, Python takes "big"; then ``_words`` says more
            if left or isinstance(node, ast.Call):
                yield new, "left-out", said, node, part


def _listed(node: Node) -> str:
    """The field with the parts that follow each other; empty if there is none."""
    fields = {ast.Call: "args", ast.Tuple: "elts", ast.List: "elts", ast.Set: "elts"}
    return (fields | {ast.BoolOp: "values", ast.JoinedStr: "values"}).get(type(node), "")


def _words(node: Node, place: Place, constants: list[Any]) -> Rule:
    """A word of a family."""
    fields = {ast.Attribute: "attr", ast.Name: "id", ast.Constant: "value"}
    field = fields.get(type(node), "")
    word = getattr(node, field) if field else None
    for family in FAMILIES:
        for other in family if word in family else ():
            said = _("Line {line}: `{what}` is the wrong choice in `{old}`.")
            if other in ("big", "little"):
                said = _("Line {line}: look at the byte order in `{old}`.")
            if other != word:
                yield _like(node, **{field: other}), "word", said, _around(place), word
    call = place.parent
    if (
        isinstance(word, str)
        and isinstance(call, ast.Call)
        and re.search("pack|calcsize", ast.dump(call.func))
    ):
        said = _("Line {line}: look at the format in `{old}`.")
        for other in ("!" + word.lstrip("<>!=@"), ">" + word.lstrip("<>!=@").upper()):
            yield _like(node, value=other), "word", said, call


def _order(node: Node, place: Place, constants: list[Any]) -> Rule:
    """Two neighbours that have changed places."""
    said = _("Line {line}: the parts of `{old}` are in the wrong order.")
    if isinstance(node, ast.BinOp):
        right = node.left
        if isinstance(node.op, (ast.Pow, ast.LShift, ast.RShift)):
            right = ours(SMALL, right)
        yield _like(node, left=node.right, right=right), "order", said, node
        if isinstance(node.left, ast.BinOp):  # a + b + c
            left = _like(node.left, right=node.right)
            yield _like(node, left=left, right=node.left.right), "order", said, node
    field = _listed(node)
    parts = getattr(node, field) if field in ("args", "elts") else ()
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "to_bytes":
        return  # of 2**63 bytes, perhaps
    for one, other in itertools.combinations(range(len(parts)), 2):
        if other - one == 1 or len(parts) < 4:
            new = list(parts)
            new[one], new[other] = parts[other], parts[one]
            yield _like(node, **{field: new}), "order", said, node


def _operators(node: Node, place: Place, constants: list[Any]) -> Rule:
    """Another operator; a value that replaces the old one, or is added to it."""
    wrong = _("Line {line}: `{old}` uses the wrong operator.")
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        for op in OPERATORS.get(type(node.op), ()):
            yield _like(node, op=op()), "operator", wrong, node
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):  # 2 ^ n, 2 * n
        if isinstance(node.op, (ast.BitXor, ast.Mult)):
            power = _like(node, op=ast.Pow(), right=ours(SMALL, node.right))
            yield power, "operator", wrong, node
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        said = _("Line {line}: `{old}` forgets what `{what}` was before.")
        new = ast.AugAssign(node.targets[0], ast.Add(), node.value)
        yield new, "operator", said, node, node.targets[0]
    if isinstance(node, ast.AugAssign):
        said = _("Line {line}: `{old}` keeps what `{what}` was before.")
        yield ast.Assign([node.target], node.value), "operator", said, node, node.target


def _slices(node: Node, place: Place, constants: list[Any]) -> Rule:
    """The bounds of a slice, and the place that an index names."""
    if not isinstance(node, ast.Subscript):
        return
    if not isinstance(node.slice, ast.Slice):
        for new in _numbers_near(node.slice, constants):
            said = _("Line {line}: `{old}` looks at the wrong place.")
            yield _like(node, slice=new), "slice", said, node
        return
    said = _("Line {line}: `{old}` takes the wrong part.")
    for bound in ("lower", "upper", "step"):
        old = getattr(node.slice, bound)
        news = [None, *_numbers_near(old, constants)] if old else []
        if not old and bound != "step":
            news = [ast.Constant(one) for one in constants if type(one) is int]
        for new in news:
            yield _like(node, slice=_like(node.slice, **{bound: new})), "slice", said, node


def _numbers(node: Node, place: Place, constants: list[Any]) -> Rule:
    """A number that is one off, or nearly one of the solution's."""
    if isinstance(place.parent, (ast.Slice, ast.Subscript)):
        return
    if isinstance(node, ast.Constant):
        said = _("Line {line}: `{what}` is the wrong number in `{old}`.")
        if isinstance(node.value, bool):
            said = _("Line {line}: `{what}` is the wrong choice in `{old}`.")
            yield ast.Constant(not node.value), "number", said, _around(place), node
        for new in _numbers_near(node, constants):
            yield new, "number", said, _around(place), node
    elif isinstance(node, ast.expr) and (
        place.key == "value"
        and isinstance(place.parent, (ast.Return, ast.Assign))
        or isinstance(place.parent, ast.Call)
        and getattr(place.parent.func, "id", "") == "range"
    ):
        less, more = _numbers_near(node, constants)
        yield less, "number", _("Line {line}: `{old}` is one too many."), node
        yield more, "number", _("Line {line}: `{old}` is one too few."), node


def _numbers_near(node: Node, constants: list[Any]) -> list[Node]:
    """One less, one more; for a plain number also those of the solution that look like it."""
    if not isinstance(node, ast.Constant):
        one = ast.Constant(1)
        return [ast.BinOp(node, ast.Sub(), one), ast.BinOp(node, ast.Add(), one)]
    old: Any = node.value
    if type(old) not in (int, float):
        return []
    # Much begins with 0 or 1; in their place, another number might hide what is wrong later.
    near = [one for one in constants if type(one) in (int, float) and old > 1]
    near = [one for one in near if looks_like(str(old), str(one))]
    return [ast.Constant(one) for one in dict.fromkeys([old - 1, old + 1, *near])]


def _texts(node: Node, place: Place, constants: list[Any]) -> Rule:
    """A string or bytes that is nearly one of the solution's, or in another case."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, (str, bytes)):
        return
    text = _text(node.value)
    if not text:
        return  # with so little, anything is near
    near = [_text(one) for one in constants if isinstance(one, (str, bytes))]
    near = [text.lower(), text.strip(), *(one for one in near if looks_like(text, one))]
    said = _("Line {line}: {what} is not quite right. Compare it letter by letter.")
    for other in dict.fromkeys(near):
        new = other if isinstance(node.value, str) else other.encode("latin-1", "replace")
        if new != node.value:
            yield ast.Constant(new), "text", said, _around(place), node


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def looks_like(one: str, other: str, signs: int = 2) -> bool:
    """Whether one becomes the other if at most that many signs are put in, out or changed."""
    same = len(commonprefix([one, other]))
    one, other = one[same:], other[same:]
    if not one or not other:
        return len(one + other) <= signs
    return signs > 0 and any(
        looks_like(one[i:], other[k:], signs - 1) for i, k in ((1, 1), (1, 0), (0, 1))
    )


def _blocks(block: Node, place: Place, constants: list[Any]) -> Rule:
    """Statements in the wrong order, or indented wrongly; an ``if`` that should be a ``while``."""
    if not isinstance(block, list):
        return
    for number, node in enumerate(block):
        rest = block[number + 1 :]
        if rest:
            said = _("Line {line}: `{old}` comes too early.")
            yield [*block[:number], rest[0], node, *rest[1:]], "order", said, node
        said = _("Line {line}: look at how far `{old}` is indented.")
        for field in ("body", "orelse"):
            if inner := getattr(node, field, None):
                less = _like(node, **{field: inner[:-1] or [ast.Pass()]})
                yield [*block[:number], less, inner[-1], *rest], "order", said, inner[-1]
                if rest:
                    more = _like(node, **{field: [*inner, rest[0]]})
                    yield [*block[:number], more, *rest[1:]], "order", said, rest[0]


def _loops(node: Node, place: Place, constants: list[Any]) -> Rule:
    """A question that is asked once only; the end of a round for the end of a loop."""
    if isinstance(node, ast.If):
        new = ast.While(node.test, [ast.Expr(ours(COUNT)), *node.body], node.orelse)
        yield new, "loop", _("Line {line}: `{old}` asks only once."), node
    if isinstance(node, ast.Break):
        yield ast.Continue(), "loop", _("Line {line}: `{old}` ends too much."), node
    if isinstance(node, ast.Continue):
        yield ast.Break(), "loop", _("Line {line}: `{old}` ends too little."), node


def _names(node: Node, place: Place, names: list[str]) -> Rule:
    """Another variable of the function."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        said = _("Line {line}: `{what}` is the wrong variable in `{old}`.")
        for name in names:
            if name != node.id:
                yield _like(node, id=name), "name", said, _around(place), node


def ours(name: str, *args: Node) -> Ours:
    """A call of our own function of this name."""
    return Ours(ast.Name(name, ast.Load()), list(args), [])


def _around(place: Place) -> Node:
    """What is around a node, if it is no more than a line; it says more than a number alone."""
    outer = place.parent
    simple = isinstance(outer, (ast.expr, ast.keyword, ast.Assign, ast.AugAssign, ast.Return))
    return outer if simple and outer.lineno == outer.end_lineno else place.node


RULES = (
    _left_out,
    _comparisons,
    _tests,
    _parts,
    _words,
    _order,
    _operators,
    _slices,
    _numbers,
    _texts,
    _blocks,
    _loops,
)
