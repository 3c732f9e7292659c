-- Indexes for the lists of networks (by place, postcode, words, name, last change and kind), of a person's networks, and of
-- the members of a network.
-- oldest release: 0.1.0

-- Returns the rectangle around an area (GeoJSON), or null for an area without points.
create function area_bounds(area jsonb) returns box
    language sql immutable strict parallel safe
    return (
        select box(
            point(min((corner -> 0)::float8), min((corner -> 1)::float8)),
            point(max((corner -> 0)::float8), max((corner -> 1)::float8))
        )
        from jsonb_path_query(area -> 'coordinates', 'strict $.** ? (@.type() == "array" && @[0].type() == "number")') as corner
    );

-- squawk-ignore require-concurrent-index-creation
create index network_by_place on network using gist (area_bounds(document -> 'area'));
-- squawk-ignore require-concurrent-index-creation
create index network_by_postcode on network using gin ((document -> 'postcodes'));
-- squawk-ignore require-concurrent-index-creation
create index network_by_words on network using gin (to_tsvector('simple', replace(code, '-', ' ') || ' ' || name));
-- squawk-ignore require-concurrent-index-creation
create index network_by_name on network (name, network_id);
-- squawk-ignore require-concurrent-index-creation
create index network_by_change on network (updated_at, network_id);
-- squawk-ignore require-concurrent-index-creation
create index network_by_kind on network (kind, state, network_id);
-- squawk-ignore require-concurrent-index-creation
create index network_of_applicant on network (applicant);
-- squawk-ignore require-concurrent-index-creation
create index network_of_coordinator on network using gin ((document -> 'coordinators') jsonb_path_ops);
-- squawk-ignore require-concurrent-index-creation
create index member_of_network on member (network_id, joined_at, member_id);
