#pragma once

#include <string>
#include <string_view>

namespace walferry::config {

// libpq's connection strings (`host=… dbname=…`) and URIs (`postgresql://…`), as far as the
// configuration must understand them; libpq itself judges them when it connects.

// The database that it names, or nothing.
std::string database_of(std::string_view connection);

// The same text with `***` for what is secret. Errs on the side of hiding too much.
std::string without_password(std::string_view connection);

}  // namespace walferry::config
