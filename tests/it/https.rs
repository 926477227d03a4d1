//! https that nodes send, against a server on this machine whose certificate an authority of the test vouches for.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use studio::grants::{Grants, Kind, Ledger, StandIn};
use studio::log::Stream;
use studio::run::{Options, Outcome, RunRequest};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

use crate::grants::{DENIED, Probe, answer, denials, grants, stand_in};
use crate::run_composed::{Made, compose_as, part};
use crate::run_support::{Session, function, request};

/// `TLS-protocol-error` and `TLS-certificate-error` among the error codes of wasi:http.
const PROTOCOL: &str = "error 12";
const CERTIFICATE: &str = "error 13";

/// A certificate authority of the test.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn write(&self, to: &Path) {
        std::fs::write(to, self.0.pem()).unwrap();
    }

    /// A server that proves to be `name`, and what it was asked.
    pub async fn serve(&self, name: &str) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (addr, asked) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let heads = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(stream) = acceptor.accept(stream).await {
                    answer(stream, &heads).await;
                }
            }
        });
        (addr, asked)
    }
}

const TASK: &str = "http GET https api.stripe.com /v1/charges";

async fn fetch(folder: &Path, granted: &Grants) -> (String, Vec<String>) {
    let mut probe = Probe::new(folder);
    let (got, ledger) = probe.run(granted, &[&format!("two: {TASK}"), "two: http GET https evil.example /"]).await;
    assert_eq!(got["caller: http GET https evil.example /"], DENIED);
    assert_eq!(denials(&ledger, "caller", Kind::Http), 1);
    let told = probe.session.lines.iter().filter(|l| l.stream == Stream::Studio);
    (got[&format!("caller: {TASK}")].clone(), told.map(|l| l.text.clone()).collect())
}

#[tokio::test]
async fn a_node_calls_https_and_only_whom_its_authorities_vouch_for() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    ours.write(&folder.path().join("ca.pem"));
    let mut granted = grants(&[("caller", "http=api.stripe.com")]);
    let mut to = |addr: SocketAddr| {
        granted.hosts.insert("api.stripe.com".into(), addr.into());
        granted.clone()
    };

    let (addr, asked) = ours.serve("api.stripe.com").await;
    let mut trusting = to(addr);
    trusting.ca = Some("ca.pem".into());
    let (said, _) = fetch(folder.path(), &trusting).await;
    assert_eq!(said, "status 200");
    assert!(asked.lock().unwrap()[0].starts_with("GET /v1/charges HTTP/1.1\r\n"), "{asked:?}");
    assert!(asked.lock().unwrap()[0].contains("host: api.stripe.com\r\n"), "{asked:?}");

    // A typed error each, and nothing is ever sent.
    let (other, asked) = theirs.serve("api.stripe.com").await;
    let (elsewhere, asked_elsewhere) = ours.serve("api.other.com").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let trusting = |mut to: Grants| {
        to.ca = Some("ca.pem".into());
        to
    };
    for (what, granted, error, sentence) in [
        ("nobody vouches", to(addr), CERTIFICATE, "certificate is not trusted: UnknownIssuer; a certificate authority"),
        ("another vouches", trusting(to(other)), CERTIFICATE, "certificate is not trusted: UnknownIssuer"),
        ("for another name", trusting(to(elsewhere)), CERTIFICATE, "certificate is not trusted: "),
        ("no TLS at all", trusting(to(plain)), PROTOCOL, "it does not speak TLS"),
    ] {
        let (said, told) = fetch(folder.path(), &granted).await;
        assert_eq!(said, error, "{what}: {told:?}");
        assert!(told.iter().any(|l| l.starts_with("https://api.stripe.com: ") && l.contains(sentence)), "{told:?}");
    }
    assert!(asked.lock().unwrap().is_empty() && asked_elsewhere.lock().unwrap().is_empty());

    // A file that is none of certificates is told, and trusts nobody.
    std::fs::write(folder.path().join("ca.pem"), "nothing").unwrap();
    let (said, told) = fetch(folder.path(), &trusting(to(addr))).await;
    assert_ne!(said, "status 200");
    assert!(told.iter().any(|l| l.contains("ca.pem`, which [run] ca names, holds no PEM certificate")), "{told:?}");
}

