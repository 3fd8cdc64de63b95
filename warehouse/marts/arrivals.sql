-- When each document became known; WHERE known_since <= a moment gives the documents as known then.
--
-- document_id: The document.
-- published_date: Day of publication, the publisher's; NULL when undated.
-- known_since: When the run began that loaded the first of its sources that still stand.
-- days_late: Days from publication to then; NULL when undated.
-- publisher: Who published it.
SELECT
    d.document_id, d.published_date, min(s.loaded_at) AS known_since,
    date_diff('day', d.published_date, CAST(min(s.loaded_at) AT TIME ZONE 'UTC' AS DATE)) AS days_late, d.publisher
FROM documents d
JOIN document_sources s USING (document_id)
GROUP BY d.document_id, d.published_date, d.publisher
