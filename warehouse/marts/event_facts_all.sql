-- Every event in one wide row with its participants, its sentence and its document, also those that are negated, future or hypothetical
-- and those of documents that duplicate another or are superseded.
--
-- event_id: The event, see events.event_id.
-- document_id: The document that tells of it.
-- sentence_index: The sentence that tells of it.
-- event_type: PLOVER event type.
-- modes: PLOVER modes: how it was done.
-- contexts: PLOVER contexts: what it was about.
-- quad_class: Verbal or material, cooperation or conflict.
-- score: PLOVER's score of the mode furthest from 0, else of the type; -10 (conflict) to 10 (cooperation).
-- cameo_code: CAMEO code, for users who come from there.
-- event_date: Day of the event: event_start when the text gives it, else published_date. Marts count by it.
-- event_start: First day of the event, NULL when the text gives none.
-- event_end: Last day of the event, inclusive.
-- date_precision: How exact the date is.
-- date_basis: Whether the text gives the date or publication stands for it.
-- negated: The text says that it did not happen.
-- future: The text says that it is to happen.
-- hypothetical: The text says that it may or might happen, or under a condition.
-- historical: Past background, not the news of the text.
-- actors: entity_ids of the actors, aliases applied, in order; NULL stands for one that is not resolved.
-- actor_names: The words for the actors in the text, in the same order.
-- actor_countries: Countries of the actors, each once (ISO 3166-1 alpha-3).
-- actor_sectors: Sectors of the actors, each once.
-- recipients: entity_ids of the recipients, aliases applied, in order; NULL stands for one that is not resolved.
-- recipient_names: The words for the recipients in the text, in the same order.
-- recipient_countries: Countries of the recipients, each once.
-- recipient_sectors: Sectors of the recipients, each once.
-- place: entity_id of the place, aliases applied.
-- place_country: Country of the place.
-- latitude: Degrees north of the place.
-- longitude: Degrees east of the place.
-- geo_precision: What the coordinates stand for.
-- killed: People killed, at least: the sum of count_min; NULL when the text gives no count.
-- injured: People injured, at least: the sum of count_min; NULL when the text gives no count.
-- casualties: All counts of the event: kind, count_min, count_max.
-- attributed_to: entity_id of who says so, aliases applied.
-- trigger_text: The words that tell of the event.
-- sentence: Text of the sentence.
-- title: Headline of the document.
-- publisher: Who published the document.
-- url: Web address of the document, from its first source that gives one.
-- source_uri: The input that brought the document first.
-- published_at: Moment of publication, NULL when only the day is known.
-- published_date: The publisher's local day of publication.
-- rule_id: The rule of the lexicon that fired.
-- confidence: How sure the coder is, in (0, 1].
-- year: Year of published_date, 0 when undated; name it in WHERE to read fewer files.
-- month: Month of published_date, 0 when undated.
WITH sides AS (
    SELECT
        p.event_id, p.year, p.month,
        list(coalesce(a.canonical_id, p.entity_id) ORDER BY p.participant_index) FILTER (p.role = 'actor') AS actors,
        list(p.text ORDER BY p.participant_index) FILTER (p.role = 'actor') AS actor_names,
        list_sort(list(DISTINCT p.country) FILTER (p.role = 'actor' AND p.country IS NOT NULL)) AS actor_countries,
        list_sort(list(DISTINCT p.sector) FILTER (p.role = 'actor' AND p.sector IS NOT NULL)) AS actor_sectors,
        list(coalesce(a.canonical_id, p.entity_id) ORDER BY p.participant_index) FILTER (p.role = 'recipient') AS recipients,
        list(p.text ORDER BY p.participant_index) FILTER (p.role = 'recipient') AS recipient_names,
        list_sort(list(DISTINCT p.country) FILTER (p.role = 'recipient' AND p.country IS NOT NULL)) AS recipient_countries,
        list_sort(list(DISTINCT p.sector) FILTER (p.role = 'recipient' AND p.sector IS NOT NULL)) AS recipient_sectors
    FROM participants p
    LEFT JOIN entity_aliases a ON a.seed_id = p.entity_id
    GROUP BY p.event_id, p.year, p.month
),
harm AS (
    SELECT
        event_id, year, month,
        CAST(sum(count_min) FILTER (kind = 'killed') AS BIGINT) AS killed,
        CAST(sum(count_min) FILTER (kind = 'injured') AS BIGINT) AS injured,
        list({'kind': kind, 'count_min': count_min, 'count_max': count_max} ORDER BY casualty_index) AS casualties
    FROM casualties
    GROUP BY event_id, year, month
),
addresses AS (
    SELECT document_id, arg_min(url, {'a': loaded_at, 'b': source_uri, 'c': record_index}) AS url
    FROM document_sources
    WHERE url IS NOT NULL
    GROUP BY document_id
)
SELECT
    e.event_id, e.document_id, e.sentence_index, e.event_type, e.modes, e.contexts, e.quad_class, e.score, e.cameo_code,
    coalesce(e.event_start, e.published_date) AS event_date,
    e.event_start, e.event_end, e.date_precision, e.date_basis, e.negated, e.future, e.hypothetical, e.historical,
    coalesce(sides.actors, []) AS actors,
    coalesce(sides.actor_names, []) AS actor_names,
    coalesce(sides.actor_countries, []) AS actor_countries,
    coalesce(sides.actor_sectors, []) AS actor_sectors,
    coalesce(sides.recipients, []) AS recipients,
    coalesce(sides.recipient_names, []) AS recipient_names,
    coalesce(sides.recipient_countries, []) AS recipient_countries,
    coalesce(sides.recipient_sectors, []) AS recipient_sectors,
    coalesce(pa.canonical_id, e.place) AS place,
    e.place_country, e.latitude, e.longitude, e.geo_precision,
    harm.killed, harm.injured, coalesce(harm.casualties, []) AS casualties,
    coalesce(sa.canonical_id, e.attributed_to) AS attributed_to,
    e.trigger_text, s.text AS sentence, d.title, d.publisher, addresses.url, d.source_uri, d.published_at, e.published_date,
    e.rule_id, e.confidence, e.year, e.month
FROM events e
JOIN documents d ON d.document_id = e.document_id AND d.year = e.year AND d.month = e.month
JOIN sentences s
    ON s.document_id = e.document_id AND s.sentence_index = e.sentence_index AND s.year = e.year AND s.month = e.month
LEFT JOIN sides ON sides.event_id = e.event_id AND sides.year = e.year AND sides.month = e.month
LEFT JOIN harm ON harm.event_id = e.event_id AND harm.year = e.year AND harm.month = e.month
LEFT JOIN addresses ON addresses.document_id = e.document_id
LEFT JOIN entity_aliases pa ON pa.seed_id = e.place
LEFT JOIN entity_aliases sa ON sa.seed_id = e.attributed_to
