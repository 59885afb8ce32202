"""An integration's first steps with Python's own library. BASE_URL, CLIENT_ID and CLIENT_SECRET say where and as whom."""

import base64
import json
import os
import urllib.error
import urllib.parse
import urllib.request
import uuid

BASE = os.environ["BASE_URL"]


def sign_in() -> str:
    pair = f"{os.environ['CLIENT_ID']}:{os.environ['CLIENT_SECRET']}".encode()
    request = urllib.request.Request(f"{BASE}/oauth/token", b"grant_type=client_credentials")
    request.add_header("Authorization", "Basic " + base64.b64encode(pair).decode())
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["access_token"]


TOKEN = sign_in()


def ask(method, path, body=None, query=None, **headers):
    """The body of an answer and its ETag; a refusal is raised with its problem's code."""
    url = f"{BASE}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind, **headers}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as answer:
            return json.load(answer), answer.headers["ETag"]
    except urllib.error.HTTPError as refused:
        raise RuntimeError(json.load(refused)["code"]) from None


def everything(path, **query):
    """Every record of a list, page by page."""
    cursor = ""
    while cursor is not None:
        page, _ = ask("GET", path, query={**query, "cursor": cursor})
        yield from page["items"]
        cursor = page["page"]["nextCursor"]


kind = next(everything("/v1/model-types"))
unit = next(everything("/v1/units", kind="commune", validOn="2024-03-01"))
new = {
    "name": "Tổ liên gia số 6",
    "modelTypeId": kind["id"],
    "unitId": unit["id"],
    "establishedOn": "2024-03-01",
    "leadBody": "Công an phường",
}
model, etag = ask("POST", "/v1/models", new, **{"Idempotency-Key": str(uuid.uuid4())})
path = f"/v1/models/{model['id']}"
ask("PATCH", path, {"householdCount": 12}, **{"If-Match": etag})
try:
    ask("PATCH", path, {"householdCount": 13}, **{"If-Match": etag})
except RuntimeError as refused:
    print("refused:", refused)  # stale: somebody else was faster; read again
    _, etag = ask("GET", path)
    ask("PATCH", path, {"householdCount": 13}, **{"If-Match": etag})

print("incidents:", sum(1 for _ in everything("/v1/incidents", pageSize=2)))
figures, _ = ask("GET", "/v1/statistics/observations", query={"indicator": "models_active", "period": "2023"})
print("active at the end of 2023:", figures["items"][0]["value"])

# A copy that follows the registry: keep the cursor, and go on from it tomorrow.
copy, cursor, more = {}, "", True
while more:
    page, _ = ask("GET", "/v1/changes", query={"cursor": cursor, "resourceTypes": "models"})
    for event in page["items"]:
        if event["data"] is None:
            copy.pop(event["subject"], None)
        else:
            copy[event["subject"]] = event["data"]
    cursor, more = page["page"]["nextCursor"], page["page"]["hasMore"]
print("copied:", len(copy), "of", sum(1 for _ in everything("/v1/models")))
