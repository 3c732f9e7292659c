-- An alert says from its proposal on whether it is for real. One that left says so in its message; any other counts as an
-- exercise: it may be looked at and closed, and never goes out as real.
update alert a set document = jsonb_set(a.document, '{status}', to_jsonb(coalesce(
    (select substring(d.xml from '<status>([A-Za-z]+)</status>') from delivery d where d.alert_id = a.alert_id limit 1),
    'Exercise')))
where not a.document ? 'status';
