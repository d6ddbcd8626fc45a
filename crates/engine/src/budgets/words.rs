//! What is said about money.

use qv_domain::{Month, PurseKind};
use qv_store::Balance;

use super::SetBy;

/// Money for people: to the cent, and finer below one.
pub(crate) fn usd(nanousd: i64) -> String {
    let nanousd = nanousd.max(0);
    if nanousd > 0 && nanousd < 10_000_000 {
        let hundredths = nanousd.div_euclid(100_000).max(1);
        return format!("$0.{hundredths:04}");
    }
    let cents = nanousd / 10_000_000;
    format!("${}.{:02}", cents / 100, cents % 100)
}

/// Why a call is not made: which purse, what is left, what it needs, and the remedy.
pub(super) fn refused(
    tightest: &Balance,
    set_by: SetBy,
    least: i64,
    most: i64,
    month: Month,
) -> String {
    let left = usd(tightest.left().unwrap_or(0));
    let limit = usd(tightest.purse.limit().unwrap_or(0));
    let needs = if least == most {
        format!("this call may need {}", usd(most))
    } else {
        format!("this call needs at least {} and may need {}", usd(least), usd(most))
    };
    let next = month.next().name();
    match tightest.purse.kind() {
        PurseKind::User => format!(
            "Your budget for {} has {left} left of {limit}, and {needs}. Choose a cheaper model, {}, or wait until 1 {next}.",
            month.name(),
            set_by.raise(),
        ),
        PurseKind::Project => format!(
            "This project's budget for {} has {left} left of {limit}, and {needs}. Choose a cheaper model, ask the \
             project's owner to raise it in the project's menu, or wait until 1 {next}.",
            month.name(),
        ),
        PurseKind::Turn => format!(
            "One turn may spend {limit}; {left} of it is left, and {needs}. Ask for less at once, or choose a cheaper model."
        ),
        PurseKind::Repairs => format!(
            "What QuickVibe pays for mending its own mistakes is used up for {}, so this was not mended. You can ask for \
             it as a turn of your own.",
            month.name(),
        ),
    }
}

/// Why a call whose price nobody knows is not made.
pub(super) fn unknown(kind: PurseKind, set_by: SetBy) -> String {
    let (whose, remedy) = match (kind, set_by) {
        (PurseKind::Project, _) => ("This project", "remove the limit in the project's menu"),
        (_, SetBy::Own) => ("Your account", "remove the limit in Settings, under Usage"),
        (_, SetBy::Plan | SetBy::Admin) => {
            ("Your account", "ask an administrator to say what it costs, or to lift the limit")
        }
    };
    format!(
        "{whose} has a monthly budget, and the price of this model is not known, so it cannot be held to it. Choose a \
         model whose price is known, or {remedy}."
    )
}

#[cfg(test)]
mod tests {
    use super::usd;

    #[test]
    fn money_is_to_the_cent_and_finer_below_one() {
        let told = [0, 1, 4_200_000, 40_000_000, 1_239_999_999].map(usd);
        assert_eq!(told, ["$0.00", "$0.0001", "$0.0042", "$0.04", "$1.23"]);
    }
}
