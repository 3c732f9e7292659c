-- The list of alerts: by moment, network, and the words of the texts.
-- oldest release: 0.1.0
alter table alert add column words tsvector;
update alert set words = to_tsvector('simple', coalesce(document -> 'texts' ->> 'headline', '') || ' '
    || coalesce(document -> 'texts' ->> 'description', '') || ' ' || coalesce(document ->> 'why', ''));
-- squawk-ignore require-concurrent-index-creation
create index alert_by_moment on alert (proposed_at, alert_id);
-- squawk-ignore require-concurrent-index-creation
create index alert_by_state_and_moment on alert (state, proposed_at, alert_id);
-- squawk-ignore require-concurrent-index-creation
create index alert_by_network on alert using gin (network_ids);
-- squawk-ignore require-concurrent-index-creation
create index alert_by_words on alert using gin (words);
