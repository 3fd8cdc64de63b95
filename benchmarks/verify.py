"""How long `newsmill verify` takes on a large warehouse: `python -m benchmarks.verify [--sentences 10000000]`.

The warehouse is invented by SQL, with every rule of the tables kept, so that all checks run over all rows: documents of twenty
sentences in four paragraphs, two mentions a sentence, an event in every fourth sentence, two participants an event.
"""

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import duckdb
import polars as pl

from warehouse.columns import columns, file_columns, literal, sql_type
from warehouse.commit import commit
from warehouse.files import DataFile
from warehouse.lake import create_lake
from warehouse.layout import data_file, layout
from warehouse.publish import publish
from warehouse.schema.tables import TEXT_TABLES, DocumentSources, Inputs, Rejects
from warehouse.verify import each_check
from warehouse.write import BatchFiles

SENTENCES_A_DOCUMENT = 20
SENTENCE = "The minister of region 0000000 met the envoy 00 in Riga."
FILE_SENTENCES = 500_000
MONTHS = 120

STORIES = """
CREATE OR REPLACE TABLE stories AS
SELECT md5('document ' || d) AS document_id, d, '{batch}' AS batch_id, DATE '{day}' AS published_date,
       CAST({year} AS SMALLINT) AS year, CAST({month} AS TINYINT) AS month
FROM range({first}, {last}) t(d);
CREATE OR REPLACE TABLE lines AS
SELECT stories.*, CAST(i AS INTEGER) AS sentence_index, CAST(i // 5 AS INTEGER) AS paragraph_index,
       CAST(i * {length} + i + i // 5 AS INTEGER) AS start_char,
       format('The minister of region {{:07d}} met the envoy {{:02d}} in Riga.', d, i) AS text
FROM stories, range({per}) t(i);
"""
QUERIES = {
    "documents": """
        SELECT document_id, 'bench:' || batch_id AS source_uri, CAST(d AS VARCHAR) AS record_id,
        'The Gazette' AS publisher, NULL AS title,
               'en' AS language, NULL AS published_at, published_date, 'day' AS published_precision,
               NULL AS utc_offset_minutes, NULL AS dateline_place,
               (SELECT string_agg(p, chr(10) || chr(10) ORDER BY paragraph_index) FROM
                 (SELECT paragraph_index, string_agg(text, ' ' ORDER BY sentence_index) AS p FROM lines l
                  WHERE l.document_id = s.document_id GROUP BY paragraph_index)) AS text,
               {per} * {length} + {per} + 2 AS char_count, 220 AS word_count, 4 AS paragraph_count,
               20 AS sentence_count, 'f' AS fingerprint, batch_id
        FROM stories s""",
    "paragraphs": """
        SELECT document_id, paragraph_index, 'body' AS kind, min(start_char) AS start_char,
               max(start_char + length(text)) AS end_char, string_agg(text, ' ' ORDER BY sentence_index) AS text,
               any_value(batch_id) AS batch_id, any_value(published_date) AS published_date
        FROM lines GROUP BY document_id, paragraph_index""",
    "sentences": """
        SELECT document_id, sentence_index, paragraph_index, start_char, (start_char + length(text)) AS end_char, text,
               batch_id, published_date
        FROM lines""",
    "mentions": """
        SELECT document_id, (2 * sentence_index + k) AS mention_index, sentence_index,
               (start_char + [4, {length} - 5][k + 1]) AS start_char,
               (start_char + [12, {length} - 1][k + 1]) AS end_char, ['minister', 'Riga'][k + 1] AS text,
               ['PERSON', 'GPE'][k + 1] AS entity_type, ['nominal', 'name'][k + 1] AS mention_kind,
               [NULL, 'place:riga-lv'][k + 1] AS entity_id, []::VARCHAR[] AS member_ids, 'LVA' AS country, 'GOV' AS sector,
               NULL AS value_start, NULL AS value_end, NULL AS value_precision, NULL AS value_number, NULL AS unit,
               NULL AS latitude, NULL AS longitude, NULL AS geo_precision, 'rule' AS annotator, batch_id, published_date
        FROM lines, range(2) t(k)""",
    "events": """
        SELECT left(md5(document_id || sentence_index), 16) AS event_id, document_id, sentence_index,
        'CONSULT' AS event_type,
               ['visit'] AS modes, ['diplomatic'] AS contexts, 'verbal cooperation' AS quad_class, {score} AS score,
               NULL AS cameo_code, false AS negated, false AS future, false AS hypothetical, false AS historical,
               (start_char + 31) AS trigger_start, (start_char + 34) AS trigger_end, 'met' AS trigger_text,
               'meet' AS trigger_lemma, NULL AS attributed_to, NULL AS attributed_start, NULL AS attributed_end,
               published_date AS event_start, published_date AS event_end, 'day' AS date_precision,
               'published' AS date_basis,
               'place:riga-lv' AS place, 'LVA' AS place_country, NULL AS latitude, NULL AS longitude,
               NULL AS geo_precision, 'consult.meet' AS rule_id, 0.9 AS confidence, 'f' AS fingerprint, batch_id,
               published_date
        FROM lines WHERE sentence_index % 4 = 0""",
    "participants": """
        SELECT left(md5(document_id || sentence_index), 16) AS event_id, ['actor', 'recipient'][k + 1] AS role,
               0 AS participant_index, document_id, (2 * sentence_index) AS mention_index, 'country:LVA' AS entity_id,
               (start_char + 4) AS start_char, (start_char + 12) AS end_char, 'minister' AS text, 'LVA' AS country,
               'GOV' AS sector, batch_id, published_date
        FROM lines, range(2) t(k) WHERE sentence_index % 4 = 0""",
}
EVENT_SCORE = 4


