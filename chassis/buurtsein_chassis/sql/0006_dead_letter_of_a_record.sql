-- A place in a topic may be used again, when the topic was made anew: a letter is of a record, not of a place.
-- A process of the release before waits at its next dead letter until it is upgraded; it loses nothing.
alter table dead_letter
    add column digest bytea generated always as (sha256(jsonb_send(headers) || coalesce(value, ''))) stored,
    drop constraint dead_letter_consumer_topic_partition_offset_key,
    add unique (consumer, topic, partition, "offset", digest);
