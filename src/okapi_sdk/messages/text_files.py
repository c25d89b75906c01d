"""Reading of messages from files."""

from __future__ import annotations

from typing import Self

from ..models.files import TextPath, load_text


class TextFile:
    """Mixin of the messages that have a text form."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text of one message.

        Raises:
            InputError: if the text is invalid.
        """
        raise NotImplementedError

    @classmethod
    def load(cls, path: TextPath) -> Self:
        """Read one message from a UTF-8 file, in any form that `parse` accepts.

        Raises:
            InputError: if the file is missing, a directory, larger than 256 MiB or not UTF-8, or its text is invalid.
        """
        return load_text(cls, path, cls.parse)
