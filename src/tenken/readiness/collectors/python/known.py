"""Names of libraries that following an expression has to know."""

ENVIRONMENT_READERS = frozenset({
    "os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "environ.get",
    "decouple.config",
    "environs.Env.str", "environs.Env.int", "environs.Env.float", "environs.Env.bool",
    "starlette.config.Config", "starlette.config.Config.get",
})  # fmt: skip
LENIENT = frozenset({"os.getenv", "os.environ.get", "environ.get"})
"""What gives None for a variable that is not set."""
NUMBERS = frozenset({"int", "float", "builtins.int", "builtins.float"})
"""What refuses None."""
THROUGH = frozenset({
    "int", "float", "str", "bool", "builtins.int", "builtins.float", "builtins.str",
    "builtins.bool",
    "typing.cast", "copy.copy", "copy.deepcopy", "textwrap.dedent", "inspect.cleandoc",
    "contextlib.nullcontext", "dataclasses.replace", "asyncio.run", "anyio.run",
    "asyncio.create_task", "asyncio.ensure_future",
    "instructor.from_openai", "instructor.from_anthropic", "instructor.patch", "instructor.apatch",
    "instructor.from_litellm", "instructor.from_gemini", "langsmith.wrappers.wrap_openai",
    "langsmith.wrappers.wrap_anthropic", "openinference.wrap", "braintrust.wrap_openai",
    "weave.op", "pydantic_ai.models.wrap", "fastapi.Depends", "fastapi.Security",
    "fastapi.params.Depends", "dependency_injector.providers.Singleton",
    "dependency_injector.providers.Factory", "functools.partial", "asyncio.to_thread",
})  # fmt: skip
"""Calls that give back (something that behaves as) what they were given."""
DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends"})
FIELDS = frozenset(
    {"pydantic.Field", "dataclasses.field", "pydantic.fields.Field", "attrs.field", "attr.ib"}
)
SETTINGS = frozenset({
    "pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings",
    "pydantic_settings.main.BaseSettings",
})  # fmt: skip
TEXT_STEPS = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "value", "get_secret_value"}
)
"""Methods and attributes after which a constant text is still what it was, for our questions."""
BUILTINS = frozenset(
    {"int", "float", "str", "bool", "open", "print", "eval", "exec", "getattr", "Exception"}
)
