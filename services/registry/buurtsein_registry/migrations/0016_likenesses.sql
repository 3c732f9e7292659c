-- HMACs of a person's name with the phone number and with each address, by which persons who may be the same are found.
-- oldest release: 0.1.0
create table person_likeness (
    person text not null references person_vault on delete cascade,
    digest bytea not null,
    primary key (person, digest)
);
create index person_likeness_by_digest on person_likeness (digest);
