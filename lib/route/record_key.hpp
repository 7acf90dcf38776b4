#pragma once

#include "lib/base/error.hpp"
#include "lib/change/catalog.hpp"
#include "lib/change/relation.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace walferry::route {

// The columns that make the record key of a table, as indexes into relation.columns in the order of
// the key; empty: records have no key. The rule:
//   configured columns (events.keys), if every delete will carry them;
//   else the columns of REPLICA IDENTITY USING INDEX, because a delete carries no others;
//   else the primary key; for identity DEFAULT that is what the Relation message flags;
//   else a unique index over NOT NULL columns that is neither partial nor over expressions.
// A key that some delete or update could not tell is never chosen.
// `description` may be null or may describe a later state of the table: what the Relation message
// says wins. Errors: table_unfit, for configured columns that do not exist or are not in the
// identity.
result<std::vector<std::uint32_t>> record_key(const change::relation& table,
                                              const change::table_description* description,
                                              const std::vector<std::string>* configured);

// Columns that were named in the configuration under `setting`, as indexes. Errors: table_unfit,
// when one does not exist or a delete would not carry it.
result<std::vector<std::uint32_t>> columns_of_every_delete(const change::relation& table,
                                                           const std::vector<std::string>& names,
                                                           const std::string& setting);

}  // namespace walferry::route
