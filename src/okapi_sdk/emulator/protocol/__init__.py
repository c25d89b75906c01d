"""The platform's protocol over HTTP. Only this room and `server` know HTTP.

* `http_server`: the server in its thread; `app`: receives a call, checks its sender and its token, and responds;
  `routing`: from a path to its target;
* `limits`: limits on the size, duration and number of calls, and on memory; `bounded`: a mapping within such limits;
* `sign_in`: users and tokens;
* `jobs`: calculations from submission to result; `workers`: the threads that compute them; `scripts`: failures and
  calculations that a test has scripted;
* `stored_objects`: lists and single objects;
* `json_text`: JSON, read and written strictly; `envelopes`: the formats of a response; `refusals`: responses with an
  error status;
* `coverage`: the list of all endpoints.
"""
