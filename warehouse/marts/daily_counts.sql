-- Asserted events of canonical documents by day, type and country of the place; every event stands in exactly one row, so all counts of events add up.
--
-- day: event_date of event_facts: day of the event when the text gives it, else of publication; NULL when neither is known.
-- event_type: PLOVER event type.
-- quad_class: Verbal or material, cooperation or conflict.
-- country: Country of the event's place (ISO 3166-1 alpha-3), NULL when the text names none.
-- events: Events.
-- documents: Documents that tell of them; one that tells of several types or countries counts in each row.
-- mean_score: Mean of PLOVER's score.
-- killed: People killed, at least: the sum of count_min over these events, 0 when no text gives a count.
-- injured: People injured, at least, in the same way.
WITH harm AS (
    SELECT
        event_id,
        CAST(sum(count_min) FILTER (kind = 'killed') AS BIGINT) AS killed,
        CAST(sum(count_min) FILTER (kind = 'injured') AS BIGINT) AS injured
    FROM casualties
    GROUP BY event_id
)
SELECT
    coalesce(e.event_start, e.published_date) AS day, e.event_type, e.quad_class, e.place_country AS country,
    count(*) AS events, count(DISTINCT e.document_id) AS documents, avg(e.score) AS mean_score,
    CAST(coalesce(sum(harm.killed), 0) AS BIGINT) AS killed, CAST(coalesce(sum(harm.injured), 0) AS BIGINT) AS injured
FROM events e
ANTI JOIN (SELECT document_id FROM canonical_documents WHERE NOT is_canonical) USING (document_id)
LEFT JOIN harm USING (event_id)
WHERE NOT e.negated AND NOT e.future AND NOT e.hypothetical
GROUP BY ALL
