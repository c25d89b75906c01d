"""The figures of the plots. Imported only if matplotlib is installed."""

from __future__ import annotations

from io import BytesIO

from matplotlib.figure import Figure


class NotebookFigure(Figure):
    """A figure that a notebook shows as a picture.

    matplotlib teaches notebooks to do so only when ``pyplot``, its global state, is imported.
    """

    def _repr_png_(self) -> bytes:
        picture = BytesIO()
        self.savefig(picture, format="png")
        return picture.getvalue()
