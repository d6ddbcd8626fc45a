//! Forty edits that change nothing for the worse, five in each starter: nobody may be alarmed.

use super::Edit;
use super::Kind::None;

const fn edit(
    starter: &'static str,
    what: &'static str,
    path: &'static str,
    search: &'static str,
    replace: &'static str,
) -> Edit {
    Edit { starter, what, kind: None, path, search, replace }
}

/// The edits.
#[rustfmt::skip]
pub const HARMLESS: &[Edit] = &[
    edit("kanban", "another title", "index.html", "<title>Kanban</title>", "<title>Orders</title>"),
    edit("kanban", "a comment", "src/App.tsx", "export function App() {", "// The whole board.\nexport function App() {"),
    edit("kanban", "a constant with another name", "src/App.tsx", "const NO_QUERY: Query = { text: \"\", choices: {} };", "const EVERYTHING: Query = { text: \"\", choices: {} };\nconst NO_QUERY = EVERYTHING;"),
    edit("kanban", "another colour", "src/styles.css", ":root { --hue: 277; --chroma: 0.2; }", ":root { --hue: 160; --chroma: 0.14; }"),
    edit("kanban", "a new component", "src/components/Header.tsx", "function Mark() {", "export function Badge({ text }: { text: string }) {\n  return <span className=\"rounded-full bg-sunken px-2 text-xs\">{text}</span>;\n}\n\nfunction Mark() {"),

    edit("focus-timer", "another text on a button", "src/components/SettingsDialog.tsx", "Sound at the end", "Ring at the end"),
    edit("focus-timer", "broken over lines", "src/components/Controls.tsx", "import { Pause, Play, RotateCcw, SkipForward } from \"lucide-react\";", "import {\n  Pause,\n  Play,\n  RotateCcw,\n  SkipForward,\n} from \"lucide-react\";"),
    edit("focus-timer", "another icon", "src/components/Header.tsx", "<Settings2 size={16} aria-hidden />", "<Settings2 size={18} strokeWidth={1.5} aria-hidden />"),
    edit("focus-timer", "more space", "src/App.tsx", "gap-7 rounded-3xl", "gap-9 rounded-3xl"),
    edit("focus-timer", "a helper that is used", "src/App.tsx", "const aside = section(\"goal\") ?? section(\"statistics\") ?? section(\"history\");", "const first = (...ids: string[]) => ids.map((id) => section(id)).find(Boolean);\n  const aside = first(\"goal\", \"statistics\", \"history\");"),

    edit("habit-tracker", "another placeholder", "src/components/HabitSheet.tsx", "placeholder=\"Read before bed\"", "placeholder=\"Walk the dog\""),
    edit("habit-tracker", "a local name", "src/screens/Today.tsx", "const day = chosen ?? today;", "const shownDay = chosen ?? today;\n  const day = shownDay;"),
    edit("habit-tracker", "a property that may be left out", "src/components/Sheet.tsx", "{ title: string; onClose: () => void; children: ReactNode }) {", "{ title: string; note?: string; onClose: () => void; children: ReactNode }) {"),
    edit("habit-tracker", "a rounder card", "src/screens/Manage.tsx", "className=\"card space-y-3 p-4\"", "className=\"card space-y-4 rounded-3xl p-5\""),
    edit("habit-tracker", "a description for search engines", "index.html", "<title>Habits</title>", "<title>Habits</title>\n    <meta name=\"description\" content=\"Small things, every day.\" />"),

    edit("recipe-book", "another sample first", "src/config.json", "\"lemon-chicken\",\n    \"tomato-soup\",", "\"tomato-soup\",\n    \"lemon-chicken\","),
    edit("recipe-book", "a text as a template", "src/components/RecipeSheet.tsx", "<Labelled label=\"In one sentence\">", "<Labelled label={`In one sentence`}>"),
    edit("recipe-book", "an optional chain", "src/App.tsx", "store.recipes.find((r) => r.id === route.id)", "store.recipes?.find((r) => r.id === route.id)"),
    edit("recipe-book", "a darker accent on hover", "src/screens/Recipes.tsx", "hover:bg-accent-strong", "hover:bg-accent-strong hover:shadow-md"),
    edit("recipe-book", "a custom property of its own", "src/styles.css", "@utility card {", ":root { --lift: 2px; }\n.lifted { transform: translateY(calc(-1 * var(--lift))); }\n@utility card {"),

    edit("breakout", "another key for pause", "src/main.ts", "[\"p\", \"P\", \"Escape\"]", "[\"p\", \"P\", \"Escape\", \"Pause\"]"),
    edit("breakout", "a longer help text", "src/ui/layout.ts", "[\"Launch\", \"Click or Space\"]", "[\"Launch\", \"Click, tap or Space\"]"),
    edit("breakout", "a faster ball", "src/config.json", "\"ballSpeed\": 430", "\"ballSpeed\": 460"),
    edit("breakout", "a type of its own", "src/main.ts", "const SOUND = \"breakout.sound\";", "type Key = `breakout.${string}`;\nconst SOUND: Key = \"breakout.sound\";"),
    edit("breakout", "a wider gap", "src/ui/layout.ts", "class=\"flex gap-1 lg:-ml-2.5\"", "class=\"flex gap-2 lg:-ml-2.5\""),

    edit("sliding-tiles", "another time between ticks", "src/main.ts", "}, 1000);", "}, 500);"),
    edit("sliding-tiles", "a function in place of an arrow", "src/main.ts", "const refresh = () => updateScore(session);", "function refresh() {\n    updateScore(session);\n  }"),
    edit("sliding-tiles", "a rounder board", "src/ui/layout.ts", "rounded-3xl bg-well", "rounded-4xl bg-well"),
    edit("sliding-tiles", "another language", "index.html", "<html lang=\"en\">", "<html lang=\"en-GB\">"),
    edit("sliding-tiles", "a shortcut more", "src/main.ts", "u: () => session.undo(),", "u: () => session.undo(),\n    z: () => session.undo(),"),

    edit("business-landing", "another text of a link", "src/App.tsx", "Skip to content", "Skip to the content"),
    edit("business-landing", "a section under another name in the menu", "src/components/Header.tsx", "gallery: \"Gallery\"", "gallery: \"Pictures\""),
    edit("business-landing", "a link to another site", "src/components/Footer.tsx", "<Brand />", "<Brand />\n        <a href=\"https://example.org/\" target=\"_blank\" rel=\"noreferrer\" className=\"text-sm text-muted underline\">Our street</a>"),
    edit("business-landing", "state with a type", "src/components/Header.tsx", "useState(false)", "useState<boolean>(false)"),
    edit("business-landing", "a picture from elsewhere", "src/components/Contact.tsx", "<span aria-hidden className=\"absolute -top-32", "<img alt=\"\" src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\" className=\"hidden\" />\n        <span aria-hidden className=\"absolute -top-32"),

    edit("product-landing", "three months free", "src/components/Pricing.tsx", "const MONTHS_PAID = 10;", "const MONTHS_PAID = 9;"),
    edit("product-landing", "an anchor and its link", "src/components/Faq.tsx", "<Heading section={section} />", "<Heading section={section} />\n      <p className=\"mb-6 text-sm\">\n        <a href=\"#faq-end\">To the end</a>\n      </p>\n      <span id=\"faq-end\" />"),
    edit("product-landing", "an effect with its list", "src/components/Pricing.tsx", "import { useState } from \"react\";\nimport { config, type Item, mailto, type Section } from \"../config\";\nimport { Heading } from \"./Heading\";\n", "import { useEffect, useState } from \"react\";\nimport { config, type Item, mailto, type Section } from \"../config\";\nimport { Heading } from \"./Heading\";\n\nexport function useTitle(title: string) {\n  useEffect(() => {\n    document.title = title;\n  }, [title]);\n}\n"),
    edit("product-landing", "a list sorted before it is shown", "src/components/Faq.tsx", "section.items?.map((item) => (", "section.items?.toSorted((a, b) => String(a.title).localeCompare(String(b.title))).map((item) => ("),
    edit("product-landing", "a label that says more", "src/components/Header.tsx", "aria-label=\"Mobile\"", "aria-label=\"Mobile menu\""),
];
