//! Changes of the agent's that met what a person had just written: looked at, made after all, or dropped.

use std::sync::Arc;

use qv_domain::{Blob, BlobHash, Role, SuggestionId, SuggestionState};
use qv_store as store;
use qv_wire::{ErrorCode, FileSaved, Suggestion, Suggestions};

use crate::diff::{self, Side};
use crate::merge::{Merged, merge};
use crate::{Access, Engine, EngineError, Result, view};

/// The most that are shown; those behind them come up as these are decided about.
const MOST_SHOWN: u32 = 100;

/// What a suggestion would do to the file as it is now.
enum Outlook {
    /// It can be made.
    Fits(store::FileChange),
    /// Its place was changed again; with the text that it would lead to, where that can be shown.
    Meets(Option<String>),
}

impl Engine {
    /// What waits to be looked at, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suggestions(&self, access: &Access) -> Result<Suggestions> {
        let mut conn = self.db.read().await?;
        let rows = conn.open_suggestions(access.project_id(), MOST_SHOWN).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let (now, outlook) = outlook(&mut conn, &row).await?;
            found.push((row, now, outlook));
        }
        drop(conn);
        // Comparing takes CPU, not time on the network.
        let items = tokio::task::spawn_blocking(move || {
            found
                .into_iter()
                .map(|(row, now, outlook)| show(&row, now.as_ref(), &outlook))
                .collect()
        });
        let items = items
            .await
            .map_err(|error| EngineError::Internal(format!("comparing stopped: {error}")))?;
        Ok(Suggestions { items })
    }

    /// Makes a suggested change in the file as it is now: a hand edit of the actor's.
    ///
    /// # Errors
    /// `NotFound` when somebody decided about it already; `Conflict` when its lines were changed again.
    pub async fn apply_suggestion(
        self: &Arc<Self>,
        access: &Access,
        id: SuggestionId,
    ) -> Result<FileSaved> {
        access.require(Role::Editor)?;
        let (project, now) = (access.project_id(), self.env.now());
        let open = |row: Option<store::Suggestion>| {
            let row = row.filter(|row| row.state == SuggestionState::Open);
            row.ok_or_else(|| EngineError::not_found("suggestion"))
        };
        let mut conn = self.db.read().await?;
        let row = open(conn.suggestion(project, id).await?)?;
        // Comparing texts takes a while, so it is done before anybody is kept waiting.
        let (present, outlook) = outlook(&mut conn, &row).await?;
        drop(conn);
        let again = || {
            EngineError::refused(
                ErrorCode::Conflict,
                format!(
                    "{} was changed again in the same place. Change it by hand, or drop the suggestion.",
                    row.path
                ),
            )
        };
        let Outlook::Fits(change) = outlook else { return Err(again()) };
        let mut tx = self.db.begin().await?;
        tx.hold_project(project, now).await?;
        open(tx.suggestion(project, id).await?)?;
        let held = tx.file_meta(project, &row.path).await?.map(|meta| meta.hash);
        if held != present.as_deref().map(store::blob_hash) {
            return Err(again());
        }
        let title = format!("Take a suggestion for {}", row.path.name());
        let version = self.make_by_hand(&mut tx, access, change, &title, now).await?;
        tx.decide_suggestion(project, id, SuggestionState::Applied).await?;
        let meta = tx.file_meta(project, &row.path).await?;
        tx.commit().await?;
        self.files_changed(project, std::slice::from_ref(&row.path)).await?;
        Ok(FileSaved {
            file: meta.as_ref().map(view::file),
            version: version.as_ref().map(view::version),
        })
    }

    /// Decides against a suggestion.
    ///
    /// # Errors
    /// `NotFound` when somebody decided about it already.
    pub async fn drop_suggestion(&self, access: &Access, id: SuggestionId) -> Result<()> {
        access.require(Role::Editor)?;
        let mut tx = self.db.begin().await?;
        let dropped = SuggestionState::Dropped;
        if !tx.decide_suggestion(access.project_id(), id, dropped).await? {
            return Err(EngineError::not_found("suggestion"));
        }
        Ok(tx.commit().await?)
    }
}

/// What a suggestion would do, and the file as it is now.
async fn outlook(
    conn: &mut store::Conn,
    row: &store::Suggestion,
) -> Result<(Option<Blob>, Outlook)> {
    let file = conn.file(row.project_id, &row.path).await?;
    let (now, hash) = file.map(|file| (file.content, file.meta.hash)).unzip();
    let path = row.path.clone();
    let Some(wanted) = content(conn, row.wanted).await? else {
        let outlook = match hash {
            Some(_) if hash == row.base => Outlook::Fits(store::FileChange::Delete { path }),
            // It is gone already, or is another one.
            _ => Outlook::Meets(None),
        };
        return Ok((now, outlook));
    };
    if hash == row.base {
        return Ok((now, Outlook::Fits(store::FileChange::Write { path, content: wanted })));
    }
    let base = content(conn, row.base).await?;
    let present = now.clone();
    let merged = tokio::task::spawn_blocking(move || {
        let (base, present) = (text(base.as_ref())?, text(present.as_ref())?);
        Some(merge(base, present, text(Some(&wanted))?))
    });
    let merged = merged
        .await
        .map_err(|error| EngineError::Internal(format!("comparing stopped: {error}")))?;
    let outlook = match merged {
        None => Outlook::Meets(None),
        Some(Merged { text, wanted: None }) => {
            Outlook::Fits(store::FileChange::Write { path, content: text.into_bytes().into() })
        }
        Some(Merged { wanted, .. }) => Outlook::Meets(wanted),
    };
    Ok((now, outlook))
}

async fn content(conn: &mut store::Conn, hash: Option<BlobHash>) -> Result<Option<Blob>> {
    let Some(hash) = hash else { return Ok(None) };
    let lost = || EngineError::Internal("a suggestion lost its text".into());
    conn.blob(&hash).await?.ok_or_else(lost).map(Some)
}

fn text(content: Option<&Blob>) -> Option<&str> {
    std::str::from_utf8(content?).ok()
}

fn show(row: &store::Suggestion, now: Option<&Blob>, outlook: &Outlook) -> Suggestion {
    let side = |content: Option<&Blob>| match content {
        None => Side::Absent,
        Some(content) => {
            text(Some(content)).map_or(Side::Binary, |text| Side::Text(text.to_owned()))
        }
    };
    let after = match outlook {
        Outlook::Fits(store::FileChange::Write { content, .. }) => Some(side(Some(content))),
        Outlook::Fits(_) => Some(Side::Absent),
        Outlook::Meets(wanted) => wanted.clone().map(Side::Text),
    };
    let hunks = after.map(|after| diff::file(&row.path, &side(now), &after).hunks);
    Suggestion {
        id: row.id,
        generation_id: row.generation_id,
        path: row.path.clone(),
        hunks: hunks.unwrap_or_default(),
        fits: matches!(outlook, Outlook::Fits(_)),
        created_at: row.at,
    }
}
