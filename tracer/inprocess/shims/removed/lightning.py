"""Lightning: what its Trainer did with argparse until 2.0 took it away, and names of arguments. Runs in the target."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OLD = {"gpus": None, "tpu_cores": None, "auto_lr_find": False, "resume_from_checkpoint": None}
"""Options of older Trainers that programs read from the parsed arguments."""


def _options(cls: Any) -> dict[str, Any]:
    """The arguments that a Trainer takes, each with its default."""
    function = cls.__init__
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = function.__code__
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    found = dict.fromkeys(names)
    given = function.__defaults__ or ()
    found.update(zip(names[: code.co_argcount - 1][-len(given) :] if given else (), given))
    found.update(function.__kwdefaults__ or {})
    return found


def _read(text: str) -> Any:
    """A word of the command line as the value that it writes down."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return {"true": True, "false": False, "none": None}.get(text.lower(), text)


def _add_argparse_args(cls: Any, /, parent_parser: Any, **named: Any) -> Any:
    """A parser that takes what another takes, and an option for each argument of the Trainer."""
    parser = type(parent_parser)(parents=[parent_parser], add_help=False)
    group = parser.add_argument_group("pl.Trainer")
    for name, default in {**OLD, **_options(cls)}.items():
        if "--" + name not in parser._option_string_actions:
            more = {"nargs": "?", "const": True} if isinstance(default, bool) else {}
            group.add_argument("--" + name, dest=name, type=_read, default=default, **more)
    return parser


def _from_argparse_args(cls: Any, /, args: Any, **named: Any) -> Any:
    """A Trainer from those of the parsed arguments that it takes."""
    known = {**OLD, **_options(cls)}
    given = {name: value for name, value in vars(args).items() if name in known and name not in named}
    return cls(**{name: value for name, value in given.items() if name not in OLD or value != OLD[name]}, **named)


_ONCE = {"add_argparse_args": classmethod(_add_argparse_args), "from_argparse_args": classmethod(_from_argparse_args)}
METHODS = {
    "pytorch_lightning.trainer.trainer:Trainer": _ONCE,
    "lightning.pytorch.trainer.trainer:Trainer": _ONCE,
}
_TRAINERS = ("pytorch_lightning.trainer.trainer:Trainer.", "lightning.pytorch.trainer.trainer:Trainer.")
_LOADERS = {
    "fit": {"train_dataloader": "train_dataloaders"},
    "validate": {"val_dataloaders": "dataloaders"},
    "test": {"test_dataloaders": "dataloaders"},
}
ARGUMENTS = {trainer + method: rows for trainer in _TRAINERS for method, rows in _LOADERS.items()}
