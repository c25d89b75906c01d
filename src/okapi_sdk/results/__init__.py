"""Results of the platform: responses, status, result lists and the records that several services share."""
