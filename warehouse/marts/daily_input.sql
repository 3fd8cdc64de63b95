-- What came in for each day of publication, without a gap between the first day and the last: a day of 0 documents had no input.
--
-- day: Day of publication, the publisher's.
-- documents: Documents published that day; 0 where none came.
-- late_documents: Those of them that were first loaded more than a day after it.
-- first_loaded: When the first of them was loaded.
-- last_loaded: When the last of them was loaded: figures of the day may have changed until then.
WITH days AS (
    SELECT CAST(unnest(generate_series(min(published_date), max(published_date), INTERVAL 1 DAY)) AS DATE) AS day
    FROM documents
    HAVING min(published_date) IS NOT NULL
)
SELECT
    days.day, count(a.document_id) AS documents, count(a.document_id) FILTER (a.days_late > 1) AS late_documents,
    min(a.known_since) AS first_loaded, max(a.known_since) AS last_loaded
FROM days
LEFT JOIN arrivals a ON a.published_date = days.day
GROUP BY days.day
ORDER BY days.day
