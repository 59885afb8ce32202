"""Signs in for the fuzzer, and says which refusals of valid data are right: those that no schema could foretell."""

import os

import requests
import schemathesis

LIFETIME = 240
# What `waitSeconds` of the change feed may say.
LONGEST_WAIT = 30
# Faults that depend on what is stored, on who asks or on two parameters at once. Everything else that the schema lets
# through must be let in.
FORETOLD_BY_NONE = {"invalid-cursor", "not-allowed", "too-large", "unfit"}


@schemathesis.auth(refresh_interval=LIFETIME)
class Token:
    """A token of its own, fetched anew before it runs out."""

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        answer = requests.post(
            f"{os.environ['BASE_URL']}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]),
            timeout=10,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(ctx, case, kwargs) -> None:  # type: ignore[no-untyped-def]
    """A long poll is heard out for a second: what an answer that says it waits may take is no fault."""
    query = case.query or {}
    asked = str(query.get("waitSeconds", ""))
    if asked.isascii() and asked.isdigit() and 1 < int(asked) <= LONGEST_WAIT:
        query["waitSeconds"] = 1


@schemathesis.check
def valid_data_is_refused_for_what_no_schema_foretells(ctx, response, case) -> None:  # type: ignore[no-untyped-def]
    """Stricter than `positive_data_acceptance`, which is told to let every 400 pass."""
    meta = case.meta
    if response.status_code != 400 or meta is None or not meta.generation.mode.is_positive:
        return
    faults = response.json().get("errors", [])
    unforeseen = [fault for fault in faults if not foretold_by_none(fault)]
    assert faults and not unforeseen, f"valid data refused: {unforeseen or 'for no reason'}"


def foretold_by_none(fault: dict[str, str]) -> bool:
    # Figures are of a period or of from and to, not of both, and to is not before from: no list of parameters can say so.
    unsaid = {"required", "conflicting", "too-small"}
    either = fault.get("parameter") in {"period", "from", "to"} and fault["code"] in unsaid
    return either or fault["code"] in FORETOLD_BY_NONE


@schemathesis.serializer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/x-ndjson")
def file(ctx, value) -> bytes:  # type: ignore[no-untyped-def]
    """A file as it is: most that is made up is none of its kind, and to be refused as such."""
    made = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
    meta = ctx.case.meta
    if meta is not None and meta.generation.mode.is_negative:
        # Whatever is sent as lines is text there: what is to be none is sent as nothing, which is no file either.
        untold = ctx.case.media_type == "application/x-ndjson" and not isinstance(value, (str, bytes))
        return b"" if untold else made
    # Bytes are made up without regard to their least length, and an empty body is no file.
    return made or b"-"


@schemathesis.check
def refusals_are_problems(ctx, response, case) -> None:  # type: ignore[no-untyped-def]
    """Every answer names its request; every refusal is a problem of that request."""
    own = response.headers["x-request-id"][0]
    if response.status_code >= 400:
        assert response.headers["content-type"] == ["application/problem+json"], response.headers["content-type"]
        assert response.json()["requestId"] == own
        assert response.json()["status"] == response.status_code
