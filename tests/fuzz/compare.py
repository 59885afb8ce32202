"""Do two databases give the same status for the same input? Reads two HAR files of runs with the same seed.

Ids differ between two registries, so they are told apart by their place alone, and the answers to the same words are
compared as sets. Left out: 404 and 409 for a reference that is missing, which say which ids a run had come to know, with
what the same words came to elsewhere; 401, the fuzzer's own try without a token.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")

# An id that a run does not know.
UNKNOWN = 0


def asked(path: str) -> dict[tuple[str, str, str, str], set[int]]:
    seen: dict[tuple[str, str, str, str], set[int]] = defaultdict(set)
    for entry in json.loads(Path(path).read_text())["log"]["entries"]:
        request, response = entry["request"], entry["response"]
        where = re.sub(r"^https?://[^/]+", "", request["url"])
        told = {"if-match", "if-none-match", "content-type", "accept"}
        headers = sorted(f"{h['name'].lower()}: {h['value']}" for h in request["headers"] if h["name"].lower() in told)
        body = (request.get("postData") or {}).get("text") or ""
        words = [UUID.sub("<id>", text) for text in (where, "\n".join(headers), body)]
        unknown = response["status"] == 404 or '"code":"reference-missing"' in (response["content"].get("text") or "")
        if response["status"] != 401:
            seen[request["method"], *words].add(UNKNOWN if unknown else response["status"])
    return seen


one, two = asked(sys.argv[1]), asked(sys.argv[2])
both = {key for key in one.keys() & two.keys() if UNKNOWN not in one[key] | two[key]}
differing = [key for key in both if one[key] != two[key]]
for key in sorted(differing):
    print(*(part[:300] for part in key if part), "->", sorted(one[key]), sorted(two[key]), sep="  ")
print(f"{len(one)} and {len(two)} different requests, {len(both)} in both, {len(differing)} answered differently")
sys.exit(1 if differing else 0)
