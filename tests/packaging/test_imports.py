"""What importing costs and loads, and that the public names are the ones that are promised."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

import okapi_sdk
import okapi_sdk.calculations
import okapi_sdk.models
import okapi_sdk.objects

HEAVY = ("httpx", "httpcore", "pydantic", "tenacity")
# Not click and rich: where they are installed, httpx loads them for a command line of its own.
EXTRAS = ("starlette", "uvicorn", "skyfield", "sgp4", "numpy", "okapi_sdk.emulator", "okapi_sdk.cli")


def loaded_by(statement: str) -> set[str]:
    code = f"import sys, json; old = set(sys.modules); {statement}; print(json.dumps(sorted(set(sys.modules) - old)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_import_okapi_sdk_loads_nothing_heavy() -> None:
    assert not loaded_by("import okapi_sdk") & {*HEAVY, *EXTRAS}


def test_an_error_class_loads_nothing_heavy() -> None:
    assert not loaded_by("from okapi_sdk import OkapiError, WaitTimeoutError") & {*HEAVY, *EXTRAS}


def test_a_model_loads_pydantic_only() -> None:
    assert loaded_by("from okapi_sdk import Tle") & {*HEAVY, *EXTRAS} == {"pydantic"}


def test_the_client_loads_the_core_and_no_extra() -> None:
    assert loaded_by("from okapi_sdk import OkapiClient") & {*HEAVY, *EXTRAS} == {"pydantic", "tenacity"}
    made = "from okapi_sdk import OkapiClient; OkapiClient('u', 'p').close()"
    assert loaded_by(made) & {*HEAVY, *EXTRAS} == set(HEAVY)


def test_a_program_loads_the_nouns_that_it_takes() -> None:
    loaded = loaded_by("from okapi_sdk import OkapiClient, PredictPasses; from okapi_sdk.objects import Cdms")
    assert {"okapi_sdk.calculations.predict_passes", "okapi_sdk.objects.cdms"} <= loaded
    others = {"okapi_sdk.calculations.propagate_orbit", "okapi_sdk.objects.satellites", "okapi_sdk.models.omm"}
    assert not loaded & others


def test_a_reference_finds_the_class_of_a_calculation_that_was_not_loaded() -> None:
    make = "RequestRef('p/q', 'id', 'PropagateOrbit', 'simple', 'generic', 'https://api.example').kind()"
    assert "okapi_sdk.calculations.propagate_orbit" in loaded_by(f"from okapi_sdk import RequestRef; {make}")


def test_a_refusal_names_all_nouns_although_none_was_loaded() -> None:
    code = """
from okapi_sdk import InputError, OkapiClient, RequestRef
client = OkapiClient("user@example.com", "password")
for ask in (
    lambda: client.list(7),
    lambda: RequestRef("p/q", "id", "Nonsense", "simple", "generic", "https://api.example").kind(),
):
    try:
        ask()
    except InputError as error:
        print(error)
client.close()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in ("Satellites", "Cdms", "Uncertainties", "PredictPasses", "RawCalculation"):
        assert name in done.stdout


@pytest.mark.parametrize("package", [okapi_sdk.models, okapi_sdk.calculations, okapi_sdk.objects])
def test_every_name_of_a_package_is_where_it_is_said_to_be(package: Any) -> None:
    assert dir(package) == package.__all__
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = package.nonsense


@pytest.mark.parametrize("name", okapi_sdk.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    found = getattr(okapi_sdk, name)
    assert name == "__version__" or found.__doc__


def test_dir_is_the_public_names_and_others_are_attribute_errors() -> None:
    assert dir(okapi_sdk) == sorted(okapi_sdk.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = okapi_sdk.nonsense
