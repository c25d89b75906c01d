"""Writes the emulator's OpenAPI document from its endpoints and the SDK's models: ``python docs/openapi.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import PydanticInvalidForJsonSchema

import okapi_sdk
from okapi_sdk import (
    AnalyzeGeoSlot,
    GenerateManeuver,
    GroundLocation,
    ManeuverConstraints,
    PredictPasses,
    PropagateOrbit,
    TimeWindow,
    Tle,
    catalogue,
)
from okapi_sdk.emulator.protocol.coverage import endpoints

TARGET = Path(okapi_sdk.__file__).parent / "emulator" / "protocol" / "assets" / "openapi.json"
REFERENCE = "#/components/schemas/{model}"
_ISS = Tle.parse("""
    1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993
    2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382
""")
_WINDOW = TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z")
_EXAMPLES = {
    "predict-passes/sgp4": PredictPasses(
        orbit=_ISS, ground_location=GroundLocation.at(52.3283, 10.645, height_m=48), time_window=_WINDOW
    ).body(),
    "propagate-orbit/sgp4": PropagateOrbit(orbit=_ISS, end=_WINDOW.end).body(),
    "generate-maneuver": GenerateManeuver(
        body={"conjunction_id": "550e8400-e29b-11d4-a716-446655440000"},
        constraints=ManeuverConstraints(thrust_output=0.5, max_thrust_duration=600),
    ).body(),
    "geo-slot-analysis": AnalyzeGeoSlot(body={"longitude": 19.2, "half_width": 0.1}).body(),
}


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints():
        operation: dict[str, Any] = {
            "summary": endpoint.purpose,
            "description": endpoint.note if endpoint.computed else f"{endpoint.note} Not computed.",
            "security": [{"token": []}],
            "responses": {"200": {"description": "The result, or the stored object"}},
        }
        names = [name[1:-1] for name in endpoint.path.split("/") if name.startswith("{")]
        if names:
            operation["parameters"] = [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
            ]
        if endpoint.path.endswith("/requests"):
            operation["responses"] = {"202": {"description": "Accepted, with the request ID"}}
        if endpoint.method in ("POST", "PATCH", "PUT"):
            schema = _body_schema(endpoint.method, endpoint.path, schemas)
            example = _EXAMPLES.get(endpoint.path.removesuffix("/requests"))
            content = {"schema": schema} if example is None else {"schema": schema, "example": example}
            operation["requestBody"] = {"required": True, "content": {"application/json": content}}
        paths.setdefault("/" + endpoint.path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "okapi-sdk emulator",
            "version": okapi_sdk.__version__,
            "description": "A local stand-in for the platform. Schemas are those of the SDK's models.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _body_schema(method: str, path: str, schemas: dict[str, Any]) -> dict[str, Any]:
    verb: catalogue.Verb = "add" if method == "POST" else "update"
    for name in catalogue.taken_by(verb):
        model: Any = catalogue.load(name)
        collection = model._collection if verb == "add" else model._record._collection
        if collection == path.split("/{")[0] and (reference := _add(model, schemas)) is not None:
            return {"$ref": reference}
    return {"type": "object"}


def _add(model: type[BaseModel], schemas: dict[str, Any]) -> str | None:
    """Add the schema of a model, and of those that it uses. Return the reference to it."""
    try:
        schema = model.model_json_schema(ref_template=REFERENCE)
    except PydanticInvalidForJsonSchema:
        return None
    schemas |= schema.pop("$defs", {})
    schemas[model.__name__] = schema
    return REFERENCE.format(model=model.__name__)


if __name__ == "__main__":
    TARGET.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
