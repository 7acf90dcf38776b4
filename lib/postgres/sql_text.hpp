#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Names and values inside SQL and replication commands. Walsenders know no parameters, so every
// statement of this folder is text. Our sessions pin standard_conforming_strings and UTF8: only the
// quote itself needs doubling, in SQL and in the replication grammar alike.
namespace walferry::postgres {

std::string quote_literal(std::string_view value);    // 'O''Brien'
std::string quote_identifier(std::string_view name);  // "Order", always quoted
std::string quote_table(std::string_view schema, std::string_view table);

// Puts a part in its place; the statement has it once.
void fill_in(std::string& sql, std::string_view place, std::string_view part);

// '{1,2,3}'::oid[]
std::string oid_array(const std::vector<std::uint32_t>& oids);

}  // namespace walferry::postgres
