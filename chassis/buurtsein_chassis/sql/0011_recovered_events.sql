-- oldest release: 0.1.0
-- Events that an operator took from the topic back into the log, after the database was restored to an earlier moment.
-- The state of the service has not seen an event here until it is settled.
create table recovered_event (
    log_id bigint primary key,
    recovered_at timestamptz not null default now(),
    settled_at timestamptz
);

create index recovered_event_open on recovered_event (log_id) where settled_at is null;
revoke delete on recovered_event from {app};

-- Whether a body says nothing else than a recorded one, apart from times (members whose names end in _at). It may leave
-- out a member, such as a reference that BE-Alert gave only once.
create function says_the_same(body jsonb, recorded jsonb) returns boolean language sql immutable as $$
    select not exists (
        select from jsonb_each(body) as said
        where right(said.key, 3) <> '_at' and recorded -> said.key is distinct from said.value)
$$;

-- As in 0010, and: what an event is about (its subject) may have recovered events that are not settled. Then only the
-- first of these can be recorded, with the same type and content: somebody does again what was lost with the state. It
-- is settled, and not appended a second time. Any other event is refused with SQLSTATE BS001.
create or replace function record_events(
    topics text[], keys text[], event_ids uuid[], types text[], subjects text[], schemas text[], bodies text[],
    made_by text, made_at timestamptz, correlation text, causation text, trace_parent text
) returns void language plpgsql as $$
declare
    stream_version bigint;
    log_id bigint;
    recovered record;
begin
    for each in 1 .. cardinality(topics) loop
        insert into event_stream as stream (topic, key, version) values (topics[each], keys[each], 1)
        on conflict (topic, key) do update set version = stream.version + 1
        returning stream.version into stream_version;

        select l.id, l.type, l.data into recovered
        from recovered_event r join event_log l on l.id = r.log_id
        where r.settled_at is null and l.topic = topics[each] and l.key = keys[each] and l.subject = subjects[each]
        order by l.id limit 1;

        if found then
            if recovered.type <> types[each] or not says_the_same(bodies[each]::jsonb, recovered.data::jsonb) then
                raise exception 'the state lacks a recovered event' using errcode = 'BS001', detail = recovered.type;
            end if;
            update recovered_event r set settled_at = now() where r.log_id = recovered.id;
            update event_stream s set version = stream_version - 1 where s.topic = topics[each] and s.key = keys[each];
            continue;
        end if;

        insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at,
                               correlation_id, causation_id, traceparent, data)
        values (event_ids[each], topics[each], keys[each], stream_version, types[each], made_by, subjects[each],
                schemas[each], made_at, correlation, causation, trace_parent, bodies[each]::json)
        returning id into log_id;

        insert into outbox_pending (id) values (log_id);
    end loop;
end $$;
