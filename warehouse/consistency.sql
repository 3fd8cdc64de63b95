-- What must hold between the rows of the warehouse, beyond types, keys, references and spans (those come from the declared tables).
-- Each query is named by the line above it and gives the rows that break the rule.

-- documents: char_count is the length of text
SELECT document_id, char_count, length(text) AS length FROM documents WHERE char_count <> length(text);

-- documents: word_count is the number of runs of characters that are no white space (as Python's str.split has it)
SELECT document_id, word_count, words FROM (
    SELECT document_id, word_count, len(list_filter(string_split(
        translate(text, (SELECT string_agg(chr(CAST(c AS INTEGER)), '') FROM range(256) t(c) WHERE c BETWEEN 9 AND 13 OR c BETWEEN 28 AND 31 OR c IN (133, 160))
            || chr(5760) || (SELECT string_agg(chr(CAST(c AS INTEGER)), '') FROM range(8192, 8203) t(c))
            || chr(8232) || chr(8233) || chr(8239) || chr(8287) || chr(12288), repeat(' ', 28)), ' '), lambda run: run <> '')) AS words
    FROM documents
) WHERE word_count <> words;

-- documents: paragraph_count is the number of paragraphs
SELECT document_id, paragraph_count, count(p.document_id) AS paragraphs
FROM documents LEFT JOIN paragraphs p USING (document_id)
GROUP BY ALL HAVING paragraph_count <> paragraphs;

-- documents: sentence_count is the number of sentences
SELECT document_id, sentence_count, count(s.document_id) AS sentences
FROM documents LEFT JOIN sentences s USING (document_id)
GROUP BY ALL HAVING sentence_count <> sentences;

-- documents: year and month are those of published_date, 0 when there is none
SELECT document_id, published_date, year, month FROM documents
WHERE year <> coalesce(extract(year FROM published_date), 0) OR month <> coalesce(extract(month FROM published_date), 0);

-- documents: published_at is given exactly when the precision is second or minute
SELECT document_id, published_at, published_precision FROM documents
WHERE (published_at IS NOT NULL) <> (published_precision IN ('second', 'minute'));

-- documents: published_date is given exactly when there is a precision
SELECT document_id, published_date, published_precision FROM documents
WHERE (published_date IS NOT NULL) <> (published_precision <> 'none');

-- documents: published_date is the publisher's local day of published_at
SELECT document_id, published_at, utc_offset_minutes, published_date FROM documents
WHERE CAST(make_timestamp(epoch_us(published_at) + CAST(utc_offset_minutes AS BIGINT) * 60_000_000) AS DATE) <> published_date;

-- documents: source_uri and record_id are those of the first source
SELECT d.document_id, d.source_uri, d.record_id, s.source_uri AS first_uri, s.record_id AS first_id
FROM documents d
JOIN (
    SELECT document_id, source_uri, record_id FROM document_sources
    QUALIFY row_number() OVER (PARTITION BY document_id ORDER BY loaded_at, source_uri, record_index) = 1
) s USING (document_id)
WHERE d.source_uri <> s.source_uri OR d.record_id <> s.record_id;

-- documents: supersedes names another document, published no later
SELECT d.document_id, d.supersedes FROM documents d LEFT JOIN documents e ON e.document_id = d.supersedes
WHERE d.supersedes IS NOT NULL
  AND (e.document_id IS NULL OR e.document_id = d.document_id OR coalesce(e.published_date > d.published_date, false));

-- document_links: id_low sorts before id_high
SELECT id_low, id_high FROM document_links WHERE id_low >= id_high;

-- signatures: minhash is 128 numbers of 4 bytes
SELECT document_id, octet_length(minhash) AS bytes FROM signatures WHERE octet_length(minhash) <> 512;

-- paragraphs: in order, without overlap
SELECT document_id, paragraph_index, start_char, before FROM (
    SELECT *, lag(end_char) OVER (PARTITION BY document_id ORDER BY paragraph_index) AS before FROM paragraphs
) WHERE start_char < before;

-- paragraphs: paragraph_index counts from 0
SELECT document_id, count(*) AS rows, max(paragraph_index) AS last FROM paragraphs GROUP BY document_id HAVING last + 1 <> rows;

-- sentences: in order, without overlap
SELECT document_id, sentence_index, start_char, before FROM (
    SELECT *, lag(end_char) OVER (PARTITION BY document_id ORDER BY sentence_index) AS before FROM sentences
) WHERE start_char < before;

-- sentences: sentence_index counts from 0
SELECT document_id, count(*) AS rows, max(sentence_index) AS last FROM sentences GROUP BY document_id HAVING last + 1 <> rows;

-- sentences: each lies within its paragraph
SELECT s.document_id, s.sentence_index, s.start_char, s.end_char
FROM sentences s JOIN paragraphs p USING (document_id, paragraph_index)
WHERE s.start_char < p.start_char OR s.end_char > p.end_char;

-- sentences: nothing but white space of a paragraph is in none
SELECT document_id, paragraph_index, end_char AS gap_start, next_start AS gap_end FROM (
    SELECT *, lead(start_char, 1, paragraph_end) OVER (PARTITION BY document_id, paragraph_index ORDER BY end_char) AS next_start
    FROM (
        SELECT s.document_id, s.paragraph_index, s.start_char, s.end_char, p.end_char AS paragraph_end
        FROM sentences s JOIN paragraphs p USING (document_id, paragraph_index)
        UNION ALL
        SELECT document_id, paragraph_index, start_char, start_char, end_char FROM paragraphs
    )
) JOIN documents d USING (document_id)
WHERE next_start > end_char
  AND NOT regexp_full_match(substring(d.text, end_char + 1, next_start - end_char), '[\s\p{Z}\x{0B}\x{1C}-\x{1F}\x{85}]*');

-- mentions: each lies within its sentence
SELECT m.document_id, m.mention_index, m.start_char, m.end_char
FROM mentions m JOIN sentences s USING (document_id, sentence_index)
WHERE m.start_char < s.start_char OR m.end_char > s.end_char;

-- mentions: mention_index counts from 0
SELECT document_id, count(*) AS rows, max(mention_index) AS last FROM mentions GROUP BY document_id HAVING last + 1 <> rows;

-- mentions: in order of start_char, then of end_char
SELECT document_id, mention_index FROM (
    SELECT *,
        lag(start_char) OVER w AS start_before, lag(end_char) OVER w AS end_before
    FROM mentions WINDOW w AS (PARTITION BY document_id ORDER BY mention_index)
) WHERE start_char < start_before OR (start_char = start_before AND end_char < end_before);

-- mentions: value_start is not after value_end
SELECT document_id, mention_index, value_start, value_end FROM mentions WHERE value_start > value_end;

-- affiliations: each lies within its sentence
SELECT a.document_id, a.affiliation_index, a.start_char, a.end_char
FROM affiliations a JOIN sentences s USING (document_id, sentence_index)
WHERE a.start_char < s.start_char OR a.end_char > s.end_char;

-- affiliations: affiliation_index counts from 0
SELECT document_id, count(*) AS rows, max(affiliation_index) AS last FROM affiliations GROUP BY document_id HAVING last + 1 <> rows;

-- events: the trigger lies within the sentence
SELECT e.event_id, e.trigger_start, e.trigger_end
FROM events e JOIN sentences s USING (document_id, sentence_index)
WHERE e.trigger_start < s.start_char OR e.trigger_end > s.end_char;

-- events: quad_class is that of the event type
SELECT e.event_id, e.event_type, e.quad_class FROM events e JOIN event_types t USING (event_type) WHERE e.quad_class <> t.quad_class;

-- events: every mode is one of the event type
SELECT event_id, event_type, mode FROM (SELECT event_id, event_type, unnest(modes) AS mode FROM events)
ANTI JOIN event_modes USING (event_type, mode);

-- events: score is that of the mode furthest from 0, else of the event type
SELECT e.event_id, e.event_type, e.modes, e.score
FROM events e
JOIN event_types t USING (event_type)
LEFT JOIN (
    SELECT event_id, max(abs(m.score)) AS furthest, list(m.score) AS scores
    FROM (SELECT event_id, event_type, unnest(modes) AS mode FROM events) JOIN event_modes m USING (event_type, mode)
    GROUP BY event_id
) s USING (event_id)
WHERE CASE WHEN len(e.modes) = 0 THEN e.score <> t.score ELSE abs(e.score) <> furthest OR NOT list_contains(scores, e.score) END;

-- events: event_start and event_end are both given or neither, in order
SELECT event_id, event_start, event_end FROM events
WHERE (event_start IS NULL) <> (event_end IS NULL) OR event_start > event_end;

-- events: fingerprint is that of the document
SELECT e.event_id, e.fingerprint FROM events e JOIN documents d USING (document_id) WHERE e.fingerprint <> d.fingerprint;

-- events: latitude and longitude are both given or neither
SELECT event_id, latitude, longitude FROM events WHERE (latitude IS NULL) <> (longitude IS NULL);

-- participants: participant_index counts from 0 within the role
SELECT event_id, role, count(*) AS rows, max(participant_index) AS last FROM participants GROUP BY event_id, role HAVING last + 1 <> rows;

-- casualties: casualty_index counts from 0
SELECT event_id, count(*) AS rows, max(casualty_index) AS last FROM casualties GROUP BY event_id HAVING last + 1 <> rows;

-- casualties: count_min is not above count_max
SELECT event_id, casualty_index, count_min, count_max FROM casualties WHERE count_min > count_max;

-- inputs: record_count is the number of sources and rejected records
SELECT source_uri, record_count, reject_count, sources
FROM inputs i LEFT JOIN (SELECT source_uri, count(*) AS sources FROM document_sources GROUP BY ALL) USING (source_uri)
WHERE record_count <> coalesce(sources, 0) + reject_count;

-- inputs: reject_count is the number of rejected records
SELECT source_uri, reject_count, all_rejects, record_rejects
FROM inputs LEFT JOIN (
    -- An input that could not be opened again later keeps its rows and has such a reject besides.
    SELECT source_uri, count(*) AS all_rejects,
        count(*) FILTER (reason NOT IN ('missing', 'unreadable', 'unknown_format')) AS record_rejects
    FROM rejects GROUP BY ALL
) USING (source_uri)
WHERE NOT reject_count BETWEEN coalesce(record_rejects, 0) AND coalesce(all_rejects, 0);

-- runs: none ends before it began
SELECT run_id, started_at, finished_at FROM runs WHERE finished_at < started_at;

-- runs: left no more documents, sentences, mentions and events than their counts
-- Rows may have left since, or stand in a file of a later commit: fewer are right.
SELECT run_id, table_name, sum(rows) AS found, any_value(counted) AS counted
FROM run_files JOIN (
    UNPIVOT (
        SELECT run_id, document_count AS documents, sentence_count AS sentences, mention_count AS mentions, event_count AS events
        FROM runs
    ) ON documents, sentences, mentions, events INTO NAME table_name VALUE counted
) USING (run_id, table_name)
GROUP BY run_id, table_name HAVING found > any_value(counted);

-- runs: left no more rejects than reject_count
SELECT run_id, reject_count, count(*) AS found FROM runs JOIN rejects USING (run_id) GROUP BY ALL HAVING found > reject_count;

-- entity_aliases: no canonical_id is itself replaced
SELECT a.seed_id, a.canonical_id FROM entity_aliases a JOIN entity_aliases b ON a.canonical_id = b.seed_id;
