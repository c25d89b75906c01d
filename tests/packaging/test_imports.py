"""What importing costs and loads, and that the public names are the ones that are promised."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import okapi_sdk
from okapi_sdk import catalogue

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
    assert loaded_by("from okapi_sdk import OkapiClient") & {*HEAVY, *EXTRAS} == {"httpx", "pydantic", "tenacity"}
    made = "from okapi_sdk import OkapiClient; OkapiClient('u', 'p').close()"
    assert loaded_by(made) & {*HEAVY, *EXTRAS} == set(HEAVY)


def test_a_sync_program_loads_no_asyncio() -> None:
    # httpx and tenacity load these where they are installed, and with them all that is looked for here.
    program = (
        "sys.modules.update(click=None, rich=None, tornado=None); from okapi_sdk import OkapiClient, PredictPasses"
    )
    needless = {"asyncio", "html", "html.entities", "okapi_sdk.async_client", "okapi_sdk.async_fleet", "subprocess"}
    for statement in (program, f"{program}; OkapiClient('u', 'p').close()"):
        assert not loaded_by(statement) & needless
    assert {"asyncio", "okapi_sdk.async_client"} <= loaded_by(f"{program}; from okapi_sdk import AsyncOkapiClient")


def test_a_program_loads_only_the_models_it_imports() -> None:
    loaded = loaded_by("from okapi_sdk import Cdms, OkapiClient, PredictPasses")
    assert {"okapi_sdk.calculations.predict_passes", "okapi_sdk.objects.cdms"} <= loaded
    others = {"okapi_sdk.calculations.propagate_orbit", "okapi_sdk.objects.satellites", "okapi_sdk.messages.tdm"}
    assert not loaded & others


def test_a_pass_prediction_loads_no_message_but_its_own() -> None:
    used = """
from okapi_sdk import GroundLocation, OkapiClient, PredictPasses, TimeWindow, Tle
lines = ("1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993",
         "2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382")
PredictPasses(
    orbit=Tle.parse("\\n".join(lines)),
    ground_location=GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48),
    time_window=TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z"),
).body()
"""
    loaded = loaded_by(f"exec({used!r})")
    assert "okapi_sdk.messages.tle" in loaded
    assert not loaded & {f"okapi_sdk.messages.{name}" for name in ("cdm", "oem", "omm", "opm", "tdm")}


def test_a_pass_prediction_loads_no_module_for_its_rarer_methods() -> None:
    rare = (
        "calculations.visible_passes",
        "results.calendar",
        "values.elevation_mask",
        "values.state_vector",
        "values.stations",
    )
    assert not loaded_by("from okapi_sdk import OkapiClient, PredictPasses") & {f"okapi_sdk.{name}" for name in rare}


def test_a_reference_finds_the_class_of_a_calculation_that_was_not_loaded() -> None:
    find = "from okapi_sdk.reference import class_named; class_named('PropagateOrbit')"
    assert "okapi_sdk.calculations.propagate_orbit" in loaded_by(find)


def test_a_refusal_names_all_classes_although_none_is_loaded() -> None:
    code = """
from okapi_sdk import InputError, OkapiClient
from okapi_sdk.reference import class_named
client = OkapiClient("user@example.com", "password")
for ask in (
    lambda: client.list(7),
    lambda: class_named("Nonsense"),
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


@pytest.mark.parametrize("name", okapi_sdk.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    found = getattr(okapi_sdk, name)
    assert not isinstance(found, type) or found.__doc__


def test_dir_is_the_public_names_and_others_are_attribute_errors() -> None:
    assert dir(okapi_sdk) == sorted(okapi_sdk.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = okapi_sdk.nonsense


def test_the_stub_is_the_one_that_the_catalogue_writes() -> None:
    written = Path(okapi_sdk.__file__).with_name("__init__.pyi").read_text(encoding="utf-8")
    assert written == catalogue.stub(), "run nox -s catalogue"


def test_no_public_name_stands_twice_and_each_is_defined_where_the_catalogue_says() -> None:
    names = [name for row in (*catalogue.SERVICES, *catalogue.COLLECTIONS) for name in row.names]
    names += [name for row in catalogue.OTHERS.values() for name in row.split()]
    assert len(names) == len(set(names))
    for name in names:
        found = getattr(okapi_sdk, name)
        if isinstance(found, type):
            assert found.__module__ == f"okapi_sdk.{catalogue.MODULES[name]}", name


@pytest.mark.parametrize("service", catalogue.SERVICES, ids=lambda service: service.name)
def test_a_service_has_the_endpoint_and_the_results_of_its_row(service: catalogue.Service) -> None:
    calculation = getattr(okapi_sdk, service.name)
    assert getattr(calculation, "service", "") == service.endpoint
    own = {kind.__name__ for kind in calculation.formats(service.endpoint) if kind.__module__ == calculation.__module__}
    assert own == set(service.results.split())
