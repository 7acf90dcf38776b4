#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"
#include "lib/postgres/task.hpp"

#include <string>
#include <vector>

namespace walferry::audit {

// Executes the statements one by one on a connection of its own and stops at the first that fails;
// the error names it. What was executed before stays. Waits source.connect_timeout for each.
postgres::task<result<void>> mend(boost::asio::io_context& io, config::source_settings source,
                                  std::vector<std::string> statements);

}  // namespace walferry::audit
