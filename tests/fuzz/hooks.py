"""Signs in for the fuzzer: a token of its own, fetched anew before it runs out."""

import os
import time

import requests
import schemathesis

LIFETIME = 240


@schemathesis.auth(refresh_interval=LIFETIME)
class Token:
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
