//! Rows of the store as shapes of the wire.

use qv_domain::{GenerationId, MessageRole, Role, TurnMode};
use qv_store as store;
use qv_wire as wire;

pub(crate) fn project(
    row: &store::Project,
    role: Role,
    active: Option<GenerationId>,
) -> wire::Project {
    wire::Project {
        id: row.id,
        name: row.name.as_str().to_owned(),
        project_type: row.project_type,
        visibility: row.visibility,
        role,
        starter: row.starter.clone(),
        head_version: (row.version_count > 0).then_some(row.version_count),
        file_count: row.file_count,
        size_bytes: row.size_bytes,
        build_status: row.build_status,
        last_build_at: row.last_build_at,
        active_generation: active,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

pub(crate) fn file(meta: &store::FileMeta) -> wire::FileEntry {
    wire::FileEntry {
        path: meta.path.clone(),
        kind: meta.kind,
        size: meta.size,
        hash: meta.hash.to_string(),
        updated_at: meta.updated_at,
    }
}

pub(crate) fn version(row: &store::Version) -> wire::Version {
    wire::Version {
        id: row.id,
        number: row.number,
        origin: row.origin,
        generation_id: row.generation_id,
        title: row.title.clone(),
        summary: row.summary.clone(),
        verified: row.verified,
        file_count: row.file_count,
        size_bytes: row.size_bytes,
        files_added: row.added,
        files_changed: row.changed,
        files_removed: row.removed,
        created_at: row.created_at,
    }
}

pub(crate) fn generation(row: &store::Generation) -> wire::Generation {
    wire::Generation {
        id: row.id,
        project_id: row.project_id,
        message_id: row.message_id,
        mode: row.mode,
        model: row.model.clone(),
        status: row.status,
        last_seq: row.last_seq,
        // A summary of another format is left out rather than failing the whole list.
        summary: row.summary.clone().and_then(|value| serde_json::from_value(value).ok()),
        queued_at: row.queued_at,
        started_at: row.started_at,
        finished_at: row.finished_at,
    }
}

pub(crate) fn dead_letter(row: &store::ListedDeadLetter) -> wire::DeadLetter {
    let letter = &row.letter;
    wire::DeadLetter {
        id: letter.id,
        generation_id: letter.generation_id,
        project_id: letter.project_id,
        // It is made from the message, unless somebody named it.
        project_name: qv_security::mask_secrets(row.project_name.as_str()),
        user_id: letter.user_id,
        user_name: row.user_name.clone(),
        // A code of another version is told by its message.
        code: letter.code.parse().unwrap_or(wire::ErrorCode::Internal),
        message: letter.message.clone(),
        attempts: letter.attempts,
        payload: serde_json::from_value(letter.payload.clone()).unwrap_or_else(|_| {
            wire::DeadLetterPayload {
                mode: TurnMode::Build,
                model: None,
                prompt: String::new(),
                cut: true,
            }
        }),
        state: letter.state,
        at: letter.at,
        resolved_at: letter.resolved_at,
    }
}

pub(crate) fn message(
    row: &store::Message,
    generation: Option<&store::Generation>,
) -> wire::Message {
    wire::Message {
        id: row.id,
        seq: row.seq,
        role: row.role,
        mode: row.mode.unwrap_or(TurnMode::Build),
        text: row.text.clone(),
        set_aside: row.set_aside,
        images: row
            .images
            .iter()
            .map(|image| format!("/api/projects/{}/images/{}", row.project_id, image.hash))
            .collect(),
        generation: generation
            .map(self::generation)
            .filter(|_| row.role == MessageRole::User || row.generation_id.is_some()),
        created_at: row.created_at,
    }
}

pub(crate) fn page<T, U>(page: store::Page<T>, view: impl Fn(&T) -> U) -> wire::Page<U> {
    wire::Page {
        items: page.items.iter().map(view).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }
}
