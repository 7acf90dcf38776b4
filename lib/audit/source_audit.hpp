#pragma once

#include "lib/audit/finding.hpp"
#include "lib/config/settings.hpp"
#include "lib/postgres/setup.hpp"
#include "lib/postgres/task.hpp"

#include <functional>
#include <vector>

namespace walferry::audit {

// Why tables cannot be published as configured.
using table_trial = std::function<std::vector<error>(const std::vector<postgres::published_table>&,
                                                     const change::catalog&)>;

struct source_audit_request {
    config::source_settings source;
    config::snapshot_mode snapshot = config::snapshot_mode::never;
    std::vector<std::string> skips;  // events.skip
    postgres::table_filter selects;
    table_trial unfit;  // asked about the tables that are or would be published
};

// Looks at the server as run would find it, and changes nothing: connects twice, reads server,
// slot, publication, tables and standbys, and judges. What cannot be looked at any more is left
// out, and an error finding says why. Takes source.connect_timeout a host at most to connect, and
// to wait for each answer.
postgres::task<std::vector<finding>> audit_source(boost::asio::io_context& io,
                                                  source_audit_request request);

}  // namespace walferry::audit
