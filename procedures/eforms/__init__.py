"""Electronic forms: one schema gives the citizen's pages, the officer's view, the API's schema and the checking.

The format of `Form.schema`::

    {"pages": [{"key", "title", "intro"?, "fields": [field, …]}]}

A field has `key`, `type`, `label` and, as needed: `help`, `required`, `options` [{"value", "label"}], `default`,
`condition` (a tree of `procedures.conditions` over the answers before it; a field whose condition fails is neither
shown nor kept), `prefill` ("profile.full_name": the name of a fact; "earlier.same_field": as answered last time),
`min` and `max` (number, money: amounts; texts: `max` characters; date: ISO, "today", "today+30", "today-18y"; group:
entries), `decimals`, `pattern` with `pattern_message`, `fields` and `entry_label` (of a group), `formula` (of a
computed field, see `formulas`), `text` (of an explanation), `parent` (of a linked choice: the field whose answer
decides; each option says `for` which of its answers it stands), `optional` (of a person: the parts that may stay
empty), `unit_set` (of an address: another than the province's), `index` (kept readable in a column of its own, for
searching), `statistic` (likewise, for counting).

| type | answer as JSON |
|---|---|
| text, long_text, person_name, organisation, email | text, NFC |
| personal_id, phone, tax_code | digits |
| number | integer, or decimal text such as "12.5" when the field has `decimals` |
| money | integer, đồng |
| date | "YYYY-MM-DD" |
| yes_no | true, false |
| choice, multi_choice | value; list of values |
| linked_choice | value of an option that stands for the answer of `parent` |
| person | {"name", "birth_on", "sex": "male" or "female", "personal_id"}, unanswered parts absent |
| address | {"unit_set", "province", "district", "commune", "detail", "text"} (no district in unit set 2025) |
| group | list of objects |
| computed | integer or decimal text, made by us |
| explanation | none: its `text` is shown |
| file | none: a paper of the dossier with the field's key, handed in with the others |

An unanswered field has no key in the answers.
"""

from procedures.eforms.checking import AnswersRefused, clean_answers
from procedures.eforms.comparing import changes
from procedures.eforms.forms import AnswerForm, build_form, keep_page
from procedures.eforms.inventing import invented
from procedures.eforms.kinds import Setting
from procedures.eforms.mistakes import Mistake, check, mistakes
from procedures.eforms.reading import (
    Prefilled,
    api_schema,
    asks_earlier,
    display,
    earlier_facts,
    marked,
    prefill_map,
    printed,
)
from procedures.eforms.schema import SchemaMistake, Spec, fields, pages, papers, visible_pages

__all__ = [
    "AnswerForm",
    "AnswersRefused",
    "Mistake",
    "Prefilled",
    "SchemaMistake",
    "Setting",
    "Spec",
    "api_schema",
    "asks_earlier",
    "build_form",
    "changes",
    "check",
    "clean_answers",
    "display",
    "earlier_facts",
    "fields",
    "invented",
    "keep_page",
    "marked",
    "mistakes",
    "pages",
    "papers",
    "prefill_map",
    "printed",
    "visible_pages",
]
