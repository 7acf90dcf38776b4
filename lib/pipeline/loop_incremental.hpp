#pragma once

#include "lib/pipeline/engine.hpp"
#include "lib/snapshot/chunk_reader.hpp"

#include <functional>

namespace walferry::pipeline {

// Takes the chunks of incremental snapshots to the engine. Loop thread only.
class chunk_feed : private snapshot::chunk_taker {
public:
    struct owner {
        engine& decider;
        std::function<moment()> now;
        std::function<void()> turn_over;  // after every call of the engine
    };

    chunk_feed(boost::asio::io_context& io, const config::settings& settings,
               snapshot::chunk_reader::table_filter selects, owner who);

    void read(snapshot::chunk_request request) { reader_.read(std::move(request)); }
    const std::string& waits_for() const { return reader_.waits_for(); }

private:
    bool opened(const snapshot::opened_table& table) override;
    void expanded(std::uint64_t number, const std::vector<std::string>& tables) override;
    void read(snapshot::chunk rows) override;
    void failed(std::uint64_t number, error why) override;

    void turn_over();

    owner owner_;
    snapshot::chunk_reader reader_;
};

}  // namespace walferry::pipeline
