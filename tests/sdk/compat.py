"""Would a client of the last release break? Compares openapi/openapi.json with the one under the last version tag.

A change breaks a client when it takes away what the client may ask for or was promised, or asks for more than before.
What it was told more than it knew is not a break: readers of the feed and of records ignore what they do not know.
"""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

METHODS = ("get", "post", "patch", "delete", "put")
CONDITIONS = ("oneOf", "anyOf", "allOf", "if", "then", "else", "not", "dependentRequired")
LOWER, UPPER = ("maximum", "maxLength", "maxItems", "maxProperties"), ("minimum", "minLength", "minItems")


def resolved(document: Any, schema: Any, seen: tuple[str, ...] = ()) -> Any:
    target = schema.get("$ref") if isinstance(schema, dict) else None
    if target is None:
        return schema
    if target in seen:
        return {}
    part = document
    for step in target.removeprefix("#/").split("/"):
        part = part[step]
    return resolved(document, part, (*seen, target))


def kinds(schema: Any) -> set[str]:
    said = schema.get("type", [])
    return set(said) if isinstance(said, list) else {said}


def breaks(old: Any, new: Any, docs: tuple[Any, Any], at: str, sent: bool, depth: int = 0) -> Iterator[str]:
    """What of a schema would break a client that sends such values, or that reads them."""
    old, new = resolved(docs[0], old), resolved(docs[1], new)
    if depth > 12:
        return
    before, after = kinds(old), kinds(new)
    lost = before - after if sent else after - before
    if before and after and lost:
        yield f"{at}: {sorted(before)} became {sorted(after)}"
    if sent:
        if "enum" in new and (gone := [v for v in old.get("enum", []) if v not in new["enum"]]):
            yield f"{at}: no longer takes {gone}"
        if "enum" in new and "enum" not in old:
            yield f"{at}: takes a few values alone"
        for word in LOWER:
            if word in new and new[word] < old.get(word, float("inf")):
                yield f"{at}: {word} fell to {new[word]}"
        for word in UPPER:
            if word in new and new[word] > old.get(word, float("-inf")) and (word in old or new[word] > 0):
                yield f"{at}: {word} rose to {new[word]}"
        if "pattern" in new and new["pattern"] != old.get("pattern"):
            yield f"{at}: takes texts of another pattern"
        for word in CONDITIONS:
            if word in new and new[word] != old.get(word):
                yield f"{at}: takes values under another {word}"
    if old.get("format") != new.get("format"):
        yield f"{at}: the format {old.get('format')} became {new.get('format')}"
    was, now = old.get("properties", {}), new.get("properties", {})
    for name, schema in was.items():
        if name not in now:
            yield f"{at}/{name}: is gone"
        else:
            yield from breaks(schema, now[name], docs, f"{at}/{name}", sent, depth + 1)
    needed, given = set(old.get("required", [])), set(new.get("required", []))
    for name in sorted(given - needed) if sent else sorted(needed - given):
        if name in now:
            yield f"{at}/{name}: {'must be sent' if sent else 'may be missing'}"
    if "items" in old and "items" in new:
        yield from breaks(old["items"], new["items"], docs, f"{at}[]", sent, depth + 1)


def parameters(document: Any, operation: Any) -> dict[tuple[str, str], Any]:
    said = [resolved(document, p) for p in operation.get("parameters", [])]
    return {(p["in"], p["name"]): p for p in said}


def bodies(document: Any, of: Any) -> dict[str, Any]:
    return dict(resolved(document, of or {}).get("content", {}))


