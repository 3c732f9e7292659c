-- Appends events to their streams, to the log and to the outbox, one after the other, in one call.
-- The id in the log is drawn while the row of the stream is locked, so that ids follow versions within one topic and key.
create function record_events(
    topics text[], keys text[], event_ids uuid[], types text[], subjects text[], schemas text[], bodies text[],
    made_by text, made_at timestamptz, correlation text, causation text, trace_parent text
) returns void language plpgsql as $$
declare
    stream_version bigint;
    log_id bigint;
begin
    for each in 1 .. cardinality(topics) loop
        insert into event_stream as stream (topic, key, version) values (topics[each], keys[each], 1)
        on conflict (topic, key) do update set version = stream.version + 1
        returning stream.version into stream_version;

        insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at,
                               correlation_id, causation_id, traceparent, data)
        values (event_ids[each], topics[each], keys[each], stream_version, types[each], made_by, subjects[each],
                schemas[each], made_at, correlation, causation, trace_parent, bodies[each]::json)
        returning id into log_id;

        insert into outbox_pending (id) values (log_id);
    end loop;
end $$;
