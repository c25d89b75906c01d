"""List the critical conjunctions of the next three days, with their probability by two methods."""

from datetime import UTC, datetime, timedelta

from okapi_sdk import ConjunctionCdms, Conjunctions, EstimateRisk, OkapiClient, Range
from okapi_sdk.emulator import Emulator

METHODS = ("foster-1992", "alfano-2005")
now = datetime.now(UTC)
soon = Range(gte=now, lte=now + timedelta(days=3))

with Emulator(fleet=True) as emulator, OkapiClient.emulated(emulator) as client:  # OkapiClient() calls the platform
    print(f"{'closest approach, UTC':22}{'object':24}{'distance, km':>14}", *(f"{method:>12}" for method in METHODS))
    for conjunction in client.list(Conjunctions(criticality=["critical"], tca=soon, sort="tca")):
        messages = client.list(ConjunctionCdms(conjunction_id=conjunction.id))
        newest = max(messages, key=lambda message: message.creation_date)
        risks = [client.run(EstimateRisk(conjunction=newest, method=method))[0] for method in METHODS]
        probabilities = [f"{risk.collision_probability:12.1e}" for risk in risks]
        print(
            f"{newest.tca:%Y-%m-%d %H:%M:%S}   {conjunction.sat2_name:24}{risks[0].miss_distance:14.3f}", *probabilities
        )
