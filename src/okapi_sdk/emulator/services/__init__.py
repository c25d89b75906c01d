"""The platform's calculation services: from a parsed request to an outcome.

`catalogue` is the table of all services. `outcome` contains the types that describe how a calculation ended. Each
computed service has its own module, with a function of the same name that takes the request, calls `engines` or the
store, and builds the result in the platform's JSON.

To add a service, add a module here and an entry in `catalogue`, as well as a reader in `bodies` and, if the service
computes something, an engine in `engines`.
"""
