#!/usr/bin/env python3
"""How many instructions three fixed requests cost the service, by callgrind: a figure that a noisy machine
does not move. On SQLite, with the records of a fixed seed; needs valgrind.

    read    a model by its id      list    fifty incidents, newest first      create    one more incident

    benches/instructions.py            what they cost now, beside what benches/instructions.json says
    benches/instructions.py --write    keeps what they cost now there

Fails where one costs a twentieth more than it did.
"""

import argparse
import base64
import http.client
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from rig import HOME, free_port

KEPT = HOME / "benches/instructions.json"
TIMES = 40
SCOPES = "incidents:read,incidents:write,incidents:detail,models:read,units:read"


class Counted:
    """The service under callgrind, on records of its own."""

    def __init__(self, binary, home):
        self.binary, self.home, self.port = binary, home, free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "TUQUAN_DATABASE_URL": f"sqlite:{home}/registry.db",
            "TUQUAN_KEYS_DIR": str(home / "keys"),
            "TUQUAN_LISTEN": f"127.0.0.1:{self.port}",
            "TUQUAN_OPS_LISTEN": f"127.0.0.1:{free_port()}",
            "TUQUAN_LOG": "warn",
            "TUQUAN_WORKERS": "1",
        }
        self.command("migrate")
        self.command("generate", "--units", "48", "--models", 500, "--incidents", 3000, "--seed", 1)
        made = json.loads(self.command("client", "create", "--name", "bench", "--scopes", SCOPES, "--unit", "VN", "--rate-limit", 1000000, "--json"))
        valgrind = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={home}/counts"]
        self.process = subprocess.Popen([*valgrind, str(binary), "serve"], env=self.environment)
        self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.wait()
        basic = base64.b64encode(f"{made['clientId']}:{made['clientSecret']}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        self.link.request("POST", "/oauth/token", "grant_type=client_credentials", headers)
        self.bearer = {"Authorization": f"Bearer {json.load(self.link.getresponse())['access_token']}"}

    def command(self, *arguments):
        command = [str(self.binary), *map(str, arguments)]
        return subprocess.run(command, env=self.environment, check=True, text=True, stdout=subprocess.PIPE).stdout

    def wait(self):
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                self.link.request("GET", "/status")
                self.link.getresponse().read()
                return
            except (ConnectionRefusedError, http.client.HTTPException):
                self.link.close()
                time.sleep(0.2)
        raise SystemExit("the service does not come up")

    def send(self, method, path, body=None):
        headers = {**self.bearer, **({"Content-Type": "application/json"} if body else {})}
        self.link.request(method, path, body, headers)
        answer = self.link.getresponse()
        text = answer.read()
        if answer.status not in (200, 201):
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text)

    def control(self, flag):
        subprocess.run(["callgrind_control", flag, str(self.process.pid)], check=True, stdout=subprocess.DEVNULL)

    def spent(self, ask):
        """Instructions of one such request, once everything it needs is warm."""
        for _ in range(5):
            ask()
        self.control("--zero")
        for _ in range(TIMES):
            ask()
        self.control("--dump")
        newest = max(self.home.glob("counts*"), key=lambda file: file.stat().st_mtime_ns)
        totals = [line for line in newest.read_text(errors="replace").splitlines() if line.startswith(("totals:", "summary:"))]
        return round(int(totals[-1].split()[1]) / TIMES)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)


def counted(binary, home):
    service = Counted(binary, home)
    try:
        model = service.send("GET", "/v1/models?pageSize=1")["items"][0]["id"]
        incident = service.send("GET", "/v1/incidents?pageSize=1&sort=-occurredAt")["items"][0]
        new = json.dumps({"severity": "minor", "source": "citizen", **{name: incident[name] for name in ("category", "occurredAt", "unitId")}})
        asks = {
            "read": lambda: service.send("GET", f"/v1/models/{model}"),
            "list": lambda: service.send("GET", "/v1/incidents?sort=-occurredAt&pageSize=50"),
            "create": lambda: service.send("POST", "/v1/incidents", new),
        }
        return {name: service.spent(ask) for name, ask in asks.items()}
    finally:
        service.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=HOME / "target/release/tuquan")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tuquan-instructions.") as home:
        now = counted(arguments.binary, Path(home))
    before = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    worse = False
    for name, count in now.items():
        was = before.get(name)
        told = f"{count / was - 1:+.1%} of {was:,}" if was else "new"
        worse = worse or bool(was and count > was * 1.05)
        print(f"{name:8} {count:>12,}  {told}")
    if arguments.write:
        KEPT.write_text(json.dumps(now, indent=2) + "\n")
    elif worse:
        raise SystemExit("a request costs a twentieth more than it did")


if __name__ == "__main__":
    main()
