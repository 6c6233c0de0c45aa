"""Values that are made up for an argument that nothing in the repository says, by its name. Runs in the target. Data.

They are small, and fit together: a width can be divided by a number of heads, an image by a patch.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TABLE: tuple[tuple[Any, str], ...] = (
    (False, "(use|is|has|with|do|no|enable)_.* bidirectional bias pretrained verbose debug residual causal training"),
    (True, "batch_first"),
    (0.1, ".*(dropout|drop_?(rate|out|path|prob)?|p_?drop) .*_prob prob lr .*learning_rate .*_lr weight_decay wd"),
    (0.1, "eps(ilon)? .*_eps alpha beta gamma tau temperature lambda.* sigma label_smoothing"),
    (None, ".*(_?type|_?name|_?path|_file|_dir|checkpoint|ckpt|weights|pretrain.*)"),
    (
        100,
        "words tokens chars .*(vocab|n_?tokens?|ntoken|num_embeddings|dict_size|num_words|voc_size|n_words|n_chars).*",
    ),
    (50, ".*(n_?users?|num_users|user_num|n_?items?|num_items|item_num|n_ent.*|n_rel.*|num_(ent|rel|nodes).*)"),
    (0, ".*(pad|bos|eos|sos|unk|mask|start|end|ignore)_?(idx|index|id|token|token_id)"),
    (2, ".*heads? nhead h (n|num|number)_?(of_)?.*(layers?|blocks?|stages?|depths?) .*layers?_num depth .*_depth"),
    (3, ".*(kernel|filter)_?(size)? k ksize"),
    (1, "stride padding dilation groups expansion scale .*_multiplier .*_factor width_mult"),
    (3, "(n_?|num_?)?(in|input|img|image|x|src|data)?_?(ch|chan|channels?|planes?|chans?|nc) c_in enc_in dec_in"),
    (10, ".*(n_?class(es)?|num_?class(es)?|n_?labels?|n(b|um)?_?tags|tagset_size|class_num|target_size|output_nc)"),
    (4, ".*patch_?size"),
    (
        32,
        "(img|image|crop|frame|input|in|spatial)_?(size|resolution|res|height|width|h|w) resolution height width size",
    ),
    (16, ".*(seq|sentence|block|context|ctx|max|src|tgt|window|time|pred|label).*(len|length|size|steps|positions?) t"),
    ([16, 16], ".*(sizes|dims|channels_list|units|filters|features|hiddens|widths|layers|blocks|cfg|depths)"),
    (
        16,
        ".*(dims?|size|hidden.*|features?|units?|width|planes?|channels?|n_?hid|ninp|d_model|n_embd|emb.*|ngf|ndf|nf)",
    ),
    (16, "n_?(in|inputs|out|outputs|state|actions?|feat|features|units|filters) growth(_rate)? c_out n d d_.* dim_.*"),
    (16, "out in input output num_.* n_.* z latent.*"),
    ("cpu", "device dev"),
    ("relu", "act(ivation)?(_?(fn|func|function|type|name))? non_?linearity"),
    ("mean", "pool.* aggr.* reduction mode"),
)
_RULES = tuple(
    (re.compile("(?:%s)\\Z" % "|".join(patterns.split()), re.IGNORECASE), value) for value, patterns in _TABLE
)
OTHERS: tuple[Any, ...] = (
    16, [16, 16], 2, 1, 0.1, [2, 2], 32, 3, 64, False, None, 48, 768, 10, [2, 2, 2, 2], [16, 16, 16], "relu", {},
)  # fmt: skip
"""What else is tried, from the likeliest on."""
_BY_TYPE: dict[str, Any] = {
    "int": 16, "float": 0.1, "bool": False, "str": "relu", "list": [16, 16], "List": [16, 16], "tuple": [16, 16],
    "Tuple": [16, 16], "Sequence": [16, 16], "Iterable": [16, 16], "dict": {}, "Dict": {}, "Optional": None,
}  # fmt: skip
SETTINGS = re.compile(
    r"(.*_)?(args?|opts?|options|cfgs?|config|conf|configs|configuration|hparams?|hyperparams?|params|flags|settings|hp"
    r"|model_args|model_config|namespace)\Z",
    re.IGNORECASE,
)
"""Names of an argument that holds all settings of a program."""
_SECTION = re.compile(r"(model|net|network|data|dataset|train|training|optim|encoder|decoder|arch)\Z", re.IGNORECASE)


def is_section(name: str) -> bool:
    """Whether a setting of that name, most likely, holds further settings."""
    return _SECTION.match(name) is not None


def guesses(name: str, annotation: Any) -> list[Any]:
    """Values to try for an argument, the likeliest first."""
    kind = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "") or str(annotation)
    kind = kind.replace("typing.", "").partition("[")[0]
    first: list[Any] = []
    known = next((value for pattern, value in _RULES if pattern.match(name)), None)
    fits = known is not None and (kind not in _BY_TYPE or type(known) is type(_BY_TYPE[kind]) or kind == "Optional")
    if fits:
        first.append(known)
    if kind in _BY_TYPE:
        first.append(_BY_TYPE[kind])
    if known is not None and not fits:
        first.append(known)
    found: list[Any] = []
    for value in (*first, *OTHERS):
        if not any(value == other and type(value) is type(other) for other in found):
            found.append(value)
    return found
