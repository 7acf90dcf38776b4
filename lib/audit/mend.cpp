#include "lib/audit/mend.hpp"

#include "lib/postgres/connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace walferry::audit {

postgres::task<result<void>> mend(boost::asio::io_context& io, config::source_settings source,
                                  std::vector<std::string> statements) {
    postgres::connect_request request;
    request.url = source.url;
    request.application_name = source.slot;
    request.timeout = source.connect_timeout;
    auto session = co_await postgres::connection::open(io, std::move(request));
    if (!session) {
        co_return tl::unexpected<error>(std::move(session.error()));
    }
    for (const auto& statement : statements) {
        std::string sql = statement;
        auto done = co_await session->query(std::move(sql), source.connect_timeout);
        if (!done) {
            error why = std::move(done.error());
            why.message = statement + ": " + why.message;
            co_return tl::unexpected<error>(std::move(why));
        }
    }
    co_return result<void>{};
}

}  // namespace walferry::audit
