"""Models and tokenizers of transformers that cannot be downloaded: small ones of their kind. Runs in the target.

The kind is that of the class which was asked for, or is read from the name, as the library itself does. A model has
random weights; a tokenizer takes any text apart into its bytes, with the special tokens of its kind.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from .harness import Harness

WIDTH, LAYERS, HEADS, WORDS = 64, 2, 4, 512
SMALL = {
    **dict.fromkeys("hidden_size d_model n_embd dim word_embed_proj_dim".split(), WIDTH),
    **dict.fromkeys("num_hidden_layers n_layer n_layers num_layers encoder_layers decoder_layers".split(), LAYERS),
    **dict.fromkeys("num_decoder_layers".split(), LAYERS),
    **dict.fromkeys("num_attention_heads n_head n_heads num_heads num_key_value_heads".split(), HEADS),
    **dict.fromkeys("encoder_attention_heads decoder_attention_heads".split(), HEADS),
    **dict.fromkeys("intermediate_size hidden_dim d_ff ffn_dim encoder_ffn_dim decoder_ffn_dim".split(), 2 * WIDTH),
    **dict.fromkeys("head_dim d_kv".split(), WIDTH // HEADS),
    "vocab_size": WORDS,
}
DEEP = tuple(key for key, value in SMALL.items() if value == LAYERS)
WIDE = tuple(key for key, value in SMALL.items() if key != "vocab_size" and value != LAYERS)
FEW = 32
"""Fewer tokens are only the special ones."""

PAD, UNKNOWN, FIRST, LAST, MASK = range(5)
IDS = {"pad": PAD, "bos": FIRST, "cls": FIRST, "decoder_start": FIRST, "eos": LAST, "sep": LAST, "mask": MASK}
OTHERS = {"minilm": "bert", "mpnet": "mpnet", "deberta-v3": "deberta-v2", "flan-t5": "t5"}
"""Names of models whose kind is called otherwise."""

BERT = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ROBERTA = ("<pad>", "<unk>", "<s>", "</s>", "<mask>")
WITH_TYPES = frozenset("bert albert electra deberta deberta-v2 mobilebert ernie squeezebert convbert".split())
AS_BERT = WITH_TYPES | {"distilbert", "mpnet"}
AS_ROBERTA = frozenset("roberta xlm-roberta bart mbart camembert longformer".split())
LOST = (
    "couldn't connect",
    "couldn't find them in the cached",
    "offline",
    "can't load",
    "gated repo",
    "connection error",
)


def arm(harness: Harness) -> None:
    """Wait for the modules of transformers that load something by its name."""
    models = _Models(harness)
    for module, names, make in (
        ("transformers.configuration_utils", ("PreTrainedConfig", "PretrainedConfig"), models.config),
        ("transformers.models.auto.configuration_auto", ("AutoConfig",), models.config),
        ("transformers.modeling_utils", ("PreTrainedModel",), models.model),
        ("transformers.tokenization_utils_base", ("PreTrainedTokenizerBase",), models.tokenizer),
        ("transformers.models.auto.tokenization_auto", ("AutoTokenizer",), models.tokenizer),
        ("transformers.image_processing_base", ("ImageProcessingMixin",), models.processor),
        ("transformers.feature_extraction_utils", ("FeatureExtractionMixin",), models.processor),
    ):
        harness.after(module, _taking(names, make, models.is_lost))


def _taking(names: tuple[str, ...], make: Any, is_lost: Any) -> Callable[[Any], None]:
    """What stands in for `from_pretrained` of the classes of a module."""

    def take(module: Any) -> None:
        for name in names:
            cls: Any = getattr(module, name, None)
            method = vars(cls).get("from_pretrained") if cls is not None else None
            if isinstance(method, classmethod) and not hasattr(method.__func__, "_repotour_real"):
                cls.from_pretrained = classmethod(_standing_in(method.__func__, make, is_lost))
            elif isinstance(method, staticmethod):
                cls.from_pretrained = classmethod(_standing_in(_without_class(method.__func__), make, is_lost))

    return take


def _without_class(function: Any) -> Any:
    return lambda cls, *given, **named: function(*given, **named)


def _standing_in(real: Any, make: Any, is_lost: Any) -> Any:
    def from_pretrained(cls: Any, pretrained_model_name_or_path: Any = None, *given: Any, **named: Any) -> Any:
        name = pretrained_model_name_or_path
        try:
            found = real(cls, name, *given, **dict(named))
        except (OSError, ValueError) as error:
            if not is_lost(str(name), error):
                raise
            made = make(cls, str(name), named, type(error).__name__)
            if made is None:
                raise
            return made
        # Without its files a tokenizer of newer versions knows no word at all, and does not say so.
        size = getattr(found, "vocab_size", None)
        if (
            hasattr(found, "convert_ids_to_tokens")
            and type(size) is int
            and size < FEW
            and not os.path.exists(str(name))
        ):
            return make(cls, str(name), named, "it came without words") or found
        return found

    from_pretrained.__doc__ = getattr(real, "__doc__", None)
    from_pretrained._repotour_real = real  # type: ignore[attr-defined]
    return from_pretrained


class _Models:
    """Makes what could not be loaded."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self.names: set[str] = set()

    def is_lost(self, name: str, error: Exception) -> bool:
        """Whether something of this name could not be downloaded: the name of a folder is no such name."""
        if name in self.names:
            return True
        if name.startswith((".", "/", "~")) or name.count("/") > 1 or os.path.exists(name):
            return False
        return isinstance(error, OSError) and any(word in str(error).lower() for word in LOST)

    def config(self, cls: Any, name: str, named: dict[str, Any], why: str) -> Any:
        """A small configuration; with `return_unused_kwargs` also what of `named` is not one of its settings."""
        made = self.small(cls, name, named)
        if made is None:
            return None
        found, unused = made
        self.names.add(name)
        self.tell("the configuration %s is made up by RepoTour: a small one of its kind (%s)", name, found, why)
        return (found, unused) if named.get("return_unused_kwargs") else found

    def model(self, cls: Any, name: str, named: dict[str, Any], why: str) -> Any:
        """A small model with random weights."""
        config = named.get("config")
        if config is None:
            made = self.small(getattr(cls, "config_class", None), name, named)
            if made is None:
                return None
            config = made[0]
        found = cls(config)
        found.eval()
        said = "the model %s is made up by RepoTour: a small one of its kind (%s) with random weights"
        self.tell(said, name, config, why)
        return found

    def tokenizer(self, cls: Any, name: str, named: dict[str, Any], why: str) -> Any:
        """A tokenizer of bytes."""
        kind = _kind(cls.__name__.lower()) if cls.__name__ != "AutoTokenizer" else _kind(name)
        if kind is None:
            return None
        found = _of_bytes(kind, named)
        told = "the tokenizer %s is made up by RepoTour: it takes a text apart into bytes" % name
        self.harness.tell(told, "its files could not be downloaded (%s)" % why)
        return found

    def processor(self, cls: Any, name: str, named: dict[str, Any], why: str) -> Any:
        """What prepares pictures or sounds, as its class does when nothing is said."""
        found = cls()
        self.harness.tell(
            "%s of %s is that of RepoTour's choice: as the class is made without a file" % (cls.__name__, name),
            "its files could not be downloaded (%s)" % why,
        )
        return found

    def tell(self, said: str, name: str, config: Any, why: str) -> None:
        """Tell what was made of what kind."""
        kind = getattr(config, "model_type", "?")
        self.harness.tell(said % (name, kind), "its files could not be downloaded (%s)" % why)

    def small(self, cls: Any, name: str, named: dict[str, Any]) -> Optional[tuple[Any, dict[str, Any]]]:
        """(a small configuration of the class or the kind of the name, what of `named` it does not know)."""
        if cls is None or not getattr(cls, "model_type", ""):
            kind = _kind(name)
            if kind is None:
                return None
            cls = sys.modules["transformers.models.auto.configuration_auto"].CONFIG_MAPPING[kind]
        usual = cls()
        fewer = {key: value for key, value in SMALL.items() if type(getattr(usual, key, None)) is int}
        for key, value in IDS.items():
            if isinstance(getattr(usual, key + "_token_id", None), int):
                fewer[key + "_token_id"] = value
        found = _as_small_as_may_be(cls, fewer) or usual
        if getattr(found, "is_encoder_decoder", False) and getattr(found, "decoder_start_token_id", None) is None:
            found.decoder_start_token_id = PAD
        known = {key for key in named if key != "config" and hasattr(found, key)}
        for key in known:
            setattr(found, key, named[key])
        return found, {key: value for key, value in named.items() if key not in known and key not in NOT_SETTINGS}


