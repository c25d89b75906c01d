"""A minimal client of pyright's language server, the one behind many editors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


class LanguageServer:
    """One server over one folder; every question opens a document of its own."""

    def __init__(self, folder: Path) -> None:
        environment = {"venvPath": str(Path(sys.prefix).parent), "venv": Path(sys.prefix).name}
        (folder / "pyrightconfig.json").write_text(json.dumps(environment), encoding="utf-8")
        self._folder = folder.as_uri()
        self._count = 0
        executable = Path(sys.executable).with_name("pyright-langserver")
        self._process = subprocess.Popen([executable, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        folders = [{"uri": self._folder, "name": "workspace"}]
        self._ask(
            "initialize",
            {"processId": os.getpid(), "rootUri": self._folder, "capabilities": {}, "workspaceFolders": folders},
        )
        self._send({"method": "initialized", "params": {}})

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def completions(self, code: str, after: str = "") -> list[str]:
        """Return the labels offered at the end of the code, without quotes; ``after`` stands behind the cursor."""
        answer = self._at_end("textDocument/completion", code, after=after)
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return [item["label"].strip("\"'") for item in items]

    def hover(self, code: str) -> str:
        """Return the text shown for the name at the end of the code."""
        return str(self._at_end("textDocument/hover", code, back=1)["contents"]["value"])

    def signature(self, code: str) -> str:
        """Return the label and the documentation shown after an opening bracket at the end of the code."""
        (signature,) = self._at_end("textDocument/signatureHelp", code)["signatures"][:1]
        return f"{signature['label']}\n{signature['documentation']['value']}"

    def _at_end(self, method: str, code: str, back: int = 0, after: str = "") -> Any:
        uri = f"{self._folder}/document{self._count}.py"
        document = {"uri": uri, "languageId": "python", "version": 1, "text": code + after}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        lines = code.split("\n")
        position = {"line": len(lines) - 1, "character": len(lines[-1]) - back}
        return self._ask(method, {"textDocument": {"uri": uri}, "position": position})

    def _ask(self, method: str, params: Any) -> Any:
        self._count += 1
        self._send({"id": self._count, "method": method, "params": params})
        while (message := self._receive()).get("id") != self._count or "method" in message:
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
        return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while header := self._process.stdout.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return dict(json.loads(self._process.stdout.read(length)))
