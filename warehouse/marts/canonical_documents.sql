-- For every document the one of its group of near-duplicates that marts count, and whether it is that one.
--
-- document_id: The document.
-- canonical_id: Of the documents that links join to it, directly or through others, the one published first, then that of the lowest id;
--   superseded ones come last. Itself when nothing is linked to it.
-- is_canonical: Marts count the document: it is the canonical one of its group, and no later version supersedes it.
-- superseded_by: The later version of the document, of several the last; NULL when there is none.
WITH RECURSIVE links AS (
    SELECT id_low, id_high FROM document_links
    WHERE id_low IN (SELECT document_id FROM documents) AND id_high IN (SELECT document_id FROM documents)
),
edges AS MATERIALIZED (
    SELECT id_low AS one, id_high AS other FROM links UNION ALL SELECT id_high, id_low FROM links
),
-- The lowest id of a group spreads along its links; a step goes on only from documents that have just learnt a lower one.
reached(document_id, lowest) AS (
    SELECT DISTINCT one, one FROM edges
    UNION
    SELECT e.other, min(r.lowest) FROM reached r JOIN edges e ON e.one = r.document_id GROUP BY e.other HAVING min(r.lowest) < e.other
),
grouped AS (
    SELECT document_id, min(lowest) AS lowest FROM reached GROUP BY document_id
),
later AS (
    SELECT supersedes AS document_id, arg_max(document_id, {'day': published_date, 'at': published_at, 'id': document_id}) AS superseded_by
    FROM documents WHERE supersedes IS NOT NULL GROUP BY supersedes
),
chosen AS (
    SELECT
        g.lowest,
        arg_min(g.document_id, {
            'superseded': l.document_id IS NOT NULL, 'undated': d.published_date IS NULL, 'day': d.published_date,
            'untimed': d.published_at IS NULL, 'at': d.published_at, 'id': g.document_id
        }) AS canonical_id
    FROM grouped g
    JOIN documents d ON d.document_id = g.document_id
    LEFT JOIN later l ON l.document_id = g.document_id
    GROUP BY g.lowest
)
SELECT
    d.document_id, coalesce(c.canonical_id, d.document_id) AS canonical_id,
    coalesce(c.canonical_id, d.document_id) = d.document_id AND l.document_id IS NULL AS is_canonical, l.superseded_by
FROM documents d
LEFT JOIN grouped g ON g.document_id = d.document_id
LEFT JOIN chosen c ON c.lowest = g.lowest
LEFT JOIN later l ON l.document_id = d.document_id
