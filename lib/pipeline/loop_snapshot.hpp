#pragma once

#include "lib/pipeline/engine.hpp"
#include "lib/snapshot/reader.hpp"

#include <functional>

namespace walferry::pipeline {

// Takes what the reader of a snapshot reads to the engine. Loop thread only.
class snapshot_rows : private snapshot::row_taker {
public:
    struct owner {
        engine& decider;
        std::function<moment()> now;
        std::function<void()> turn_over;  // after every call of the engine
    };

    snapshot_rows(boost::asio::io_context& io, snapshot::reading_request request, owner who);

    void start() { reader_.start(); }
    void go_on() { reader_.go_on(); }

private:
    void begins(const std::vector<snapshot::table_size>& tables) override;
    bool wants_rows() override;
    void announces(std::uint32_t table, const pgoutput::relation& as,
                   std::uint32_t newest_transaction) override;
    void rows(std::uint32_t table, std::span<const std::string_view> lines) override;
    void table_ends(std::uint32_t table) override;
    void ended(std::optional<error> why) override;

    void turn_over();

    owner owner_;
    snapshot::reader reader_;
};

}  // namespace walferry::pipeline
