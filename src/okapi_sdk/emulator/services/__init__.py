"""The calculation services of the platform: from a request that was read to an outcome.

`catalogue` is the table of all services. `outcome` has the types of a calculation's end. Each computed service has a
module of its own, with a function of the same name: it takes the request, calls `engines` or the store, and builds the
result in the platform's JSON.

A new service is one module here and one entry in `catalogue`, beside its reader in `bodies` and, if it computes
something, its engine in `engines`.
"""
