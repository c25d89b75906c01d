"""Stored objects: collections in memory, their filters, and the formats in which they are read and written.

* `tables`: the objects in memory; `collections`: the table of all collections, one entry for each; `places`: the
  collection and the IDs that a path names;
* `queries`: query strings of lists; `filters`: the kinds of filters; `elements`: orbital elements of stored orbits;
* `records`: objects that are added or changed; `text_forms`: messages as KVN, XML and TLE text.
"""
