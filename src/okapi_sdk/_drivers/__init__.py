"""The sync and async drivers, which carry out the effects that flows yield.

Only the SDK's own errors are thrown into a flow. KeyboardInterrupt and cancellation bypass it; the driver closes the
flow, so that its ``finally`` blocks run.
"""

SIGN_IN_TIMED_OUT = "The call timed out while another call of this client was signing in."
