"""Model weights: how code loads them, and which files are tracked."""

import ast
from collections.abc import Iterator

from tenken.place import Place
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.code import WeightFile, WeightLoad
from tenken.readiness.facts.tree import Role, Tree

UNSAFE_SUFFIXES = frozenset({".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".h5"})
WEIGHT_NAMES = ("pytorch_model", "model", "weights", "adapter_model")
LOADERS = frozenset({
    "torch.load", "pickle.load", "pickle.loads", "joblib.load", "dill.load", "cloudpickle.load",
    "torch.jit.load",
    "pandas.read_pickle", "torch.hub.load", "keras.models.load_model", "keras.saving.load_model",
    "tensorflow.keras.models.load_model", "tensorflow.saved_model.load",
})  # fmt: skip
PICKLES = frozenset({"pickle.loads", "dill.loads", "cloudpickle.loads"})
"""They take bytes: weights where a file is read, else whatever a cache or a queue holds."""
OTHER_FORMATS = frozenset({
    "onnxruntime.InferenceSession", "fastembed.TextEmbedding", "fastembed.SparseTextEmbedding",
    "fastembed.ImageEmbedding", "fastembed.LateInteractionTextEmbedding", "llama_cpp.Llama",
    "llama_cpp.Llama.from_pretrained", "vllm.LLM", "vllm.AsyncLLMEngine.from_engine_args",
    "ctransformers.AutoModelForCausalLM.from_pretrained",
})  # fmt: skip
"""Loaders of weights that are neither safetensors nor told to be by the call."""
HUGGING = (
    "transformers",
    "sentence_transformers",
    "diffusers",
    "peft",
    "optimum",
    "FlagEmbedding",
)


SERVERS = (
    "vllm/vllm-openai", "ollama/ollama", "text-generation-inference", "text-embeddings-inference",
    "nvcr.io/nim/", "tritonserver", "lmsysorg/sglang", "llama.cpp:server", "vllm serve",
    "localai/localai", "openmmlab/lmdeploy",
)  # fmt: skip
"""Images and commands of model servers: they load weights beside the code."""
DEPLOYED = frozenset({".yaml", ".yml", ".tf", ".tpl", ".bicep", ".json", ".sh"})
DEPLOYED_MAX = 200_000


LOADING = frozenset({
    "load", "loads", "from_pretrained", "load_file", "safe_open", "SentenceTransformer",
    "CrossEncoder", "read_pickle", "pipeline", "load_model",
}) | {one.rpartition(".")[2] for one in OTHER_FORMATS}  # fmt: skip


def loads(reading: Reading) -> Iterator[WeightLoad]:
    """Give every place where production code loads weights."""
    for module in reading.production:
        for call, scope in module.calls_that(_may_load):
            yield from _load(reading, call, scope)


def _may_load(call: ast.Call) -> bool:
    return last_name(call.func) in LOADING


def _load(reading: Reading, call: ast.Call, scope: Function) -> Iterator[WeightLoad]:
    place = scope.module.place(call)
    for dotted in reading.follower.dotted(call.func, scope):
        if dotted in OTHER_FORMATS:
            yield WeightLoad(place=place, how=dotted, safe=None)
        elif dotted in PICKLES and not _from_file(call):
            continue
        elif dotted in LOADERS:
            only = argument(call, "weights_only")
            safe = isinstance(only, ast.Constant) and only.value is True and dotted == "torch.load"
            yield WeightLoad(place=place, how=dotted, safe=safe)
        elif dotted.startswith("safetensors"):
            yield WeightLoad(place=place, how=dotted, safe=True)
        elif dotted.startswith(HUGGING) and not _is_text_part(dotted):
            yield WeightLoad(place=place, how=dotted, safe=_safe(call))


def _from_file(call: ast.Call) -> bool:
    """`pickle.loads(path.read_bytes())`."""
    names = {last_name(one.func) for one in walk(call) if isinstance(one, ast.Call)}
    return bool(names & {"open", "read_bytes"})


def _safe(call: ast.Call) -> bool | None:
    """`use_safetensors=True`, also within `model_kwargs`; unsaid, a pickle may be loaded."""
    node = argument(call, "use_safetensors")
    if node is None and "use_safetensors" in ast.unparse(call):
        return "'use_safetensors': True" in ast.unparse(call)
    return isinstance(node, ast.Constant) and node.value is True


def _is_text_part(dotted: str) -> bool:
    return any(word in dotted for word in ("Tokenizer", "Processor", "Config", "FeatureExtractor"))


def files(tree: Tree) -> Iterator[WeightFile]:
    """Give the tracked weight files."""
    for entry in tree.entries:
        if entry.role is not Role.PRODUCTION:
            continue
        stem = entry.name.rpartition(".")[0].lower()
        if entry.suffix == ".safetensors":
            yield WeightFile(path=entry.path, safe=True)
        elif entry.suffix in UNSAFE_SUFFIXES or (
            entry.suffix == ".bin" and stem.startswith(WEIGHT_NAMES)
        ):
            yield WeightFile(path=entry.path, safe=False)


def served(tree: Tree) -> Iterator[WeightLoad]:
    """Give the model servers that deployment files name; in which format they load is unsaid."""
    for entry in tree.entries:
        if entry.role is not Role.PRODUCTION or entry.size > DEPLOYED_MAX:
            continue
        if entry.suffix not in DEPLOYED and not entry.name.startswith("Dockerfile"):
            continue
        text = tree.text(entry.path)
        if not isinstance(text, str):
            continue
        for name in SERVERS:
            if (at := text.find(name)) >= 0:
                place = Place(entry.path, text.count("\n", 0, at) + 1)
                yield WeightLoad(place=place, how=name, safe=None)
