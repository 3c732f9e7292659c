-- A suspension counts from its first day to its last, and not from the day on which it is lifted; a network that ended is nobody's any more.
alter table known_network add column suspended_from date, add column suspended_until date,
    add column reinstated_from date,
    add column ended boolean not null default false;
