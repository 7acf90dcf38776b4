#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/task.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::postgres {

// COPY ... TO STDOUT on a connection: rows as PostgreSQL sends them. What is not asked for stays on
// the server's side of the socket.
//
//   while (!copy.ended()) {
//       auto lines = copy.take(1000, 1 << 20);
//       if (lines.empty()) co_await copy.wait();
//   }
//
// The connection does nothing else meanwhile; it outlives this object.
class copy_out {
public:
    // `sql` is the COPY statement. Errors: as of a query.
    static task<result<copy_out>> begin(connection& session, std::string sql);

    copy_out(copy_out&&) noexcept;
    ~copy_out();

    // Rows that have come, at most so many, and no further one once so many bytes are there; one
    // row may be larger. Each view is a row with its newline, valid until the next call.
    const std::vector<std::string_view>& take(std::size_t rows_max, std::size_t bytes_max);

    // Until take() may have something again or the COPY ended. Several waits at once are not
    // allowed.
    task<void> wait();

    bool ended() const { return ended_; }

    // After ended(): why it ended before its time.
    const std::optional<error>& failure() const { return failure_; }

private:
    struct row_deleter {
        void operator()(char* bytes) const;
    };

    explicit copy_out(std::shared_ptr<connection::state> session) : session_(std::move(session)) {}
    task<void> finish();

    std::shared_ptr<connection::state> session_;
    std::vector<std::unique_ptr<char, row_deleter>> held_;
    std::vector<std::string_view> rows_;
    std::optional<error> failure_;
    bool over_ = false;  // the last row was taken; the server's verdict is still to come
    bool ended_ = false;
};

}  // namespace walferry::postgres
