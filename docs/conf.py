"""Sphinx configuration. ``nox -s docs`` builds the pages and treats warnings as errors."""

from __future__ import annotations

import builtins
import inspect
import re
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

import click
from docutils import nodes
from pydantic import BaseModel
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.ext.napoleon import Config, GoogleDocstring
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import okapi_sdk

PUBLIC = [getattr(okapi_sdk, name) for name in dir(okapi_sdk)]  # lazy imports fail under autodoc's type checking

logger = logging.getLogger(__name__)

project = "okapi-sdk"
author = "The okapi-sdk authors"
version = release = okapi_sdk.__version__
html_title = f"okapi-sdk {release}"
html_theme = "furo"
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["okapi.css"]

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_copybutton"]
exclude_patterns = ["_build"]
# Some names in signatures, such as `type`, are also field names.
suppress_warnings = ["toc.empty_glob", "ref.python"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Notebooks are stored without outputs and run at each build. An error in a cell fails the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

# The copy button copies commands without prompts or output. Blocks that contain only output have no button.
copybutton_selector = "div.highlight:not(.highlight-text *) > pre"
copybutton_prompt_text = r"\$ |> "
copybutton_prompt_is_regexp = True

# Docstrings refer to names in single backticks.
default_role = "py:obj"
nitpicky = True
nitpick_ignore_regex = [("py:class", ".*"), ("py:obj", "[a-z0-9_.]+")]
# Internal names without an underscore: those of pydantic, and a class variable that `Calculation` subclasses set.
autodoc_default_options = {"exclude-members": "model_config, model_post_init, service"}
toc_object_entries_show_parents = "hide"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 90


def plain(hint: Any) -> Any:
    """Return a type hint without pydantic's validators."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return plain(parts[0])
    if origin in (types.UnionType, typing.Union):
        return typing.Union[tuple(plain(part) for part in parts)]  # noqa: UP007 - built at run time
    if origin in (tuple, dict, Sequence, Mapping):
        return origin[tuple(plain(part) for part in parts)]
    return hint


def show_plain_types(app: Sphinx) -> None:
    for model in PUBLIC:
        if isinstance(model, type) and issubclass(model, BaseModel):
            for name, field in model.model_fields.items():
                if name in vars(model).get("__annotations__", {}):
                    model.__annotations__[name] = plain(field.annotation)


def read_sections(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    # Skip attributes, because napoleon would parse "Orbit of the satellite: a Tle" as a type and a description.
    if what in ("class", "exception", "function", "method"):
        lines[:] = GoogleDocstring(list(lines), Config(), app, what, name, obj, options).lines()


def show_names_only(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None] | None:
    # The page lists a model's fields and their types below the signature.
    if what == "class" and isinstance(obj, type) and issubclass(obj, BaseModel) and signature:
        parts = [p for p in inspect.signature(obj).parameters.values() if p.kind is not p.VAR_KEYWORD]
        if len(parts) > 12:
            return f"({', '.join(['*', *(p.name for p in parts if p.default is p.empty), '…'])})", None
        shown = [p.name if p.default is p.empty else f"{p.name}={'None' if p.default is None else '…'}" for p in parts]
        keywords = all(p.kind is p.KEYWORD_ONLY for p in parts)
        return f"({', '.join(['*', *shown] if keywords and shown else shown)})", None
    if name.startswith("okapi_sdk.pytest_plugin."):
        return "", None  # tests request a fixture by name, and its parameters are internal
    return None


PRIVATE = re.compile(r"(?<!\w)_[A-Za-z]\w*|\w+Validator\b|\bAnnotated\b|\bPydanticUndefined\b")


def refuse_private_names(app: Sphinx, document: nodes.document) -> None:
    """Warn about signatures that show private names or pydantic internals, which readers cannot use."""
    for signature in document.findall(addnodes.desc_signature):
        if PRIVATE.search(signature.astext()):
            logger.warning("The signature of %s shows a private name", signature.get("fullname"))


def find_by_last_name(app: Sphinx, env: Any, node: Any, content: nodes.Node) -> nodes.Node | None:
    # Let `InstantClock` link to okapi_sdk.testing.InstantClock from any module, unless another object has that name.
    domain, target = env.get_domain("py"), node["reftarget"]
    if node.get("refdomain") != "py" or target.islower():
        return None
    matches = [name for name, entry in domain.objects.items() if name.endswith(f".{target}") and not entry.aliased]
    if len(matches) != 1:
        return None
    entry = domain.objects[matches[0]]
    uri = app.builder.get_relative_uri(node["refdoc"], entry.docname)
    return nodes.reference("", "", content, refuri=f"{uri}#{entry.node_id}", internal=True, reftitle=matches[0])


def unlink_builtins(app: Sphinx, document: nodes.document) -> None:
    # In signatures, `type` and `list` mean Python's builtins, even if something else has the same name.
    for node in list(document.findall(addnodes.pending_xref)):
        if node.get("reftype") == "class" and hasattr(builtins, node["reftarget"]):
            node.replace_self(nodes.Text(node["reftarget"]))


class OkapiHelp(SphinxDirective):
    """A directive that shows the help text of an ``okapi`` command."""

    optional_arguments = 2

    def run(self) -> list[nodes.Node]:
        from okapi_sdk.cli.app import okapi

        context, command = click.Context(okapi, info_name="okapi", terminal_width=90), okapi
        for name in self.arguments:
            command = command.get_command(context, name)
            context = click.Context(command, parent=context, info_name=name, terminal_width=90)
        text = command.get_help(context)
        return [nodes.literal_block(text, text, language="text")]


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", show_plain_types)
    app.connect("autodoc-process-docstring", read_sections)
    app.connect("autodoc-process-signature", show_names_only)
    app.connect("missing-reference", find_by_last_name)
    app.connect("doctree-read", unlink_builtins)
    app.connect("doctree-read", refuse_private_names)
    app.add_directive("okapi-help", OkapiHelp)
