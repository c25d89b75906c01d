#!/bin/sh
# Sends mail when a conjunction of the next three days is new or worse, or when the check fails. For cron:
# 0 * * * * OKAPI_STATE=/var/lib/okapi/seen.json /opt/okapi/alert.sh ops@example.com
# Further arguments go to the command, such as --emulator-port 8800 to try it.
to=${1:?}
shift
report=$(okapi conjunctions watch --state "${OKAPI_STATE:?}" --min-probability 1e-5 --output table "$@" 2>&1)
case $? in
    0) ;;
    10) echo "$report" | mail -s "Conjunctions: new or worse" "$to" ;;
    *) echo "$report" | mail -s "Conjunctions: the check failed" "$to" ;;
esac