def main() -> None:
    """Make the warehouse, verify it, and print a Markdown table to stdout."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sentences", type=int, default=1_000_000, help="sentences in the warehouse")
    sentences = parser.parse_args().sentences
    with tempfile.TemporaryDirectory() as place:
        warehouse = Path(place) / "data"
        make_warehouse(warehouse, sentences)
        start = perf_counter()
        slowest: list[tuple[float, str]] = []
        failed = 0
        before = start
        for check in each_check(warehouse):
            slowest.append((perf_counter() - before, check.name))
            before = perf_counter()
            failed += not check.passed
            if not check.passed:
                print(f"FAILED {check.name}: {check.detail}")
        whole = perf_counter() - start
    print("| sentences | checks | failed | seconds | a million sentences |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    print(f"| {sentences:,} | {len(slowest)} | {failed} | {whole:.1f} | {whole / sentences * 1e6:.1f} |")
    print("\n| slowest checks | seconds |\n| --- | ---: |")
    for seconds, name in sorted(slowest, reverse=True)[:8]:
        print(f"| {name} | {seconds:.1f} |")


def make_warehouse(warehouse: Path, sentences: int) -> None:
    """A published warehouse with that many sentences, in files of up to FILE_SENTENCES."""
    create_lake(warehouse)
    per_file = FILE_SENTENCES // SENTENCES_A_DOCUMENT
    documents = sentences // SENTENCES_A_DOCUMENT
    for number, first in enumerate(range(0, documents, per_file)):
        _commit_file(warehouse, number, first, min(first + per_file, documents))
    publish(warehouse)


def _commit_file(warehouse: Path, number: int, first: int, last: int) -> None:
    place, batch_id, run_id = layout(warehouse), f"{number:012x}", f"run-{number}"
    year, month = 2010 + number % MONTHS // 12, number % 12 + 1
    now = datetime(2026, 1, 1, tzinfo=UTC)
    files = []
    with duckdb.connect() as connection:
        values = {"batch": batch_id, "first": first, "last": last, "year": year, "month": month, "day": f"{year}-{month:02d}-15"}
        connection.execute(STORIES.format(**values, length=len(SENTENCE), per=SENTENCES_A_DOCUMENT))
        for table in TEXT_TABLES:
            if table not in QUERIES:
                continue
            query = QUERIES[table].format(length=len(SENTENCE), per=SENTENCES_A_DOCUMENT, score=EVENT_SCORE)
            path = data_file(table, f"{batch_id}-{run_id}", year, month)
            place.file(path).parent.mkdir(parents=True, exist_ok=True)
            declared = columns(table)
            names = ", ".join(f"CAST({name} AS {sql_type(declared[name])}) AS {name}" for name in file_columns(table))
            connection.execute(
                f"COPY (SELECT {names} FROM ({query}) ORDER BY document_id, 2, 3) TO {literal(str(place.file(path)))} "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
            [(rows,)] = connection.execute(f"SELECT count(*) FROM read_parquet({literal(str(place.file(path)))})").fetchall()
            files.append(DataFile(table, path, rows))
        ids = connection.execute("SELECT document_id, d FROM stories ORDER BY d").pl()
    uri = f"bench:{batch_id}"
    sources = ids.select(
        "document_id",
        source_uri=pl.lit(uri),
        record_index=pl.col("d"),
        record_id=pl.col("d").cast(pl.String),
        url=pl.lit(None, pl.String),
        publisher=pl.lit("The Gazette"),
        loaded_at=pl.lit(now, pl.Datetime("us", "UTC")),
    )
    inputs = {
        "source_uri": uri,
        "content_hash": "0" * 32,
        "byte_count": 1,
        "modified_at": now,
        "record_count": ids.height,
        "reject_count": 0,
        "loaded_at": now,
    }
    counts = {file.table: file.rows for file in files}
    batch = BatchFiles(batch_id, run_id, tuple(files), tuple(ids["document_id"]), {t: counts.get(t, 0) for t in TEXT_TABLES}, 0)
    commit(
        warehouse,
        run_id,
        [batch],
        sources.match_to_schema(DocumentSources.create_empty().schema),
        pl.DataFrame([inputs], schema=Inputs.create_empty().schema),
        Rejects.create_empty(),
    )


if __name__ == "__main__":
    main()
