"""The platform's protocol over HTTP. Only this room and `server` know HTTP.

* `app`: receives a call, checks its sender and its token, and answers it; `routing`: from a path to what it asks for;
  `limits`: size, time and number of calls;
* `sign_in`: users and tokens;
* `jobs`: calculations from submission to result; `scripts`: failures and calculations that a test asked for;
* `stored_objects`: lists and single objects;
* `envelopes`: the forms of an answer; `refusals`: answers with an error status;
* `coverage`: the list of all endpoints.
"""
