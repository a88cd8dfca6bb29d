-- One row a message. Times are UTC milliseconds. state: 1 queued, 2 leased,
-- 3 delivered, 4 parked, 5 rejected, 6 superseded, 7 dropped.
--
-- A change of state touches only the indexes whose columns change with it, so
-- no index on the way of every message depends on state itself: what an index
-- must not find any more is null.
create table message (
	seq      integer primary key,
	id       text not null unique,
	state    integer not null check (state between 1 and 7),
	sender   text not null,
	service  text not null,
	upstream text not null,
	legacy   text,                        -- the sender's own id, while no other message may take it
	retired  text,                        -- the sender's own id, once another message may
	digest   blob not null,               -- keyed hash of what it says, to tell a repeat from a conflict
	unread   blob,                        -- digest, if it could not be mapped when it came: its bytes alone tell a repeat
	lane     blob,                        -- keyed hash of the lane, while it holds a place in it; null = any order
	lane_off blob,                        -- the lane, while rejected
	waits    integer,                     -- seq of the message before it in its lane; null = none
	received integer not null,
	changed  integer not null,            -- when it came to its state
	due      integer,                     -- queued: not before; leased: when the lease expires; null = not to be claimed
	attempt  integer not null default 0,  -- the attempt that was begun last
	payload  integer not null,            -- bytes kept sealed; 0 = purged
	remap    integer not null default 0,  -- 1 = map again before delivery
	kind     integer,                     -- of the last error, with code, reason (for people) and error (for the log)
	code     text,
	reason   text,
	error    text
) strict;

create unique index message_legacy on message (sender, service, legacy) where legacy is not null;
create index message_due on message (upstream, due) where due is not null;
create index message_lane on message (lane) where lane is not null;
create index message_waits on message (waits) where waits is not null;
create index message_unread on message (unread) where unread is not null;
create index message_aside on message (state) where state in (4, 5);
create index message_old on message (payload > 0, state, changed) where state in (3, 5, 6, 7);

-- What a message says: AES-256-GCM over the bytes received and the document.
create table payload (
	seq    integer primary key,
	sealed blob not null
) strict;

-- A known text under the key that payloads are sealed with, to notice another key.
create table sealing (
	only   integer primary key check (only = 1),
	sealed blob not null
) strict;

-- How many messages are in each state, kept in the same commit.
create table tally (
	sender   text not null,
	service  text not null,
	upstream text not null,
	state    integer not null,
	n        integer not null,
	primary key (sender, service, upstream, state)
) strict, without rowid;
