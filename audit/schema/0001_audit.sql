-- One row an entry. entry is the JSON text that was hashed, byte for byte;
-- hash is SHA-256 over the hash before it and that text.
create table audit (
	seq     integer primary key,
	entry   text not null,
	hash    blob not null check (length(hash) = 32),
	message text -- the id that stands in entry, to find a message's entries
) strict;

create index audit_message on audit (message) where message is not null;

-- Where the chain begins: nothing, or the last entry that was pruned.
create table audit_anchor (
	only integer primary key check (only = 1),
	seq  integer not null,
	hash blob not null check (length(hash) = 32)
) strict;

insert into audit_anchor (only, seq, hash) values (1, 0, zeroblob(32));
