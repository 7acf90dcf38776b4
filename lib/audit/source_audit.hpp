#pragma once

#include "lib/audit/finding.hpp"
#include "lib/config/settings.hpp"
#include "lib/postgres/setup.hpp"
#include "lib/postgres/task.hpp"

#include <vector>

namespace walferry::audit {

// Looks at the server as run would find it, and changes nothing: connects twice, reads server,
// slot, publication and tables, and judges. What cannot be looked at any more is left out, and an
// error finding says why. Takes source.connect_timeout a host at most to connect, and to wait for
// each answer.
postgres::task<std::vector<finding>> audit_source(boost::asio::io_context& io,
                                                  config::source_settings source,
                                                  postgres::table_filter selects);

}  // namespace walferry::audit