def _as_small_as_may_be(cls: Any, fewer: dict[str, Any]) -> Any:
    """A configuration with these settings; where they do not fit each other, with the width or the words alone."""
    for left in ((), DEEP, (*DEEP, *WIDE)):
        try:
            return cls(**{key: value for key, value in fewer.items() if key not in left})
        except Exception:  # noqa: BLE001 - each kind has its own rules, and says so in its own way
            continue
    return None


NOT_SETTINGS = frozenset(
    "return_unused_kwargs config _from_auto _from_pipeline trust_remote_code code_revision cache_dir force_download"
    " local_files_only proxies revision subfolder token".split()
)


def _kind(name: str) -> Optional[str]:
    """The kind of model that a name speaks of, as transformers calls it."""
    auto: Any = __import__("transformers.models.auto.configuration_auto", fromlist=["CONFIG_MAPPING"])
    plain = name.lower().replace("_", "-")
    for part, kind in OTHERS.items():
        if part in plain:
            return kind
    kinds = sorted(auto.CONFIG_MAPPING.keys(), key=len, reverse=True)
    return next((str(kind) for kind in kinds if kind.replace("_", "-") in plain), None)


def _of_bytes(kind: str, named: dict[str, Any]) -> Any:
    """A tokenizer with one token for each byte, and the special tokens of a kind of models."""
    tokenizers: Any = __import__("tokenizers")
    tools: Any = __import__("tokenizers", fromlist=["models"])
    for part in ("models", "pre_tokenizers", "decoders", "processors"):
        __import__("tokenizers." + part)
    special = BERT if kind in AS_BERT else ROBERTA
    letters = sorted(tools.pre_tokenizers.ByteLevel.alphabet())
    words = {word: number for number, word in enumerate((*special, *letters))}
    found = tokenizers.Tokenizer(tools.models.BPE(words, [], unk_token=special[UNKNOWN]))
    found.pre_tokenizer = tools.pre_tokenizers.ByteLevel(add_prefix_space=False)
    found.decoder = tools.decoders.ByteLevel()
    first, last = special[FIRST], special[LAST]
    ends = [(first, FIRST), (last, LAST)]
    if kind in AS_BERT or kind in AS_ROBERTA:
        found.post_processor = tools.processors.TemplateProcessing(
            "%s $A %s" % (first, last), "%s $A %s $B:1 %s:1" % (first, last, last), ends
        )
    elif kind in ("t5", "mt5"):
        found.post_processor = tools.processors.TemplateProcessing("$A " + last, "$A %s $B %s" % (last, last), ends)
    inputs = (
        ["input_ids", "token_type_ids", "attention_mask"] if kind in WITH_TYPES else ["input_ids", "attention_mask"]
    )
    ends_named = {"cls_token": first, "sep_token": last}
    if kind not in AS_BERT:
        ends_named = {"bos_token": first, "eos_token": last}
    if kind in AS_ROBERTA:
        ends_named.update(cls_token=first, sep_token=last)
    given: dict[str, Any] = {"model_max_length": 512}
    given.update({key: named[key] for key in ("padding_side", "truncation_side", "model_max_length") if key in named})
    return sys.modules["transformers"].PreTrainedTokenizerFast(
        tokenizer_object=found,
        pad_token=special[PAD],
        unk_token=special[UNKNOWN],
        mask_token=special[MASK],
        model_input_names=inputs,
        **ends_named,
        **given,
    )
