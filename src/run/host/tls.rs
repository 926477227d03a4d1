//! https that guests send: who vouches for the other end.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, crypto};
use wasmtime_wasi_http::Error;

use crate::files;
use crate::files::Kind;

/// Those that this machine trusts; read once.
static MACHINE: OnceCell<RootCertStore> = OnceCell::const_new();

/// Why https failed, for the log; the guest gets `error`, a code of `wasi:http`.
pub(super) struct Failed {
    pub(crate) sentence: String,
    pub error: Error,
}

/// Speaks TLS with `host`, which the machine's certificate authorities must vouch for, or the one in `ca`.
pub(super) async fn connect(stream: TcpStream, host: &str, ca: Option<&Path>) -> Result<TlsStream<TcpStream>, Failed> {
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(bare).map_err(|_| Failed {
        sentence: format!("`{host}` is not a name that a certificate can be for"),
        error: Error::HttpRequestUriInvalid,
    })?;
    let mut roots = MACHINE.get_or_init(machine).await.clone();
    if let Some(ca) = ca {
        // Read each time: whoever makes a new one need not start anything anew.
        add(&mut roots, ca).await.map_err(|sentence| Failed { sentence, error: Error::ConfigurationError })?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| Failed { sentence: e.to_string(), error: Error::TlsProtocolError })?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|e| failed(&e))
}

async fn machine() -> RootCertStore {
    let read = tokio::task::spawn_blocking(|| {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!("certificates of this machine: {error}");
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        roots
    });
    read.await.unwrap_or_else(|_| RootCertStore::empty())
}

async fn add(roots: &mut RootCertStore, ca: &Path) -> Result<(), String> {
    let problem = |what: String| format!("`{}`, which [run] ca names, {what}", ca.display());
    let file = ca.to_owned();
    let read = tokio::task::spawn_blocking(move || files::read(&file, Kind::Settings)).await;
    let text = match read {
        Ok(Ok(text)) => text,
        Ok(Err(error)) => return Err(problem(format!("can't be read: {error}"))),
        Err(error) => return Err(problem(format!("can't be read: {error}"))),
    };
    let mut none = true;
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|e| problem(format!("is not a PEM certificate: {e}")))?;
        roots.add(certificate).map_err(|e| problem(format!("holds a certificate that can't be used: {e}")))?;
        none = false;
    }
    if none { Err(problem("holds no PEM certificate".into())) } else { Ok(()) }
}

fn failed(error: &io::Error) -> Failed {
    let inner = error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>());
    let (sentence, error) = match inner {
        Some(rustls::Error::InvalidCertificate(why)) => {
            let help = "a certificate authority of your own is named by `ca = \"FILE.pem\"` below [run]";
            (format!("its certificate is not trusted: {why}; {help}"), Error::TlsCertificateError)
        }
        Some(rustls::Error::AlertReceived(alert)) => {
            let error = Error::TlsAlertReceived {
                alert_id: Some(u8::from(*alert)),
                alert_message: alert.as_str().map(str::to_owned),
            };
            (format!("it ended the TLS handshake: {alert:?}"), error)
        }
        Some(rustls::Error::InvalidMessage(_)) => ("it does not speak TLS".into(), Error::TlsProtocolError),
        _ => (format!("the TLS handshake failed: {error}"), Error::TlsProtocolError),
    };
    Failed { sentence, error }
}