def of_operation(old: Any, new: Any, docs: tuple[Any, Any], at: str) -> Iterator[str]:
    # Generated clients are called by that name.
    if old["operationId"] != new["operationId"]:
        yield f"{at}: {old['operationId']} is called {new['operationId']}"
    before, after = parameters(docs[0], old), parameters(docs[1], new)
    for key, parameter in before.items():
        if key not in after:
            yield f"{at} {key[1]}: is gone"
        else:
            yield from breaks(parameter["schema"], after[key]["schema"], docs, f"{at} {key[1]}", sent=True)
            if after[key].get("required") and not parameter.get("required"):
                yield f"{at} {key[1]}: must be sent"
            for word in ("style", "explode"):
                if after[key].get(word) != parameter.get(word):
                    yield f"{at} {key[1]}: {word} is another"
            if after[key]["schema"].get("default") != parameter["schema"].get("default"):
                yield f"{at} {key[1]}: means something else where it is left out"
    for key, parameter in after.items():
        if key not in before and parameter.get("required"):
            yield f"{at} {key[1]}: must be sent"
    was, now = bodies(docs[0], old.get("requestBody")), bodies(docs[1], new.get("requestBody"))
    for kind, body in was.items():
        if kind not in now:
            yield f"{at} body: no longer takes {kind}"
        else:
            yield from breaks(body["schema"], now[kind]["schema"], docs, f"{at} body", sent=True)
    asked, asks = (resolved(d, one.get("requestBody") or {}).get("required") for d, one in zip(docs, (old, new)))
    if now and (not was or (asks and not asked)):
        yield f"{at} body: must be sent"
    for status, answer in old["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in new["responses"]:
            yield f"{at}: no longer answers {status}"
            continue
        answer, other = resolved(docs[0], answer), resolved(docs[1], new["responses"][status])
        for name in sorted(set(answer.get("headers", {})) - set(other.get("headers", {}))):
            yield f"{at} {status}: no longer tells {name}"
        told = bodies(docs[1], other)
        for kind, body in bodies(docs[0], answer).items():
            if kind not in told:
                yield f"{at} {status}: no longer {kind}"
            else:
                yield from breaks(body["schema"], told[kind]["schema"], docs, f"{at} {status}", sent=False)
    scopes = [need.get("oauth") for need in (old.get("security") or [{}])[:1] + (new.get("security") or [{}])[:1]]
    if more := sorted(set(scopes[1] or []) - set(scopes[0] or [])):
        yield f"{at}: needs {more}"


def operations(document: Any) -> dict[tuple[str, str], Any]:
    paths = document["paths"].items()
    return {(path, method): all[method] for path, all in paths for method in METHODS if method in all}


def compare(old: Any, new: Any) -> list[str]:
    now = operations(new)
    found = []
    for (path, method), operation in operations(old).items():
        at = f"{method.upper()} {path}"
        if (path, method) not in now:
            found.append(f"{at}: is gone")
        else:
            found.extend(of_operation(operation, now[path, method], (old, new), at))
    return found + list(of_signing_in(old, new)) + list(of_problems(old, new))


def of_signing_in(old: Any, new: Any) -> Iterator[str]:
    schemes = new["components"]["securitySchemes"]
    for name, scheme in old["components"]["securitySchemes"].items():
        if name not in schemes:
            yield f"{name}: one can no longer sign in that way"
            continue
        for kind, flow in scheme.get("flows", {}).items():
            other = schemes[name].get("flows", {}).get(kind, {})
            # The address is the registry's own; the path is everybody's.
            if urlsplit(flow["tokenUrl"]).path != urlsplit(other.get("tokenUrl", "")).path:
                yield f"{name} {kind}: tokens are to be had elsewhere"
            if gone := sorted(set(flow["scopes"]) - set(other.get("scopes", {}))):
                yield f"{name} {kind}: there is no {gone}"


def of_problems(old: Any, new: Any) -> Iterator[str]:
    problem = {"$ref": "#/components/schemas/Problem"}
    yield from breaks(problem, problem, (old, new), "problem", sent=False)


def prove(document: Any) -> None:
    """The comparison finds nothing in what is equal, and each kind of break in what is not."""
    assert compare(document, document) == []
    create, new = ("paths", "/v1/models", "post"), ("components", "schemas", "NewModel", "properties")
    held = ("components", "schemas", "Model", "properties")
    flow = ("components", "securitySchemes", "oauth", "flows", "clientCredentials")
    tampered = [
        (("paths",), lambda paths: paths.pop("/v1/teams"), "GET /v1/teams: is gone"),
        (("components", "schemas", "NewModel", "required"), lambda all: all.append("setting"), "must be sent"),
        (new, lambda all: all.pop("notes"), "/notes: is gone"),
        (held, lambda all: all.pop("status"), "/status: is gone"),
        (("components", "schemas", "Model", "required"), lambda all: all.remove("name"), "may be missing"),
        (("components", "schemas", "Setting", "enum"), lambda all: all.remove("school"), "no longer takes"),
        ((*create, "security", 0, "oauth"), lambda all: all.append("audit:read"), "needs ['audit:read']"),
        ((*create, "responses"), lambda all: all.pop("201"), "no longer answers 201"),
        (("paths", "/v1/models", "get", "parameters"), lambda all: all.pop(0), "unitId: is gone"),
        ((*create, "responses", "201", "headers"), lambda all: all.pop("ETag"), "201: no longer tells ETag"),
        (create, lambda one: one.update(operationId="makeModel"), "createModel is called makeModel"),
        ((*new, "name"), lambda one: one.update(pattern="^[A-Z]+$"), "/name: takes texts of another pattern"),
        (new[:-1], lambda one: one.update(oneOf=[]), "body: takes values under another oneOf"),
        ((*held, "establishedOn"), lambda one: one.update(format="date-time"), "the format date became"),
        (("components", "schemas", "Problem", "properties"), lambda all: all.pop("code"), "problem/code: is gone"),
        (("components", "securitySchemes"), lambda all: all.pop("oauth"), "oauth: one can no longer sign in"),
        ((*flow, "scopes"), lambda all: all.pop("models:read"), "there is no ['models:read']"),
        (flow, lambda one: one.update(tokenUrl="http://elsewhere/token"), "tokens are to be had elsewhere"),
    ]
    for place, tamper, expected in tampered:
        other = copy.deepcopy(document)
        part = other
        for step in place:
            part = part[step]
        tamper(part)
        found = compare(document, other)
        assert any(expected in line for line in found), (place, expected, found)
        assert compare(other, other) == []


def last_tag(root: str) -> str:
    # Of v1.0.0 and v1.0.0-rc.1 the release is the later.
    tags = ["git", "-c", "versionsort.suffix=-", "-C", root, "tag", "--list", "v[0-9]*", "--merged", "HEAD"]
    tags.append("--sort=-version:refname")
    listed = subprocess.run(tags, capture_output=True, text=True, check=True).stdout.split()
    return listed[0] if listed else ""


def era(version: str) -> list[str]:
    """Within which clients go on working: the major version, or the minor one before 1.0 (Semantic Versioning)."""
    numbers = version.split(".")
    return numbers[:2] if numbers[0] == "0" else numbers[:1]


def main(root: str) -> int:
    new = json.loads(Path(root, "openapi/openapi.json").read_text())
    if not (tag := last_tag(root)):
        prove(new)
        print("compat: the comparison works; no release to compare with")
        return 0
    show = ["git", "-C", root, "show", f"{tag}:openapi/openapi.json"]
    old = json.loads(subprocess.run(show, capture_output=True, text=True, check=True).stdout)
    prove(old)
    found = compare(old, new)
    if not found:
        print(f"compat: a client of {tag} goes on working")
        return 0
    print("\n".join(found))
    before, now = old["info"]["version"], new["info"]["version"]
    if era(before) != era(now):
        print(f"compat: {len(found)} breaks since {tag}, as {now} after {before} allows")
        return 0
    print(f"compat: {len(found)} breaks since {tag}; a version that breaks clients needs another number than {now}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
