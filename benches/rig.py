"""What benchmarks stand on: a PostgreSQL of their own, with `fsync` on as in production, records made by
`tuquan generate`, and the service on them."""

import base64
import glob
import http.client
import json
import os
import pwd
import socket
import subprocess
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgresql:
    """A server in a temporary directory, with fsync on as in production."""

    def __init__(self, home, **settings):
        self.bin = Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1])
        self.data, self.port = home / "data", free_port()
        self.as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if not self.data.exists():
            if os.getuid() == 0:
                os.chown(home, pwd.getpwnam("postgres").pw_uid, -1)
            self.run("initdb", "-D", self.data, "-U", "tuquan", "-A", "trust", "-E", "UTF8", "--locale=C")
        options = " -c ".join((
            f"-p {self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=''", "shared_buffers=1GB",
            "max_wal_size=2GB", "shared_preload_libraries=pg_stat_statements",
            *(f"{name}={value}" for name, value in settings.items()),
        ))
        self.run("pg_ctl", "start", "-D", self.data, "-w", "-s", "-l", home / "log", "-o", options)
        self.url = f"postgres://tuquan@127.0.0.1:{self.port}/postgres"

    def run(self, tool, *arguments):
        command = [*self.as_user, str(self.bin / tool), *map(str, arguments)]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)

    def stop(self):
        self.run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-s")

    def psql(self, text):
        command = [str(self.bin / "psql"), self.url, "-qAtX", "-v", "ON_ERROR_STOP=1"]
        return subprocess.run(command, input=text, check=True, text=True, capture_output=True).stdout

    def tidy(self):
        self.psql("VACUUM ANALYZE")

    def timed(self, query, runs):
        """Milliseconds of a query by psql's own clock, the first run left out."""
        out = self.psql("\\timing on\n\\o /dev/null\n" + f"{query};\n" * (runs + 1))
        times = [float(line.split()[1]) for line in out.splitlines() if line.startswith("Time:")]
        return times[1:]


class File:
    """A SQLite database."""

    def __init__(self, home):
        self.url = f"sqlite:{home}/registry.db"

    def tidy(self):
        """Nothing to do: it keeps itself."""


class Service:
    """The service on a database."""

    # What it is started by, and the seconds it is given to come up.
    under, patience = [], 20

    def __init__(self, binary, database, home):
        self.binary, self.port, self.ops = binary, free_port(), free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "TUQUAN_DATABASE_URL": database.url,
            "TUQUAN_KEYS_DIR": str(home / "keys"),
            "TUQUAN_LISTEN": f"127.0.0.1:{self.port}",
            "TUQUAN_OPS_LISTEN": f"127.0.0.1:{self.ops}",
            "TUQUAN_LOG": "warn",
            # As in the image.
            "MALLOC_ARENA_MAX": "2",
            "MALLOC_MMAP_THRESHOLD_": "65536",
        }
        self.process = None

    def command(self, *arguments):
        command = [str(self.binary), *map(str, arguments)]
        return subprocess.run(command, env=self.environment, check=True, text=True, stdout=subprocess.PIPE).stdout

    def start(self):
        """Seconds until it is ready."""
        begun = time.perf_counter()
        self.process = subprocess.Popen([*self.under, str(self.binary), "serve"], env=self.environment)
        while not self.ready():
            if time.perf_counter() - begun > self.patience:
                raise SystemExit("the service does not come up")
            time.sleep(0.005)
        self.link = http.client.HTTPConnection("127.0.0.1", self.port)
        return time.perf_counter() - begun

    def ready(self):
        link = http.client.HTTPConnection("127.0.0.1", self.ops)
        try:
            link.request("GET", "/readyz")
            return link.getresponse().status == 200
        except ConnectionRefusedError:
            return False
        finally:
            link.close()

    def token(self, unit):
        """An access token of a new client of that unit, with every right that is asked for here."""
        scopes = "statistics:read,incidents:read,incidents:write,incidents:detail,models:read,units:read"
        made = json.loads(self.command("client", "create", "--name", "bench", "--scopes", scopes, "--unit", unit, "--rate-limit", 10000000, "--json"))
        basic = base64.b64encode(f"{made['clientId']}:{made['clientSecret']}".encode()).decode()
        self.link.request("POST", "/oauth/token", "grant_type=client_credentials", {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"})
        return json.load(self.link.getresponse())["access_token"]

    def serve(self, unit):
        self.start()
        self.bear(self.token(unit))

    def bear(self, token):
        self.bearer = {"Authorization": f"Bearer {token}"}

    def anew(self):
        """A new connection: one that rests for long is closed."""
        self.link.close()

    def send(self, method, path, body=None):
        headers = dict(self.bearer)
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.link.request(method, path, body, headers)
        answer = self.link.getresponse()
        text = answer.read()
        if answer.status not in (200, 201):
            raise SystemExit(f"{method} {path}: {answer.status} {text[:500]}")
        return text

    def timed(self, path, runs):
        for _ in range(10):
            self.send("GET", path)
        times = []
        for _ in range(runs):
            begun = time.perf_counter()
            self.send("GET", path)
            times.append((time.perf_counter() - begun) * 1000)
        return times

    def created(self, unit, day, category, runs):
        """Milliseconds of creating an incident, one after the other."""
        self.anew()
        times = []
        for _ in range(runs):
            body = json.dumps({"category": category, "severity": "minor", "occurredAt": f"{day}T01:00:00Z", "unitId": unit, "source": "citizen"})
            begun = time.perf_counter()
            self.send("POST", "/v1/incidents", body)
            times.append((time.perf_counter() - begun) * 1000)
        return times

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=15)


def quantile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def generated(service, database, arguments, home):
    """Seconds that it took, now or when the records were made."""
    told = home / "generated.json"
    if told.exists():
        known = json.loads(told.read_text())
        if (known["incidents"], known["models"]) != (arguments.incidents, arguments.models):
            raise SystemExit(f"other records are in {home}")
        return known["seconds"]
    service.command("migrate")
    begun = time.perf_counter()
    service.command("generate", "--units", "national", "--models", arguments.models, "--incidents", arguments.incidents, "--seed", 1)
    seconds = round(time.perf_counter() - begun, 1)
    database.tidy()
    told.write_text(json.dumps({"incidents": arguments.incidents, "models": arguments.models, "seconds": seconds}))
    return seconds
