-- Asserted events of canonical documents between pairs of countries and intergovernmental organisations, by month of the event and event type.
--
-- year: Year of event_date (see event_facts), not of publication.
-- month: Month of event_date.
-- actor: Country of the actor (ISO 3166-1 alpha-3); an actor without a country that is an intergovernmental organisation stands
--   under its entity_id (igo:nato).
-- recipient: The same of the recipient; equal to actor when a country acts within itself.
-- directed: True: the actor did it to the recipient. False: both did it together (no recipient), and actor sorts before recipient.
-- event_type: PLOVER event type.
-- quad_class: Verbal or material, cooperation or conflict.
-- events: Events in which the pair stands; an event of several pairs counts in each of them.
-- weight: The same with each event sharing a weight of 1 among its pairs: sums of it never count an event twice.
-- mean_score: Mean of PLOVER's score over these events.
-- documents: Documents that tell of them.
WITH parties AS (
    SELECT DISTINCT
        p.event_id, p.role,
        coalesce(p.country, CASE WHEN coalesce(a.canonical_id, p.entity_id) LIKE 'igo:%' THEN coalesce(a.canonical_id, p.entity_id) END)
            AS party
    FROM participants p
    LEFT JOIN entity_aliases a ON a.seed_id = p.entity_id
),
asserted AS (
    SELECT
        event_id, document_id, event_type, quad_class, score, coalesce(event_start, published_date) AS event_date,
        event_id IN (SELECT event_id FROM participants WHERE role = 'recipient') AS directed
    FROM events
    ANTI JOIN (SELECT document_id FROM canonical_documents WHERE NOT is_canonical) USING (document_id)
    WHERE NOT negated AND NOT future AND NOT hypothetical
),
pairs AS (
    SELECT e.*, a.party AS actor, r.party AS recipient
    FROM asserted e
    JOIN parties a ON a.event_id = e.event_id AND a.role = 'actor' AND a.party IS NOT NULL
    JOIN parties r ON r.event_id = e.event_id AND r.role = 'recipient' AND r.party IS NOT NULL
    WHERE e.directed
    UNION ALL
    SELECT e.*, a.party AS actor, b.party AS recipient
    FROM asserted e
    JOIN parties a ON a.event_id = e.event_id AND a.role = 'actor'
    JOIN parties b ON b.event_id = e.event_id AND b.role = 'actor' AND a.party < b.party
    WHERE NOT e.directed
),
weighted AS (
    SELECT *, 1.0 / count(*) OVER (PARTITION BY event_id) AS share FROM pairs
)
SELECT
    CAST(extract(year FROM event_date) AS SMALLINT) AS year, CAST(extract(month FROM event_date) AS TINYINT) AS month,
    actor, recipient, directed, event_type, quad_class,
    count(*) AS events, CAST(sum(share) AS DOUBLE) AS weight, avg(score) AS mean_score, count(DISTINCT document_id) AS documents
FROM weighted
GROUP BY ALL
