//! What is kept beside a message: what the person had before them, and the plan that they left.

use qv_wire::TurnContext;
use serde_json::Value;

use crate::{EngineError, Result};

const MOST_OPEN_FILES: usize = 20;
const MOST_ITEMS: usize = 50;
const ITEM_CHARS: usize = 500;
/// Under this name a plan stands among what the person had before them.
const PLAN: &str = "plan";

/// Checks both and gives what is kept; nothing where there is neither.
///
/// # Errors
/// `Invalid` names the field.
pub(crate) fn keep(context: Option<TurnContext>, plan: Vec<String>) -> Result<Option<Value>> {
    if context.as_ref().is_some_and(|context| context.open_files.len() > MOST_OPEN_FILES) {
        return Err(EngineError::invalid(
            "context",
            format!("At most {MOST_OPEN_FILES} open files. Send the ones in front."),
        ));
    }
    if plan.len() > MOST_ITEMS {
        return Err(EngineError::invalid(
            "plan",
            format!("A plan has at most {MOST_ITEMS} items."),
        ));
    }
    if plan.iter().any(|item| item.chars().count() > ITEM_CHARS) {
        let message = format!("An item of a plan has at most {ITEM_CHARS} characters.");
        return Err(EngineError::invalid("plan", message));
    }
    let plan: Vec<Value> = plan
        .iter()
        .map(|item| one_line(item))
        .filter(|item| !item.is_empty())
        .map(Value::from)
        .collect();
    if context.is_none() && plan.is_empty() {
        return Ok(None);
    }
    let kept = serde_json::to_value(context.unwrap_or_default())
        .map_err(|error| EngineError::Internal(format!("a context cannot be kept: {error}")))?;
    Ok(Some(match kept {
        Value::Object(mut kept) if !plan.is_empty() => {
            kept.insert(PLAN.to_owned(), plan.into());
            kept.into()
        }
        kept => kept,
    }))
}

/// Reads them again. What an older or newer release wrote and this one cannot read is left out.
pub(crate) fn read(kept: Option<&Value>) -> (TurnContext, Vec<String>) {
    let mut kept = kept.cloned().unwrap_or_default();
    let plan = kept.as_object_mut().and_then(|kept| kept.remove(PLAN));
    let plan = plan.and_then(|plan| serde_json::from_value(plan).ok()).unwrap_or_default();
    (serde_json::from_value(kept).unwrap_or_default(), plan)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let view = TurnContext {
            open_files: vec![qv_domain::FilePath::parse("src/a.ts").unwrap()],
            ..TurnContext::default()
        };
        let plan = vec!["Add a list".to_owned(), "  ".to_owned(), "Save\nit".to_owned()];
        let kept = keep(Some(view.clone()), plan.clone()).unwrap();
        let expected = vec!["Add a list".to_owned(), "Save it".to_owned()];
        assert_eq!(read(kept.as_ref()), (view.clone(), expected.clone()));
        assert_eq!(read(keep(None, plan).unwrap().as_ref()), (TurnContext::default(), expected));
        assert_eq!(
            read(keep(Some(view.clone()), Vec::new()).unwrap().as_ref()),
            (view, Vec::new())
        );
        assert_eq!(keep(None, Vec::new()).unwrap(), None);
        assert_eq!(read(None), (TurnContext::default(), Vec::new()));
    }

    #[test]
    fn a_plan_has_bounds() {
        for plan in [vec!["x".to_owned(); 51], vec!["x".repeat(501)]] {
            assert_eq!(keep(None, plan).unwrap_err().code(), qv_wire::ErrorCode::Invalid);
        }
    }
}
