"""Removal of secrets that a server quotes in a response."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

from ..results.response import RawResponse

# Some JSON writers escape more than JSON requires, to make a body safe inside HTML or scripts.
_FOR_HTML = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&"})
_FOR_SCRIPTS = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\"'`+"})


def without_secrets(response: RawResponse, *secrets: SecretStr) -> RawResponse:
    """Return the response with secrets masked, whether plain or encoded for JSON, HTML or URLs."""
    content, headers = response.content, response.headers
    for form in (form for secret in secrets for form in _forms(secret.get_secret_value())):
        content = content.replace(form.encode(), b"***")  # the same object if there is nothing to replace
        if any(form in value for value in headers.values()):
            headers = {name: value.replace(form, "***") for name, value in headers.items()}
    if content is response.content and headers is response.headers:
        return response
    return replace(response, content=content, headers=headers)


def _forms(text: str) -> Iterable[str]:
    if re.fullmatch(r"[A-Za-z0-9._~-]*", text):
        return (text,)
    import html  # only now: it loads a table of all HTML entities

    in_ascii, in_utf8 = (json.dumps(text, ensure_ascii=ascii)[1:-1] for ascii in (True, False))
    in_html = html.escape(text)
    in_urls = (quote(text, safe=""), quote_plus(text))
    in_scripts = in_ascii.replace(r"\"", '"').translate(_FOR_SCRIPTS)
    return (
        text,
        *(form.replace("/", slash) for form in (in_ascii, in_utf8) for slash in ("/", r"\/")),
        *(form.translate(_FOR_HTML) for form in (in_ascii, in_utf8)),
        in_scripts,
        re.sub(r"\\u....", lambda code: r"\u" + code[0][2:].upper(), in_scripts),
        in_html,
        in_html.replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),
        *in_urls,
        *(re.sub("%..", lambda code: code[0].lower(), form) for form in in_urls),
    )
