//! How each type is kept in a column.

use qv_domain::{
    ApiTokenId, AttemptId, AuditAction, AuditActor, AuditId, AuditTarget, BlobHash, BuildStatus,
    DeadLetterId, DeadLetterState, Email, EngineKind, FileKind, FilePath, GenerationId,
    GenerationStatus, InviteId, KeyId, LimitScope, LinkPurpose, MessageId, MessageRole, NodeId,
    Plan, PreviewId, ProjectId, ProjectName, ProjectType, PurseKind, QueuedId, Role, SandboxId,
    SessionId, StepKind, SuggestionId, SuggestionState, Timestamp, TokenScope, TurnMode, UsageId,
    UserId, VersionId, VersionOrigin, Visibility,
};
use uuid::Uuid;

use crate::keys::Sealed;
use crate::sql::{At, Cells, Column, Value};
use crate::{Result, StoreError};

impl<T: Column> Column for Option<T> {
    fn null() -> Value {
        T::null()
    }
    fn to_value(&self) -> Value {
        self.as_ref().map_or_else(T::null, T::to_value)
    }
    fn read(row: &dyn Cells, at: At) -> Result<Self> {
        if row.is_null(at)? { Ok(None) } else { T::read(row, at).map(Some) }
    }
}

macro_rules! plain {
    ($($kind:ty, $variant:ident, $read:ident;)+) => {$(
        impl Column for $kind {
            fn null() -> Value {
                Value::$variant(None)
            }
            fn to_value(&self) -> Value {
                Value::$variant(Some(self.clone()))
            }
            fn read(row: &dyn Cells, at: At) -> Result<Self> {
                row.$read(at)
            }
        }
    )+};
}
plain! {
    i64, Int, int;
    bool, Bool, bool;
    Vec<u8>, Bytes, bytes;
    Uuid, Uuid, uuid;
}

impl Column for String {
    fn null() -> Value {
        Value::Text(None)
    }
    fn to_value(&self) -> Value {
        self.as_str().to_value()
    }
    fn read(row: &dyn Cells, at: At) -> Result<Self> {
        row.text(at)
    }
}

/// Text that is written; PostgreSQL cannot keep NUL, so on both it becomes U+FFFD.
trait WrittenText {
    fn to_value(&self) -> Value;
}

impl WrittenText for str {
    fn to_value(&self) -> Value {
        Value::Text(Some(if self.contains('\0') {
            self.replace('\0', "\u{fffd}")
        } else {
            self.to_owned()
        }))
    }
}

macro_rules! unsigned {
    ($($kind:ty)+) => {$(
        impl Column for $kind {
            fn null() -> Value {
                Value::Int(None)
            }
            fn to_value(&self) -> Value {
                Value::Int(Some(i64::try_from(*self).unwrap_or(i64::MAX)))
            }
            fn read(row: &dyn Cells, at: At) -> Result<Self> {
                let number = row.int(at)?;
                Self::try_from(number)
                    .map_err(|_| StoreError::corrupt(format!("{at:?} is {number}, out of range")))
            }
        }
    )+};
}
unsigned!(u32 u64);

macro_rules! ids {
    ($($id:ty)+) => {$(
        impl Column for $id {
            fn null() -> Value {
                Value::Uuid(None)
            }
            fn to_value(&self) -> Value {
                Value::Uuid(Some(self.as_uuid()))
            }
            fn read(row: &dyn Cells, at: At) -> Result<Self> {
                row.uuid(at).map(Self::from_uuid)
            }
        }
    )+};
}
ids!(UserId SessionId ApiTokenId InviteId ProjectId MessageId GenerationId VersionId KeyId UsageId DeadLetterId AttemptId AuditId NodeId SandboxId QueuedId SuggestionId);

macro_rules! checked_text {
    ($($kind:ty, $parse:expr;)+) => {$(
        impl Column for $kind {
            fn null() -> Value {
                Value::Text(None)
            }
            fn to_value(&self) -> Value {
                self.as_str().to_value()
            }
            fn read(row: &dyn Cells, at: At) -> Result<Self> {
                let parse = $parse;
                parse(&row.text(at)?).map_err(|error| StoreError::corrupt(format!("{at:?}: {error}")))
            }
        }
    )+};
}
checked_text! {
    AuditAction, str::parse::<AuditAction>;
    AuditActor, str::parse::<AuditActor>;
    AuditTarget, str::parse::<AuditTarget>;
    BuildStatus, str::parse::<BuildStatus>;
    DeadLetterState, str::parse::<DeadLetterState>;
    Email, Email::parse;
    EngineKind, str::parse::<EngineKind>;
    FileKind, str::parse::<FileKind>;
    FilePath, FilePath::parse;
    GenerationStatus, str::parse::<GenerationStatus>;
    LimitScope, str::parse::<LimitScope>;
    LinkPurpose, str::parse::<LinkPurpose>;
    MessageRole, str::parse::<MessageRole>;
    Plan, str::parse::<Plan>;
    PreviewId, str::parse::<PreviewId>;
    ProjectName, ProjectName::parse;
    ProjectType, str::parse::<ProjectType>;
    PurseKind, str::parse::<PurseKind>;
    Role, str::parse::<Role>;
    StepKind, str::parse::<StepKind>;
    SuggestionState, str::parse::<SuggestionState>;
    TokenScope, str::parse::<TokenScope>;
    TurnMode, str::parse::<TurnMode>;
    VersionOrigin, str::parse::<VersionOrigin>;
    Visibility, str::parse::<Visibility>;
}

impl Column for Timestamp {
    fn null() -> Value {
        Value::Int(None)
    }
    fn to_value(&self) -> Value {
        Value::Int(Some(self.as_micros()))
    }
    fn read(row: &dyn Cells, at: At) -> Result<Self> {
        row.int(at).map(Self::from_micros)
    }
}

impl Column for [u8; 32] {
    fn null() -> Value {
        Value::Bytes(None)
    }
    fn to_value(&self) -> Value {
        Value::Bytes(Some(self.to_vec()))
    }
    fn read(row: &dyn Cells, at: At) -> Result<Self> {
        let bytes = row.bytes(at)?;
        Self::try_from(bytes.as_slice())
            .map_err(|_| StoreError::corrupt(format!("{at:?} has {} bytes, not 32", bytes.len())))
    }
}

impl Column for Sealed {
    fn null() -> Value {
        Value::Bytes(None)
    }
    fn to_value(&self) -> Value {
        self.0.to_value()
    }
    fn read(row: &dyn Cells, at: At) -> Result<Self> {
        row.bytes(at).map(Self)
    }
}

impl Column for BlobHash {
    fn null() -> Value {
        Value::Bytes(None)
    }
    fn to_value(&self) -> Value {
        self.as_bytes().to_value()
    }
    fn read(row: &dyn Cells, at: At) -> Result<Self> {
        <[u8; 32]>::read(row, at).map(Self::from_bytes)
    }
}

impl Column for serde_json::Value {
    fn null() -> Value {
        Value::Text(None)
    }
    fn to_value(&self) -> Value {
        self.to_string().as_str().to_value()
    }
    fn read(row: &dyn Cells, at: At) -> Result<Self> {
        serde_json::from_str(&row.text(at)?)
            .map_err(|error| StoreError::corrupt(format!("{at:?} is not JSON: {error}")))
    }
}

/// Reads the 64 hex digits that [`BlobHash`] shows itself as.
pub(crate) fn parse_hash(text: &str) -> Option<BlobHash> {
    let mut digest = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in digest.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(BlobHash::from_bytes(digest))
}
