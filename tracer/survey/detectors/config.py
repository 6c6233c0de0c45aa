"""Where the settings of a run take their values: parsers, configuration files, blocks of plain values. Pure, static."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.program import Call, SourceFile
from tracer.survey.sightings import Sighting

_READERS = ("yaml.safe_load", "yaml.load", "yaml.full_load", "json.load", "json.loads", "toml.load", "tomllib.load")
_CONFIG_CALLS = (
    "omegaconf.OmegaConf",
    "ml_collections.config_flags",
    "hydra.compose",
    "simple_parsing.",
    "tyro.",
    "fire.Fire",
)
_CONFIG_WORDS = ("config", "cfg", "conf", "param", "hparam", "arg", "opt", "setting")


class Config:
    """Settings: an option parser, a configuration file, or a block of module-level values."""

    stage = Stage.CONFIG

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Parsers and parse calls, configuration files read, decorated mains, sys.argv, blocks of literal values."""
        for call in source.calls:
            confidence = _call(source, call)
            if confidence:
                yield source.sighting(self.stage, call.statement, call.qualname, confidence, "config")
        for function in source.functions:
            if any(
                name in ("hydra.main", "click.command", "hydra_runner") or name.endswith(".hydra.main")
                for name in function.decorators
            ):
                yield source.sighting(
                    self.stage, function.node, function.qualname, 0.85, "config", function.node.lineno
                )
        for node in source.nodes:
            if isinstance(node, ast.Attribute) and source.qualified(node) == "sys.argv":
                yield source.sighting(self.stage, node, "<module>", 0.5, "config")
        yield from self._block(source)

    def _block(self, source: SourceFile) -> Iterable[Sighting]:
        """The longest run of module-level `NAME = literal` lines, when it is long enough to be settings."""
        best: list[ast.stmt] = []
        run: list[ast.stmt] = []
        for statement in source.tree.body:
            literal = isinstance(statement, (ast.Assign, ast.AnnAssign)) and is_literal(statement.value)
            run = [*run, statement] if literal else []
            best = run if len(run) > len(best) else best
        if len(best) < 2:
            yield from self._constants(source)
        else:
            end = best[-1].end_lineno or best[-1].lineno
            yield source.sighting(self.stage, best[0], "<module>", min(0.7, 0.3 + 0.05 * len(best)), "config", end)

    def _constants(self, source: SourceFile) -> Iterable[Sighting]:
        """Single `UPPER_CASE = 1e-3` lines, where there is no block of settings."""
        for statement in source.tree.body:
            if isinstance(statement, ast.Assign) and is_literal(statement.value):
                names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
                if any(name.isupper() and not name.startswith("__") for name in names):
                    yield source.sighting(self.stage, statement, "<module>", 0.45, "config")


def _call(source: SourceFile, call: Call) -> float:
    if call.last in ("parse_args", "parse_known_args", "parse_args_into_dataclasses", "parse_args_and_config"):
        return 0.95
    if call.last == "ArgumentParser" or source.value(call.node).kind == "parser":
        return 0.6
    if call.name.startswith(_CONFIG_CALLS):
        return 0.8
    if call.name.startswith("absl.flags.DEFINE") or call.name.startswith("absl.app.run"):
        return 0.6
    if call.name in _READERS:
        text = ast.unparse(call.statement).lower()
        return 0.7 if any(word in text for word in _CONFIG_WORDS) else 0.3
    if call.name in ("exec", "builtins.exec") and call.node.args:
        return 0.7 if "conf" in ast.unparse(call.node).lower() else 0.3
    return 0.0


def is_literal(node: ast.AST | None) -> bool:
    """Numbers, texts, truth values, None, and containers of them."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return is_literal(node.operand)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return all(is_literal(item) for item in node.elts)
    if isinstance(node, ast.Dict):
        return all(is_literal(item) for item in (*[key for key in node.keys if key], *node.values))
    return isinstance(node, ast.BinOp) and is_literal(node.left) and is_literal(node.right)


DETECTOR = Config()
