use std::fmt;

use serde::{Serialize, Serializer};

use crate::{Timestamp, text_enum};

text_enum! {
    /// What money is taken from.
    PurseKind {
        /// What a user may spend in a month.
        User = "user",
        /// What a project may spend in a month.
        Project = "project",
        /// What one turn may spend.
        Turn = "turn",
        /// What the instance pays in a month for mending what the agent got wrong for a user.
        Repairs = "repairs",
    }
}

text_enum! {
    /// Who set a limit.
    LimitScope {
        /// A user, for themself.
        Own = "own",
        /// An administrator, for a user: stands in place of the plan's.
        Admin = "admin",
        /// A project's owner, for the project.
        Project = "project",
    }
}

/// A calendar month in UTC, counted from year 0. JSON and text: `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String))]
pub struct Month(u32);

impl Month {
    /// The month of a moment.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let moment = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
        let date = jiff::tz::Offset::UTC.to_datetime(moment);
        let (year, month) =
            (u32::try_from(date.year()).unwrap_or(0), u32::try_from(date.month()).unwrap_or(1));
        Self(year * 12 + month.saturating_sub(1))
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The one that follows.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// When it begins.
    #[must_use]
    pub fn start(self) -> Timestamp {
        let year = i16::try_from(self.0 / 12).unwrap_or(i16::MAX);
        let month = i8::try_from(self.0 % 12 + 1).unwrap_or(1);
        let begin = jiff::civil::Date::new(year, month, 1)
            .ok()
            .and_then(|date| jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok());
        Timestamp::from_micros(begin.map_or(i64::MAX, jiff::Timestamp::as_microsecond))
    }

    /// Its name in English.
    #[must_use]
    pub const fn name(self) -> &'static str {
        const NAMES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        NAMES[(self.0 % 12) as usize]
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_each_other_over_the_year() {
        let at = |text: &str| serde_json::from_str::<Timestamp>(&format!("\"{text}\"")).unwrap();
        let december = Month::of(at("2026-12-31T23:59:59.999999Z"));
        assert_eq!((december.to_string(), december.name()), ("2026-12".to_owned(), "December"));
        assert_eq!(december.start(), at("2026-12-01T00:00:00Z"));
        assert_eq!(december.next(), Month::of(at("2027-01-01T00:00:00Z")));
        assert_eq!(december.next().start(), at("2027-01-01T00:00:00Z"));
    }
}
