"""The platform's protocol over HTTP. Only this room and `server` know HTTP.

* `app`: receives a call, checks its sender and its token, and responds; `routing`: from a path to its target; `limits`:
  limits on the size, duration and number of calls;
* `sign_in`: users and tokens;
* `jobs`: calculations from submission to result; `scripts`: failures and calculations that a test has scripted;
* `stored_objects`: lists and single objects;
* `envelopes`: the formats of a response; `refusals`: responses with an error status;
* `coverage`: the list of all endpoints.
"""
