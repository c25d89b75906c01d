"""The platform's protocol over HTTP. Only this room and `server` know HTTP.

* `http_server`: the server in its thread; `app`: receives a call, checks its sender and its token, and answers it;
  `routing`: from a path to what it asks for;
* `limits`: size, time and number of calls, and what is kept in memory; `bounded`: a mapping within such limits;
* `sign_in`: users and tokens;
* `jobs`: calculations from submission to result; `workers`: the threads that compute them; `scripts`: failures and
  calculations that a test asked for;
* `stored_objects`: lists and single objects;
* `json_text`: JSON, read and written strictly; `envelopes`: the forms of an answer; `refusals`: answers with an error
  status;
* `coverage`: the list of all endpoints.
"""
