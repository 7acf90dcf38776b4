// pg_type of PostgreSQL 18, the rows with fixed OIDs whose values a table can hold:
//   select oid, typname, typtype, typelem, coalesce(rngsubtype, rngtypid), typdelim
//   from pg_type left join pg_range ... where oid < 10000 and typtype in ('b', 'r', 'm') order by
//   oid
// int2vector and oidvector stand without element: their text form is not that of an array.

#include "lib/change/builtin_types.hpp"

#include <iterator>

namespace walferry::change {
namespace {

struct builtin {
    oid id;
    const char* name;
    char kind;
    oid element;
    oid subtype;
    char delimiter;
};

constexpr builtin types[] = {
    {16, "bool", 'b', 0, 0, ','},
    {17, "bytea", 'b', 0, 0, ','},
    {18, "char", 'b', 0, 0, ','},
    {19, "name", 'b', 0, 0, ','},
    {20, "int8", 'b', 0, 0, ','},
    {21, "int2", 'b', 0, 0, ','},
    {22, "int2vector", 'b', 0, 0, ','},
    {23, "int4", 'b', 0, 0, ','},
    {24, "regproc", 'b', 0, 0, ','},
    {25, "text", 'b', 0, 0, ','},
    {26, "oid", 'b', 0, 0, ','},
    {27, "tid", 'b', 0, 0, ','},
    {28, "xid", 'b', 0, 0, ','},
    {29, "cid", 'b', 0, 0, ','},
    {30, "oidvector", 'b', 0, 0, ','},
    {114, "json", 'b', 0, 0, ','},
    {142, "xml", 'b', 0, 0, ','},
    {143, "_xml", 'b', 142, 0, ','},
    {199, "_json", 'b', 114, 0, ','},
    {271, "_xid8", 'b', 5069, 0, ','},
    {600, "point", 'b', 0, 0, ','},
    {601, "lseg", 'b', 0, 0, ','},
    {602, "path", 'b', 0, 0, ','},
    {603, "box", 'b', 0, 0, ';'},
    {604, "polygon", 'b', 0, 0, ','},
    {628, "line", 'b', 0, 0, ','},
    {629, "_line", 'b', 628, 0, ','},
    {650, "cidr", 'b', 0, 0, ','},
    {651, "_cidr", 'b', 650, 0, ','},
    {700, "float4", 'b', 0, 0, ','},
    {701, "float8", 'b', 0, 0, ','},
    {718, "circle", 'b', 0, 0, ','},
    {719, "_circle", 'b', 718, 0, ','},
    {774, "macaddr8", 'b', 0, 0, ','},
    {775, "_macaddr8", 'b', 774, 0, ','},
    {790, "money", 'b', 0, 0, ','},
    {791, "_money", 'b', 790, 0, ','},
    {829, "macaddr", 'b', 0, 0, ','},
    {869, "inet", 'b', 0, 0, ','},
    {1000, "_bool", 'b', 16, 0, ','},
    {1001, "_bytea", 'b', 17, 0, ','},
    {1002, "_char", 'b', 18, 0, ','},
    {1003, "_name", 'b', 19, 0, ','},
    {1005, "_int2", 'b', 21, 0, ','},
    {1006, "_int2vector", 'b', 22, 0, ','},
    {1007, "_int4", 'b', 23, 0, ','},
    {1008, "_regproc", 'b', 24, 0, ','},
    {1009, "_text", 'b', 25, 0, ','},
    {1010, "_tid", 'b', 27, 0, ','},
    {1011, "_xid", 'b', 28, 0, ','},
    {1012, "_cid", 'b', 29, 0, ','},
    {1013, "_oidvector", 'b', 30, 0, ','},
    {1014, "_bpchar", 'b', 1042, 0, ','},
    {1015, "_varchar", 'b', 1043, 0, ','},
    {1016, "_int8", 'b', 20, 0, ','},
    {1017, "_point", 'b', 600, 0, ','},
    {1018, "_lseg", 'b', 601, 0, ','},
    {1019, "_path", 'b', 602, 0, ','},
    {1020, "_box", 'b', 603, 0, ';'},
    {1021, "_float4", 'b', 700, 0, ','},
    {1022, "_float8", 'b', 701, 0, ','},
    {1027, "_polygon", 'b', 604, 0, ','},
    {1028, "_oid", 'b', 26, 0, ','},
    {1033, "aclitem", 'b', 0, 0, ','},
    {1034, "_aclitem", 'b', 1033, 0, ','},
    {1040, "_macaddr", 'b', 829, 0, ','},
    {1041, "_inet", 'b', 869, 0, ','},
    {1042, "bpchar", 'b', 0, 0, ','},
    {1043, "varchar", 'b', 0, 0, ','},
    {1082, "date", 'b', 0, 0, ','},
    {1083, "time", 'b', 0, 0, ','},
    {1114, "timestamp", 'b', 0, 0, ','},
    {1115, "_timestamp", 'b', 1114, 0, ','},
    {1182, "_date", 'b', 1082, 0, ','},
    {1183, "_time", 'b', 1083, 0, ','},
    {1184, "timestamptz", 'b', 0, 0, ','},
    {1185, "_timestamptz", 'b', 1184, 0, ','},
    {1186, "interval", 'b', 0, 0, ','},
    {1187, "_interval", 'b', 1186, 0, ','},
    {1231, "_numeric", 'b', 1700, 0, ','},
    {1266, "timetz", 'b', 0, 0, ','},
    {1270, "_timetz", 'b', 1266, 0, ','},
    {1560, "bit", 'b', 0, 0, ','},
    {1561, "_bit", 'b', 1560, 0, ','},
    {1562, "varbit", 'b', 0, 0, ','},
    {1563, "_varbit", 'b', 1562, 0, ','},
    {1700, "numeric", 'b', 0, 0, ','},
    {1790, "refcursor", 'b', 0, 0, ','},
    {2201, "_refcursor", 'b', 1790, 0, ','},
    {2202, "regprocedure", 'b', 0, 0, ','},
    {2203, "regoper", 'b', 0, 0, ','},
    {2204, "regoperator", 'b', 0, 0, ','},
    {2205, "regclass", 'b', 0, 0, ','},
    {2206, "regtype", 'b', 0, 0, ','},
    {2207, "_regprocedure", 'b', 2202, 0, ','},
    {2208, "_regoper", 'b', 2203, 0, ','},
    {2209, "_regoperator", 'b', 2204, 0, ','},
    {2210, "_regclass", 'b', 2205, 0, ','},
    {2211, "_regtype", 'b', 2206, 0, ','},
    {2949, "_txid_snapshot", 'b', 2970, 0, ','},
    {2950, "uuid", 'b', 0, 0, ','},
    {2951, "_uuid", 'b', 2950, 0, ','},
    {2970, "txid_snapshot", 'b', 0, 0, ','},
    {3220, "pg_lsn", 'b', 0, 0, ','},
    {3221, "_pg_lsn", 'b', 3220, 0, ','},
    {3614, "tsvector", 'b', 0, 0, ','},
    {3615, "tsquery", 'b', 0, 0, ','},
    {3642, "gtsvector", 'b', 0, 0, ','},
    {3643, "_tsvector", 'b', 3614, 0, ','},
    {3644, "_gtsvector", 'b', 3642, 0, ','},
    {3645, "_tsquery", 'b', 3615, 0, ','},
    {3734, "regconfig", 'b', 0, 0, ','},
    {3735, "_regconfig", 'b', 3734, 0, ','},
    {3769, "regdictionary", 'b', 0, 0, ','},
    {3770, "_regdictionary", 'b', 3769, 0, ','},
    {3802, "jsonb", 'b', 0, 0, ','},
    {3807, "_jsonb", 'b', 3802, 0, ','},
    {3904, "int4range", 'r', 0, 23, ','},
    {3905, "_int4range", 'b', 3904, 0, ','},
    {3906, "numrange", 'r', 0, 1700, ','},
    {3907, "_numrange", 'b', 3906, 0, ','},
    {3908, "tsrange", 'r', 0, 1114, ','},
    {3909, "_tsrange", 'b', 3908, 0, ','},
    {3910, "tstzrange", 'r', 0, 1184, ','},
    {3911, "_tstzrange", 'b', 3910, 0, ','},
    {3912, "daterange", 'r', 0, 1082, ','},
    {3913, "_daterange", 'b', 3912, 0, ','},
    {3926, "int8range", 'r', 0, 20, ','},
    {3927, "_int8range", 'b', 3926, 0, ','},
    {4072, "jsonpath", 'b', 0, 0, ','},
    {4073, "_jsonpath", 'b', 4072, 0, ','},
    {4089, "regnamespace", 'b', 0, 0, ','},
    {4090, "_regnamespace", 'b', 4089, 0, ','},
    {4096, "regrole", 'b', 0, 0, ','},
    {4097, "_regrole", 'b', 4096, 0, ','},
    {4191, "regcollation", 'b', 0, 0, ','},
    {4192, "_regcollation", 'b', 4191, 0, ','},
    {4451, "int4multirange", 'm', 0, 3904, ','},
    {4532, "nummultirange", 'm', 0, 3906, ','},
    {4533, "tsmultirange", 'm', 0, 3908, ','},
    {4534, "tstzmultirange", 'm', 0, 3910, ','},
    {4535, "datemultirange", 'm', 0, 3912, ','},
    {4536, "int8multirange", 'm', 0, 3926, ','},
    {5038, "pg_snapshot", 'b', 0, 0, ','},
    {5039, "_pg_snapshot", 'b', 5038, 0, ','},
    {5069, "xid8", 'b', 0, 0, ','},
    {6150, "_int4multirange", 'b', 4451, 0, ','},
    {6151, "_nummultirange", 'b', 4532, 0, ','},
    {6152, "_tsmultirange", 'b', 4533, 0, ','},
    {6153, "_tstzmultirange", 'b', 4534, 0, ','},
    {6155, "_datemultirange", 'b', 4535, 0, ','},
    {6157, "_int8multirange", 'b', 4536, 0, ','},
};

}  // namespace

std::vector<type_description> builtin_types() {
    std::vector<type_description> all;
    all.reserve(std::size(types));
    for (const auto& row : types) {
        auto& type = all.emplace_back();
        type.id = row.id;
        type.schema = "pg_catalog";
        type.name = row.name;
        type.kind = row.kind;
        type.element = row.element;
        type.subtype = row.subtype;
        type.delimiter = row.delimiter;
    }
    return all;
}

}  // namespace walferry::change
