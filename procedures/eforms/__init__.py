"""Electronic forms: one schema gives the citizen's pages, the officer's view, the API's schema and the checking.

The format of `Form.schema`::

    {"pages": [{"key", "title", "intro"?, "fields": [field, …]}]}

A field has `key`, `type`, `label` and, as needed: `help`, `required`, `options` [{"value", "label"}], `default`,
`condition` (a tree of `procedures.conditions` over the answers before it; a field whose condition fails is neither
shown nor kept), `prefill` ("profile.full_name": the name of a fact), `min` and `max` (number, money: amounts; texts:
`max` characters; date: ISO, "today", "today+30", "today-18y"; group: entries), `decimals`, `pattern` with
`pattern_message`,
`fields` and `entry_label` (of a group), `formula` (of a computed field, see `formulas`), `text` (of an explanation),
`index` (kept readable in a column of its own, for searching), `statistic` (likewise, for counting).

| type | answer as JSON |
|---|---|
| text, long_text, person_name, organisation, email | text, NFC |
| personal_id, phone, tax_code | digits |
| number | integer, or decimal text such as "12.5" when the field has `decimals` |
| money | integer, đồng |
| date | "YYYY-MM-DD" |
| yes_no | true, false |
| choice, multi_choice | value; list of values |
| address | {"unit_set", "province", "district", "commune", "detail", "text"} (no district in unit set 2025) |
| group | list of objects |
| computed | integer or decimal text, made by us |
| explanation | none: its `text` is shown |

An unanswered field has no key in the answers.
"""

from procedures.eforms.checking import AnswersRefused, clean_answers
from procedures.eforms.forms import AnswerForm, build_form, keep_page
from procedures.eforms.kinds import Setting
from procedures.eforms.reading import Prefilled, api_schema, display, marked, prefill_map, printed
from procedures.eforms.schema import SchemaMistake, check, fields, pages, visible_pages

__all__ = [
    "AnswerForm",
    "AnswersRefused",
    "Prefilled",
    "SchemaMistake",
    "Setting",
    "api_schema",
    "build_form",
    "check",
    "clean_answers",
    "display",
    "fields",
    "keep_page",
    "marked",
    "pages",
    "prefill_map",
    "printed",
    "visible_pages",
]