/// A node of WASI 0.3 that asks the web (`tests/guests/http-client-0.3.wat`).
fn client_p3() -> Made {
    let mut module = wat::parse_str(include_str!("../guests/http-client-0.3.wat")).unwrap();
    let mut resolve = wit_parser::Resolve::default();
    resolve.push_str("http.wit", include_str!("../guests/wit/http-0.3.wit")).unwrap();
    let world = "package test:web; world web {
        import wasi:http/types@0.3.0;
        import wasi:http/client@0.3.0;
        export plain: async func() -> u32;
        export secured: async func() -> u32;
        export other: async func() -> u32;
    }";
    let package = resolve.push_str("web.wit", world).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    wit_component::embed_component_metadata(&mut module, &resolve, world, wit_component::StringEncoding::UTF8).unwrap();
    part("web", wit_component::ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap())
}

/// The same component as two nodes: one may, the other may not.
#[tokio::test]
async fn nodes_of_wasi_0_3_call_whom_they_were_granted() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("test");
    authority.write(&folder.path().join("test-ca.pem"));
    let (addr, asked) = stand_in().await;
    let (secured, asked_secured) = authority.serve("api.stripe.com").await;
    let mut granted = grants(&[("caller", "http=api.stripe.com")]);
    granted.ca = Some("test-ca.pem".into());
    granted.hosts.insert("api.stripe.com".into(), addr.into());
    granted.hosts.insert("api.stripe.com:443".into(), secured.into());
    granted.hosts.insert("evil.example".into(), addr.into());
    let wac = "
        package test:all;
        let caller = new test:web { ... };
        let idle = new test:web { ... };
        export caller.plain as plain;
        export caller.secured as secured;
        export caller.other as other;
        export idle.secured as idle-secured;
    ";
    let live = compose_as(wac, [client_p3()]);
    let granted = Arc::new(granted);
    let mut session = Session::with(Options { cache: None, root: Some(folder.path().into()) });
    let mut ledger = Ledger::default();
    // 1015: HTTP-request-denied.
    for (generation, entry, said) in
        [(1, "plain", "200"), (2, "secured", "200"), (3, "other", "1015"), (4, "idle-secured", "1015")]
    {
        let asked = RunRequest { grants: Arc::clone(&granted), ..request(generation, &live, function(entry)) };
        let (outcome, more) = session.recorded(asked).await;
        ledger.merge(more);
        assert_eq!(outcome, Outcome::Returned(Some(said.into())), "{entry}");
    }
    for asked in [asked, asked_secured] {
        let asked = asked.lock().unwrap();
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert!(asked[0].starts_with("GET /v1/charges HTTP/1.1\r\n"), "{asked:?}");
        assert!(asked[0].contains("host: api.stripe.com\r\n"), "{asked:?}");
    }
    assert_eq!((denials(&ledger, "caller", Kind::Http), denials(&ledger, "idle", Kind::Http)), (1, 1));
    let used: Vec<_> = ledger.of("caller").filter(|(_, _, e)| e.used > 0).map(|(_, g, e)| (g, e.used)).collect();
    assert_eq!(used, [("http=GET api.stripe.com", 2)]);
}

#[tokio::test]
async fn a_plain_stand_in_is_one_only_where_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (addr, asked) = stand_in().await;
    let mut granted = grants(&[("caller", "http=api.stripe.com")]);
    granted.hosts.insert("api.stripe.com".into(), StandIn { addr, plain: true });
    assert_eq!(fetch(folder.path(), &granted).await.0, "status 200");
    assert_eq!(asked.lock().unwrap().len(), 1);
}
