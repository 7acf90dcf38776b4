#pragma once

#include "lib/postgres/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace walferry {

// Runs one task to its end on `io`, which serves nothing else meanwhile.
template <typename value>
value await(boost::asio::io_context& io, postgres::task<value> work) {
    std::optional<value> answer;
    std::exception_ptr thrown;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr failure, value done) {
        thrown = std::move(failure);
        answer.emplace(std::move(done));
    });
    io.restart();
    io.run();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return std::move(*answer);
}

}  // namespace walferry
