//! What nodes used, written while they run: the newest, from time to time.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::grants::Ledger;
use crate::ledgers;

/// How long more may come before it is written.
const PAUSE: Duration = Duration::from_millis(300);

/// The newest ledger that is not written yet.
#[derive(Default)]
pub(crate) struct LedgerFile(Arc<Mutex<Option<Arc<Ledger>>>>);

impl LedgerFile {
    pub(crate) fn keep(&self, root: PathBuf, ledger: Arc<Ledger>) {
        if self.0.lock().replace(ledger).is_some() {
            return;
        }
        let slot = Arc::clone(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            let write = move || {
                let Some(newest) = slot.lock().take() else { return };
                if let Err(error) = ledgers::save(&root, &newest) {
                    tracing::warn!("the ledger of this run was not saved: {error}");
                }
            };
            let _ = tokio::task::spawn_blocking(write).await;
        });
    }
}
