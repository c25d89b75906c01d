"""Request bodies, converted to plain values by the emulator's own reader.

The reader shares no code with the models of `okapi_sdk`, so a mistake in the client cannot be hidden by the same
mistake here. A body that cannot be understood is rejected with `fields.InputProblemError`. A body that is understood
but lacks something that the calculation needs, such as covariances in a conjunction, is accepted: the service then ends
the calculation with status FATAL.

* `fields`: reading JSON objects key by key; `values`: numbers, times and frames;
* `tle`, `oem`, `cdm`, `cartesian`: the messages inside a body; `inputs`, `force_settings`: other parts that several
  services share;
* one module for each service, with the service's name.
"""
