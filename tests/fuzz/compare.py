"""Do two databases give the same status for the same input? Reads two HAR files of runs with the same seed.

Ids differ between two registries, so they are told apart by their place alone, and the answers to the same words are
compared as sets. Left out, with what the same words came to elsewhere: 404, 409 and 422, which tell what a run had come to
know and to do before, and runs go different ways; and 401, the fuzzer's own try without a token.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")

# What depends on what a run did before, and the statuses that say so.
UNKNOWN = 0
OF_STATE = {404, 409, 422}


def asked(path: str) -> dict[tuple[str, str, str, str], set[int]]:
    seen: dict[tuple[str, str, str, str], set[int]] = defaultdict(set)
    for entry in json.loads(Path(path).read_text())["log"]["entries"]:
        request, response = entry["request"], entry["response"]
        where = re.sub(r"^https?://[^/]+", "", request["url"])
        told = {"if-match", "if-none-match", "content-type", "accept"}
        headers = sorted(f"{h['name'].lower()}: {h['value']}" for h in request["headers"] if h["name"].lower() in told)
        body = (request.get("postData") or {}).get("text") or ""
        words = [UUID.sub("<id>", text) for text in (where, "\n".join(headers), body)]
        if response["status"] != 401:
            seen[request["method"], *words].add(UNKNOWN if response["status"] in OF_STATE else response["status"])
    return seen


one, two = asked(sys.argv[1]), asked(sys.argv[2])
both = {key for key in one.keys() & two.keys() if UNKNOWN not in one[key] | two[key]}
differing = [key for key in both if one[key] != two[key]]
for key in sorted(differing):
    print(*(part[:300] for part in key if part), "->", sorted(one[key]), sorted(two[key]), sep="  ")
print(f"{len(one)} and {len(two)} different requests, {len(both)} in both, {len(differing)} answered differently")
sys.exit(1 if differing else 0)
