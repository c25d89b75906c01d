"""Request bodies, read into plain values by the emulator's own reader.

It shares no code with the models of `okapi_sdk`, so a mistake in the client cannot cancel out. A body that cannot be
understood is refused with `fields.InputProblemError`. A body that is understood but lacks what the calculation needs,
such as a conjunction without covariances, is accepted: the service then ends it with status FATAL.

* `fields`: reading JSON objects key by key; `values`: numbers, times and frames;
* `tle`, `oem`, `cdm`: the messages inside a body; `inputs`: other parts that several services share;
* one module for each service: `predict_passes`, `propagate_orbit`, `estimate_risk`, `check_orbit`, `add_ephemerides`,
  `upload_cdm`.
"""
