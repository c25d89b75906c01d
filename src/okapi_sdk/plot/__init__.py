"""Plots of passes, ground tracks and collision risk with matplotlib.

Each function draws on the ``ax`` that it is given, or on a new figure, and returns the axes: ``plot.sky(passes)
.figure.savefig("sky.png")``. No global state is used or changed; colours follow matplotlib's settings, so that a dark
style is honoured. Lines that differ in colour also differ in dashes or markers.

Requires the ``plot`` extra.
"""

from __future__ import annotations

from .earth import ground_track
from .passes import elevation, sky, timeline
from .risk import encounter, risk_trend

__all__ = ["elevation", "encounter", "ground_track", "risk_trend", "sky", "timeline"]
