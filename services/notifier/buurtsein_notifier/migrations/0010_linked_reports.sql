-- The report that this one repeats, as a clerk of the police or the city decided; both then count as one fact.
-- oldest release: 0.1.0
alter table incident add column duplicate_of uuid;
-- squawk-ignore require-concurrent-index-creation
create index incident_linked_to on incident (duplicate_of) where duplicate_of is not null;
