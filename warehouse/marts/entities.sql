-- One row per entity, aliases applied: its names, what it is, and where and how often it stands in canonical documents.
--
-- entity_id: The entity, see mentions.entity_id.
-- name: Its most common name in the texts, a word for its people (Norwegian) only when there is no other.
-- entity_type: Its most common type (OntoNotes).
-- country: Its most common country (ISO 3166-1 alpha-3).
-- sector: Its most common sector.
-- mention_count: Mentions of it, pronouns included.
-- document_count: Documents that mention it.
-- event_count: Asserted events that it takes part in (not negated, future or hypothetical).
-- first_seen: First published_date of a document that mentions it.
-- last_seen: Last published_date of a document that mentions it.
-- names: All its names as written, the most common first, words for its people last.
WITH seen AS (
    SELECT
        coalesce(a.canonical_id, m.entity_id) AS entity_id,
        m.document_id, m.text, m.mention_kind, m.entity_type, m.country, m.sector, m.published_date
    FROM mentions m
    ANTI JOIN (SELECT document_id FROM canonical_documents WHERE NOT is_canonical) USING (document_id)
    LEFT JOIN entity_aliases a ON a.seed_id = m.entity_id
    WHERE m.entity_id IS NOT NULL
),
-- mode() breaks ties by the order of rows, which differs from run to run; these rank by count, then by the value.
named AS (
    SELECT entity_id, list(text ORDER BY of_people, uses DESC, length(text) DESC, text) AS names
    FROM (
        SELECT entity_id, text, count(*) AS uses, bool_and(entity_type = 'NORP') AS of_people
        FROM seen WHERE mention_kind = 'name' GROUP BY entity_id, text
    )
    GROUP BY entity_id
),
typed AS (
    SELECT entity_id, first(entity_type ORDER BY uses DESC, entity_type) AS entity_type
    FROM (SELECT entity_id, entity_type, count(*) AS uses FROM seen GROUP BY entity_id, entity_type)
    GROUP BY entity_id
),
placed AS (
    SELECT entity_id, first(country ORDER BY uses DESC, country) AS country
    FROM (SELECT entity_id, country, count(*) AS uses FROM seen WHERE country IS NOT NULL GROUP BY entity_id, country)
    GROUP BY entity_id
),
sectored AS (
    SELECT entity_id, first(sector ORDER BY uses DESC, sector) AS sector
    FROM (SELECT entity_id, sector, count(*) AS uses FROM seen WHERE sector IS NOT NULL GROUP BY entity_id, sector)
    GROUP BY entity_id
),
acting AS (
    SELECT coalesce(a.canonical_id, p.entity_id) AS entity_id, count(DISTINCT p.event_id) AS event_count
    FROM participants p
    JOIN events e USING (event_id)
    ANTI JOIN (SELECT document_id FROM canonical_documents WHERE NOT is_canonical) AS o ON o.document_id = e.document_id
    LEFT JOIN entity_aliases a ON a.seed_id = p.entity_id
    WHERE p.entity_id IS NOT NULL AND NOT e.negated AND NOT e.future AND NOT e.hypothetical
    GROUP BY ALL
),
counted AS (
    SELECT
        entity_id, count(*) AS mention_count, count(DISTINCT document_id) AS document_count,
        min(published_date) AS first_seen, max(published_date) AS last_seen,
        min(text) AS any_text
    FROM seen
    GROUP BY entity_id
)
SELECT
    c.entity_id, coalesce(named.names[1], c.any_text) AS name, typed.entity_type, placed.country, sectored.sector,
    c.mention_count, c.document_count, coalesce(acting.event_count, 0) AS event_count, c.first_seen, c.last_seen,
    coalesce(named.names, []) AS names
FROM counted c
LEFT JOIN named USING (entity_id)
LEFT JOIN typed USING (entity_id)
LEFT JOIN placed USING (entity_id)
LEFT JOIN sectored USING (entity_id)
LEFT JOIN acting USING (entity_id)
