"""Secrets that a server quotes do not stay in its responses."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from okapi_sdk._engine.secrets import without_secrets
from okapi_sdk.results.response import RawResponse
from tests.support.scripted import answered

TOKEN = SecretStr("the-token")

SECRET = "%abpä\"s's/w&d<>` +"

FORMS = {
    "as it is": SECRET,
    "JSON in ASCII": r"""%abp\u00e4\"s's/w&d<>` +""",
    "JSON in UTF-8": r"""%abpä\"s's/w&d<>` +""",
    "JSON with the slash escaped": r"""%abp\u00e4\"s's\/w&d<>` +""",
    "JSON in UTF-8 with the slash escaped": r"""%abpä\"s's\/w&d<>` +""",
    "JSON for HTML": r"""%abp\u00e4\"s's/w\u0026d\u003c\u003e` +""",
    "JSON in UTF-8 for HTML": r"""%abpä\"s's/w\u0026d\u003c\u003e` +""",
    "JSON for scripts": r"%abp\u00e4\u0022s\u0027s/w\u0026d\u003c\u003e\u0060 \u002b",
    "JSON for scripts in upper case": r"%abp\u00E4\u0022s\u0027s/w\u0026d\u003C\u003E\u0060 \u002B",
    "HTML": "%abpä&quot;s&#x27;s/w&amp;d&lt;&gt;` +",
    "HTML by numbers": "%abpä&#34;s&#39;s/w&amp;d&lt;&gt;` +",
    "URL": "%25abp%C3%A4%22s%27s%2Fw%26d%3C%3E%60%20%2B",
    "URL in lower case": "%25abp%c3%a4%22s%27s%2fw%26d%3c%3e%60%20%2b",
    "form": "%25abp%C3%A4%22s%27s%2Fw%26d%3C%3E%60+%2B",
    "form in lower case": "%25abp%c3%a4%22s%27s%2fw%26d%3c%3e%60+%2b",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_removed_in_every_form_that_a_server_may_quote(form: str) -> None:
    told = RawResponse(403, {"www-authenticate": f"<{form}>", "age": "1"}, f"<{form}> <{form}>".encode())
    found = without_secrets(told, SecretStr("another"), SecretStr(SECRET))
    assert found == RawResponse(403, {"www-authenticate": "<***>", "age": "1"}, b"<***> <***>")


@pytest.mark.parametrize("where", ["header", "content"])
@pytest.mark.parametrize("secret", ["plain-0._~Z", "with blank", "Zoë"])
def test_a_secret_in_one_place_leaves_the_other_as_it_was(secret: str, where: str) -> None:
    told = RawResponse(
        400, {"x": secret if where == "header" else "y"}, (secret if where != "header" else "y").encode()
    )
    cleaned = {"header": RawResponse(400, {"x": "***"}, b"y"), "content": RawResponse(400, {"x": "y"}, b"***")}
    assert without_secrets(told, SecretStr(secret), SecretStr("unused")) == cleaned[where]


def test_a_response_without_secrets_is_the_same_object() -> None:
    told = answered(200, {"a": "b"}, etag="c")
    assert without_secrets(told, TOKEN, SecretStr(SECRET)) is told
    assert without_secrets(told) is told
