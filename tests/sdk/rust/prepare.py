"""Says in progenitor's words what it would refuse in ours: it knows no media types but JSON, forms, text and bytes.

A merge patch goes out as JSON here and gets its own name back by a hook of the client; files are bytes.
"""

import json
import sys
from typing import Any

JSON, BYTES = "application/json", "application/octet-stream"
AS_JSON = (JSON, "application/merge-patch+json", "application/problem+json")


def told(content: dict[str, Any]) -> dict[str, Any]:
    for kind in AS_JSON:
        if kind in content:
            return {JSON: content[kind]}
    return {BYTES: {"schema": {"type": "string", "format": "binary"}}}


def prepare(part: Any) -> None:
    if isinstance(part, list):
        for each in part:
            prepare(each)
    if isinstance(part, dict):
        part.pop("example", None)
        if isinstance(part.get("content"), dict):
            part["content"] = told(part["content"])
        for each in part.values():
            prepare(each)


document = json.load(open(sys.argv[1], encoding="utf-8"))
prepare(document["paths"])
prepare(document["components"]["responses"])
json.dump(document, open(sys.argv[2], "w", encoding="utf-8"))
