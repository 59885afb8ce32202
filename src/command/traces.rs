//! Sends traces to a collector (OTLP over HTTP, protobuf) when one is configured. A thread of its own
//! sends them, in batches, out of a queue that drops what does not fit: a collector that is away or slow
//! is nothing that a request could notice.

use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use crate::error::{Error, Result};
use crate::outward;

/// How long sending a batch may take, and how long the last one is waited for at the end.
const PATIENCE: Duration = Duration::from_secs(3);
const FAREWELL: Duration = Duration::from_millis(1500);

/// What is sent until it is dropped.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// To the collector at `endpoint`, the address under which it has `/v1/traces`.
    pub fn to(endpoint: &str) -> Result<Self> {
        let client = reqwest::blocking::ClientBuilder::from(outward::client(endpoint, PATIENCE)).timeout(PATIENCE);
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client.build().map_err(Error::internal)?)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{endpoint}/v1/traces"))
            .with_timeout(PATIENCE)
            .build()
            .map_err(Error::internal)?;
        let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name("tuquan").with_attribute(version).build();
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
    }

    pub fn tracer(&self) -> SdkTracer {
        self.0.tracer("tuquan")
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(FAREWELL) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}
