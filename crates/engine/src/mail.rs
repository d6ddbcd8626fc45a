//! Mail that the server sends: by SMTP, when it is told how.

use std::sync::Arc;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use qv_domain::Email;
use qv_security::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::{EngineError, Result};

/// How the server sends mail.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// `smtps://user:password@host`, or `smtp://host:587?tls=required`.
    pub smtp_url: SecretString,
    /// Whom it comes from, such as `QuickVibe <build@example.org>`.
    pub from: String,
    /// The address that people open the server by: links in mail begin with it, never with what a request calls it.
    pub site: String,
}

/// A server that is silent for this long is given up.
const PATIENCE: Duration = Duration::from_secs(15);
/// Messages that are under way at once; more are not sent.
const MOST: usize = 32;

/// Sends mail.
#[derive(Debug)]
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    site: String,
    places: Arc<Semaphore>,
}

impl Mailer {
    /// # Errors
    /// `Secret` says which setting is wrong; the address of the server may hold a password, so it is not repeated.
    pub(crate) fn open(config: &MailConfig) -> Result<Self> {
        let wrong = |text: &str| EngineError::Secret(text.to_owned());
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(config.smtp_url.expose_secret())
                .map_err(|_| {
                    wrong("`smtp_url` (QUICKVIBE_SMTP_URL) is not right: set it like smtps://user:password@mail.example.org")
                })?;
        let from = config.from.parse().map_err(|_| {
            wrong("`mail_from` (QUICKVIBE_MAIL_FROM) is not right: set it like QuickVibe <build@example.org>")
        })?;
        Ok(Self {
            transport: builder.timeout(Some(PATIENCE)).build(),
            from,
            site: config.site.trim_end_matches('/').to_owned(),
            places: Arc::new(Semaphore::new(MOST)),
        })
    }

    /// A page of this server with a one-time token, in the part of the address that stays in the browser.
    pub(crate) fn link(&self, page: &str, token: &str) -> String {
        format!("{}/{page}#token={token}", self.site)
    }

    /// Sends a message of plain text.
    ///
    /// # Errors
    /// `Unavailable` when too many are under way; what the mail server said, for the log.
    pub(crate) async fn send(&self, to: &Email, subject: &str, body: String) -> Result<()> {
        let _place = self.places.try_acquire().map_err(|_| failed("too many are under way"))?;
        let to: Mailbox = to.as_str().parse().map_err(failed)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .map_err(failed)?;
        let sent = tokio::time::timeout(2 * PATIENCE, self.transport.send(message)).await;
        sent.map_err(failed)?.map_err(failed)?;
        Ok(())
    }
}

fn failed(cause: impl ToString) -> EngineError {
    EngineError::Internal(format!("mail was not sent: {}", cause.to_string()))
}
