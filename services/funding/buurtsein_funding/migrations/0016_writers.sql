-- An index of the people who wrote each application, to find the applications of an erased person.
-- oldest release: 1.0.0
-- without a transaction
create index concurrently if not exists application_of_writer on application using gin ((document -> 'writers'));
