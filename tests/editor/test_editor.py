"""What an editor shows and offers, asked of a real language server: ``nox -s types`` runs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import okapi_sdk
from okapi_sdk import OkapiClient, Passes, PredictPasses, Request, Satellite
from tests.editor.language_server import LanguageServer
from tests.models.samples import passes

pytest.importorskip("pyright", reason="needs pyright's language server; nox -s types installs it")

PYDANTIC_1 = {"copy", "dict", "json", "parse_obj", "parse_raw", "construct", "schema", "from_orm", "validate"}


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    server = LanguageServer(tmp_path_factory.mktemp("editor"))
    yield server
    server.close()


@pytest.mark.parametrize(
    "name", ["PredictPasses", "Tle", "GroundLocation", "Satellites", "NewSatellite", "OkapiClient"]
)
def test_a_call_shows_our_text(editor: LanguageServer, name: str) -> None:
    first_line = (getattr(okapi_sdk, name).__doc__ or "").splitlines()[0]
    shown = editor.signature(f"from okapi_sdk import {name}\n{name}(")
    assert first_line in shown
    assert "ValidationError" not in shown
    assert first_line in editor.hover(f"from okapi_sdk import {name}\n{name}")


def test_a_signature_shows_values(editor: LanguageServer) -> None:
    client = "from okapi_sdk import OkapiClient\nclient = OkapiClient()\n"
    assert "timeout: Timeout = 900" in editor.signature(client + "client.run(")
    assert "max_connections: int = 20" in editor.signature("from okapi_sdk import OkapiClient\nOkapiClient(")


def test_async_methods_show_the_text_of_their_twins(editor: LanguageServer) -> None:
    client = "from okapi_sdk import AsyncOkapiClient\nclient = AsyncOkapiClient()\n"
    assert "SubmissionUncertainError" in editor.signature(client + "client.submit(")


CLOSING = {'["': '"])', '="': '")'}


@pytest.mark.parametrize(
    ("code", "values"),  # editors close quotes and brackets as they are opened
    [
        ('Conjunctions(criticality=["', {"critical", "non_critical"}),
        ('Conjunctions(sort="', {"tca", "-collision_probability"}),
        ('OkapiClient(environment="', {"production", "staging", "sandbox", "legacy"}),
        ('EstimateRisk(method="', {"foster-1992", "all-methods"}),
        ('PredictPasses(method="', {"sgp4", "neptune", "oems"}),
        ('OkapiClient(dialect="', {"generic", "typed"}),
    ],
)
def test_values_complete(editor: LanguageServer, code: str, values: set[str]) -> None:
    model = code.partition("(")[0]
    assert values <= set(editor.completions(f"from okapi_sdk import {model}\n{code}", after=CLOSING[code[-2:]]))


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("Satellite()", {"satellite_id", "norad_ids", "thrust_uncertainty_percent", "model_dump"}),
        ("PredictPasses()", {"orbit", "ground_location", "time_window", "body", "endpoint"}),
        ("OkapiClient().run(PredictPasses())", {"above", "status", "raw", "to_dicts"}),
        ("OkapiClient().submit(PredictPasses())", {"id", "ref", "status", "done", "wait", "result", "parts", "raw"}),
    ],
)
def test_members_complete(editor: LanguageServer, code: str, members: set[str]) -> None:
    offered = set(editor.completions(f"from okapi_sdk import OkapiClient, PredictPasses, Satellite\n{code}."))
    assert members <= offered


PLUMBING = {
    "accept", "address", "query", "from_response", "fits", "named", "element", "first_of", "id_field", "collection",
    "record", "tag", "read", "doubts", "format_name", "ends", "content", "params", "paged", "path",
}  # fmt: skip


@pytest.mark.parametrize("thing", [Satellite(), passes(), Passes([], status=okapi_sdk.Status(), raw={})])
def test_an_object_lists_its_data_and_no_plumbing(thing: object) -> None:
    public = {name for name in dir(thing) if not name.startswith("_")}
    assert not public & (PLUMBING | PYDANTIC_1)


def test_classes_without_an_object_list_no_plumbing_either() -> None:
    for kind in (OkapiClient, PredictPasses, Request, Satellite):
        assert not {name for name in vars(kind) if not name.startswith("_")} & PLUMBING
