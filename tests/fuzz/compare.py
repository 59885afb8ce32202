"""Do two databases give the same status for the same input? Reads two HAR files of runs with the same seed.

Ids differ between two registries, so they are told apart by their place alone, and the answers to the same words are
compared as sets. Left out: 404, which says which ids a run had come to know; 401, the fuzzer's own try without a token.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")


def asked(path: str) -> dict[tuple[str, str, str, str], set[int]]:
    seen: dict[tuple[str, str, str, str], set[int]] = defaultdict(set)
    for entry in json.loads(Path(path).read_text())["log"]["entries"]:
        request, response = entry["request"], entry["response"]
        where = re.sub(r"^https?://[^/]+", "", request["url"])
        told = {"if-match", "if-none-match", "content-type", "accept"}
        headers = sorted(f"{h['name'].lower()}: {h['value']}" for h in request["headers"] if h["name"].lower() in told)
        body = (request.get("postData") or {}).get("text") or ""
        words = [UUID.sub("<id>", text) for text in (where, "\n".join(headers), body)]
        if response["status"] not in (401, 404):
            seen[request["method"], *words].add(response["status"])
    return seen


one, two = asked(sys.argv[1]), asked(sys.argv[2])
both = one.keys() & two.keys()
differing = [key for key in both if one[key] != two[key]]
for key in sorted(differing):
    print(*(part[:300] for part in key if part), "->", sorted(one[key]), sorted(two[key]), sep="  ")
print(f"{len(one)} and {len(two)} different requests, {len(both)} in both, {len(differing)} answered differently")
sys.exit(1 if differing else 0)
