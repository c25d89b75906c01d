"""A web service that predicts passes. To run it: ``uvicorn passes_service:app``."""

from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from okapi_sdk import AsyncOkapiClient, InputError, OkapiError, Passes, PredictPasses


@asynccontextmanager
async def lifespan(app):
    async with AsyncOkapiClient() as app.state.okapi:  # one client, and one token, for the whole service
        yield


app = FastAPI(lifespan=lifespan)


def okapi(request: Request) -> AsyncOkapiClient:
    return request.app.state.okapi


@app.exception_handler(OkapiError)
async def explain(request, error):
    return JSONResponse({"detail": str(error)}, 422 if isinstance(error, InputError) else 502)


@app.post("/passes")
async def predict(calculation: PredictPasses, client: AsyncOkapiClient = Depends(okapi)) -> Passes:
    return await client.run(calculation, timeout=60)
