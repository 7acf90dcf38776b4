#pragma once

#include "lib/change/catalog.hpp"

// The OIDs of pg_type.dat by which columns are told apart. They never change.
namespace walferry::encode::pg {

inline constexpr change::oid boolean = 16, bytea = 17, character = 18, name = 19, int8 = 20,
                             int2 = 21, int2vector = 22, int4 = 23, regproc = 24, text = 25,
                             oid = 26, tid = 27, xid = 28, cid = 29, oidvector = 30, json = 114,
                             xml = 142, point = 600, lseg = 601, path = 602, box = 603,
                             polygon = 604, line = 628, cidr = 650, float4 = 700, float8 = 701,
                             circle = 718, macaddr8 = 774, money = 790, macaddr = 829, inet = 869,
                             bpchar = 1042, varchar = 1043, date = 1082, time = 1083,
                             timestamp = 1114, timestamptz = 1184, interval = 1186, timetz = 1266,
                             bit = 1560, varbit = 1562, numeric = 1700, refcursor = 1790,
                             uuid = 2950, txid_snapshot = 2970, pg_lsn = 3220, tsvector = 3614,
                             tsquery = 3615, jsonb = 3802, int4range = 3904, numrange = 3906,
                             tsrange = 3908, tstzrange = 3910, daterange = 3912, int8range = 3926,
                             jsonpath = 4072, pg_snapshot = 5038, xid8 = 5069;

}  // namespace walferry::encode::pg
