-- How many attempts came to the wire and failed since the message was put or
-- replayed: what the wait before its next attempt grows with.
alter table message add column failed integer not null default 0;

-- One row while the counts in tally are not to be trusted.
create table recount (
	only integer primary key check (only = 1)
) strict;
