//! What stops the start: by name, never by value.

use std::os::unix::fs::OpenOptionsExt;

use super::*;

fn read(pairs: &[(&str, &str)]) -> Result<Config, Refused> {
    Config::read(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
}

fn refusal(pairs: &[(&str, &str)]) -> String {
    read(pairs).map_or_else(|refused| refused.to_string(), |_| "accepted".to_owned())
}

#[test]
fn nothing_set_is_sqlite_on_loopback() {
    let config = read(&[("PATH", "/bin")]).expect("the defaults are accepted");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url, "http://127.0.0.1:8080");
    assert!(matches!(config.place, Place::File(path) if path == "tuquan.db"));
}

#[test]
fn a_refusal_names_the_setting_and_never_its_value() {
    for (name, value) in [
        ("TUQUAN_LISTEM", "hunter2"),
        ("TUQUAN_", "hunter2"),
        ("TUQUAN_PASSWORD", "hunter2"),
        ("TUQUAN_LISTEN", "hunter2"),
        ("TUQUAN_LISTEN", ""),
        ("TUQUAN_OPS_LISTEN", "hunter2:8081"),
        ("TUQUAN_OPS_LISTEN", "127.0.0.1:8080"),
        ("TUQUAN_CONNECTIONS", "hunter2"),
        ("TUQUAN_CONNECTIONS", "0"),
        ("TUQUAN_CONNECTIONS", "101"),
        ("TUQUAN_WORKERS", "-1"),
        ("TUQUAN_WORKERS", "100000"),
        ("TUQUAN_LOG", "hunter2=hunter2"),
        ("TUQUAN_LOG_FORMAT", "hunter2"),
        ("TUQUAN_PUBLIC_URL", "hunter2"),
        ("TUQUAN_PUBLIC_URL", "ftp://hunter2/"),
        ("TUQUAN_PUBLIC_URL", "https://u:hunter2@h/"),
        ("TUQUAN_PUBLIC_URL", "https://h/?hunter2"),
        ("TUQUAN_PUBLIC_URL", "https://h/#hunter2"),
        ("TUQUAN_OTLP_ENDPOINT", "hunter2:4318"),
        ("TUQUAN_OTLP_ENDPOINT", "https://u:hunter2@h/"),
        ("TUQUAN_AUDIENCE", ""),
        ("TUQUAN_KEYS_DIR", ""),
        ("TUQUAN_CHECKPOINTS_FILE", ""),
        ("TUQUAN_OIDC_FILE", "/nowhere/hunter2"),
        ("TUQUAN_BACKUP_KEY_FILE", "/nowhere/hunter2"),
        ("TUQUAN_CONFIG", "/nowhere/hunter2"),
        ("TUQUAN_DATABASE_URL", ""),
        ("TUQUAN_DATABASE_URL", "mysql://hunter2"),
        ("TUQUAN_DATABASE_URL", "sqlite:"),
        ("TUQUAN_DATABASE_URL", "postgres://u:hunter2@localhost/d"),
        ("TUQUAN_DATABASE_URL", "postgres://u@localhost/d?password=hunter2"),
        ("TUQUAN_DATABASE_URL_FILE", "/nowhere/hunter2"),
    ] {
        let told = refusal(&[(name, value)]);
        assert!(told.starts_with(&format!("{name}: ")), "{name}={value}: {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn what_contradicts_itself_is_refused() {
    let both = [("TUQUAN_DATABASE_URL", "sqlite:a"), ("TUQUAN_DATABASE_URL_FILE", "b")];
    assert!(refusal(&both).contains("set one"));
    assert!(refusal(&[("TUQUAN_LISTEN", "127.0.0.1:1"), ("TUQUAN_OPS_LISTEN", "127.0.0.1:1")]).contains("another"));
    for name in ELSEWHERE {
        let told = refusal(&[("TUQUAN_DATABASE_URL", "postgres://u@127.0.0.1/d"), (name, "db.example")]);
        assert!(told.contains(name) && !told.contains("db.example"), "{told}");
        assert_eq!(refusal(&[(name, "db.example")]), "accepted", "SQLite goes nowhere");
    }
}

#[test]
fn postgresql_beyond_this_machine_is_reached_by_tls_alone() {
    let url = |url: &str| refusal(&[("TUQUAN_DATABASE_URL", url)]);
    for far in [
        "postgres://db.example/d",
        "postgres://10.0.0.1/d",
        "postgres://[2001:db8::1]/d",
        "postgres://db.example/d?sslmode=require",
        "postgres://db.example/d?sslmode=prefer",
        "postgres://db.example/d?sslmode=disable",
        "postgres://db.example/d?sslmode=verify-ca",
        "postgres:///d?host=db.example",
        "postgres:///d?host=/run/postgresql,db.example",
        "postgres://localhost/d?host=db.example",
        "postgres://localhost,db.example/d",
        "postgres://localhost.example/d",
    ] {
        let told = url(far);
        assert!(told.contains("sslmode=verify-full") || told.contains("is not a URL"), "{far}: {told}");
    }
    for odd in [
        "postgres://db.example/d?sslmode=verify-full&sslmode=disable",
        "postgres://localhost/d?hostaddr=10.0.0.1",
        "postgres://localhost/d?service=elsewhere",
        "postgres://localhost/d?ssl%6dode=x&sslmode=y",
    ] {
        assert!(url(odd).contains("unknown here or given twice"), "{odd}: {}", url(odd));
    }
    let tls = url("postgres://db.example/d?sslmode=verify-full");
    assert!(tls == "accepted" || tls.contains("postgres-tls"), "{tls}");
    for near in [
        "postgres://u@127.0.0.1:5433/d",
        "postgres://u@[::1]:5433/d",
        "postgresql://localhost/d",
        "postgres:///d",
        "postgres:///d?host=/run/postgresql&user=tuquan",
        "postgres://%2Frun%2Fpostgresql/d",
    ] {
        assert_eq!(url(near), "accepted", "{near}");
    }
}

#[test]
fn files_that_others_can_read_or_change_are_refused() {
    let folder = tempfile::tempdir().expect("a directory");
    let made = |name: &str, mode: u32, text: &str| {
        let path = folder.path().join(name);
        let file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&path).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        drop(file);
        fs::write(&path, text).expect("it can be written");
        path.display().to_string()
    };
    let url = "postgres://u:hunter2@127.0.0.1/d";
    for mode in [0o644, 0o640, 0o604, 0o660] {
        let told = refusal(&[("TUQUAN_DATABASE_URL_FILE", &made(&format!("url-{mode:o}"), mode, url))]);
        assert!(told.starts_with("TUQUAN_DATABASE_URL_FILE: ") && told.contains("0600"), "{told}");
        let told = refusal(&[("TUQUAN_BACKUP_KEY_FILE", &made(&format!("key-{mode:o}"), mode, "x"))]);
        assert!(told.starts_with("TUQUAN_BACKUP_KEY_FILE: ") && told.contains("0600"), "{told}");
    }
    assert_eq!(refusal(&[("TUQUAN_DATABASE_URL_FILE", &made("url", 0o600, url))]), "accepted");
    for (mode, right) in [(0o600, true), (0o644, false), (0o620, false), (0o666, false)] {
        let url = format!("sqlite:{}", made(&format!("database-{mode:o}"), mode, ""));
        let told = refusal(&[("TUQUAN_DATABASE_URL", &url)]);
        assert_eq!(told == "accepted", right, "{mode:o}: {told}");
        assert!(right || told.starts_with("TUQUAN_DATABASE_URL: "), "{told}");
    }
    let config = "listen = \"127.0.0.1:9\"";
    assert_eq!(refusal(&[("TUQUAN_CONFIG", &made("config", 0o644, config))]), "accepted");
    for mode in [0o666, 0o662, 0o620] {
        let told = refusal(&[("TUQUAN_CONFIG", &made(&format!("config-{mode:o}"), mode, config))]);
        assert!(told.starts_with("TUQUAN_CONFIG: "), "{told}");
        let told = refusal(&[("TUQUAN_OIDC_FILE", &made(&format!("oidc-{mode:o}"), mode, "[]"))]);
        assert!(told.starts_with("TUQUAN_OIDC_FILE: "), "{told}");
    }
    for (n, text) in ["listem = \"hunter2\"", "listen = [\"hunter2\"]", "hunter2"].iter().enumerate() {
        let told = refusal(&[("TUQUAN_CONFIG", &made(&format!("wrong-{n}"), 0o600, text))]);
        assert!(told.starts_with("TUQUAN_") && !told.contains("hunter2"), "{told}");
    }
    let twice = [("TUQUAN_CONFIG", folder.path().join("config").display().to_string())];
    let twice = [(twice[0].0, twice[0].1.as_str()), ("TUQUAN_LISTEN", "127.0.0.1:9")];
    assert!(refusal(&twice).starts_with("TUQUAN_LISTEN: "));
}
