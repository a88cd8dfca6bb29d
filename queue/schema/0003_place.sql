-- The places that messages hold in their lanes, by the first 4 bytes of the
-- lane's hash. An entry may outlive its place for a while: whether the message
-- holds it still is told by its state (queued, leased or parked). So a long
-- backlog gives its places up in the order of lanes, many from each page,
-- instead of one from a page of its own for every message.
--
-- message.lane is from now on the lane of a message also once it has left it; it is
-- null for those that left it before, and while rejected.
create table place (
	lane blob not null,
	seq  integer not null,
	primary key (lane, seq)
) strict, without rowid;

insert into place (lane, seq) select substr(lane, 1, 4), seq from message where lane is not null order by lane;

drop index message_lane;

-- An older program that still runs must fail, not store messages without places.
alter table message rename column lane_off to lane_rejected;
